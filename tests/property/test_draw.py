"""What must hold for every draw."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from fairdraw.allocate import batch, batch_sizes, quota
from fairdraw.announce_parts import Slot
from fairdraw.lines import hx
from fairdraw.match import Place, match, task_order
from fairdraw.roster import Inspector, Recusal, Roster
from fairdraw.tickets import first, lane_key, order, ticket

IDS = st.lists(st.text("ABCXYZ0189", min_size=1, max_size=8), min_size=1, max_size=40, unique=True)
SALT = "0" * 32


@given(IDS, st.randoms(use_true_random=False), st.text("abc", max_size=4))
def test_the_order_does_not_depend_on_the_list(ids, random, word):
    """Shuffling the list or removing others never changes anybody's place."""
    key = lane_key(hx(word), "L")
    whole = order(key, [(i, 1) for i in ids])
    random.shuffle(ids)
    assert order(key, [(i, 1) for i in ids]) == whole
    kept = ids[: len(ids) // 2 + 1]
    assert [row for row in whole if row[1] in kept] == order(key, [(i, 1) for i in kept])


@given(
    st.integers(0, 400), st.integers(0, 400), st.integers(1, 4), st.sampled_from(["sha256", "sm3"])
)
def test_the_threshold_gives_what_sorting_gives(size, count, weight, suite):
    """Threshold-then-rank equals sorting everything, with weights, in both suites."""
    key = lane_key(hx(f"{size}|{count}", suite), "L", suite)
    targets = [(f"T{n}", 1 + n % weight) for n in range(size)]
    assert first(key, targets, count, suite) == order(key, targets, suite)[:count]


@given(st.integers(0, 10**6), st.integers(0, 300), st.integers(1, 200))
def test_quotas(eligible, p, q):
    """Rounding up takes most, down least; nothing leaves 0..N."""
    up, half, down = (quota(f"ratio:{p}/{q}:{r}", eligible) for r in ("up", "half", "down"))
    assert 0 <= down <= half <= up <= eligible
    assert quota("all", eligible) == eligible


@given(st.integers(1, 200), st.integers(1, 20))
def test_batches_differ_by_one_at_most(drawn, batches):
    """Batch sizes add up and differ by at most one."""
    sizes = batch_sizes(drawn, batches)
    assert sum(sizes) == drawn
    assert max(sizes) - min(sizes) <= 1


def test_batches_follow_the_ranks():
    """The first ranks are the first batch, and every batch follows the one before it."""
    assert [batch(rank, 7, 3) for rank in range(1, 8)] == [1, 1, 1, 2, 2, 3, 3]
    assert batch_sizes(7, 3) == [3, 2, 2]


def test_weight_one_is_no_weight():
    """A ticket of weight w is the least of w hashes."""
    key = lane_key("0" * 64, "L")
    assert ticket(key, "A") == ticket(key, "A", 1) == hx(f"{key}|A|1")
    assert ticket(key, "A", 3) == min(hx(f"{key}|A|{j}") for j in (1, 2, 3))


@st.composite
def worlds(draw):
    """A small world: targets, two departments, a few inspectors, some recusals."""
    targets = [f"T{n}" for n in range(draw(st.integers(1, 4)))]
    people = [
        Inspector(
            f"I{n}",
            draw(st.sampled_from("PQ")),
            draw(st.sampled_from(["D1", "D2", "-"])),
            draw(st.integers(0, 3)),
            draw(st.integers(0, 2)),
            draw(st.sampled_from([(), ("lead",)])),
            SALT,
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    pairs = draw(st.sets(st.tuples(st.sampled_from(people), st.sampled_from(targets)), max_size=4))
    recusals = [Recusal(p.id, t, "kin", SALT) for p, t in pairs]
    regions = st.sampled_from(["any", "same", "outside", "prefer-same", "prefer-outside"])
    slots = [
        Slot(
            "F",
            f"{n}",
            draw(st.sampled_from("PQ")),
            draw(st.sampled_from([(), ("lead",)])),
            draw(regions),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    places = {
        t: [Place(t, s, d, ()) for s in slots]
        for t in targets
        for d in [draw(st.sampled_from(["D1", "D2", "-"]))]
    }
    return (
        places,
        Roster(people, recusals),
        draw(st.integers(0, 2)),
        draw(st.text("xy", max_size=3)),
    )


def _may(roster, person, place):
    slot = place.slot
    if person.dept != slot.dept or not set(slot.tags) <= set(person.tags):
        return False
    if any(r.inspector == person.id and r.target == place.target for r in roster.recusals):
        return False
    if slot.region in ("same", "outside"):
        known = "-" not in (person.district, place.district)
        return known and (person.district == place.district) == (slot.region == "same")
    return True


def _feasible(roster, queue, limit, fixed):
    """Ask networkx whether the open places can be filled under the limits."""
    graph = nx.DiGraph()
    graph.add_node("s")
    graph.add_node("t")
    given_to = {p.id: 0 for p in roster.inspectors}
    on_target = set()
    for place, name in fixed.items():
        given_to[name] += 1
        on_target.add((name, place.target))
    left = [p for p in queue if p not in fixed]
    for n, place in enumerate(left):
        graph.add_edge("s", ("slot", n), capacity=1)
        for person in roster.inspectors:
            if _may(roster, person, place) and (person.id, place.target) not in on_target:
                pair = ("pair", person.id, place.target)
                graph.add_edge(("slot", n), pair, capacity=1)
                graph.add_edge(pair, ("who", person.id), capacity=1)
    for person in roster.inspectors:
        room = limit[person.id] - given_to[person.id]
        if room < 0:
            return False
        graph.add_edge(("who", person.id), "t", capacity=room)
    return nx.maximum_flow_value(graph, "s", "t") == len(left)


@given(worlds())
def test_matching_equals_its_restatement(world):
    """The rule of §9.2 restated with another flow code gives the same men, skips and ceiling."""
    places, roster, slack, word = world
    seed = hx(word)
    found = match(seed, places, roster, slack, "sha256")
    queue = [
        p
        for t in task_order(seed, list(places), "sha256")
        for p in sorted(places[t], key=lambda p: p.slot.k)
    ]
    caps = {p.id: p.cap for p in roster.inspectors}
    heights = [
        h
        for h in range(1, 5)
        if _feasible(roster, queue, {i: min(c, h) for i, c in caps.items()}, {})
    ]
    if not heights:
        assert found.ceiling is None
        shortage = found.shortage
        assert shortage is not None
        assert shortage.capacity < len(shortage.places)
        reach = {
            p.id: {place.target for place in shortage.places if _may(roster, p, place)}
            for p in roster.inspectors
        }
        assert set(shortage.inspectors) == {name for name, targets in reach.items() if targets}
        assert shortage.capacity == sum(min(caps[name], len(reach[name])) for name in reach)
        return
    assert found.ceiling == heights[0]
    limit = {i: min(c, heights[0] + slack) for i, c in caps.items()}
    fixed, log = {}, []
    for place in queue:
        able = [p for p in roster.inspectors if _may(roster, p, place)]

        def rank(person, place=place):
            wish = place.slot.region.removeprefix("prefer-")
            known = "-" not in (person.district, place.district)
            met = known and (person.district == place.district) == (wish == "same")
            soft = int(place.slot.region.startswith("prefer-") and not met)
            load = person.load + list(fixed.values()).count(person.id)
            pick = hx(f"vdr1|pick|{seed}|{place.target}|{place.slot.k}|{person.id}")
            return soft, load, pick, person.id

        for person in sorted(able, key=rank):
            if any(n == person.id and p.target == place.target for p, n in fixed.items()):
                log.append((place.slot.k, person.id, "already-in-team"))
            elif list(fixed.values()).count(person.id) >= limit[person.id]:
                log.append((place.slot.k, person.id, "full"))
            elif _feasible(roster, queue, limit, {**fixed, place: person.id}):
                fixed[place] = person.id
                log.append((place.slot.k, person.id, len(able)))
                break
            else:
                log.append((place.slot.k, person.id, "would-block"))
    assert [(e.k, e.inspector, getattr(e, "reason", None) or e.eligible) for e in found.log] == log


def test_where_nothing_is_to_fill_everybody_has_enough():
    """No places: the ceiling is one, whoever is on the roster."""
    idle = Inspector("I", "P", "-", 0, 0, (), SALT)
    for roster in (Roster([]), Roster([idle])):
        found = match(hx("idle"), {}, roster, 0, "sha256")
        assert (found.ceiling, found.men) == (1, [])
