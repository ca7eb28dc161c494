"""Many processes write, place and sign at the same time: the tree stays whole."""

from __future__ import annotations

import time

import pytest
from copies import act_on, race
from logs import Sealed, Told, key, tell, wrong_in_tree

from openlot.trail import sequencer
from openlot.trail.models import Entry, Leaf, Pending
from openlot.trail.places import place_of
from openlot.trail.sequencer import sequence
from openlot.trail.services import seal_now

__all__ = ["key"]


@pytest.fixture
def many(copies):
    """Give a copy of the city whose transactions really commit."""
    return copies.take()


def test_many_sequencers_at_once_leave_no_gap(many, monkeypatch):
    """Writers and sequencers at the same time: every entry exactly one place, and none left out."""
    monkeypatch.setattr(sequencer, "BATCH", 40)

    def person(n: int):
        def act() -> None:
            for _turn in range(6):
                if n % 2:
                    tell(9)
                sequence()

        return act

    outcomes = race(many, [lambda n=n: person(n) for n in range(8)])
    assert [o.error for o in outcomes if o.error] == []
    act_on(many, sequence)
    assert act_on(many, wrong_in_tree) == []
    assert act_on(many, lambda: Entry.objects.filter(kind="test.told").count()) == 4 * 6 * 9
    assert act_on(many, lambda: (Leaf.objects.count(), Pending.objects.count())) == (
        act_on(many, Entry.objects.count),
        0,
    )


def test_twenty_five_acts_at_once_are_each_signed(many, key):
    """Each is covered by a checkpoint when its act returns, and every checkpoint continues."""

    def act() -> tuple[int, bool]:
        (entry,) = tell(fact=Sealed("x"))
        return entry.pk, place_of(entry) is not None

    outcomes = race(many, [lambda: act for _n in range(25)])
    assert [o.error for o in outcomes if o.error] == []
    assert all(o.value[1] for o in outcomes)
    assert len({o.value[0] for o in outcomes}) == 25
    assert act_on(many, wrong_in_tree) == []


def test_sealing_is_little_work(many, key):
    """An act waits for its signature no longer than people notice: the median of nine, as CPU time.

    Wall time is measured by the benchmark; here it would tell how busy the machine is.
    """
    act_on(many, seal_now)

    def timed() -> float:
        tell(fact=Told("x", "y"))
        start = time.thread_time()
        seal_now()
        return time.thread_time() - start

    times = sorted(act_on(many, timed) for _n in range(9))
    assert times[4] < 0.3
