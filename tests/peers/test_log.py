"""Our log before judges that nobody here wrote: Go's checksum database, sigstore, pymerkle."""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from pymerkle import InmemoryTree
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore.errors import VerificationError
from toylog import Eye, Log

from fairdraw.merkle import root_of_hashes
from fairdraw.note import note_of, open_checkpoint, signature_line
from fairdraw.tiles import Tile, TileTree, parse_path, tiles_of
from tools.test_databases import need_go

HERE = Path(__file__).parent / "golog"
SIZE = 1_100
LOG, EYE = Log.of(SIZE), Eye()
TILES = {tile: LOG.tile(tile) for tile in tiles_of(SIZE)}
TREE = TileTree(SIZE, TILES.__getitem__)
ROOT = TREE.root()


def text_of(data: bytes) -> str:
    """Return bytes in base64."""
    return b64encode(data).decode()


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in Go, compiled once."""
    need_go()
    program = tmp_path_factory.mktemp("go") / "golog"
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOFLAGS": "",
        "GOCACHE": str(program.parent / "cache"),
    }
    subprocess.run(
        ["go", "build", "-o", str(program), str(HERE / "main.go")],
        check=True,
        env=environment,
        cwd=program.parent,
    )
    return program


def ask(program: Path, **question: Any) -> dict[str, Any]:
    """Ask the program in Go."""
    done = subprocess.run(
        [str(program)], input=json.dumps(question), text=True, capture_output=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def inclusions() -> list[dict[str, Any]]:
    """One proof of each entry, out of our tiles."""
    return [
        {
            "Index": index,
            "Size": SIZE,
            "Leaf": text_of(TREE.leaf(index)),
            "Root": text_of(ROOT),
            "Path": [text_of(step) for step in TREE.inclusion_path(index)],
        }
        for index in range(SIZE)
    ]


def consistences() -> list[dict[str, Any]]:
    """One proof from each smaller size, out of our tiles."""
    return [
        {
            "First": first,
            "Second": SIZE,
            "FirstRoot": text_of(TREE.root_at(first)),
            "SecondRoot": text_of(ROOT),
            "Path": [text_of(step) for step in TREE.consistency_path(first)],
        }
        for first in range(1, SIZE)
    ]


def damaged(proofs: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Each proof with one thing wrong: a step, a step too many or too few, or one of ``names``."""
    chance, made = Random(7), []
    for proof in proofs:
        other = {**proof, "Path": list(proof["Path"])}
        act = chance.randrange(4)
        if act == 0 and other["Path"]:
            other["Path"][chance.randrange(len(other["Path"]))] = text_of(chance.randbytes(32))
        elif act == 1 and other["Path"]:
            del other["Path"][chance.randrange(len(other["Path"]))]
        elif act == 2:
            other["Path"].append(text_of(chance.randbytes(32)))
        else:
            other[chance.choice(names)] = text_of(chance.randbytes(32))
        made.append(other)
    return made


def test_go_accepts_every_proof_and_no_mutant(go: Path):
    """1,100 inclusions and 1,099 consistencies out of our tiles; of as many damaged ones, none."""
    good = ask(go, Inclusions=inclusions(), Consistences=consistences())
    assert (good["Inclusions"], good["Consistences"]) == (SIZE, SIZE - 1)
    bad = ask(
        go,
        Inclusions=damaged(inclusions(), "Leaf", "Root"),
        Consistences=damaged(consistences(), "FirstRoot", "SecondRoot"),
    )
    assert (bad["Inclusions"], bad["Consistences"]) == (0, 0)


def test_go_reads_our_tiles_and_makes_the_same_tree(go: Path):
    """Its own proofs out of our tiles; with one byte of a tile changed its reader refuses."""
    tiles = {tile.path: text_of(data) for tile, data in TILES.items()}
    answer = ask(go, Size=SIZE, Root=text_of(ROOT), Tiles=tiles)
    assert answer["Rebuilt"] == text_of(ROOT)
    assert (answer["FromTiles"], answer["GrownFromTiles"]) == (SIZE, SIZE)
    spoilt = {**tiles, "tile/0/002": text_of(b"\1" + TILES[Tile(0, 2)][1:])}
    assert ask(go, Size=SIZE, Root=text_of(ROOT), Tiles=spoilt)["FromTiles"] < SIZE


