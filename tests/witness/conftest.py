"""A witness of the tests' own log, at home in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from toylog import Log

from openlot_witness.keys import make_key
from openlot_witness.store import Store
from openlot_witness.witness import Request, Witness

LOG = Log.of(400)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A key, and one log to watch."""
    make_key(tmp_path, "audit.example/w1")
    (tmp_path / "logs").write_text(f"# 界首市\n\n{LOG.verifier.text}  # since 2026\n")
    return tmp_path


@pytest.fixture
def witness(home: Path) -> Witness:
    """Return the witness of that home."""
    return at_home(home)


def at_home(home: Path) -> Witness:
    """Return a witness as `serve` makes it."""
    from openlot_witness.keys import read_key, read_logs

    return Witness(read_key(home), read_logs(home), Store(home))


def asking(log: Log, old: int, new: int) -> Request:
    """Return what a log asks when it grew from one size to another."""
    from fairdraw.merkle import consistency_path

    path = consistency_path(log.hashes[:new], old) if 0 < old < new else []
    return Request(old, tuple(path), log.note(new))


def body(log: Log, old: int, new: int) -> bytes:
    """Return the same as bytes."""
    return asking(log, old, new).body().encode()
