"""The log's tree grows by its frontier to the tree that RFC 9162 defines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fairdraw.merkle import root_of_hashes
from openlot.trail.frontier import grow, root_of, split

leaf = st.binary(min_size=32, max_size=32)


@given(st.lists(st.lists(leaf, max_size=300), max_size=6))
def test_the_frontier_has_the_naive_root_after_any_batches(batches: list[list[bytes]]):
    """However leaves arrive, the root is that of all of them at once."""
    everything: list[bytes] = []
    frontier: list[bytes] = []
    for batch in batches:
        frontier = grow(len(everything), frontier, batch)
        everything += batch
        assert root_of(frontier) == root_of_hashes(everything)
        assert len(frontier) == len(everything).bit_count()
        assert split(b"".join(frontier)) == frontier
