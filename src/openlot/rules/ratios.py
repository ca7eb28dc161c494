"""Ratios (抽查比例): order of classes, ceilings, small pools, fixed totals; integers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

CLASSES = ("A", "B", "C", "D")
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class SmallPool:
    """One row of a small-pool table (小基数规则): up to ``size`` at least ``count``."""

    size: int
    count: int


def rises(ratios: Mapping[str, int]) -> bool:
    """Say whether the ratios rise with the risk (A≤B≤C≤D, M94-M95)."""
    values = [ratios[name] for name in CLASSES if name in ratios]
    return all(low <= high for low, high in pairwise(values))


def taken(eligible: int, ratio_bp: int, rounding: str) -> int:
    """Return how many a ratio takes (抽取数), rounded ``up``, ``down`` or ``half``, clamped.

    >>> taken(6, 3000, "up"), taken(6, 3000, "down"), taken(5, 3000, "half")
    (2, 1, 2)
    """
    amount = eligible * ratio_bp
    number = {
        "up": -(-amount // WHOLE_BP),
        "down": amount // WHOLE_BP,
        "half": (2 * amount + WHOLE_BP) // (2 * WHOLE_BP),
    }[rounding]
    return max(0, min(eligible, number))


def quota_rule(
    eligible: int,
    ratio_bp: int,
    rounding: str = "up",
    *,
    min_count: int = 0,
    max_count: int | None = None,
    small_pools: Sequence[SmallPool] = (),
) -> str:
    """Return the protocol's rule (抽取规则) for a stratum: a ratio, or a fixed count it leads to."""
    if ratio_bp == WHOLE_BP:
        return "all"
    number = taken(eligible, ratio_bp, rounding)
    floor = min_count
    for row in sorted(small_pools, key=lambda r: r.size):
        if eligible <= row.size:
            floor = max(floor, row.count)
            break
    wanted = max(number, floor)
    if max_count is not None:
        wanted = min(wanted, max_count)
    if wanted == number:
        return f"ratio:{ratio_bp}/{WHOLE_BP}:{rounding}"
    return f"fixed:{min(wanted, eligible)}"


def spread(total: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """Spread a fixed total over strata by largest remainders (最大余额法); ties: smaller name.

    raises    ValueError when the total exceeds all sizes together

    >>> spread(5, {"S1": 10, "S2": 10, "S3": 5})
    {'S1': 2, 'S2': 2, 'S3': 1}
    """
    whole = sum(sizes.values())
    if total > whole or total < 0:
        raise ValueError("the total does not fit the strata")
    if whole == 0:
        return dict.fromkeys(sizes, 0)
    shares = {name: total * size // whole for name, size in sizes.items()}
    rest = total - sum(shares.values())
    by_remainder = sorted(sizes, key=lambda name: (-(total * sizes[name] % whole), name))
    for name in by_remainder[:rest]:
        shares[name] += 1
    return shares
