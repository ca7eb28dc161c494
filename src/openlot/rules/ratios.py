"""Ratios (抽查比例): order of classes, ceilings, small pools, fixed totals; integers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

CLASSES = ("A", "B", "C", "D")
WHOLE_BP = 10_000
K = TypeVar("K", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class SmallPool:
    """A small-pool rule (小基数规则): of up to ``size`` eligible targets at least ``count``."""

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


def quotas(
    sizes: Mapping[K, int],
    ratios_bp: Mapping[K, int],
    rounding: str = "up",
    *,
    min_count: int = 0,
    max_count: int = 0,
    small_pool: SmallPool = SmallPool(0, 0),
) -> dict[K, str]:
    """Return the protocol's rule (抽取规则) of each stratum: a ratio, or the count it leads to.

    sizes      stratum to eligible targets; ratios_bp: stratum to basis points
    min_count  at least so many of all strata together; max_count: at most, 0 for no limit
    paper      rule-book T10: counts that the ratio alone does not give are written out as ``fixed``

    >>> quotas({"S1": 8}, {"S1": 1000}, small_pool=SmallPool(10, 2))
    {'S1': 'fixed:2'}
    """
    planned = {name: taken(size, ratios_bp[name], rounding) for name, size in sizes.items()}
    whole, given = sum(sizes.values()), sum(planned.values())
    floor = min_count
    if small_pool is not None and whole <= small_pool.size:
        floor = max(floor, small_pool.count)
    floor = min(floor, whole)
    if max_count and max(given, floor) > max_count:
        fewer = (
            spread(max_count, planned) if given > max_count else _raised(max_count, sizes, planned)
        )
        return {name: f"fixed:{number}" for name, number in fewer.items()}
    if given < floor:
        more = _raised(floor, sizes, planned)
        return {name: f"fixed:{number}" for name, number in more.items()}
    return {
        name: "all"
        if ratios_bp[name] == WHOLE_BP
        else f"ratio:{ratios_bp[name]}/{WHOLE_BP}:{rounding}"
        for name in sizes
    }


def _raised(total: int, sizes: Mapping[K, int], planned: Mapping[K, int]) -> dict[K, int]:
    """Raise the planned counts to a total: no stratum gets less than its ratio gives."""
    rest = {name: sizes[name] - planned[name] for name in sizes}
    extra = spread(total - sum(planned.values()), rest)
    return {name: planned[name] + extra[name] for name in sizes}


def spread(total: int, sizes: Mapping[K, int]) -> dict[K, int]:
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
