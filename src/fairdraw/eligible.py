"""Eligibility (合格人员): who may take which place, by the protocol's §9.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Sequence, Set, Tuple

from fairdraw.announce_parts import Slot
from fairdraw.roster import Inspector, Recusal, Roster

NOBODY: FrozenSet[int] = frozenset()
HARD = ("same", "outside")
SOFT = ("prefer-same", "prefer-outside")


class Place(NamedTuple):
    """One slot of one hit target (待匹配席位), with what its own frame says of the target."""

    target: str
    slot: Slot
    district: str
    need: Tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Group:
    """All who satisfy what a kind of place asks (合格人员组), shared by the places of that kind."""

    members: Tuple[int, ...]
    known: FrozenSet[int]


class Choice(NamedTuple):
    """Who may take one place (可选人员): a group but for those recused from its target."""

    group: Group
    barred: FrozenSet[int]

    @property
    def size(self) -> int:
        """How many may take the place (合格人数)."""
        return len(self.group.members) - len(self.barred)

    def allows(self, inspector: int) -> bool:
        """Say whether somebody may take the place (是否合格)."""
        return inspector in self.group.known and inspector not in self.barred

    def members(self) -> List[int]:
        """Return who may take the place, in the order of the roster."""
        return [n for n in self.group.members if n not in self.barred]


class Pool:
    """A roster (可派人员名册) that is asked many times who may take a place."""

    def __init__(self, roster: Roster, more: Iterable[Recusal] = ()) -> None:
        self.people: Sequence[Inspector] = roster.inspectors
        numbers = {person.id: number for number, person in enumerate(self.people)}
        self.recused: Dict[str, Set[int]] = {}
        for recusal in (*roster.recusals, *more):
            self.recused.setdefault(recusal.target, set()).add(numbers[recusal.inspector])
        self._groups: Dict[Tuple[object, ...], Group] = {}

    def choice(self, place: Place) -> Choice:
        """Return who may take a place (合格人员)."""
        slot = place.slot
        wanted = {tag for tag in slot.tags if tag != "@need"}
        if "@need" in slot.tags:
            wanted |= set(place.need)
        region = slot.region if slot.region in HARD else ""
        district = place.district if region else ""
        key = (slot.dept, tuple(sorted(wanted)), region, district)
        group = self._groups.get(key)
        if group is None:
            members = tuple(
                number
                for number, person in enumerate(self.people)
                if person.dept == slot.dept
                and wanted <= set(person.tags)
                and (not region or region_met(region, person.district, district))
            )
            group = self._groups[key] = Group(members, frozenset(members))
        out = self.recused.get(place.target)
        return Choice(group, group.known & out if out else NOBODY)

    def misses(self, place: Place, number: int) -> bool:
        """Say whether a wish about the region (区域倾向) is missed."""
        region = place.slot.region
        if region not in SOFT:
            return False
        return not region_met(
            region[len("prefer-") :], self.people[number].district, place.district
        )


def region_met(rule: str, mine: str, theirs: str) -> bool:
    """Say whether two districts satisfy ``same`` or ``outside``; an unknown one never does."""
    if mine == "-" or theirs == "-":
        return False
    return (mine == theirs) == (rule == "same")
