"""Growing the tree by its frontier (前沿): the roots of its complete subtrees, largest first.

paper     RFC 9162 §2.1
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from fairdraw.merkle import node_hash, root_of_hashes

HASH = 32


def grow(size: int, frontier: Sequence[bytes], leaves: Iterable[bytes]) -> list[bytes]:
    """Return the frontier (前沿) after ``leaves`` are appended.

    size      leaves before; its set bits are the heights of ``frontier``
    leaves    leaf hashes
    """
    sha256 = hashlib.sha256
    peaks = list(frontier)
    for leaf in leaves:
        top, at = leaf, size
        while at & 1:
            top = sha256(b"\x01" + peaks.pop() + top).digest()
            at >>= 1
        peaks.append(top)
        size += 1
    return peaks


def root_of(frontier: Sequence[bytes]) -> bytes:
    """Return the root (根) over a frontier; of no leaf it is the hash of nothing."""
    if not frontier:
        return root_of_hashes([])
    running = frontier[-1]
    for peak in reversed(frontier[:-1]):
        running = node_hash(peak, running)
    return running


def split(hashes: bytes) -> list[bytes]:
    """Return the hashes (哈希列表) that stand side by side in ``hashes``."""
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
