"""How fair the draw is (make stats): chances, pairs, ranks, weights, beside the old provincial way."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, permutations
from random import Random
from typing import NamedTuple

from fairdraw.lines import hx
from fairdraw.tickets import first, lane_key, order

DRAWS = 20_000
Draw = Callable[[int], Iterable[int]]


class Finding(NamedTuple):
    """One figure: what was asked, what came out, in which bounds it must lie."""

    title: str
    value: float
    low: float
    high: float

    @property
    def good(self) -> bool:
        """Whether the figure lies where it must."""
        return self.low <= self.value <= self.high


def ours(size: int, count: int) -> Draw:
    """Return our draw of ``count`` out of ``size``: positions, for the seed of a number."""
    targets = [(f"T{n}", 1) for n in range(size)]

    def draw(number: int) -> Iterator[int]:
        key = lane_key(hx(f"stats {size} {count} {number}"), "J1")
        return (int(target[1:]) for _, target in first(key, targets, count))

    return draw


def old(size: int, count: int) -> Draw:
    """Return the interval draw of a provincial system: a fixed step and one random start."""
    step = size // count

    def draw(number: int) -> range:
        start = Random(number).randrange(step)
        return range(start, start + count * step, step)

    return draw


def never(draw: Draw, size: int, draws: int) -> float:
    """Return the share of targets that no draw ever took."""
    return 1 - len({position for n in range(draws) for position in draw(n)}) / size


def lists(draw: Draw, draws: int) -> int:
    """Return how many different lists came out."""
    return len({tuple(sorted(draw(n))) for n in range(draws)})


def deviation(counts: Iterable[int], expected: float, freedom: int, variance: float = 1.0) -> float:
    """Return chi-square as a normal deviate (Wilson and Hilferty 1931).

    variance    of one count, in units of ``expected``: 1 - n/N without replacement
    """
    square = sum((count - expected) ** 2 for count in counts) / expected / variance
    width = 2 / (9 * freedom)
    return ((square / freedom) ** (1 / 3) - (1 - width)) / math.sqrt(width)


def findings(draws: int = DRAWS) -> Iterator[Finding]:
    """Yield every figure; a deviate beyond ±4 happens to a fair draw once in 16,000 times."""
    draw, size, count = ours(40, 8), 40, 8
    singles: Counter[int] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    for number in range(draws):
        taken = sorted(draw(number))
        singles.update(taken)
        pairs.update(combinations(taken, 2))
    spread = (1 - count / size) * size / (size - 1)
    chance = deviation((singles[n] for n in range(size)), draws * count / size, size - 1, spread)
    yield Finding("8 of 40: each target alike, deviate", chance, -4, 4)
    together = count * (count - 1) / (size * (size - 1))
    scale = math.sqrt(draws * together * (1 - together))
    worst = max(abs(pairs[p] - draws * together) / scale for p in combinations(range(size), 2))
    yield Finding("780 pairs of targets: largest |z|", worst, 0, 5)
    orders = Counter(tuple(ours(5, 5)(number)) for number in range(draws))
    alike = deviation((orders[o] for o in permutations(range(5))), draws / 120, 119)
    yield Finding("120 orders of 5: each alike, deviate", alike, -4, 4)
    yield from _weights(draws)
    for many, few in ((299, 100), (20_000, 3_000)):
        yield Finding(f"{few} of {many}: never drawn", never(ours(many, few), many, 120), 0, 0)
    yield Finding("old way, 100 of 299: never drawn", never(old(299, 100), 299, draws), 0.33, 0.34)
    yield Finding("old way, 100 of 299: lists there are", lists(old(299, 100), draws), 2, 2)


def _weights(draws: int) -> Iterator[Finding]:
    weights = (1, 1, 2, 3, 5, 8)
    targets = [(str(n), weight) for n, weight in enumerate(weights)]
    leading: Counter[str] = Counter()
    for number in range(draws):
        leading[order(lane_key(hx(f"weights {number}"), "J1"), targets)[0][1]] += 1
    square = sum(
        (leading[str(n)] - draws * w / 20) ** 2 / (draws * w / 20) for n, w in enumerate(weights)
    )
    width = 2 / (9 * 5)
    deviate = ((square / 5) ** (1 / 3) - (1 - width)) / math.sqrt(width)
    yield Finding("weights 1 1 2 3 5 8: first in proportion, deviate", deviate, -4, 4)


def main() -> None:
    """Print all figures; exit status 1 when one lies out of its bounds."""
    good = True
    for finding in findings():
        good &= finding.good
        mark = "ok  " if finding.good else "FAIL"
        bounds = f"[{finding.low:g}, {finding.high:g}]"
        sys.stdout.write(f"{mark} {finding.title:<52}{finding.value:>9.4f}  {bounds}\n")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
