"""Tickets (签号): a target's number depends on nothing but seed, lane, id and weight."""

from __future__ import annotations

import math
from typing import Iterable, List, Optional, Sequence, Tuple

from fairdraw.lines import hasher, hx

Ranked = Tuple[str, str]
Weighted = Tuple[str, int]


def lane_key(seed: str, lane: str, suite: str = "sha256") -> str:
    """Return the key of a lane (签组密钥): first 32 hex digits."""
    return hx(f"vdr1|lane|{seed}|{lane}", suite)[:32]


def ticket(key: str, target: str, weight: int = 1, suite: str = "sha256") -> str:
    """Return the ticket (签号) of a target: the smallest of ``weight`` hashes.

    paper     vdr1 §6
    """
    return min(hx(f"{key}|{target}|{j}", suite) for j in range(1, weight + 1))


def order(key: str, targets: Iterable[Weighted], suite: str = "sha256") -> List[Ranked]:
    """Return all (ticket, target) in drawing order (抽取顺序)."""
    return sorted((ticket(key, target, weight, suite), target) for target, weight in targets)


def threshold(count: int, total: int) -> Optional[int]:
    """Return under which number the first ``count`` tickets of ``total`` hashes lie (签号门槛).

    A ticket is a uniform number: on average count + 6·√count + 20 hashes lie under it, fewer than
    ``count`` in less than one draw of 10⁸. None where half of them or more would.
    """
    passing = count + 6 * math.sqrt(count) + 20
    return int(passing / total * 2**256) if 2 * passing < total else None


def first(key: str, targets: Sequence[Weighted], count: int, suite: str = "sha256") -> List[Ranked]:
    """Return the first ``count`` of the drawing order (前若干名) without sorting the rest.

    Should too few lie under the threshold, everything is ranked. The outcome is the same.
    """
    limit = threshold(count, sum([weight for _, weight in targets]))
    if limit is not None:
        passed = _under(key, targets, limit, suite)
        if len(passed) >= count:
            return sorted((hashed.hex(), target) for hashed, target in passed)[:count]
    return order(key, targets, suite)[:count]


def _under(
    key: str, targets: Sequence[Weighted], limit: int, suite: str
) -> List[Tuple[bytes, str]]:
    """Hash everything once and keep what lies under the limit, compared as raw bytes."""
    bound = limit.to_bytes(32, "big")
    prefix = f"{key}|".encode("ascii")
    hashed = hasher(suite)
    kept: List[Tuple[bytes, str]] = []
    for target, weight in targets:
        text = prefix + target.encode("ascii")
        least = hashed(text + b"|1")
        for j in range(2, weight + 1):
            least = min(least, hashed(text + b"|%d" % j))
        if least < bound:
            kept.append((least, target))
    return kept
