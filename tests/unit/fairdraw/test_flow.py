"""The network behind the matching keeps its books and answers what another flow code answers."""

from __future__ import annotations

from random import Random

import networkx as nx
import pytest

from fairdraw.eligible import Choice, Group
from fairdraw.flow import NOBODY, Flow


def world(chance: Random) -> tuple[list[Choice], list[int], list[int]]:
    """Return choices and targets of up to nine places, and the limits of up to five people."""
    people, targets = chance.randint(1, 5), chance.randint(1, 4)
    groups = []
    for _ in range(chance.randint(1, 3)):
        members = tuple(sorted(chance.sample(range(people), chance.randint(1, people))))
        groups.append(Group(members, frozenset(members)))
    team = [target for target in range(targets) for _ in range(chance.randint(1, 3))][:9]
    choices = []
    for _ in team:
        group = chance.choice(groups)
        barred = frozenset(n for n in group.members if chance.random() < 0.15)
        choices.append(Choice(group, barred))
    return choices, team, [chance.randint(0, 4) for _ in range(people)]


def solvable(flow: Flow, fixed: dict[int, int], slots: list[int]) -> bool:
    """Ask networkx whether these places can all be filled with the fixed ones as they are."""
    graph = nx.DiGraph()
    graph.add_nodes_from(("s", "t"))
    room = list(flow.limit)
    there = set()
    for slot, who in fixed.items():
        room[who] -= 1
        there.add((who, flow.team[slot]))
    if min(room) < 0 or len(there) < len(fixed):
        return False
    left = [slot for slot in slots if slot not in fixed]
    for slot in left:
        graph.add_edge("s", ("slot", slot), capacity=1)
        for who in flow.choices[slot].members():
            if (who, flow.team[slot]) not in there:
                graph.add_edge(("slot", slot), ("pair", who, flow.team[slot]), capacity=1)
                graph.add_edge(("pair", who, flow.team[slot]), ("who", who), capacity=1)
    for who, free in enumerate(room):
        graph.add_edge(("who", who), "t", capacity=free)
    return bool(nx.maximum_flow_value(graph, "s", "t") == len(left))


def state(flow: Flow) -> tuple[object, ...]:
    """Check that all books of the flow agree, and return them."""
    for who, slots in enumerate(flow.held):
        assert slots == {slot for slot, holder in enumerate(flow.holder) if holder == who}
        assert flow.load[who] == len(slots) <= flow.limit[who]
        assert len({flow.team[slot] for slot in slots}) == len(slots)
    pairs = {(who, flow.team[s]): s for s, who in enumerate(flow.holder) if who != NOBODY}
    assert flow.pair == pairs
    assert all(flow.choices[s].allows(who) for s, who in enumerate(flow.holder) if who != NOBODY)
    return tuple(flow.holder), frozenset(flow.fixed), tuple(flow.load)


@pytest.mark.parametrize("number", range(4))
def test_places_are_filled_as_long_as_another_code_fills_them(number: int):
    """A place is refused only where no rearrangement helps, and who competes for it is right."""
    for seed in range(number * 50, number * 50 + 50):
        choices, team, limit = world(Random(seed))
        flow = Flow(choices, team, limit)
        filled: list[int] = []
        for slot in range(len(team)):
            stuck = flow.place(slot)
            state(flow)
            assert (stuck is None) == solvable(flow, {}, [*filled, slot])
            if stuck is None:
                filled.append(slot)
                continue
            reach: dict[int, set[int]] = {}
            for one in stuck:
                for who in choices[one].members():
                    reach.setdefault(who, set()).add(team[one])
            assert sum(min(limit[who], len(at)) for who, at in reach.items()) < len(stuck)
        assert {s for s, who in enumerate(flow.holder) if who != NOBODY} == set(filled)


@pytest.mark.parametrize("number", range(4))
def test_a_place_is_forced_only_where_all_others_still_fit(number: int):
    """Yes moves others out of the way and fixes it; no leaves everything as it was."""
    answers = []
    for seed in range(number * 120, number * 120 + 120):
        chance = Random(seed)
        choices, team, limit = world(chance)
        flow = Flow(choices, team, limit)
        if any(flow.place(slot) is not None for slot in range(len(team))):
            continue
        slots, fixed = list(range(len(team))), {}
        for slot in slots:
            wanted = [n for n in choices[slot].members() if may(flow, fixed, slot, n)]
            chance.shuffle(wanted)
            for who in wanted:
                before = state(flow)
                expected = solvable(flow, {**fixed, slot: who}, slots)
                assert flow.force(slot, who) == expected
                answers.append(expected)
                if expected:
                    fixed[slot] = who
                    state(flow)
                    assert {s: flow.holder[s] for s in fixed} == fixed
                    assert flow.fixed == set(fixed)
                    assert NOBODY not in flow.holder
                    break
                assert state(flow) == before
        assert len(fixed) == len(team)
    assert {True, False} == set(answers)


def may(flow: Flow, fixed: dict[int, int], slot: int, who: int) -> bool:
    """Say whether somebody is neither fixed on the target of a place nor full."""
    there = {flow.team[other] for other, holder in fixed.items() if holder == who}
    return flow.team[slot] not in there and list(fixed.values()).count(who) < flow.limit[who]


def test_free_people_take_turns():
    """Three places of three targets go to three people, not to the first one thrice."""
    group = Group((0, 1, 2), frozenset((0, 1, 2)))
    flow = Flow([Choice(group, frozenset())] * 4, [0, 1, 2, 3], [4, 4, 4])
    assert [flow.place(slot) for slot in range(4)] == [None] * 4
    assert flow.holder == [0, 1, 2, 0]
