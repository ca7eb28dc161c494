"""Bringing the tree up to date."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied
from openlot.trail.events import BackupDrilled, LogBegunAnew, LogRestored, WitnessRefused
from openlot.trail.inserting import Row
from openlot.trail.models import Checkpoint, Cosignature, Head
from openlot.trail.reading import newest_checkpoint
from openlot.trail.sealing import seal_now, seal_when_due
from openlot.trail.witness_list import configured
from openlot.trail.witnesses import Answer, Outcome, ask, is_refused
from openlot.trail.writer import record

__all__ = ["Advance", "advance", "ask_witnesses", "seal_now", "tell_of_log"]


@dataclass(frozen=True, slots=True)
class Advance:
    """What one tick did (一次存证): entries placed, and the checkpoint signed if one was due."""

    placed: int
    checkpoint: Checkpoint | None


def advance(*, actor: Actor) -> Advance:
    """Place what is pending and sign what has waited 10 seconds (定时存证); a job's act.

    raises    Denied for anybody but the platform itself, Conflict and Misconfigured from the signer
    """
    if not actor.is_system:
        raise Denied
    return Advance(*seal_when_due())


def ask_witnesses(*, actor: Actor) -> list[Answer]:
    """Ask each witness that has not signed the newest checkpoint (请见证人加签); a job's act.

    A refusal is told once, until that witness signs again: each event makes the log grow.

    raises    Denied for anybody but the platform itself, Misconfigured
    """
    if not actor.is_system:
        raise Denied
    newest = newest_checkpoint()
    if newest is None:
        return []
    signed = Cosignature.objects.filter(size=newest.size).values_list("witness", flat=True)
    names = set(signed)
    waiting = [one for one in configured() if one.verifier.name not in names]
    return [_kept(ask(one, newest), newest, actor) for one in waiting]


@transaction.atomic
def _kept(answer: Answer, checkpoint: Checkpoint, actor: Actor) -> Answer:
    name = answer.witness.verifier.name
    if answer.outcome == Outcome.COSIGNED:
        Cosignature.objects.bulk_create(
            [Cosignature(size=checkpoint.size, witness=name, line=answer.line, at=clock.now())],
            ignore_conflicts=True,
        )
    elif answer.outcome == Outcome.REFUSED and not is_refused(name):
        fact = WitnessRefused(witness=name, size=checkpoint.size, answer=answer.detail)
        record(fact, actor=actor, subject=checkpoint)
    return answer


@transaction.atomic
def tell_of_log(fact: LogRestored | LogBegunAnew | BackupDrilled, *, actor: Actor) -> Row:
    """Tell what became of the log as a whole (日志留痕): a restore, a new name, a drill.

    raises    Denied for anybody but the platform itself
    """
    if not actor.is_system:
        raise Denied
    return record(fact, actor=actor, subject=Head.objects.get())
