"""Tiles: the paths and widths of the specification, and proofs that are read out of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toylog import Log

from fairdraw.errors import BadNote, FairdrawError
from fairdraw.merkle import consistency_path, inclusion_path, root_of_hashes
from fairdraw.tiles import (
    Tile,
    TileTree,
    entry_bundle,
    hashes_of,
    parse_entry_bundle,
    parse_path,
    tiles_of,
    width_at,
)

LOG = Log.of(1000)
HASHES = LOG.hashes


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 5, 17), "tile/1/005.p/17"),
        (Tile(None, 1000), "tile/entries/x001/000"),
        (Tile(None, 7, 255), "tile/entries/007.p/255"),
        (Tile(63, 0, 1), "tile/63/000.p/1"),
    ],
)
def test_the_paths_of_the_specification(tile: Tile, path: str):
    """There and back."""
    assert tile.path == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/000",
        "tile/0/000.p/0",
        "tile/0/001/000",
        "tile/0/000.p/256",
        "tile/0/000.p/300",
        "tile/0/000.p/01",
        "tile/0/-01",
        "tile/x/000",
        "tile/entries/x01/000",
        "tile/0/٠٠٠",
        "tile/0/x999/x999/x999/x999/x999/999",
        "",
        "tile/0/000\n",
    ],
)
def test_a_path_of_no_tile_is_refused(path: str):
    """Each tile has one path, and nothing else has any."""
    with pytest.raises(BadNote, match="names no tile"):
        parse_path(path)


def test_the_tree_of_the_specification_has_its_tiles():
    """70,000 entries: 273 whole tiles and one of 112, one whole and one of 17, and one of 1."""
    tiles = list(tiles_of(70_000))
    assert [tile for tile in tiles if tile.width < 256] == [
        Tile(0, 273, 112),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert len(tiles) == 273 + 1 + 1 + 1 + 1
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []


def test_what_has_grown_is_all_that_is_new():
    """Tiles of 300 that 256 had not; the same size brings none."""
    assert list(tiles_of(300, since=256)) == [Tile(0, 1, 44)]
    assert list(tiles_of(300, since=300)) == []


@pytest.mark.parametrize("tile", [Tile(0, 3, 232), Tile(0, 3, 1), Tile(1, 0, 3), Tile(None, 2)])
def test_a_tile_that_a_tree_has_fits(tile: Tile):
    """Narrower ones were there at an earlier size."""
    assert tile.fits(1000)


@pytest.mark.parametrize("tile", [Tile(0, 3, 233), Tile(0, 4, 1), Tile(1, 0, 4), Tile(2, 0, 1)])
def test_a_tile_that_a_tree_lacks_does_not_fit(tile: Tile):
    """A tile in the future is not there."""
    assert not tile.fits(1000)


@settings(max_examples=60)
@given(st.integers(1, 1000), st.data())
def test_proofs_out_of_tiles_are_those_of_the_whole_tree(size: int, data: st.DataObject):
    """Root, leaf, inclusion and consistency; and each tile is read once."""
    asked: list[Tile] = []

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        assert tile.fits(size)
        return LOG.tile(tile)

    tree = TileTree(size, read)
    index = data.draw(st.integers(0, size - 1))
    first = data.draw(st.integers(1, size))
    hashes = HASHES[:size]
    assert tree.root() == root_of_hashes(hashes)
    assert tree.root_at(first) == root_of_hashes(hashes[:first])
    assert tree.leaf(index) == hashes[index]
    assert tree.inclusion_path(index) == inclusion_path(hashes, index)
    assert tree.consistency_path(first) == consistency_path(hashes, first)
    assert len(asked) == len(set(asked)) <= 5


def test_a_proof_asks_for_few_tiles():
    """One leaf among ten million: five tiles, however large the tree."""
    asked: list[Tile] = []

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        return bytes(32 * tile.width)

    TileTree(10_000_000, read).inclusion_path(5_000_000)
    assert len(asked) <= 6


def test_an_empty_tree_has_a_root_and_no_proof():
    """The root of nothing is the hash of nothing."""
    tree = TileTree(0, LOG.tile)
    assert tree.root() == root_of_hashes([])
    for ask in (tree.leaf, tree.inclusion_path, tree.consistency_path):
        with pytest.raises(IndexError):
            ask(0)


@pytest.mark.parametrize("size", [1, 5])
def test_a_leaf_beyond_the_end_is_no_leaf(size: int):
    """Nor a size beyond it a size."""
    tree = TileTree(size, LOG.tile)
    with pytest.raises(IndexError):
        tree.inclusion_path(size)
    with pytest.raises(IndexError):
        tree.consistency_path(size + 1)
    with pytest.raises(IndexError):
        tree.root_at(size + 1)


def test_a_tile_of_the_wrong_length_is_refused():
    """Whatever a server sends."""
    with pytest.raises(BadNote, match="holds 33 bytes, not 64"):
        hashes_of(b"x" * 33, 2)


@given(st.lists(st.binary(max_size=40), max_size=9))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]):
    """Empty entries too; a bundle cut anywhere, or of another width, is refused."""
    bundle = entry_bundle(entries)
    assert parse_entry_bundle(bundle, len(entries)) == entries
    for end in range(len(bundle)):
        with pytest.raises(BadNote):
            parse_entry_bundle(bundle[:end], len(entries))
    with pytest.raises(BadNote):
        parse_entry_bundle(bundle, len(entries) + 1)


def test_an_entry_has_two_bytes_of_length_and_no_more():
    """65,535 bytes are the most."""
    most = b"x" * 65_535
    assert parse_entry_bundle(entry_bundle([most]), 1) == [most]
    with pytest.raises(BadNote, match="larger than"):
        entry_bundle([most + b"x"])


@given(st.binary(max_size=64), st.integers(0, 9), st.text(max_size=30))
def test_no_bytes_make_a_reader_stumble(data: bytes, width: int, path: str):
    """A refusal, and no other exception."""
    for act in (
        lambda: parse_entry_bundle(data, width),
        lambda: hashes_of(data, width),
        lambda: parse_path(path),
        lambda: parse_path(f"tile/0/{path}"),
    ):
        try:
            act()
        except FairdrawError as error:
            assert str(error)


def test_widths_run_from_nothing_to_whole():
    """At the edge of a tree of 1000."""
    assert [width_at(0, n, 1000) for n in (0, 3, 4)] == [256, 232, 0]
