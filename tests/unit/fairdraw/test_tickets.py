"""The threshold before the ranking saves work and changes nothing: what it lets pass, and when."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from fairdraw.tickets import Weighted, first, lane_key, order, threshold

KEY = lane_key("0" * 64, "L")


class Read(list[Weighted]):
    """A list that knows how often it was read from one end to the other."""

    times = 0

    def __iter__(self) -> Iterator[Weighted]:
        self.times += 1
        return super().__iter__()


def plain(size: int, weight: int = 1) -> Read:
    """Return a list of so many targets of one weight."""
    return Read((f"T{n}", weight) for n in range(size))


def short(count: int, mean: float) -> float:
    """Return the chance that a Poisson number of this mean is less than ``count``."""
    terms = (n * math.log(mean) - mean - math.lgamma(n + 1) for n in range(count))
    return math.fsum(map(math.exp, terms))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10, 30, 100, 1_000, 30_000])
def test_the_threshold_lets_pass_what_it_says(count: int):
    """The share that passes is (n + 6√n + 20)/N, and less than n pass once in 10⁸ draws."""
    total = 10_000_000
    limit = threshold(count, total)
    assert limit is not None
    passing = limit / 2**256 * total
    assert passing == pytest.approx(count + 6 * math.sqrt(count) + 20, rel=1e-12)
    assert short(count, passing) < 1e-8


def test_the_tickets_that_pass_are_as_many_as_expected():
    """Of 20,000 tickets some 180 lie under the threshold of 100: within four deviations."""
    targets = plain(20_000)
    limit = threshold(100, len(targets))
    assert limit is not None
    passed = [number for number, _ in order(KEY, targets) if int(number, 16) < limit]
    assert abs(len(passed) - 180) < 4 * math.sqrt(180)


def test_where_half_would_pass_there_is_no_threshold():
    """With 100 wanted 180 would pass: of 361 that saves work, of 360 it does not, of none never."""
    assert threshold(100, 361) is not None
    assert threshold(100, 360) is None
    assert threshold(100, 0) is None
    assert threshold(0, 41) is not None
    assert threshold(0, 40) is None


@pytest.mark.parametrize("suite", ["sha256", "sm3"])
@pytest.mark.parametrize(("size", "count"), [(400, 0), (400, 1), (1_000, 100), (3_000, 17)])
def test_every_ticket_is_hashed_once(size: int, count: int, suite: str):
    """The list is read for its weights and for its tickets, and never sorted whole."""
    targets = plain(size)
    key = lane_key("1" * 64, "L", suite)
    found = first(key, targets, count, suite)
    assert targets.times == 2
    assert found == order(key, targets, suite)[:count]


def test_a_threshold_that_comes_up_short_is_given_up_for_the_same_outcome():
    """Two targets have 128 tickets: both pass when two are wanted; a third is sought in vain."""
    enough, few = plain(2, weight=64), plain(2, weight=64)
    assert first(KEY, enough, 2) == order(KEY, plain(2, weight=64))
    assert enough.times == 2
    assert first(KEY, few, 3) == order(KEY, plain(2, weight=64))
    assert few.times == 3


def test_heavy_targets_that_crowd_the_threshold_are_ranked_whole():
    """Where few heavy targets hold nearly all tickets, the light ones still come in their order."""
    mixed = Read([(f"H{n}", 64) for n in range(12)] + [(f"T{n}", 1) for n in range(40)])
    for count in range(1, 52):
        assert first(KEY, mixed, count) == order(KEY, mixed)[:count]
