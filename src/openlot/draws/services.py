"""The acts of a draw, in the only order they can happen in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fairdraw.announce import Announcement, Source
from fairdraw.errors import FairdrawError
from fairdraw.frame import Frame
from fairdraw.result import draw as run_protocol
from fairdraw.roster import Roster
from fairdraw.seed import Opening, check_value, commitment
from fairdraw.visits import visits
from fairdraw.void import VoidRecord
from openlot.accounts.models import Department
from openlot.draws import events
from openlot.draws.documents import parties_document, rules_document, strata_document
from openlot.draws.framing import frames_of, roster_of
from openlot.draws.keeping import announcement_of, keep, keep_frame, keep_result
from openlot.draws.machine import DRAW
from openlot.draws.models import (
    Draw,
    DrawState,
    DrawStratum,
    SeedSource,
)
from openlot.draws.selectors import evidence, live_draw, missing_commitments, missing_values
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid, StaleState
from openlot.lifecycle.fire import create, fire, hold
from openlot.rights.access import department_code, require
from openlot.rights.perms import Perm
from openlot.rules.document_numbers import draw_number
from openlot.tasks.models import InspectionTask, TaskState
from openlot.tasks.services import seal_rosters, unseal_rosters
from openlot.trail.writer import record

DICE = "0-9:20"


@dataclass(frozen=True, slots=True)
class Party:
    """Who brings a sealed random value (随机数参与方)."""

    department: Department
    name: str


@transaction.atomic
def prepare_draw(
    task: InspectionTask,
    *,
    parties: Sequence[Party],
    embargo_at: datetime | None,
    actor: Actor,
) -> Draw:
    """Open an attempt to draw for an approved task (准备抽取).

    A second attempt is possible only after the first was voided, and names it.

    raises    Conflict, Invalid
    """
    hold(task)
    if task.state != TaskState.APPROVED:
        raise Conflict(_("方案尚未批准，不能抽取"))
    if live_draw(task) is not None:
        raise Conflict(_("该任务已有抽取；抽取只进行一次，确有错误须作废后另行编号"))
    if len({party.department.pk for party in parties}) < 2:
        raise Invalid(fields={"parties": _("请至少选择两个不同单位各自密封随机数")})
    previous = task.draws.order_by("-attempt").first()
    attempt = previous.attempt + 1 if previous else 1
    draw_id = previous.draw_id if previous else draw_number(task.number)
    fact = events.DrawPrepared(draw_id=draw_id, attempt=attempt)
    draw = create(
        Draw,
        DRAW["prepare"],
        fact,
        actor=actor,
        task=task,
        draw_id=draw_id,
        attempt=attempt,
        predecessor=previous,
        session=f"{draw_id}-{attempt}",
        disclosure=task.disclosure,
        is_demo=settings.DEMO,
        as_of_on=clock.today(),
        embargo_at=embargo_at,
        frame_key=secrets.token_bytes(32),
    )
    for index, party in enumerate(parties, start=1):
        SeedSource.objects.create(
            draw=draw,
            index=index,
            source_id=f"party-{party.department.code}",
            type="commit",
            party=party.department,
            party_name=party.name,
        )
    SeedSource.objects.create(
        draw=draw,
        index=len(parties) + 1,
        source_id="dice",
        type="digits",
        param=DICE,
        party_name=str(_("现场掷骰（十面骰二十次）")),
    )
    return draw


def request_seal(draw: Draw, *, actor: Actor) -> Draw:
    """Ask for lists and rosters to be sealed (提请封存): the first of two persons."""
    return fire(
        draw, DRAW["request_seal"], events.SealRequested(), actor=actor, requested_by_ref=actor.ref
    )


@transaction.atomic
def freeze(draw: Draw, *, actor: Actor) -> Draw:
    """Seal the lists and the rosters (名单封存): the second person, before any randomness exists.

    raises    Denied for the person who asked; Conflict when a roster is open or nobody is eligible
    law       rule-book 5.5 row 3: two persons
    """
    _at_stage(draw, "freeze")
    if draw.requested_by_ref == actor.ref:
        raise Denied(_("封存须由提请人以外的负责人确认"))
    seal_rosters(draw.task, actor=actor)
    framed = frames_of(draw)
    roster = roster_of(draw)
    for row in framed:
        if not row.rules:
            raise Conflict(
                _("%(department)s 的待抽取对象名单为空，请检查抽查范围"),
                department=row.department.name,
            )
        keep_frame(draw, row)
    keep(draw, "roster.vdr", roster.to_bytes())
    keep(draw, "docs/rules", rules_document(draw))
    keep(draw, "docs/strata", strata_document(draw, framed))
    keep(draw, "docs/parties", parties_document(draw))
    fact = events.FrameFrozen(
        frames=" ".join(row.frame.root(draw.suite) for row in framed),
        roster=hashlib.sha256(roster.to_bytes()).hexdigest(),
    )
    return fire(
        draw, DRAW["freeze"], fact, actor=actor, frozen_at=clock.now(), frozen_by_ref=actor.ref
    )


def commit_value(source: SeedSource, *, sealed: str, actor: Actor) -> SeedSource:
    """Take a party's commitment (随机数密封): 64 hex digits made on its own device.

    raises    Denied for another party's, Invalid, Conflict when already sealed
    """
    _own_source(source, actor)
    if len(sealed) != 64 or set(sealed) - set("0123456789abcdef"):
        raise Invalid(fields={"sealed": _("密封值应为 64 位小写十六进制字符")})
    return _seal(source, sealed, actor)


def play_party(source: SeedSource, *, actor: Actor) -> SeedSource:
    """Let the server seal a value for a party (演示代封): demo only, and the draw says so.

    raises    Denied outside the demo
    """
    if not settings.DEMO:
        raise Denied
    value = secrets.token_hex(32)
    sealed = commitment(source.draw.session, source.source_id, value, source.draw.suite)
    return _seal(source, sealed, actor, value=value, by_server=True)


@transaction.atomic
def announce_draw(draw: Draw, *, actor: Actor) -> Draw:
    """Fix and announce everything but the values (抽取公告): its digest binds the rest.

    raises    Conflict while a party has not sealed its value
    """
    _at_stage(draw, "announce")
    waiting = missing_commitments(draw).first()
    if waiting is not None:
        raise Conflict(_("%(party)s 尚未密封随机数"), party=waiting.party_name)
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


def open_value(source: SeedSource, *, value: str, read_back: str, actor: Actor) -> SeedSource:
    """Take an opened value or the dice (启封、录入骰数), typed twice.

    raises    Denied for another party's, Invalid when the two differ or the value does not fit,
              Conflict when an earlier source is still closed: openings come in their order
    """
    if source.type == "commit":
        _own_source(source, actor)
    if value != read_back:
        raise Invalid(fields={"read_back": _("两次录入不一致，请逐位核对后重新录入")})
    return _open(source, value, actor)


def open_played(source: SeedSource, *, actor: Actor) -> SeedSource:
    """Open a value that the server sealed (演示代启封): demo only."""
    if not settings.DEMO or not source.by_server:
        raise Denied
    return _open(source, source.value, actor)


@transaction.atomic
def draw_targets(draw: Draw, *, actor: Actor) -> Draw:
    """Form the seed, draw the targets and match the officers (抽取并匹配): once.

    raises    Conflict while a value is closed
    paper     vdr1 §5.2, §6, §7, §9
    """
    _at_stage(draw, "draw_matched")
    waiting = missing_values(draw).first()
    if waiting is not None:
        raise Conflict(_("%(party)s 尚未启封"), party=waiting.party_name)
    opening = Opening(draw.session, {s.source_id: s.value for s in draw.sources.all()})
    announcement = Announcement.parse(evidence(draw, "announcement.vdr"))
    frames = [
        Frame.parse(row.fid, row.lane, evidence(draw, f"frame-{row.fid}.vdr"))
        for row in draw.frames.all()
    ]
    result = run_protocol(announcement, frames, Roster.parse(evidence(draw, "roster.vdr")), opening)
    keep(draw, "opening.vdr", opening.to_bytes())
    keep(draw, "result.vdr", result.to_bytes())
    keep_result(draw, result)
    matched = result.ceiling is not None
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
        visits_apart=visits(announcement, frames, result.hits).apart,
    )


@transaction.atomic
def request_void(draw: Draw, *, code: str, reason: str, actor: Actor) -> Draw:
    """Ask for a draw to be voided (提请作废), with a reason that becomes public."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明作废原因，该原因将向社会公开")})
    hold(draw)
    if draw.void_requested_at is not None:
        raise Conflict(_("已提请作废，等待联席会议办公室决定"))
    stage = {DrawState.FROZEN: "T1", DrawState.ANNOUNCED: "T3"}.get(DrawState(draw.state), "T5")
    fact = events.VoidRequested(stage=stage, code=code, reason=reason)
    return fire(
        draw,
        DRAW["request_void"],
        fact,
        actor=actor,
        void_stage=stage,
        void_code=code,
        void_reason=reason,
        void_requested_by_ref=actor.ref,
        void_requested_at=clock.now(),
    )


