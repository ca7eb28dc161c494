"""Bringing the tree up to date."""

from __future__ import annotations

from dataclasses import dataclass

from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied
from openlot.trail.models import Checkpoint
from openlot.trail.sealing import seal_now, seal_when_due

__all__ = ["Advance", "advance", "seal_now"]


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
