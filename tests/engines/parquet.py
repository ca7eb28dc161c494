"""Bundles whose lists are Parquet files."""

from __future__ import annotations

from pathlib import Path

import duckdb

from fairdraw.evidence import write_folder

TYPES = "target varchar, stratum varchar, weight bigint, disp varchar, district varchar"


def parquet(path: Path, rows: list[tuple], types: str = TYPES, order: str = "target") -> None:
    """Write rows as a Parquet file."""
    with duckdb.connect() as engine:
        engine.execute(f"create table t ({types}, need varchar, salt varchar)")
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            engine.executemany(f"insert into t values ({marks})", rows)
        engine.execute(f"copy (select * from t order by {order}) to '{path}' (format parquet)")


def rows_of(data: bytes) -> list[tuple]:
    """Return the rows of a frame file."""
    return [tuple(line.split("|")[2:]) for line in data.decode().splitlines()]


def in_parquet(path: Path, files: dict[str, bytes], order: str = "target") -> Path:
    """Write a bundle without its result, its lists as Parquet files."""
    lists = {n: d for n, d in files.items() if n.startswith("frame-")}
    write_folder(path, {n: d for n, d in files.items() if n not in (*lists, "result.vdr")})
    for name, data in lists.items():
        parquet(path / f"{name[:-4]}.parquet", rows_of(data), order=order)
    return path
