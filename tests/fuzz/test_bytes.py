"""Any single changed byte of any file of a bundle is found, by the core and by the browser."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from node.test_javascript import NODE, run_node
from unit.fairdraw import draws

from fairdraw.errors import FairdrawError
from fairdraw.evidence import Bundle, verify
from fairdraw.sums import sealed

# Which bits are changed, one after the other, in every so manieth byte; the long run takes each.
FLIPS = [int(bit) for bit in os.environ.get("FUZZ_FLIPS", "1").split(",")]
STEP = int(os.environ.get("FUZZ_STEP", "11"))
HERE = Path(__file__).parent
# Without the list of digests nothing in the bundle binds the words of stage and reason.
FREE = {
    "replace-1.vdr": ("moved-out",),
    "replace-2.vdr": ("moved-out",),
    "replace-3.vdr": ("moved-out",),
    "rematch-1.vdr": ("|kin|",),
    "rematch-2.vdr": ("|kin|",),
    "void.vdr": ("T5", "V2"),
}


def bound(name: str, data: bytes, *, listed: bool) -> list[int]:
    """Return the places of a file that something binds."""
    free: set[int] = set()
    for word in () if listed else FREE.get(name, ()):
        at = data.index(word.encode())
        free |= set(range(at, at + len(word)))
    return [at for at in range(len(data)) if at not in free]


def files_of(vector: str, *, listed: bool) -> draws.Files:
    """Return a small draw with or without its list of digests."""
    left_out = {"receipt.vdr"} if listed else {"receipt.vdr", "SHA256SUMS"}
    return {
        name: data for name, data in sealed(draws.SMALL[vector]()).items() if name not in left_out
    }


@pytest.mark.parametrize("listed", [True, False], ids=["with-digests", "without-digests"])
@pytest.mark.parametrize("vector", sorted(draws.SMALL))
def test_the_core_finds_every_changed_byte(vector: str, listed: bool):
    """Every byte of every file: full, closed, spares, sealed reserve, lanes, SM3, void, rematch."""
    files = files_of(vector, listed=listed)
    missed = []
    for name, data in files.items():
        for at in bound(name, data, listed=listed)[::STEP]:
            for flip in FLIPS:
                changed = bytearray(data)
                changed[at] ^= flip
                try:
                    if verify(Bundle(Path("bundle"), {**files, name: bytes(changed)})).ok:
                        missed.append((name, at, flip))
                except FairdrawError:
                    continue
    assert missed == []


@pytest.mark.skipif(NODE is None, reason="no node here")
@pytest.mark.parametrize("listed", [True, False], ids=["with-digests", "without-digests"])
@pytest.mark.parametrize("vector", sorted(draws.SMALL))
def test_the_browser_finds_every_changed_byte(vector: str, listed: bool, tmp_path: Path):
    """The same bytes through the portal's own modules."""
    files = files_of(vector, listed=listed)
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    asked = json.dumps({"path": str(tmp_path), "flips": FLIPS, "step": STEP})
    answer = json.loads(run_node(str(HERE.parent / "node" / "recompute.mjs"), asked))
    found = {name: set(bound(name, data, listed=listed)) for name, data in files.items()}
    assert [row for row in answer["missed"] if row[1] in found[row[0]]] == []
