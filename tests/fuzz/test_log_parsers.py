"""Notes, checkpoints, proofs, tiles and requests of the log, damaged: refused, or the same as before."""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random

import pytest
from toylog import Log

from fairdraw.errors import FairdrawError
from fairdraw.logchecks import proof_checks
from fairdraw.logproof import Opened, parse_log_proof
from fairdraw.merkle import consistency_path
from fairdraw.note import open_checkpoint, parse_checkpoint, parse_note, parse_vkey
from fairdraw.tiles import Tile, entry_bundle, parse_entry_bundle, parse_path
from openlot_witness.witness import Request, parse_request

ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "4")) * 150
OPENED = Opened(bytes(range(16)), b'{"kind":"draw.drawn","v":2}')
LOG = Log([f"entry {n}".encode() for n in range(40)])
LOG.entries[17] = OPENED.entry()
KEYS = [LOG.verifier]
ODD = ("\u2028", "\u0085", "\u00a0", "+", "\0", "\r", "\n\n", " ", "\u2014 ", "=", "٣", "x" * 300)
ODD += ("0", "00", "-1", "9" * 19, "9" * 5_000, ".p/0", ".p/256", ".p/01", "x001/", "x000/", "..")
ODD += ("\n", "extra ", "index ", "old ", "\n\u2014 name AAAAAAA=\n", "c2sp.org/tlog-proof@v1", "/")


def damaged(chance: Random, data: bytes) -> bytes:
    """Change a byte, a line or a piece, one to three times."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        at, to = sorted(chance.randrange(len(data) + 1) for _n in range(2))
        lines = data.split(b"\n")
        line = chance.randrange(len(lines))
        word = chance.choice(ODD).encode()
        data = chance.choice(
            (
                data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
                data[:at] + word + data[at:],
                data[:at] + data[to:] if to - at < 40 else data[:at] + data[at + 1 :],
                data[:at] + data[at:to] + data[at:],
                b"\n".join(lines[:line] + lines[line + 1 :]),
                b"\n".join([*lines[:line], chance.choice(lines), *lines[line:]]),
                data + word,
            )
        )
    return data


def of_note(data: bytes) -> object:
    """Return what a note says once its signature is known."""
    return open_checkpoint(data, KEYS).checkpoint


def of_proof(data: bytes) -> object:
    """Return what a proof proves."""
    proof = parse_log_proof(data)
    checks = proof_checks(proof, KEYS)
    if not all(check.ok for check in checks):
        raise FairdrawError("not proven")
    return proof.index, proof.path, proof.extra, of_note(proof.note.encode())


def of_path(data: bytes) -> object:
    """Return a tile, whose path is the only one."""
    text = data.decode("utf-8", "replace")
    assert parse_path(text).path == text
    return text


def of_request(data: bytes) -> object:
    """Return a request, which has one writing, and whose checkpoint is signed."""
    found = parse_request(data)
    assert found.body().encode() == data
    return of_note(found.note.encode())


def of_checkpoint(data: bytes) -> object:
    """Return a checkpoint's text, which has one writing."""
    assert parse_checkpoint(data).text().encode() == data
    return data


def of_bundle(data: bytes) -> object:
    """Return entries, which are in one bundle."""
    assert entry_bundle(parse_entry_bundle(data, 40)) == data
    return data


def of_lines(data: bytes) -> object:
    """Return a note's parts, which have one writing."""
    note = parse_note(data)
    assert (note.text + "\n" + "".join(one.line for one in note.signatures)).encode() == data
    return data


GROWN = Request(17, tuple(consistency_path(LOG.hashes, 17)), LOG.note())
# A text that stands for itself may be any other; one that is signed may not be.
FREE = {"checkpoint", "bundle", "path", "lines"}
PARSERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "note": (LOG.note().encode(), of_note),
    "lines": (LOG.note().encode(), of_lines),
    "checkpoint": (LOG.checkpoint().text().encode(), of_checkpoint),
    "proof": (LOG.proof(17, OPENED).text().encode(), of_proof),
    "vkey": (LOG.verifier.text.encode(), lambda data: parse_vkey(data.decode("utf-8", "replace"))),
    "path": (Tile(1, 1_234_067, 9).path.encode(), of_path),
    "request": (GROWN.body().encode(), of_request),
    "bundle": (entry_bundle(LOG.entries), of_bundle),
}


@pytest.mark.parametrize("kind", sorted(PARSERS))
def test_a_damaged_word_of_the_log_is_refused_or_says_the_same(kind: str):
    """No input breaks a parser, and no change of what is signed is believed."""
    chance = Random(kind)
    whole, read = PARSERS[kind]
    said, refused = read(whole), 0
    for _n in range(ROUNDS):
        changed = damaged(chance, whole)
        try:
            found = read(changed)
        except FairdrawError:
            refused += 1
            continue
        assert kind in FREE or found == said, changed
    assert refused > ROUNDS // 3
