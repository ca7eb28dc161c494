"""Everybody has the same chance: what the old provincial draw got wrong is a test here."""

from __future__ import annotations

import pytest

from tools.stats import findings, never, old, ours

# Size, drawn, and the share that interval sampling can never draw: the tail of the list.
OLD = [(299, 100, 99 / 299), (20_000, 3_000, 0.1), (50_000, 1_500, 0.01)]


@pytest.mark.parametrize(("size", "count", "lost"), OLD)
def test_the_old_draw_can_never_reach_the_tail(size: int, count: int, lost: float):
    """A fixed step with one start leaves out the end of the list, however often one draws."""
    assert never(old(size, count), size, 400) == pytest.approx(lost)


def test_ours_reaches_everybody():
    """Whoever is on the list has been drawn after some draws: 0 % never."""
    assert never(ours(299, 100), 299, 40) == 0
    assert never(ours(2_000, 300), 2_000, 80) == 0


def test_chances_pairs_orders_and_weights_are_what_they_should_be():
    """Fewer draws than ``make stats``, the same figures, fixed seeds: a fact, not a gamble."""
    wrong = [finding for finding in findings(3_000) if not finding.good]
    assert wrong == []
