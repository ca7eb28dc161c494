"""The statement of chances (概率说明): what the matching leaves to chance, before there is a seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Callable, Iterator, List, Optional, Sequence, Tuple

from fairdraw.announce import Announcement
from fairdraw.eligible import Pool
from fairdraw.errors import BadBundle
from fairdraw.frame import Frame
from fairdraw.lines import hx
from fairdraw.match import match
from fairdraw.roster import Roster
from fairdraw.selection import Hit, Lists
from fairdraw.words import Words

SIMULATIONS = 1000
FEWEST_DRAWS = 20  # of a target, before its share of one inspector says anything

Progress = Callable[[int, int], None]
Pair = Tuple[str, str]


@dataclass(frozen=True)
class Chances:
    """Counts over simulated draws (模拟计数); every ratio follows from them.

    expected    inspector to places received in all simulations
    pairs       (target, inspector) to simulations in which they met
    drawn       target to simulations in which it was drawn and matched
    only_one    (target, place, inspector) where nobody else is eligible
    """

    adigest: str
    simulations: int
    infeasible: int
    expected: Counter[str]
    pairs: Counter[Pair]
    drawn: Counter[str]
    only_one: Tuple[Tuple[str, str, str], ...]

    @property
    def largest(self) -> Optional[Tuple[Pair, float]]:
        """The likeliest pair (最大配对概率) of target and inspector, and its probability."""
        if not self.pairs:
            return None
        pair = min(self.pairs, key=lambda p: (-self.pairs[p], p))
        return pair, self.pairs[pair] / self.simulations

    @property
    def warnings(self) -> List[Pair]:
        """Pairs that meet in more than half of the draws (配对概率过半) that take the target."""
        return sorted(
            pair
            for pair, met in self.pairs.items()
            if 2 * met > self.drawn[pair[0]]
            and (self.drawn[pair[0]] >= FEWEST_DRAWS or 2 * met > self.simulations)
        )

    def sentences(self) -> Iterator[Words]:
        """Yield the statement (概率说明), line by line."""
        m = self.simulations
        template = "{m} simulated draws of {adigest}; no complete assignment in {infeasible}"
        yield Words(template, {"m": m, "adigest": self.adigest, "infeasible": self.infeasible})
        for inspector, places in sorted(self.expected.items()):
            values = {"inspector": inspector, "mean": f"{places / m:.3f}"}
            yield Words("expected {inspector}: {mean} places", values)
        if self.largest:
            (target, inspector), chance = self.largest
            values = {"target": target, "inspector": inspector, "chance": f"{chance:.3f}"}
            yield Words("largest chance: {target} with {inspector}, {chance}", values)
        for target, inspector in self.warnings:
            met = {"met": self.pairs[target, inspector], "drawn": self.drawn[target]}
            template = "warning > 0.5: {target} with {inspector}, {met} of {drawn} draws"
            yield Words(template, {"target": target, "inspector": inspector, **met})
        for target, k, inspector in self.only_one:
            template = "warning only-one: {target}, place {k}, only {inspector}"
            yield Words(template, {"target": target, "k": k, "inspector": inspector})


def simulate(
    announcement: Announcement,
    frames: Sequence[Frame],
    roster: Optional[Roster],
    simulations: int = SIMULATIONS,
    progress: Optional[Progress] = None,
    begun: Optional[Chances] = None,
) -> Chances:
    """Simulate draws with published seeds (模拟抽取): anybody gets the same counts.

    progress    is told (done, all) after every simulation
    begun       counts of the first simulations, of the same announcement, to go on from
    raises      FairdrawError for inputs that do not belong together or have no roster
    paper       vdr1 §9.6
    """
    announcement.check_against(frames, roster)
    if roster is None or announcement.roster is None:
        raise BadBundle("there is no roster, so nothing is left to chance about inspectors")
    suite, adigest, slack = announcement.suite, announcement.digest, announcement.roster.slack
    lists, pool = Lists(announcement, frames), Pool(roster)
    expected = Counter({person.id: 0 for person in roster.inspectors})
    pairs: Counter[Pair] = Counter()
    drawn: Counter[str] = Counter()
    infeasible = first = 0
    if begun is not None:
        if begun.adigest != adigest:
            raise BadBundle("the simulations were begun for another announcement")
        expected, pairs, drawn = begun.expected.copy(), begun.pairs.copy(), begun.drawn.copy()
        infeasible, first = begun.infeasible, begun.simulations
    for m in range(first, simulations):
        seed = hx(f"vdr1|sim|{adigest}|{m}", suite)
        places = lists.places(lists.select(seed).hits)
        found = match(seed, places, roster, slack, suite, pool)
        if found.ceiling is None:
            infeasible += 1
        else:
            drawn.update(places.keys())
        for man in found.men:
            expected[man.inspector] += 1
            pairs[man.target, man.inspector] += 1
        if progress is not None:
            progress(m + 1, simulations)
    return Chances(
        adigest, simulations, infeasible, expected, pairs, drawn, tuple(_only_one(lists, pool))
    )


def _only_one(lists: Lists, pool: Pool) -> Iterator[Tuple[str, str, str]]:
    eligible = [
        Hit(fid, stratum, 0, target, "")
        for (fid, stratum), entries in lists.pools.items()
        for target, _ in entries
    ]
    for target, places in sorted(lists.places(eligible).items()):
        for place in sorted(places, key=lambda p: p.slot.k):
            members = pool.choice(place).members()
            if len(members) == 1:
                yield target, place.slot.k, pool.people[members[0]].id
