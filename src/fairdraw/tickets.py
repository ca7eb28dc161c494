"""Tickets (签号): a target's number depends on nothing but seed, lane, id and weight."""

from __future__ import annotations

import hashlib
import math
from typing import Iterable, List, Sequence, Tuple

from fairdraw.lines import digest, hx

Ranked = Tuple[str, str]


def lane_key(seed: str, lane: str, suite: str = "sha256") -> str:
    """Return the key of a lane (签组密钥): first 32 hex digits."""
    return hx(f"vdr1|lane|{seed}|{lane}", suite)[:32]


def ticket(key: str, target: str, weight: int = 1, suite: str = "sha256") -> str:
    """Return the ticket (签号) of a target: the smallest of ``weight`` hashes.

    paper     vdr1 §6
    """
    return min(hx(f"{key}|{target}|{j}", suite) for j in range(1, weight + 1))


def order(key: str, targets: Iterable[Tuple[str, int]], suite: str = "sha256") -> List[Ranked]:
    """Return all (ticket, target) in drawing order (抽取顺序)."""
    return sorted((ticket(key, target, weight, suite), target) for target, weight in targets)


def first(
    key: str, targets: Sequence[Tuple[str, int]], count: int, suite: str = "sha256"
) -> List[Ranked]:
    """Return the first ``count`` of the drawing order (前若干名) without sorting the rest.

    A ticket is a uniform number, so nearly always the winners lie under a threshold that is known
    beforehand; should too few lie there, everything is ranked. The outcome is the same.
    """
    total = sum(weight for _, weight in targets)
    if count >= len(targets) or total < 64:
        return order(key, targets, suite)[:count]
    share = (count + 6 * math.sqrt(count) + 20) / total
    if share < 0.5:
        passed = _under(key, targets, int(share * 2**256), suite)
        if len(passed) >= count:
            return sorted((hashed.hex(), target) for hashed, target in passed)[:count]
    return order(key, targets, suite)[:count]


def _under(
    key: str, targets: Sequence[Tuple[str, int]], limit: int, suite: str
) -> List[Tuple[bytes, str]]:
    """Hash everything once and keep what lies under the limit, compared as raw bytes."""
    bound = limit.to_bytes(32, "big")
    prefix = f"{key}|".encode("ascii")
    kept: List[Tuple[bytes, str]] = []
    if suite != "sha256":
        return [
            (hashed, target)
            for target, weight in targets
            for hashed in [
                min(
                    digest(prefix + f"{target}|{j}".encode("ascii"), suite)
                    for j in range(1, weight + 1)
                )
            ]
            if hashed < bound
        ]
    sha256 = hashlib.sha256
    for target, weight in targets:
        text = prefix + target.encode("ascii")
        hashed = sha256(text + b"|1").digest()
        for j in range(2, weight + 1):
            hashed = min(hashed, sha256(text + b"|%d" % j).digest())
        if hashed < bound:
            kept.append((hashed, target))
    return kept
