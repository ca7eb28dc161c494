"""A tree library that nobody here wrote gives the same roots and accepts our proofs."""

from __future__ import annotations

import pytest
from pymerkle import InmemoryTree
from pymerkle.hasher import MerkleHasher
from unit.fairdraw.test_commands import V2

from fairdraw.evidence import Bundle
from fairdraw.merkle import inclusion_path, leaf_hash, root


def theirs(leaves: list[bytes]) -> InmemoryTree:
    """Return pymerkle's tree over the same leaves."""
    tree = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    return tree


@pytest.mark.parametrize("size", [*range(1, 70), 1000, 1024, 1025])
def test_roots_are_the_same(size: int):
    """RFC 9162 read twice: the same root at every shape of tree."""
    leaves = [b"leaf %d" % n for n in range(size)]
    assert root(leaves) == theirs(leaves).get_root()


def test_our_proofs_lead_their_way():
    """The path of every leaf has the hashes of pymerkle's path, siblings in the same order."""
    leaves = [b"leaf %d" % n for n in range(37)]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    tree = theirs(leaves)
    for at in range(37):
        path = tree.prove_inclusion(at + 1).path
        assert {step.hex() for step in inclusion_path(hashes, at)} == {
            step.hex() for step in path
        } - {hashes[at].hex()}


def test_the_published_root_is_theirs_too():
    """The root of the whole-draw vector comes out of pymerkle."""
    bundle = Bundle.open(V2)
    lines = bundle.files["frame-F1.vdr"].split(b"\n")[:-1]
    assert theirs(lines).get_root().hex() == bundle.announcement().frames[0].root
    assert MerkleHasher("sha256").hash_buff(lines[0]) == leaf_hash(lines[0])
