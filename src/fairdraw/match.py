"""Inspector matching (人员匹配): the first complete assignment in the order chance gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from fairdraw.announce_parts import Slot
from fairdraw.flow import Flow
from fairdraw.lines import hx
from fairdraw.roster import Inspector, Roster


@dataclass(frozen=True)
class Place:
    """One slot of one hit target (待匹配席位), with what its own frame says of the target."""

    target: str
    slot: Slot
    district: str
    need: Tuple[str, ...]


@dataclass(frozen=True)
class Man:
    """An inspector matched to a place (匹配结果); ``eligible`` counts all who could have been."""

    target: str
    k: str
    inspector: str
    pick: str
    eligible: int


@dataclass(frozen=True)
class Skip:
    """An inspector who was passed over (跳过), and the first reason that applied."""

    target: str
    k: str
    inspector: str
    reason: str


@dataclass(frozen=True)
class Shortage:
    """Places that compete for too few people (人员缺口): ``places`` need more than ``capacity``."""

    places: Tuple[Place, ...]
    inspectors: Tuple[str, ...]
    capacity: int


@dataclass(frozen=True)
class Matching:
    """The outcome of the matching (匹配): ``ceiling`` is None when no complete one exists."""

    ceiling: Optional[int]
    log: Tuple[object, ...]
    shortage: Optional[Shortage] = None

    @property
    def men(self) -> List[Man]:
        """The matched places in order."""
        return [entry for entry in self.log if isinstance(entry, Man)]

    @property
    def skips(self) -> List[Skip]:
        """Who was passed over, in order."""
        return [entry for entry in self.log if isinstance(entry, Skip)]


class _Pool:
    """Who is eligible for what; lists are shared between slots that ask the same."""

    def __init__(self, roster: Roster) -> None:
        self.people: Sequence[Inspector] = roster.inspectors
        self.recused: Dict[str, Set[str]] = {}
        for recusal in roster.recusals:
            self.recused.setdefault(recusal.target, set()).add(recusal.inspector)
        self._lists: Dict[Tuple[object, ...], List[int]] = {}

    def eligible(self, place: Place) -> List[int]:
        """Return who may take a place (合格人员), by the protocol's §9.1."""
        slot = place.slot
        wanted = {tag for tag in slot.tags if tag != "@need"}
        if "@need" in slot.tags:
            wanted |= set(place.need)
        hard = slot.region in ("same", "outside")
        key = (
            slot.dept,
            tuple(sorted(wanted)),
            slot.region if hard else "",
            place.district if hard else "",
        )
        found = self._lists.get(key)
        if found is None:
            found = [
                number
                for number, person in enumerate(self.people)
                if person.dept == slot.dept
                and wanted <= set(person.tags)
                and (not hard or _region_met(slot.region, person.district, place.district))
            ]
            self._lists[key] = found
        out = self.recused.get(place.target)
        return [n for n in found if self.people[n].id not in out] if out else found

    def soft(self, place: Place, number: int) -> int:
        """Return 1 where a wish about the region is missed."""
        region = place.slot.region
        if not region.startswith("prefer-"):
            return 0
        met = _region_met(region[len("prefer-") :], self.people[number].district, place.district)
        return 0 if met else 1


def _region_met(rule: str, mine: str, theirs: str) -> bool:
    if mine == "-" or theirs == "-":
        return False
    return (mine == theirs) == (rule == "same")


def task_order(seed: str, targets: Sequence[str], suite: str) -> List[str]:
    """Return the distinct hit targets in the order they are served (派员顺序)."""
    return sorted(set(targets), key=lambda t: (hx(f"vdr1|task|{seed}|{t}", suite), t))


def match(
    seed: str, places: Mapping[str, Sequence[Place]], roster: Roster, slack: int, suite: str
) -> Matching:
    """Match inspectors to places (随机匹配) by the protocol's §9.2.

    places    hit target to its places, any order; a target hit in several frames has the union
    """
    queue = [
        place
        for target in task_order(seed, list(places), suite)
        for place in sorted(places[target], key=lambda p: p.slot.k)
    ]
    pool = _Pool(roster)
    choices = [pool.eligible(place) for place in queue]
    flow, ceiling, stuck = _complete(queue, choices, roster)
    if ceiling is None:
        return Matching(None, (), _shortage(queue, choices, roster, stuck))
    flow.limit = [min(person.cap, ceiling + slack) for person in roster.inspectors]
    log: List[object] = []
    given = [0] * len(roster.inspectors)
    teams: Dict[str, Set[int]] = {}
    for number, place in enumerate(queue):
        team = teams.setdefault(place.target, set())
        for pick, who in _candidates(seed, place, choices[number], pool, given, suite):
            reason = (
                "already-in-team"
                if who in team
                else "full"
                if given[who] >= flow.limit[who]
                else ""
                if flow.force(number, who)
                else "would-block"
            )
            name = roster.inspectors[who].id
            if not reason:
                team.add(who)
                given[who] += 1
                log.append(Man(place.target, place.slot.k, name, pick, len(choices[number])))
                break
            log.append(Skip(place.target, place.slot.k, name, reason))
    return Matching(ceiling, tuple(log))


def _complete(
    queue: Sequence[Place], choices: Sequence[Sequence[int]], roster: Roster
) -> Tuple[Flow, Optional[int], Set[int]]:
    """Find the least ceiling with a complete assignment; the flow only grows with it."""
    teams: Dict[str, int] = {}
    team = [teams.setdefault(place.target, len(teams)) for place in queue]
    caps = [person.cap for person in roster.inspectors]
    top = max(caps, default=0)
    ceiling = max(1, -(-len(queue) // len(caps))) if caps else 1
    flow = Flow(choices, team, [min(cap, ceiling) for cap in caps])
    for slot in range(len(queue)):
        stuck = flow.augment([slot])
        while stuck is not None:
            if ceiling >= top:
                return flow, None, stuck
            ceiling += 1
            flow.limit = [min(cap, ceiling) for cap in caps]
            stuck = flow.augment([slot])
    return flow, ceiling, set()


def _candidates(
    seed: str,
    place: Place,
    eligible: Sequence[int],
    pool: _Pool,
    given: Sequence[int],
    suite: str,
) -> Iterator[Tuple[str, int]]:
    """Yield (pick, inspector) by (soft, load, pick, id); picks are made only as far as needed."""
    groups: Dict[Tuple[int, int], List[int]] = {}
    for number in eligible:
        rank = (pool.soft(place, number), pool.people[number].load + given[number])
        groups.setdefault(rank, []).append(number)
    for rank in sorted(groups):
        yield from sorted(
            (hx(f"vdr1|pick|{seed}|{place.target}|{place.slot.k}|{pool.people[n].id}", suite), n)
            for n in groups[rank]
        )


def _shortage(
    queue: Sequence[Place], choices: Sequence[Sequence[int]], roster: Roster, stuck: Set[int]
) -> Shortage:
    """Put Hall's condition in numbers: what these places could get at most."""
    places = tuple(queue[n] for n in sorted(stuck))
    targets: Dict[int, Set[str]] = {}
    for number in stuck:
        for who in choices[number]:
            targets.setdefault(who, set()).add(queue[number].target)
    capacity = sum(min(roster.inspectors[w].cap, len(t)) for w, t in targets.items())
    return Shortage(places, tuple(roster.inspectors[w].id for w in sorted(targets)), capacity)
