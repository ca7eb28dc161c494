"""What the witness remembers (见证记录): each checkpoint it cosigned, each history it refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fairdraw.merkle import root_of_hashes
from fairdraw.note import Checkpoint

FILE = "witness.sqlite3"
REFUSALS_MAX = 1000
_TABLES = """
CREATE TABLE IF NOT EXISTS cosigned (
  origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (origin, size)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
  origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (origin, size, root)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Seen:
    """A checkpoint and when it was seen (见过的检查点), in seconds since 1970; 0 for none."""

    checkpoint: Checkpoint
    note: str
    at: int


class Memory:
    """One transaction on the records (一次读写): nobody else writes between read and write."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def latest(self, origin: str) -> Checkpoint:
        """Return the newest cosigned checkpoint (最新检查点); of a log never seen, that of nothing."""
        row = self._connection.execute(
            "SELECT size, root FROM cosigned WHERE origin = ? ORDER BY size DESC LIMIT 1", [origin]
        ).fetchone()
        return Checkpoint(origin, *row) if row else Checkpoint(origin, 0, root_of_hashes([]))

    def cosign(self, checkpoint: Checkpoint, note: str, at: int) -> None:
        """Remember a checkpoint that is about to be cosigned (记录见证); a known one stays."""
        self._write("cosigned", checkpoint, note, at)

    def refuse(self, checkpoint: Checkpoint, note: str, at: int) -> None:
        """Keep a signed checkpoint that contradicts what was cosigned (保留矛盾的检查点) as evidence.

        The first thousand are evidence enough; more would only fill the disk.
        """
        (kept,) = self._connection.execute(
            "SELECT count(*) FROM refused WHERE origin = ?", [checkpoint.origin]
        ).fetchone()
        if kept < REFUSALS_MAX:
            self._write("refused", checkpoint, note, at)

    def _write(self, table: str, checkpoint: Checkpoint, note: str, at: int) -> None:
        self._connection.execute(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",  # noqa: S608  # ours
            [checkpoint.origin, checkpoint.size, checkpoint.root, note, at],
        )


class Store:
    """The witness's file (见证数据库)."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        with closing(self._open()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_TABLES)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=20, isolation_level=None)
        # A cosignature that was given away must be on the disk, whatever happens to the power.
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    @contextmanager
    def transaction(self) -> Iterator[Memory]:
        """Give the records to one alone (独占读写); they are on the disk when this returns."""
        with closing(self._open()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Memory(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def cosigned(self) -> list[Seen]:
        """Return the newest cosigned checkpoint of each log (最新见证)."""
        return self._rows(
            "SELECT origin, max(size), root, note, at FROM cosigned GROUP BY origin ORDER BY origin"
        )

    def refused(self) -> list[Seen]:
        """Return every signed history that was refused (拒绝记录), oldest first."""
        return self._rows(
            "SELECT origin, size, root, note, at FROM refused ORDER BY at, origin, size"
        )

    def _rows(self, query: str) -> list[Seen]:
        with closing(self._open()) as connection:
            rows = connection.execute(query).fetchall()
        return [
            Seen(Checkpoint(origin, size, root), note, at) for origin, size, root, note, at in rows
        ]
