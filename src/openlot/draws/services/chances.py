"""The statement of chances (概率说明): computed beside the site, shown as it goes on."""

from __future__ import annotations

import hashlib
import time
from collections import Counter

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskContext, task

from fairdraw.chances import Chances, simulate
from openlot.draws import events
from openlot.draws.keeping import keep, sealed_inputs
from openlot.draws.models import ChanceStatement, Draw, DrawState
from openlot.jobs.backend import STEPS, tell
from openlot.jobs.selectors import live_job
from openlot.jobs.services import Superseded, start
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict
from openlot.lifecycle.fire import hold
from openlot.policies.selectors import draw_setting
from openlot.rights.access import department_code, require
from openlot.rights.perms import Perm
from openlot.trail.writer import record

FILE = "chances.txt"
FIRST_STEP, STEP_SECONDS = 8, 3.0  # simulations between two savings: as many as a few seconds allow


def chances_key(draw: Draw) -> str:
    """Return the key of the job (任务标识) that states the chances of a draw."""
    return f"chances:{draw.public_id}"


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
    known = ChanceStatement.objects.filter(draw=draw).first()
    if (known is not None and known.finished_at) or live_job(chances_key(draw)) is not None:
        raise Conflict(_("概率说明已在计算或已完成"))
    made = known or ChanceStatement.objects.create(
        draw=draw,
        simulations=draw_setting("simulations", clock.today()),
        started_at=clock.now(),
    )
    start(state_chances, draw.public_id, key=chances_key(draw), by=actor)
    return made


@task(queue_name=STEPS, takes_context=True)
def state_chances(context: TaskContext, public_id: str) -> None:
    """Simulate (模拟抽取) from where a worker before stopped; keep the statement with the evidence."""
    rows = ChanceStatement.objects.select_related("draw__task__department")
    statement = rows.get(draw__public_id=public_id)
    if statement.finished_at is not None:
        return
    sealed = sealed_inputs(statement.draw)
    begun = _read_counts(sealed.announcement.digest, statement)
    step, total = FIRST_STEP, statement.simulations
    tell(context, statement.done, total)
    while True:
        before = time.monotonic()
        upto = min(total, statement.done + step)
        begun = simulate(
            sealed.announcement,
            sealed.frames,
            sealed.roster,
            upto,
            lambda done, _all: tell(context, done, total),
            begun,
        )
        if upto == total:
            break
        statement = _save_counts(statement, begun)
        if time.monotonic() - before < STEP_SECONDS:
            step *= 2
    _keep(statement, begun)


def _save_counts(statement: ChanceStatement, begun: Chances) -> ChanceStatement:
    counts = {
        "infeasible": begun.infeasible,
        "expected": dict(begun.expected),
        "drawn": dict(begun.drawn),
        "pairs": [[*pair, met] for pair, met in begun.pairs.items()],
    }
    rows = ChanceStatement.objects.filter(pk=statement.pk, done=statement.done, finished_at=None)
    if rows.update(done=begun.simulations, counts=counts) != 1:
        raise Superseded
    return ChanceStatement.objects.select_related("draw__task__department").get(pk=statement.pk)


def _read_counts(adigest: str, statement: ChanceStatement) -> Chances | None:
    kept = statement.counts
    if not kept:
        return None
    return Chances(
        adigest,
        statement.done,
        kept["infeasible"],
        Counter(kept["expected"]),
        Counter({(target, inspector): met for target, inspector, met in kept["pairs"]}),
        Counter(kept["drawn"]),
        (),
    )


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
        counts={},
        finished_at=clock.now(),
        infeasible=chances.infeasible,
        largest_bp=round(chances.largest[1] * 10_000) if chances.largest else 0,
        n_warnings=len(chances.warnings),
        n_only_one=len(chances.only_one),
        sentences=sentences,
        sha256=digest,
    )
    return ChanceStatement.objects.get(pk=statement.pk)