def refuse_void(draw: Draw, *, reason: str, actor: Actor) -> Draw:
    """Refuse to void a draw (不同意作废)."""
    if draw.void_requested_at is None:
        raise Conflict(_("没有待决定的作废申请"))
    return fire(
        draw,
        DRAW["refuse_void"],
        events.VoidRefused(reason=reason),
        actor=actor,
        void_stage="",
        void_code="",
        void_reason="",
        void_requested_by_ref="",
        void_requested_at=None,
    )


@transaction.atomic
def void_draw(draw: Draw, *, actor: Actor) -> Draw:
    """Void a draw with the office's consent (作废): numbered, reasoned, public, chained.

    raises    Conflict when nobody of the department asked for it
    paper     vdr1 §5.5
    """
    _at_stage(draw, "void")
    if draw.void_requested_at is None:
        raise Conflict(_("须先由牵头部门负责人提请作废"))
    reason = draw.void_reason.encode()
    keep(draw, "docs/void", reason)
    record_of_void = VoidRecord(
        adigest=draw.adigest or "0" * 64,
        stage=draw.void_stage,
        reason=draw.void_code,
        doc=hashlib.sha256(reason).hexdigest(),
        rdigest=draw.rdigest or "-",
    )
    keep(draw, "void.vdr", record_of_void.to_bytes())
    digest = record_of_void.digest(draw.suite)
    unseal_rosters(draw.task, actor=actor)
    fact = events.DrawVoided(void_digest=digest, reason=draw.void_reason)
    return fire(
        draw,
        DRAW["void"],
        fact,
        actor=actor,
        void_digest=digest,
        voided_at=clock.now(),
        voided_by_ref=actor.ref,
    )


