"""PostgreSQL draws inside the database: the core's bytes, from tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from engines.parquet import rows_of
from node.worlds import random_bundle
from unit.fairdraw import draws

from fairdraw.bundle import Bundle
from fairdraw.cli import main
from fairdraw.errors import FairdrawError
from fairdraw.evidence import write_folder
from fairdraw_engines.postgres import ADDRESS, draw
from tools.test_databases import cluster

COLUMNS = "target text, stratum text, weight int, disp text, district text, need text, salt text"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a database of its own."""
    with cluster() as address:
        yield address


@pytest.fixture
def address(server: str, monkeypatch) -> str:
    """Point the engine at the database."""
    monkeypatch.setenv(ADDRESS, server)
    return server


def in_tables(address: str, files: dict[str, bytes]) -> Bundle:
    """Put the lists of a bundle into tables and return the rest."""
    with psycopg.connect(address) as connection:
        for name, data in files.items():
            if name.startswith("frame-"):
                table = f'"{name[:-4]}"'
                connection.execute(f"drop table if exists {table}")
                connection.execute(f"create table {table} ({COLUMNS})")
                with connection.cursor().copy(f"copy {table} from stdin") as copy:
                    for row in reversed(rows_of(data)):
                        copy.write_row(row)
    kept = {n: d for n, d in files.items() if not n.startswith("frame-") and n != "result.vdr"}
    return Bundle(Path("bundle"), kept)


def test_random_draws_are_the_same_bytes(address: str):
    """Lists, lanes, weights, strata, shortages: the database's result is the core's."""
    drawn = 0
    for number in range(40):
        files = random_bundle(number)
        bundle = in_tables(address, files)
        if bundle.announcement().suite == "sha256":
            assert draw(bundle).to_bytes() == files["result.vdr"], number
            drawn += 1
    assert drawn > 10


def test_the_command_draws_in_the_database(address: str, tmp_path: Path):
    """``fairdraw draw --engine postgres`` writes the same result."""
    files = draws.joint()
    write_folder(tmp_path / "b", in_tables(address, files).files)
    assert main(["draw", "--engine", "postgres", str(tmp_path / "b")]) == 0
    assert (tmp_path / "b" / "result.vdr").read_bytes() == files["result.vdr"]


def test_what_does_not_answer_or_fit_is_refused(address: str, monkeypatch):
    """No address, no database, no table, another row: each is told."""
    bundle = in_tables(address, draws.team())
    with psycopg.connect(address) as connection:
        connection.execute("""update "frame-F1" set disp = 'X02' where target like '%1'""")
    with pytest.raises(FairdrawError, match="but the files give"):
        draw(bundle)
    with psycopg.connect(address) as connection:
        connection.execute("""drop table "frame-F1" """)
    with pytest.raises(FairdrawError, match="cannot be read"):
        draw(bundle)
    monkeypatch.setenv(ADDRESS, "postgresql://nobody@127.0.0.1:1/x")
    with pytest.raises(FairdrawError, match="cannot be read"):
        draw(bundle)
    monkeypatch.delenv(ADDRESS)
    with pytest.raises(FairdrawError, match="not set"):
        draw(bundle)
