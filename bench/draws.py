"""The draw of 60,000 and of 1,000,000 targets, 1,000 taken, against other ways to take 1,000."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import psycopg
from consistent_sampler import sampler

from bench.measure import Row, against
from fairdraw.tickets import first, lane_key
from tools.test_databases import cluster

SIZES = (60_000, 1_000_000)
TAKEN = 1_000
RANDOM_ORDER = f"SELECT id FROM t ORDER BY random() LIMIT {TAKEN}"


def rows() -> Iterator[Row]:
    """Measure each size against the sampler of the auditors and both databases' random order."""
    key = lane_key("0" * 64, "L1")
    with cluster() as address, psycopg.connect(address) as server:
        for size in SIZES:
            ids = [f"91341282MA{n:08d}" for n in range(size)]
            weighted = [(i, 1) for i in ids]
            memory = sqlite3.connect(":memory:")
            memory.execute("CREATE TABLE t (id TEXT)")
            memory.executemany("INSERT INTO t VALUES (?)", ((i,) for i in ids))
            server.execute("DROP TABLE IF EXISTS t")
            server.execute("CREATE TABLE t (id TEXT)")
            with server.cursor().copy("COPY t FROM STDIN") as copy:
                copy.write("\n".join(ids))

            def ours(weighted: list[tuple[str, int]] = weighted) -> object:
                return first(key, weighted, TAKEN)

            name = f"draw {size:,}"
            yield against(
                name,
                ours,
                "consistent_sampler",
                lambda ids=ids: list(sampler(ids, with_replacement=False, take=TAKEN, seed=1)),
            )
            yield against(
                name,
                ours,
                "SQLite ORDER BY random()",
                lambda db=memory: db.execute(RANDOM_ORDER).fetchall(),
            )
            yield against(
                name,
                ours,
                "PostgreSQL ORDER BY random()",
                lambda: server.execute(RANDOM_ORDER).fetchall(),
            )