@transaction.atomic
def read_bundle(draw: Draw, *, actor: Actor) -> dict[str, bytes]:
    """Hand out the full bundle to an auditing organ (调取完整证据包); the reading is an event."""
    require(actor, Perm.BUNDLE_VIEW, draw)
    fact = events.ListViewed(file="bundle")
    record(fact, actor=actor, subject=draw, department=department_code(draw))
    return {row.name: bytes(row.content) for row in draw.files.all()}


@transaction.atomic
def keep_disclosure(draw: Draw, files: Mapping[str, bytes]) -> None:
    """Keep outcome tree and public edition (公开版) beside the evidence; both follow from it."""
    for name, data in files.items():
        keep(draw, name, data)


@transaction.atomic
def _seal(source: SeedSource, sealed: str, actor: Actor, **more: object) -> SeedSource:
    hold(source)
    if source.param:
        raise Conflict(_("该方已密封随机数，不能更换"))
    fact = events.ValueCommitted(source=source.source_id, commitment=sealed)
    fire(source.draw, DRAW["commit_value"], fact, actor=actor)
    at = clock.now()
    return _change(source, param=sealed, committed_by_ref=actor.ref, committed_at=at, **more)


@transaction.atomic
def _open(source: SeedSource, value: str, actor: Actor) -> SeedSource:
    draw = source.draw
    hold(draw)
    first = missing_values(draw).first()
    if first is None or first.pk != source.pk:
        raise Conflict(_("请按顺序启封，先启封排在前面的来源"))
    try:
        check_value(
            Source(source.index, source.source_id, source.type, source.param),
            value,
            draw.session,
            draw.suite,
        )
    except FairdrawError as error:
        raise Invalid(fields={"value": _("与密封时不一致或格式不符，请核对")}) from error
    fact = events.ValueOpened(source=source.source_id, value=value)
    fire(draw, DRAW["open_value"], fact, actor=actor)
    return _change(source, value=value, opened_by_ref=actor.ref, opened_at=clock.now())


def _at_stage(draw: Draw, move: str) -> None:
    """Hold the draw and refuse when somebody else has moved it on: the loser of a race stops here."""
    hold(draw)
    if draw.state not in DRAW[move].sources:
        raise StaleState


def _own_source(source: SeedSource, actor: Actor) -> None:
    if not actor.is_system and source.party_id != actor.department_id:
        raise Denied(_("只能由该参与方本单位操作"))


def _change(source: SeedSource, **changes: object) -> SeedSource:
    SeedSource.objects.filter(pk=source.pk).update(**changes)
    return SeedSource.objects.get(pk=source.pk)
