"""Merkle trees (默克尔树) of RFC 9162 §2.1: roots, inclusion and consistency proofs."""

from __future__ import annotations

from typing import List, Sequence

from fairdraw.lines import digest, hasher


def leaf_hash(data: bytes, suite: str = "sha256") -> bytes:
    """Return the hash of a leaf (叶子)."""
    return digest(b"\x00" + data, suite)


def node_hash(left: bytes, right: bytes, suite: str = "sha256") -> bytes:
    """Return the hash of an inner node (节点)."""
    return digest(b"\x01" + left + right, suite)


def root_of_hashes(level: Sequence[bytes], suite: str = "sha256") -> bytes:
    """Return the root (根) over leaf hashes; of none it is the hash of nothing.

    Pairing neighbours and carrying an odd last one up is the same tree as RFC 9162's split at
    the largest power of two.
    """
    if not level:
        return digest(b"", suite)
    rest = list(level)
    while len(rest) > 1:
        rest = _level_above(rest, suite)
    return rest[0]


def _level_above(level: Sequence[bytes], suite: str) -> List[bytes]:
    hashed = hasher(suite)
    pairs = iter(level)
    above = [hashed(b"\x01" + left + right) for left, right in zip(pairs, pairs)]
    if len(level) & 1:
        above.append(level[-1])
    return above


def root(leaves: Sequence[bytes], suite: str = "sha256") -> bytes:
    """Return the root (根) over leaves."""
    hashed = hasher(suite)
    return root_of_hashes([hashed(b"\x00" + leaf) for leaf in leaves], suite)


def inclusion_path(hashes: Sequence[bytes], index: int, suite: str = "sha256") -> List[bytes]:
    """Return the inclusion proof (存在证明) of leaf ``index``, from the leaf upwards."""
    if not 0 <= index < len(hashes):
        raise IndexError("no such leaf")
    path: List[bytes] = []
    level, at = list(hashes), index
    while len(level) > 1:
        sibling = at ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = _level_above(level, suite)
        at //= 2
    return path


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes, suite: str = "sha256"
) -> bool:
    """Say whether ``path`` proves that leaf hash ``leaf`` stands at ``index`` (核验存在证明).

    paper     RFC 9162 §2.1.3.2
    """
    if index < 0 or index >= size or any(len(step) != 32 for step in (leaf, *path)):
        return False
    at, last, running = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            running = node_hash(step, running, suite)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            running = node_hash(running, step, suite)
        at, last = at >> 1, last >> 1
    return last == 0 and running == root


def consistency_path(hashes: Sequence[bytes], first: int, suite: str = "sha256") -> List[bytes]:
    """Return the consistency proof (一致性证明) from size ``first`` to all of ``hashes``."""
    if not 0 < first <= len(hashes):
        raise IndexError("no such size")

    def sub(part: Sequence[bytes], size: int, whole: bool) -> List[bytes]:
        if size == len(part):
            return [] if whole else [root_of_hashes(part, suite)]
        split = 1 << ((len(part) - 1).bit_length() - 1)
        if size <= split:
            return [*sub(part[:split], size, whole), root_of_hashes(part[split:], suite)]
        return [*sub(part[split:], size - split, False), root_of_hashes(part[:split], suite)]

    return sub(hashes, first, True)


def verify_consistency(
    first: int,
    second: int,
    first_root: bytes,
    second_root: bytes,
    path: Sequence[bytes],
    suite: str = "sha256",
) -> bool:
    """Say whether ``path`` proves that a tree of ``first`` leaves grew into ``second`` (核验一致性).

    paper     RFC 9162 §2.1.4.2
    """
    if first <= 0 or first > second or any(len(step) != 32 for step in path):
        return False
    if first == second:
        return not path and first_root == second_root
    if not path:
        return False
    steps = list(path) if first & (first - 1) else [first_root, *path]
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old, suite), node_hash(step, new, suite)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step, suite)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
