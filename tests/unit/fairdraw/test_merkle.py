"""Trees that grow: a proof shows that nothing before it was changed."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdraw.lines import _finds_sm3
from fairdraw.merkle import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of_hashes,
    verify_consistency,
    verify_inclusion,
)

SUITES = ("sha256", "sm3")


def leaves(count: int, suite: str) -> list[bytes]:
    """Return hashes of numbered leaves."""
    return [leaf_hash(str(n).encode(), suite) for n in range(count)]


@given(st.integers(1, 70), st.data(), st.sampled_from(SUITES))
def test_a_grown_tree_proves_that_it_kept_the_old_one(size: int, data: st.DataObject, suite: str):
    """For every earlier size the path leads to both roots, and to no other."""
    hashes = leaves(size, suite)
    first = data.draw(st.integers(1, size))
    path = consistency_path(hashes, first, suite)
    old, new = root_of_hashes(hashes[:first], suite), root_of_hashes(hashes, suite)
    assert verify_consistency(first, size, old, new, path, suite)
    other = leaf_hash(b"x", suite)
    assert not verify_consistency(first, size, other, new, path, suite)
    assert not verify_consistency(first, size, old, other, path, suite)
    assert not verify_consistency(first, size, old, new, [*path, other], suite)
    if path:
        assert not verify_consistency(first, size, old, new, path[:-1], suite)


@given(st.integers(1, 70), st.data(), st.sampled_from(SUITES))
def test_every_leaf_proves_its_place(size: int, data: st.DataObject, suite: str):
    """The path of a leaf leads to the root from its own place only."""
    hashes = leaves(size, suite)
    at = data.draw(st.integers(0, size - 1))
    path, root = inclusion_path(hashes, at, suite), root_of_hashes(hashes, suite)
    assert verify_inclusion(hashes[at], at, size, path, root, suite)
    for wrong in {at - 1, at + 1} & set(range(size)):
        assert not verify_inclusion(hashes[at], wrong, size, path, root, suite)
    assert not verify_inclusion(hashes[at], at, size, [*path, root], root, suite)


def test_what_is_outside_a_tree_has_no_proof():
    """No such leaf, no such size, steps of another length: refused."""
    hashes = leaves(4, "sha256")
    root = root_of_hashes(hashes)
    for index in (-1, 4):
        with pytest.raises(IndexError):
            inclusion_path(hashes, index)
    for size in (0, 5):
        with pytest.raises(IndexError):
            consistency_path(hashes, size)
    assert not verify_inclusion(hashes[0], 0, 4, [b"short", b"short"], root)
    assert not verify_inclusion(hashes[0], 4, 4, [], root)
    assert not verify_consistency(0, 4, root, root, [])
    assert not verify_consistency(5, 4, root, root, [])
    assert not verify_consistency(2, 4, root, root, [])
    assert not verify_consistency(2, 4, root, root, [b"short"])


def test_the_empty_tree_is_the_hash_of_nothing():
    """As RFC 9162 defines it."""
    assert root_of_hashes([]) == hashlib.sha256(b"").digest()


def test_where_the_machine_has_no_sm3_ours_is_used(monkeypatch):
    """A library without SM3 is noticed and not an error."""

    def without(name: str, data: bytes = b"") -> None:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", without)
    assert not _finds_sm3()
