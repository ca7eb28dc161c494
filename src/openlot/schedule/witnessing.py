"""What the clock asks of other offices (定时见证)."""

from __future__ import annotations

from django_tasks import task

from openlot.kernel.actor import Actor
from openlot.trail.services import ask_witnesses
from openlot.trail.witnesses import Outcome


@task
def let_witnesses_sign() -> int:
    """Ask the witnesses to cosign (请见证人加签); return how many did. A refusal is an alarm of its own."""
    answers = ask_witnesses(actor=Actor.system("let_witnesses_sign"))
    return sum(one.outcome == Outcome.COSIGNED for one in answers)
