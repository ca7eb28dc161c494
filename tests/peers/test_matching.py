"""A solver that nobody here wrote agrees on what can be matched and what cannot."""

from __future__ import annotations

from random import Random

from ortools.sat.python import cp_model

from fairdraw.announce_parts import Slot
from fairdraw.eligible import Place, Pool
from fairdraw.lines import hx
from fairdraw.match import Matching, match
from fairdraw.roster import Inspector, Recusal, Roster

SALT = "0" * 32
REGIONS = ("any", "any", "any", "same", "outside", "prefer-same")
Places = dict[str, list[Place]]


def world(number: int) -> tuple[Places, Roster]:
    """Return a small matching problem, tight enough to fail now and then."""
    chance = Random(number)
    people = [
        Inspector(
            f"I{n}",
            chance.choice("PQ"),
            chance.choice(("D1", "D2", "-")),
            chance.randint(1, 5),
            0,
            chance.choice(((), ("lead",))),
            SALT,
        )
        for n in range(chance.randint(4, 14))
    ]
    targets = [f"T{n}" for n in range(chance.randint(1, 5))]
    recusals = {
        (chance.choice(people).id, chance.choice(targets)) for _ in range(chance.randint(0, 3))
    }
    slots = [
        Slot(
            "F", f"{n}", chance.choice("PQ"), chance.choice(((), ("lead",))), chance.choice(REGIONS)
        )
        for n in range(chance.randint(1, 3))
    ]
    roster = Roster(people, [Recusal(i, t, "kin", SALT) for i, t in sorted(recusals)])
    places = {
        target: [Place(target, slot, district, ()) for slot in slots]
        for target in targets
        for district in [chance.choice(("D1", "D2", "-"))]
    }
    return places, roster


def solvable(places: Places, roster: Roster, height: int) -> bool:
    """Ask CP-SAT whether everybody can be sent with at most ``height`` visits each."""
    pool, model = Pool(roster), cp_model.CpModel()
    visits: dict[int, list[cp_model.IntVar]] = {n: [] for n in range(len(pool.people))}
    for at in places.values():
        team: dict[int, list[cp_model.IntVar]] = {}
        for place in at:
            taken = []
            for who in pool.choice(place).members():
                given = model.new_bool_var("")
                taken.append(given)
                visits[who].append(given)
                team.setdefault(who, []).append(given)
            model.add_exactly_one(taken)
        for given_here in team.values():
            model.add_at_most_one(given_here)
    for who, given_to in visits.items():
        model.add(sum(given_to) <= min(pool.people[who].cap, height))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def test_the_ceiling_is_the_least_that_cp_sat_can_solve():
    """Feasible just when the solver says so, and not with one visit less: 150 problems."""
    short = 0
    for number in range(150):
        places, roster = world(number)
        found = match(hx(f"solver {number}"), places, roster, 0, "sha256")
        if found.ceiling is None:
            short += 1
            assert not solvable(places, roster, 99), number
            assert_hall(found, roster)
        else:
            assert solvable(places, roster, found.ceiling), number
            assert found.ceiling == 1 or not solvable(places, roster, found.ceiling - 1), number
    assert 20 < short < 110


def assert_hall(found: Matching, roster: Roster) -> None:
    """Check the certificate by counting: these places have too few people, whatever one does."""
    shortage = found.shortage
    assert shortage is not None
    pool = Pool(roster)
    capacity = 0
    for n, person in enumerate(pool.people):
        targets = {p.target for p in shortage.places if n in pool.choice(p).members()}
        capacity += min(person.cap, len(targets))
    assert capacity == shortage.capacity < len(shortage.places)
