"""DuckDB over Parquet gives the core's bytes, and refuses what the core refuses."""

from __future__ import annotations

import builtins
from pathlib import Path

import duckdb
import pytest
from engines.parquet import in_parquet, parquet, rows_of
from node.worlds import random_bundle
from unit.fairdraw import draws

from fairdraw.bundle import Bundle
from fairdraw.cli import main
from fairdraw.errors import FairdrawError
from fairdraw.frame import Frame
from fairdraw.merkle import root
from fairdraw_engines import sealing, tables
from fairdraw_engines.duckdb import draw


@pytest.mark.parametrize("number", range(40))
def test_random_draws_are_the_same_bytes(number: int, tmp_path: Path):
    """Lists, lanes, weights, strata, shortages: the engine's result is the core's."""
    files = random_bundle(number)
    path = in_parquet(tmp_path / "b", files, order="salt")
    bundle = Bundle.open(path)
    if bundle.announcement().suite == "sm3":
        with pytest.raises(FairdrawError, match="has no sm3"):
            draw(bundle)
        return
    assert draw(bundle).to_bytes() == files["result.vdr"]


def test_a_threshold_that_comes_up_short_is_raised(tmp_path: Path, monkeypatch):
    """Were the threshold too low for every stratum, the result would still be the same."""
    files = draws.joint()
    bundle = Bundle.open(in_parquet(tmp_path / "b", files))
    monkeypatch.setattr(
        tables.TableLists, "_bounds", lambda _self, _fid, lines: {s.stratum: "0" for s in lines}
    )
    assert draw(bundle).to_bytes() == files["result.vdr"]


def test_the_command_writes_the_same_result(tmp_path: Path, capsys):
    """``fairdraw draw --engine duckdb`` on Parquet, status 0; missing files status 2."""
    files = draws.joint()
    path = in_parquet(tmp_path / "b", files)
    assert main(["draw", "--engine", "duckdb", str(path)]) == 0
    assert (path / "result.vdr").read_bytes() == files["result.vdr"]
    (path / "result.vdr").unlink()
    (path / "frame-F2.parquet").unlink()
    assert main(["draw", "--engine", "duckdb", str(path)]) == 2
    assert "frame-F2.parquet" in capsys.readouterr().err


def test_without_the_engine_the_command_says_what_to_install(tmp_path: Path, monkeypatch, capsys):
    """The core runs without DuckDB; who asks for it is told what is missing."""
    files = draws.joint()
    path = in_parquet(tmp_path / "b", files)
    plain = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name == "duckdb":
            raise ImportError(name)
        return plain(name, *rest, **more)

    monkeypatch.delitem(__import__("sys").modules, "fairdraw_engines.duckdb")
    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["draw", "--engine", "duckdb", str(path)]) == 2
    assert "openlot[duckdb]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (0, "a b", "not a token"),
        (1, "S2", "but the files give"),
        (2, "65", "weight"),
        (3, "X02", "but the files give"),
        (4, None, "empty value"),
        (5, "b+a", "not sorted"),
        (6, "0" * 31, "salt"),
    ],
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


def test_a_target_given_twice_is_refused(tmp_path: Path):
    """Two rows of one target are out of order like in a file."""
    files = draws.team()
    path = in_parquet(tmp_path / "b", files)
    rows = rows_of(files["frame-F1.vdr"])
    parquet(path / "frame-F1.parquet", [*rows, rows[3]])
    with pytest.raises(FairdrawError, match="stands twice"):
        draw(Bundle.open(path))


def test_a_file_with_other_columns_is_refused(tmp_path: Path):
    """A column that is missing is named."""
    path = in_parquet(tmp_path / "b", draws.team())
    with duckdb.connect() as engine:
        target = path / "frame-F1.parquet"
        engine.execute(f"copy (select 1 as target, 2 as weight) to '{target}' (format parquet)")
    with pytest.raises(FairdrawError, match=r"frame-F1\.parquet: cannot be read"):
        draw(Bundle.open(path))


@pytest.mark.parametrize("size", [0, 1, 8, 9, 16, 40])
@pytest.mark.parametrize("suite", ["sha256", "sm3"])
def test_blocks_in_other_processes_give_the_same_root_and_digest(size, suite, monkeypatch):
    """The parallel tree is the tree, at every shape; other processes change nothing."""
    monkeypatch.setattr(sealing, "BLOCK", 8)
    leaves = list(draws.listed("F1", range(size)).leaves)
    frame = Frame("F1", "J1", leaves)
    lines = [leaf.line() for leaf in frame.leaves]
    seals = sealing.seal("F1", lines, suite)
    assert seals == (
        size,
        root([line.encode() for line in lines], suite).hex(),
        frame.digest(suite),
    )


def test_blocks_that_overlap_are_found(monkeypatch):
    """Order is checked across the borders of blocks too."""
    monkeypatch.setattr(sealing, "BLOCK", 8)
    lines = [leaf.line() for leaf in draws.listed("F1", range(16)).leaves]
    with pytest.raises(FairdrawError, match="not in order"):
        sealing.seal("F1", [*lines[8:], *lines[:8]], "sha256")
