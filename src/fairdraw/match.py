"""Inspector matching (人员匹配): the first complete assignment in the order chance gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import (
    Dict,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

from fairdraw.eligible import SOFT, Choice, Group, Place, Pool
from fairdraw.flow import Flow
from fairdraw.lines import hash_each, hx
from fairdraw.roster import Roster

__all__ = ["Man", "Matching", "Place", "Shortage", "Skip", "match", "task_order"]


class Man(NamedTuple):
    """An inspector matched to a place (匹配结果); ``eligible`` counts all who could have been."""

    target: str
    k: str
    inspector: str
    pick: str
    eligible: int

    def line(self) -> str:
        """Return the match as a line of the result (匹配行)."""
        return f"man|{self.target}|{self.k}|{self.inspector}|{self.pick}|{self.eligible}"


class Skip(NamedTuple):
    """An inspector who was passed over (跳过), and the first reason that applied."""

    target: str
    k: str
    inspector: str
    reason: str

    def line(self) -> str:
        """Return the skip as a line of the result (跳过行)."""
        return f"skip|{self.target}|{self.k}|{self.inspector}|{self.reason}"


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
    log: Tuple[Union[Man, Skip], ...]
    shortage: Optional[Shortage] = None

    @property
    def men(self) -> List[Man]:
        """The matched places in order."""
        return [entry for entry in self.log if isinstance(entry, Man)]

    @property
    def skips(self) -> List[Skip]:
        """Who was passed over, in order."""
        return [entry for entry in self.log if isinstance(entry, Skip)]

    def lines(self) -> List[str]:
        """Return the lines of the result (匹配各行)."""
        ceiling = "-" if self.ceiling is None else self.ceiling
        return [f"ceiling|{ceiling}", *(entry.line() for entry in self.log)]


def task_order(seed: str, targets: Sequence[str], suite: str) -> List[str]:
    """Return the distinct hit targets in the order they are served (派员顺序)."""
    return sorted(set(targets), key=lambda t: (hx(f"vdr1|task|{seed}|{t}", suite), t))


def queue_of(seed: str, places: Mapping[str, Sequence[Place]], suite: str) -> List[Place]:
    """Return all places in the order they are filled (派员次序)."""
    return [
        place
        for target in task_order(seed, list(places), suite)
        for place in sorted(places[target], key=lambda p: p.slot.k)
    ]


def match(
    seed: str,
    places: Mapping[str, Sequence[Place]],
    roster: Roster,
    slack: int,
    suite: str,
    pool: Optional[Pool] = None,
) -> Matching:
    """Match inspectors to places (随机匹配) by the protocol's §9.2.

    places    hit target to its places, any order; a target hit in several frames has the union
    pool      the roster's, when it is asked for many seeds
    """
    pool = pool or Pool(roster)
    queue = queue_of(seed, places, suite)
    choices = [pool.choice(place) for place in queue]
    caps = [person.cap for person in pool.people]
    flow, ceiling, stuck = _complete(queue, choices, caps)
    if ceiling is None:
        return Matching(None, (), _shortage(queue, choices, pool, stuck))
    flow.limit = [min(cap, ceiling + slack) for cap in caps]
    ranking = Ranking(seed, pool, suite)
    log: List[Union[Man, Skip]] = []
    on_target: Dict[str, Set[int]] = {}
    for number, place in enumerate(queue):
        team = on_target.setdefault(place.target, set())
        # By §9.3 some candidate is always taken, so the loop never runs out.
        for pick, who in ranking.candidates(place, choices[number]):  # pragma: no branch
            reason = ""
            if who in team:
                reason = "already-in-team"
            elif ranking.given[who] >= flow.limit[who]:
                reason = "full"
            elif not flow.force(number, who):
                reason = "would-block"
            name = pool.people[who].id
            if not reason:
                team.add(who)
                ranking.give(who)
                log.append(Man(place.target, place.slot.k, name, pick, choices[number].size))
                break
            log.append(Skip(place.target, place.slot.k, name, reason))
    return Matching(ceiling, tuple(log))


def _complete(
    queue: Sequence[Place], choices: Sequence[Choice], caps: Sequence[int]
) -> Tuple[Flow, Optional[int], Set[int]]:
    """Find the least ceiling with a complete assignment; the flow only grows with it.

    Which places go first changes nothing but the time: those with few candidates do.
    """
    teams: Dict[str, int] = {}
    team = [teams.setdefault(place.target, len(teams)) for place in queue]
    top = max(caps, default=0)
    ceiling = max(1, -(-len(queue) // len(caps))) if caps else 1
    flow = Flow(choices, team, [min(cap, ceiling) for cap in caps])
    for slot in sorted(range(len(queue)), key=lambda number: choices[number].size):
        stuck = flow.place(slot)
        while stuck is not None:
            if ceiling >= top:
                return flow, None, stuck
            ceiling += 1
            flow.limit = [min(cap, ceiling) for cap in caps]
            stuck = flow.place(slot)
    return flow, ceiling, set()


class Ranking:
    """The candidates of a place in the order of the rule (候选次序): by (wish, load, pick, id).

    Those who satisfy the same kind of place are kept in bands of load; loads only grow, so a
    band is put right when it is read. Picks are made only as far as they are asked for.
    """

    def __init__(self, seed: str, pool: Pool, suite: str) -> None:
        self.pool = pool
        self.given = [0] * len(pool.people)
        self._suite = suite
        self._prefix = f"vdr1|pick|{seed}|"
        self._load = [person.load for person in pool.people]
        self._ids = [person.id.encode("ascii") for person in pool.people]
        self._bands: Dict[Tuple[Group, str, str], Dict[Tuple[int, int], List[int]]] = {}

    def give(self, who: int) -> None:
        """Count one more place for somebody."""
        self.given[who] += 1
        self._load[who] += 1

    def candidates(self, place: Place, choice: Choice) -> Iterator[Tuple[str, int]]:
        """Yield (pick, inspector) of all who may take the place, best first."""
        prefix = f"{self._prefix}{place.target}|{place.slot.k}|".encode("ascii")
        for band in self._read(place, choice.group):
            members = [n for n in band if n not in choice.barred] if choice.barred else band
            ids = self._ids
            hashes = hash_each(self._suite, prefix, [ids[n] for n in members])
            picks = list(zip(hashes, members))
            if not picks:
                continue
            best = min(picks)
            yield best[0].hex(), best[1]
            for pick, who in sorted(picks)[1:]:
                yield pick.hex(), who

    def _read(self, place: Place, group: Group) -> Iterator[List[int]]:
        soft = place.slot.region in SOFT
        key = (group, place.slot.region, place.district) if soft else (group, "", "")
        bands = self._bands.get(key)
        if bands is None:
            bands = self._bands[key] = {}
            for n in group.members:
                rank = (int(self.pool.misses(place, n)), self._load[n])
                bands.setdefault(rank, []).append(n)
        done = (-1, -1)
        while True:
            left = [rank for rank in bands if rank > done]
            if not left:
                return
            done = min(left)
            band = self._put_right(bands, done)
            if band:
                yield band

    def _put_right(
        self, bands: Dict[Tuple[int, int], List[int]], rank: Tuple[int, int]
    ) -> List[int]:
        """Move everybody whose load has grown to the own band; return who is still in this one."""
        missed, load = rank
        loads = self._load
        stay: List[int] = []
        for n in bands.pop(rank):
            if loads[n] == load:
                stay.append(n)
            else:
                bands.setdefault((missed, loads[n]), []).append(n)
        if stay:
            bands[rank] = stay
        return stay


def _shortage(
    queue: Sequence[Place], choices: Sequence[Choice], pool: Pool, stuck: Set[int]
) -> Shortage:
    """Put Hall's condition in numbers: what these places could get at most."""
    places = tuple(queue[n] for n in sorted(stuck))
    targets: Dict[int, Set[str]] = {}
    for number in stuck:
        for who in choices[number].members():
            targets.setdefault(who, set()).add(queue[number].target)
    capacity = sum(min(pool.people[w].cap, len(t)) for w, t in targets.items())
    return Shortage(places, tuple(pool.people[w].id for w in sorted(targets)), capacity)
