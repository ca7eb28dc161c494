"""The table of moves (状态流转表) of one kind of thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models

from openlot.rights.perms import Perm
from openlot.trail.events import Event


@dataclass(frozen=True, slots=True)
class Arrow:
    """One allowed move (一条流转): from where, to where, by whose right, told by which event.

    sources   empty for creation
    target    None keeps the state: an amendment
    law       the clause that the move serves
    """

    name: str
    sources: frozenset[str]
    target: str | None
    perm: Perm
    event: type[Event]
    law: str


class Machine:
    """The whole life (生命周期) of one model as arrows; looked up by name."""

    def __init__(
        self, label: str, *, states: type[models.TextChoices], arrows: Iterable[Arrow]
    ) -> None:
        self.label = label
        self.states = states
        self.arrows = {arrow.name: arrow for arrow in arrows}
        MACHINES[label] = self

    def __getitem__(self, name: str) -> Arrow:
        return self.arrows[name]


MACHINES: dict[str, Machine] = {}


def arrow(
    name: str,
    sources: Iterable[str],
    target: str | None,
    perm: Perm,
    event: type[Event],
    *,
    law: str,
) -> Arrow:
    """Return the arrow (流转) of these ends, right, event and clause."""
    return Arrow(name, frozenset(map(str, sources)), target and str(target), perm, event, law)
