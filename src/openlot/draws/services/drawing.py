"""Announcing and drawing (抽取公告、抽取并匹配)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fairdraw.hall import describe
from fairdraw.result import draw as run_protocol
from fairdraw.seed import Opening
from fairdraw.visits import visits
from openlot.draws import events
from openlot.draws.keeping import announcement_of, keep, keep_result, sealed_inputs
from openlot.draws.machine import DRAW
from openlot.draws.models import PHYSICAL, Draw, DrawStratum
from openlot.draws.selectors import missing_commitments, missing_values
from openlot.draws.services.stages import at_stage, in_charge
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied
from openlot.lifecycle.fire import fire


@transaction.atomic
def announce_draw(draw: Draw, *, actor: Actor) -> Draw:
    """Fix and announce everything but the values (抽取公告): its digest binds the rest.

    raises    Conflict while a party has not sealed its value
    """
    at_stage(draw, "announce")
    in_charge(draw, actor)
    waiting = missing_commitments(draw).first()
    if waiting is not None:
        raise Conflict(_("%(party)s 尚未密封随机数"), party=waiting.party_name)
    if draw.event_at is not None and draw.event_at <= clock.now():
        raise Conflict(_("所选公共事件已过开奖时间，不能再作随机数来源；请重新准备抽取"))
    announcement = announcement_of(draw)
    data = announcement.to_bytes()
    keep(draw, "announcement.vdr", data)
    for line in announcement.strata:
        rows = DrawStratum.objects.filter(frame__draw=draw, frame__fid=line.fid)
        rows.filter(alias=line.stratum).update(n_drawn=line.n)
    fact = events.DrawAnnounced(adigest=announcement.digest)
    return fire(
        draw,
        DRAW["announce"],
        fact,
        actor=actor,
        adigest=announcement.digest,
        announced_at=clock.now(),
    )


@transaction.atomic
def draw_targets(draw: Draw, *, actor: Actor) -> Draw:
    """Form the seed, draw the targets and match the officers (抽取并匹配): once.

    raises    Conflict while a value is closed; Denied for the one who typed the dice
    paper     vdr1 §5.2, §6, §7, §9
    """
    at_stage(draw, "draw_matched")
    in_charge(draw, actor)
    if draw.sources.filter(type__in=PHYSICAL, opened_by_ref=actor.ref).exists():
        raise Denied(_("抽取须由录入骰数以外的人操作"))
    waiting = missing_values(draw).first()
    if waiting is not None:
        raise Conflict(_("%(party)s 尚未启封"), party=waiting.party_name)
    opening = Opening(draw.session, {s.source_id: s.value for s in draw.sources.all()})
    sealed = sealed_inputs(draw)
    result = run_protocol(sealed.announcement, sealed.frames, sealed.roster, opening)
    keep(draw, "opening.vdr", opening.to_bytes())
    keep(draw, "result.vdr", result.to_bytes())
    keep_result(draw, result)
    matched = result.ceiling is not None
    short = describe(result.shortage, sealed.roster) if result.shortage is not None else None
    fact = events.TargetsDrawn(
        rdigest=result.digest,
        seed=result.seed,
        n_drawn=len(result.hits),
        ceiling=str(result.ceiling) if matched else "-",
    )
    return fire(
        draw,
        DRAW["draw_matched" if matched else "draw_unmatched"],
        fact,
        actor=actor,
        drawn_at=clock.now(),
        drawn_by_ref=actor.ref,
        seed=result.seed,
        rdigest=result.digest,
        ceiling=fact.ceiling,
        shortage={"template": short.template, "values": short.values} if short else {},
        visits_apart=visits(sealed.announcement, sealed.frames, result.hits).apart,
    )
