"""Matching inspectors by the protocol's rule, against the same rule with no look-ahead, which dead-ends."""

from __future__ import annotations

import os
from collections.abc import Iterator

from bench.measure import Row, against
from fairdraw.announce_parts import Slot
from fairdraw.eligible import Place, Pool
from fairdraw.match import Ranking, match, queue_of
from fairdraw.roster import Inspector, Roster

SIZES = ((5_000, 1_000), (50_000, 5_000))
SEED, SALT, DISTRICTS = "0" * 64, "0" * 32, 18
SLOTS = (
    Slot("F1", "D-1", "D", ("lead",), "prefer-outside"),
    Slot("F1", "D-2", "D", (), "prefer-outside"),
)


def world(n_targets: int, n_people: int) -> tuple[dict[str, list[Place]], Roster]:
    """Return targets with two places each, and people of whom every third can lead."""
    people = [
        Inspector(
            f"I{n:05d}", "D", f"D{n % DISTRICTS}", 60, 0, ("lead",) if n % 3 == 0 else (), SALT
        )
        for n in range(n_people)
    ]
    names = [f"T{n:06d}" for n in range(n_targets)]
    places = {
        name: [Place(name, slot, f"D{n % DISTRICTS}", ()) for slot in SLOTS]
        for n, name in enumerate(names)
    }
    return places, Roster(people, [])


def greedy(places: dict[str, list[Place]], roster: Roster) -> int:
    """Take the first candidate who is free; return how many places are left empty."""
    pool = Pool(roster)
    queue = queue_of(SEED, places, "sha256")
    ranking = Ranking(SEED, pool, "sha256")
    limit = -(-len(queue) // len(pool.people)) + 1
    team: dict[str, set[int]] = {}
    empty = 0
    for place in queue:
        taken = team.setdefault(place.target, set())
        for _pick, who in ranking.candidates(place, pool.choice(place)):
            if who not in taken and ranking.given[who] < limit:
                taken.add(who)
                ranking.give(who)
                break
        else:
            empty += 1
    return empty


def rows() -> Iterator[Row]:
    """Measure both sizes; the larger one only when asked for, since it takes minutes."""
    wanted = SIZES if "MATCHING_LARGE" in os.environ else SIZES[:1]
    for n_targets, n_people in wanted:
        places, roster = world(n_targets, n_people)
        yield against(
            f"match {n_targets:,} × 2 × {n_people:,}",
            lambda p=places, r=roster: match(SEED, p, r, 1, "sha256"),
            f"greedy, {greedy(places, roster):,} places left empty",
            lambda p=places, r=roster: greedy(p, r),
            runs=1 if n_targets > SIZES[0][0] else 3,
        )
