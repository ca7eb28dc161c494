"""DuckDB over Parquet (单机大名单): one machine, no server."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from fairdraw.bundle import Bundle
from fairdraw.errors import BadBundle
from fairdraw.result import Result
from fairdraw_engines.tables import drawn

MEMORY = "FAIRDRAW_DUCKDB_MEMORY"
COLUMNS = ("target", "stratum", "weight", "disp", "district", "need", "salt")
FETCHED = 1 << 16


class DuckDB:
    """The lists of a bundle as DuckDB reads them (引擎): Parquet files beside the announcement.

    raises    BadBundle for a list that is missing or has other columns
    """

    compare = ""

    def __init__(self, folder: Path, fids: Sequence[str]) -> None:
        memory = os.environ.get(MEMORY, "6GB")
        self._connection = duckdb.connect(config={"memory_limit": memory})
        self._tables = {fid: f"frame_{n}" for n, fid in enumerate(fids)}
        for fid, table in self._tables.items():
            path = folder / f"frame-{fid}.parquet"
            if not path.is_file():
                raise BadBundle("is missing from the bundle", file=path.name)
            try:
                self._connection.execute(
                    f"create view {table} as select {', '.join(COLUMNS)}"
                    f" from read_parquet({_quoted(path)})"
                )
            except duckdb.Error as error:
                raise BadBundle("cannot be read: {error}", error=error, file=path.name) from None

    def table(self, fid: str) -> str:
        """Return the view of a list (名单视图)."""
        return self._tables[fid]

    def lines(self, statement: str) -> Iterator[str | None]:
        """Yield the texts of a statement of one column (逐行读取), a block at a time."""
        cursor = self._connection.cursor()
        cursor.execute(statement)
        while rows := cursor.fetchmany(FETCHED):
            for (line,) in rows:
                yield line

    def rows(self, statement: str) -> list[Sequence[Any]]:
        """Return the few rows of a statement (读取)."""
        return list(self._connection.cursor().execute(statement).fetchall())

    def hashed(self, text: str) -> str:
        """Return the hex SHA-256 of an expression (杂凑)."""
        return f"sha256({text})"

    def least(self, prefix: str) -> str:
        """Return the least of ``weight`` hashes (最小签)."""
        hashed = self.hashed(f"'{prefix}' || target || '|' || cast(j as varchar)")
        return f"list_min(list_transform(range(1, weight + 1), lambda j: {hashed}))"


def _quoted(path: Path) -> str:
    doubled = str(path).replace("'", "''")
    return f"'{doubled}'"


def draw(bundle: Bundle) -> Result:
    """Draw a bundle whose lists are Parquet files (大名单抽取).

    raises    FairdrawError
    """
    fids = [line.fid for line in bundle.announcement().frames]
    return drawn(bundle, DuckDB(bundle.path, fids))
