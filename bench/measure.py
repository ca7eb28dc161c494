"""How figures are taken: medians, and ratios against the obvious alternative in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Row:
    """One figure: the median of some runs, beside a baseline where there is one."""

    name: str
    median_s: float
    baseline: str = ""
    baseline_median_s: float | None = None
    ratio: float | None = None


def median(act: Callable[[], object], runs: int = 3) -> float:
    """Return the median seconds of ``runs`` runs."""
    times = []
    for _run in range(runs):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def alone(name: str, act: Callable[[], object], runs: int = 3) -> Row:
    """Measure an act that has no obvious alternative."""
    return Row(name, median(act, runs))


def against(
    name: str,
    act: Callable[[], object],
    baseline: str,
    other: Callable[[], object],
    runs: int = 3,
) -> Row:
    """Measure an act and its baseline in one run."""
    ours, theirs = median(act, runs), median(other, runs)
    return Row(name, ours, baseline, theirs, ours / theirs)
