"""The statement of chances (概率说明): computed beside the site, shown as it goes on."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fairdraw.chances import Chances, simulate
from openlot.draws import events
from openlot.draws.keeping import keep, sealed_inputs
from openlot.draws.models import ChanceStatement, Draw, DrawState
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict
from openlot.lifecycle.fire import hold
from openlot.policies.selectors import draw_setting
from openlot.rights.access import department_code, require
from openlot.rights.perms import Perm
from openlot.trail.writer import record

FILE = "chances.txt"
TELL_EVERY = timedelta(seconds=1)
SILENT = timedelta(seconds=60)


@transaction.atomic
def begin_statement(draw: Draw, *, actor: Actor) -> ChanceStatement:
    """Begin, or take up again, the statement of chances (开始计算概率说明).

    raises    Conflict before the announcement, after the draw, or while it is being computed
    paper     vdr1 §9.6
    """
    require(actor, Perm.DRAW_VIEW, draw)
    hold(draw)
    if draw.state != DrawState.ANNOUNCED:
        raise Conflict(_("概率说明在公告之后、抽取之前计算"))
    now = clock.now()
    known = ChanceStatement.objects.filter(draw=draw).first()
    if known is not None and (known.finished_at or now - known.told_at < SILENT):
        raise Conflict(_("概率说明已在计算或已完成"))
    made, _created = ChanceStatement.objects.update_or_create(
        draw=draw,
        defaults={
            "simulations": draw_setting("simulations", clock.today()),
            "done": 0,
            "started_at": now,
            "told_at": now,
        },
    )
    return made


def compute_statement(statement: ChanceStatement) -> ChanceStatement:
    """Simulate (模拟抽取), telling how far it is, and keep the statement with the evidence."""
    draw = statement.draw

    def tell(done: int, _all: int) -> None:
        now = clock.now()
        if now - statement.told_at >= TELL_EVERY:
            statement.told_at = now
            ChanceStatement.objects.filter(pk=statement.pk).update(done=done, told_at=now)

    sealed = sealed_inputs(draw)
    chances = simulate(
        sealed.announcement, sealed.frames, sealed.roster, statement.simulations, tell
    )
    return _keep(statement, chances)


@transaction.atomic
def _keep(statement: ChanceStatement, chances: Chances) -> ChanceStatement:
    draw = statement.draw
    hold(draw)
    sentences = [(words.template, words.values) for words in chances.sentences()]
    text = "".join(f"{words.say('zh')}\n" for words in chances.sentences()).encode()
    digest = hashlib.sha256(text).hexdigest()
    if not draw.files.filter(name=FILE).exists():
        keep(draw, FILE, text)
        fact = events.ChancesStated(
            simulations=chances.simulations,
            warnings=len(chances.warnings),
            only_one=len(chances.only_one),
            sha256=digest,
        )
        actor = Actor.system("chances")
        record(fact, actor=actor, subject=draw, department=department_code(draw))
    ChanceStatement.objects.filter(pk=statement.pk).update(
        done=chances.simulations,
        finished_at=clock.now(),
        told_at=clock.now(),
        infeasible=chances.infeasible,
        largest_bp=round(chances.largest[1] * 10_000) if chances.largest else 0,
        n_warnings=len(chances.warnings),
        n_only_one=len(chances.only_one),
        sentences=sentences,
        sha256=digest,
    )
    return ChanceStatement.objects.get(pk=statement.pk)
