"""Where a target stands in the register, by its registration status (在库状态)."""

from __future__ import annotations

from openlot.kernel.actor import Actor
from openlot.lifecycle.arrows import Arrow
from openlot.lifecycle.fire import fire
from openlot.registers import events
from openlot.registers.machine import TARGET
from openlot.registers.models import InspectionTarget, RegistrationStatus, TargetState
from openlot.trail.events import Event

GONE = {
    RegistrationStatus.CANCELLED,
    RegistrationStatus.REVOKED,
    RegistrationStatus.ANNULLED,
    RegistrationStatus.MOVED_OUT,
}


def state_for(status: str) -> str:
    """Return the register state (在库状态) that a registration status leads to."""
    if status in GONE:
        return TargetState.MOVED_OUT
    return TargetState.DORMANT if status == RegistrationStatus.DORMANT else TargetState.ACTIVE


def place(target: InspectionTarget, status: str, actor: Actor) -> InspectionTarget:
    """Move a target (变更在库状态) to where its registration status puts it."""
    wanted = state_for(status)
    arrow: Arrow
    fact: Event
    if wanted == TargetState.MOVED_OUT:
        arrow, fact = TARGET["move_out"], events.TargetMovedOut(status=status)
    elif wanted == TargetState.DORMANT:
        arrow, fact = TARGET["rest"], events.TargetRested(status=status)
    else:
        arrow, fact = TARGET["return_to_register"], events.TargetReturned(status=status)
    return fire(target, arrow, fact, actor=actor)