def test_go_writes_the_same_paths(go: Path):
    """What is a path for us is one for Go, and the same; C2SP takes the height out of it."""
    numbers = [0, 7, 999, 1000, 1234067, 999_999, 10**9]
    paths = [Tile(level, number, 5).path for level in (0, 1, 7) for number in numbers]
    assert ask(go, Paths=paths)["Paths"] == paths
    assert [parse_path(path).path for path in paths] == paths


def test_go_opens_our_notes_and_passes_over_lines_it_does_not_know(go: Path):
    """Alone, cosigned, with a line of a kind of the future; changed by a letter it does not."""
    text = LOG.checkpoint().text()
    future = signature_line("sm2.example", b"?" * 33, b"x" * 90, 0xFF)
    notes = [LOG.note(), LOG.note(None, EYE.line(text)), LOG.note(None, future, EYE.line(text))]
    vkeys = [LOG.verifier.text]
    good = [{"Vkeys": vkeys, "Note": note} for note in notes]
    assert ask(go, Notes=good)["Notes"] == len(notes)
    chance, bad = Random(9), []
    while len(bad) < 500:
        at = chance.randrange(len(text) + 60)
        changed = notes[1][:at] + chance.choice("Aa0+/=\n —x") + notes[1][at + 1 :]
        if changed != notes[1]:
            bad.append({"Vkeys": vkeys, "Note": changed})
    assert ask(go, Notes=bad)["Notes"] == 0


def test_sigstore_reads_our_checkpoints():
    """Name, size and root as its own parser finds them, with cosignatures or without."""
    for size in range(1, 300, 7):
        note = LOG.note(size, EYE.line(LOG.checkpoint(size).text()))
        read = SignedCheckpoint.from_text(note)
        checkpoint = open_checkpoint(note, [LOG.verifier], [EYE.verifier]).checkpoint
        assert read.checkpoint.origin == checkpoint.origin
        assert read.checkpoint.log_size == checkpoint.size
        assert read.checkpoint.log_hash == checkpoint.root.hex()
        assert [one.name for one in read.signed_note.signatures] == [LOG.origin, EYE.name]


def test_sigstore_refuses_what_is_no_checkpoint():
    """The same malformed notes that ours refuses."""
    text = LOG.checkpoint().text()
    for note in (text, note_of(text, []), LOG.note().replace("\n\n", "\n"), LOG.note()[:-1]):
        with pytest.raises(VerificationError):
            SignedCheckpoint.from_text(note)


def entry_of(proof: dict[str, Any]) -> Any:
    """Return a proof in the shape that sigstore verifies."""
    inner = SimpleNamespace(
        log_index=proof["Index"],
        tree_size=proof["Size"],
        hashes=[b64decode(step) for step in proof["Path"]],
        root_hash=b64decode(proof["Root"]),
    )
    body = LOG.entries[proof["Index"]]
    return SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=inner, canonicalized_body=body))


def test_sigstore_accepts_every_inclusion_and_no_mutant():
    """1,100 proofs; and of as many with a wrong path or root, none."""
    for proof in inclusions():
        verify_merkle_inclusion(entry_of(proof))
    for proof in damaged(inclusions(), "Root"):
        with pytest.raises(VerificationError):
            verify_merkle_inclusion(entry_of(proof))


def test_pymerkle_comes_to_the_same_root():
    """RFC 9162 over the same entries."""
    tree = InmemoryTree(algorithm="sha256")
    for entry in LOG.entries:
        tree.append_entry(entry)
    assert tree.get_root() == ROOT == root_of_hashes(LOG.hashes)
