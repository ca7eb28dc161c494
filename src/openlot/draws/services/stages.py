"""Who may move a draw on now: the loser of a race stops here (抽取环节校验)."""

from __future__ import annotations

from openlot.draws.machine import DRAW
from openlot.draws.models import Draw
from openlot.kernel.actor import Actor
from openlot.kernel.errors import StaleState
from openlot.lifecycle.fire import hold
from openlot.rights.access import require
from openlot.rights.perms import Perm


def at_stage(draw: Draw, move: str) -> None:
    """Hold the draw (锁定) and refuse when somebody else has moved it on.

    raises    StaleState
    """
    hold(draw)
    if draw.state not in DRAW[move].sources:
        raise StaleState


def in_charge(draw: Draw, actor: Actor) -> None:
    """Leave a draw of a drawing day to the office (抽签日由办公室主持), any other to its department.

    raises    Denied
    """
    require(actor, Perm.DAY_RUN if draw.day_number else Perm.DRAW_PREPARE, draw)
