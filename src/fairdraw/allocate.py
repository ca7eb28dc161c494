"""From a rule and a stratum's size to a count (抽取数量): integers only."""

from __future__ import annotations

import re
from typing import List

from fairdraw.errors import BadAnnouncement
from fairdraw.lines import integer

_RATIO = re.compile(r"ratio:([0-9]+)/([0-9]+):(up|down|half)\Z")


def quota(rule: str, eligible: int) -> int:
    """Return how many of ``eligible`` a rule takes (抽取数), clamped to 0..eligible.

    rule      ``all`` | ``fixed:n`` | ``ratio:p/q:up|down|half``
    raises    BadAnnouncement for anything else

    >>> quota("ratio:30/100:up", 6), quota("fixed:9", 4), quota("all", 3)
    (2, 4, 3)
    """
    if rule == "all":
        return eligible
    if rule.startswith("fixed:"):
        return min(integer(rule[6:], "fixed count"), eligible)
    found = _RATIO.match(rule)
    if not found:
        raise BadAnnouncement("{rule!r} is not a rule", rule=rule)
    p, q = integer(found[1], "ratio"), integer(found[2], "ratio", 1)
    taken = {
        "up": (eligible * p + q - 1) // q,
        "down": eligible * p // q,
        "half": (2 * eligible * p + q) // (2 * q),
    }[found[3]]
    return max(0, min(taken, eligible))


def batch(rank: int, drawn: int, batches: int) -> int:
    """Return the batch (检查批次) of a rank: sizes differ by at most one (§7.2)."""
    return (rank - 1) * batches // drawn + 1


def batch_sizes(drawn: int, batches: int) -> List[int]:
    """Return how many ranks each batch holds (各批数量)."""
    sizes = [0] * batches
    for rank in range(1, drawn + 1):
        sizes[batch(rank, drawn, batches) - 1] += 1
    return sizes
