"""One lane leads many lists to few doors, and the figure beside it is what draws apart would need."""

from __future__ import annotations

from statistics import mean

from unit.fairdraw import draws

from fairdraw.result import draw
from fairdraw.visits import Visits, visits


def counted(lane: str, number: int) -> Visits:
    """Draw two half-overlapping lists, the second on ``lane``."""
    frames = [draws.listed("F1", range(24)), draws.listed("F2", range(12, 40), lane)]
    announcement, opening = draws.announced(
        frames, None, session=f"s{number}", rules=("fixed:4", "fixed:4")
    )
    return visits(announcement, frames, draw(announcement, frames, None, opening).hits)


def test_draws_apart_need_as_many_visits_as_was_said():
    """On lanes of their own the lists meet by accident only; on one lane much more often."""
    apart = [counted("J2", number) for number in range(400)]
    joined = [counted("J1", number) for number in range(400)]
    assert {row.apart for row in apart} == {row.apart for row in joined}
    assert abs(mean(row.visits for row in apart) - apart[0].apart) < 0.6
    assert mean(row.visits for row in joined) < mean(row.visits for row in apart) - 1
    assert all(row.visits <= row.checks for row in joined)
    assert counted("J1", 1).checks == counted("J1", 2).checks


def test_eligible_is_said_of_listed_targets_only():
    """Neither a stranger nor an excluded entry is eligible, whichever end of the list it is at."""
    frame = draws.listed("F1", range(24))
    for leaf in frame.leaves:
        assert frame.is_eligible(leaf.target) == (leaf.disp == "E")
    assert any(leaf.disp != "E" for leaf in frame.leaves)
    assert not frame.is_eligible("0")
    assert not frame.is_eligible("zzz")
