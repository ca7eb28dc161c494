"""Spark over Parquet gives the core's bytes, and refuses what the core refuses."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from engines.parquet import in_parquet, parquet, rows_of
from node.worlds import random_bundle
from unit.fairdraw import draws

from fairdraw.bundle import Bundle
from fairdraw.cli import main
from fairdraw.errors import FairdrawError
from fairdraw_engines import sealing, spark
from fairdraw_engines.spark import draw
from tools.test_databases import need_java


@pytest.fixture(scope="module", autouse=True)
def java() -> None:
    """Spark runs on Java."""
    need_java()


@pytest.mark.parametrize("number", range(8))
def test_random_draws_are_the_same_bytes(number: int, tmp_path: Path, monkeypatch):
    """Lists, lanes, weights, strata, shortages, blocks: the engine's result is the core's."""
    monkeypatch.setattr(sealing, "BLOCK", 8)
    files = random_bundle(number)
    path = in_parquet(tmp_path / "b", files, order="salt")
    bundle = Bundle.open(path)
    if bundle.announcement().suite == "sm3":
        with pytest.raises(FairdrawError, match="has no sm3"):
            draw(bundle)
        return
    assert draw(bundle).to_bytes() == files["result.vdr"]


def test_the_command_writes_the_same_result(tmp_path: Path, capsys):
    """``fairdraw draw --engine spark`` on Parquet, status 0; missing files status 2."""
    files = draws.joint()
    path = in_parquet(tmp_path / "b", files)
    assert main(["draw", "--engine", "spark", str(path)]) == 0
    assert (path / "result.vdr").read_bytes() == files["result.vdr"]
    (path / "result.vdr").unlink()
    (path / "frame-F2.parquet").unlink()
    assert main(["draw", "--engine", "spark", str(path)]) == 2
    assert "frame-F2.parquet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [(1, "S2", "but the files give"), (2, "65", "weight"), (4, None, "empty value")],
)
def test_a_list_that_is_not_the_announced_one_is_refused(column, value, reason, tmp_path: Path):
    """One wrong value in one row: refused before anything is drawn."""
    files = draws.team()
    path = in_parquet(tmp_path / "b", files)
    rows = [list(row) for row in rows_of(files["frame-F1.vdr"])]
    at = next(n for n, row in enumerate(rows) if row[1] == "S1" and row[3] == "E")
    rows[at][column] = value
    parquet(path / "frame-F1.parquet", [tuple(row) for row in rows])
    with pytest.raises(FairdrawError, match=reason):
        draw(Bundle.open(path))


def test_a_file_with_other_columns_is_refused(tmp_path: Path):
    """A column that is missing is named."""
    path = in_parquet(tmp_path / "b", draws.team())
    with duckdb.connect() as engine:
        target = path / "frame-F1.parquet"
        engine.execute(f"copy (select 1 as target, 2 as weight) to '{target}' (format parquet)")
    with pytest.raises(FairdrawError, match=r"frame-F1\.parquet: cannot be read"):
        draw(Bundle.open(path))


def test_a_cluster_that_does_not_answer_is_said(monkeypatch):
    """What Spark says of itself is told, not thrown."""

    class Broken:
        def __getattr__(self, _name: str) -> object:
            return lambda *_words: self

        def getOrCreate(self) -> None:  # Spark's own name
            raise OSError("java")

    monkeypatch.setattr(spark.SparkSession, "builder", Broken())
    with pytest.raises(FairdrawError, match="does not start"):
        spark.session()
