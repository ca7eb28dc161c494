"""Large lists in engines: the verified draw against the engine's own random order, and the seals."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psycopg

from bench.measure import Row, against, alone
from fairdraw.announce import Announcement, Source
from fairdraw.announce_parts import FrameLine, StratumLine
from fairdraw_engines.duckdb import DuckDB
from fairdraw_engines.postgres import Postgres
from fairdraw_engines.spark import Spark
from fairdraw_engines.tables import Engine, TableFrame, TableLists
from tools.test_databases import cluster, need_java

SIZES = tuple(int(size) for size in os.environ.get("BENCH_SIZES", "1000000").split(","))
ENGINES = os.environ.get("BENCH_ENGINES", "duckdb,spark,postgres").split(",")
STRATA = 400
ZEROS = "0" * 64
MADE = (
    "select '91341282MA' || lpad(cast(n as varchar), 9, '0') as target,"
    f" 'S' || lpad(cast(n % {STRATA} as varchar), 3, '0') as stratum, 1 as weight,"
    " case when n % 50 = 7 then 'X01' else 'E' end as disp, '341282001' as district,"
    " '-' as need, substr(md5(cast(n as varchar)), 1, 32) as salt from {numbers} order by n"
)


def announcement_of(size: int, counts: dict[str, int]) -> Announcement:
    """Return what the engines are asked for: 3.7 % of every stratum."""
    strata = [
        StratumLine("F1", name, n, "ratio:37/1000:up", -(-n * 37 // 1000), 2)
        for name, n in sorted(counts.items())
    ]
    return Announcement(
        "sha256",
        "D",
        1,
        "-",
        "S",
        "O",
        "2026-11-20",
        "-",
        (),
        (FrameLine("F1", "L1", ZEROS, size, ZEROS),),
        tuple(strata),
        (),
        None,
        (),
        (Source(1, "dice", "digits", "0-9:20"),),
    )


def own_random(table: str, counts: dict[str, int]) -> str:
    """Return the engine's own stratified random order, which proves nothing."""
    wanted = ", ".join(f"('{name}', {-(-n * 37 // 1000) + 2})" for name, n in counts.items())
    return (
        f"with wanted(stratum, n) as (values {wanted}), thrown as (select stratum, target, n,"
        f" random() as r from {table} join wanted using (stratum) where disp = 'E'),"
        " ranked as (select stratum, target, n,"
        " row_number() over (partition by stratum order by r) as place from thrown)"
        " select stratum, target from ranked where place <= n"
    )


def measured(
    name: str, size: int, engine: Engine, numbers: Callable[[str], object]
) -> Iterator[Row]:
    """Measure one engine at one size."""
    table = engine.table("F1")
    found = engine.rows(f"select stratum, count(*) from {table} where disp = 'E' group by 1")
    counts: dict[str, int] = dict(found)
    announcement = announcement_of(size, counts)
    lists = TableLists(announcement, engine)
    yield against(
        f"{name}: stratified draw of {size:,}",
        lambda: lists.select(ZEROS),
        "its own random()",
        lambda: numbers(own_random(table, counts)),
    )
    line = announcement.frames[0]
    yield alone(
        f"{name}: root and digest of {size:,}", lambda: TableFrame(engine, line).digest(), 1
    )


def rows() -> Iterator[Row]:
    """Measure DuckDB and Spark over Parquet, and PostgreSQL, at every size."""
    for size in SIZES:
        if {"duckdb", "spark"} & set(ENGINES):
            yield from over_parquet(size)
        if "postgres" in ENGINES:
            yield from in_the_database(size)


def over_parquet(size: int) -> Iterator[Row]:
    """Measure what reads Parquet files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame-F1.parquet"
        with duckdb.connect() as maker:
            made = MADE.format(numbers=f"range({size}) t(n)")
            maker.execute(f"copy ({made}) to '{path}' (format parquet)")
        if "duckdb" in ENGINES:
            engine = DuckDB(Path(folder), ["F1"])
            yield from measured("DuckDB", size, engine, lambda text, e=engine: e.rows(text))
        if "spark" in ENGINES:
            need_java()
            spark = Spark(Path(folder), ["F1"])
            spark.rows("select 1")  # Spark's own start is not the draw's
            yield from measured("Spark", size, spark, lambda text, e=spark: e.rows(text))


def in_the_database(size: int) -> Iterator[Row]:
    """Measure PostgreSQL on its own tables."""
    with cluster() as address:
        with psycopg.connect(address, autocommit=True) as server:
            numbers = f"generate_series(0, {size - 1}) t(n)"
            server.execute(f'create table "frame-F1" as {MADE.format(numbers=numbers)}')
            server.execute('analyze "frame-F1"')
        base = Postgres(address)
        yield from measured("PostgreSQL", size, base, lambda text, e=base: e.rows(text))
