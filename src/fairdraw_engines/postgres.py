"""PostgreSQL (数据库内抽取): lists that lie in tables of a database are drawn there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from fairdraw.bundle import Bundle
from fairdraw.errors import BadBundle
from fairdraw.result import Result
from fairdraw_engines.tables import drawn

ADDRESS = "FAIRDRAW_POSTGRES"
FETCHED = 1 << 16
# The planner takes the hash for dear and would sort everything first, and compile for nothing.
PLANNING = "-c jit=off -c enable_mergejoin=off -c work_mem=64MB"


class Postgres:
    """The lists of a bundle in a database (引擎): a table ``frame-<fid>`` each.

    raises    BadBundle for a database that does not answer
    """

    compare = 'collate "C"'

    def __init__(self, address: str) -> None:
        with _told():
            self._connection = psycopg.connect(address, options=PLANNING)
        self._connection.read_only = True
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

    def table(self, fid: str) -> str:
        """Return the table of a list (名单表)."""
        return f'"frame-{fid}"'

    def lines(self, statement: str) -> Iterator[str | None]:
        """Yield the texts of a statement of one column (逐行读取) through a cursor of the server.

        raises    BadBundle for a table that is missing or has other columns
        """
        with _told(), self._connection.cursor(name="rows") as cursor:
            cursor.itersize = FETCHED
            cursor.execute(statement.encode())
            for (line,) in cursor:
                yield line

    def rows(self, statement: str) -> list[Sequence[Any]]:
        """Return the few rows of a statement (读取); only without a cursor all cores help.

        raises    BadBundle for a table that is missing or has other columns
        """
        with _told():
            return list(self._connection.execute(statement.encode()))

    def hashed(self, text: str) -> str:
        """Return the hex SHA-256 of an expression (杂凑)."""
        return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"

    def least(self, prefix: str) -> str:
        """Return the least of ``weight`` hashes (最小签)."""
        hashed = self.hashed(f"'{prefix}' || target || '|' || j")
        return f"(select min({hashed} {self.compare}) from generate_series(1, weight) j)"


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the database objects to into a refusal."""
    try:
        yield
    except psycopg.Error as error:
        raise BadBundle("cannot be read: {error}", error=error, file=ADDRESS) from None


def draw(bundle: Bundle) -> Result:
    """Draw a bundle whose lists lie in the database that ``FAIRDRAW_POSTGRES`` names (库内抽取).

    raises    FairdrawError
    """
    if ADDRESS not in os.environ:
        raise BadBundle("is not set: the address of the database", file=ADDRESS)
    return drawn(bundle, Postgres(os.environ[ADDRESS]))
