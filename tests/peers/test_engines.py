"""The recomputations that the protocol prints (§10) really run, and give the drawn targets."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from django.db import connection
from node.test_javascript import NODE
from pyspark.sql import functions as F

from fairdraw.tickets import lane_key, order
from fairdraw_engines.spark import session
from tools.test_databases import need_java

SEED = hashlib.sha256(b"two lines").hexdigest()
TARGETS = [(f"91341282MA{n:08d}", 4 if n % 4 == 0 else 1) for n in range(2_000)]
PLAIN = [target for target, _ in TARGETS[:200]]
KEY = lane_key(SEED, "J1")
DRAWN = [(ticket, target) for ticket, target in order(KEY, TARGETS)]


def protocol(mark: str, count: int = 1) -> str:
    """Return the recomputation that the protocol prints after a line with a mark."""
    text = (Path(__file__).parent.parent.parent / "docs" / "protocol.md").read_text()
    lines = [line.strip() for line in text[text.index("## 10.") :].split("\n")]
    at = next(n for n, line in enumerate(lines) if line.startswith(mark))
    return "\n".join(lines[at + 1 : at + 1 + count])


def test_sha256sum_and_sort_draw_the_same(tmp_path: Path):
    """Two lines of shell, copied from the protocol, with coreutils alone."""
    shell = shutil.which("sh")
    assert shell
    (tmp_path / "ids").write_text("".join(f"{target}\n" for target in PLAIN))
    done = subprocess.run(
        [shell, "-c", protocol("# shell", 2)],
        cwd=tmp_path,
        env={"SEED": SEED, "LANE": "J1", "N": "20", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    ours = order(KEY, [(target, 1) for target in PLAIN])[:20]
    assert done.stdout.splitlines() == [f"{ticket}|{target}" for ticket, target in ours]


def test_duckdb_draws_the_same():
    """One statement of DuckDB, weights included."""
    with duckdb.connect() as engine:
        engine.execute("create table t (id varchar, w integer)")
        engine.executemany("insert into t values (?, ?)", TARGETS)
        statement = protocol("-- DuckDB").replace("$key", f"'{KEY}'")
        assert engine.execute(statement).fetchall() == DRAWN


def test_spark_draws_the_same():
    """The printed expression of Spark; the least of a target's tickets, in their order."""
    need_java()
    text = (Path(__file__).parent.parent.parent / "docs" / "protocol.md").read_text()
    printed = text[text.index("# Spark: ") + len("# Spark: ") :].splitlines()[0]
    rows = session().createDataFrame(TARGETS, "id string, w int")
    ticket = eval(printed, {"F": F, "key": KEY})  # the protocol's own text
    each = rows.withColumn("j", F.explode(F.sequence(F.lit(1), "w")))
    least = each.groupBy("id").agg(F.min(ticket).alias("tk"))
    drawn = [(row.tk, row.id) for row in least.orderBy("tk", "id").collect()]
    assert drawn == DRAWN


@pytest.mark.django_db
def test_the_database_at_hand_draws_the_same():
    """PostgreSQL by the printed statement; SQLite with the hash handed in as a function."""
    with connection.cursor() as cursor:
        cursor.execute("create temporary table t (id varchar(64), w integer)")
        cursor.executemany("insert into t values (%s, %s)", TARGETS)
        if connection.vendor == "postgresql":
            cursor.execute(protocol("-- PostgreSQL").replace("KEY", KEY))
        else:
            connection.connection.create_function(
                "sha256", 1, lambda text: hashlib.sha256(text.encode()).hexdigest()
            )
            cursor.execute(
                "with recursive g(j) as (select 1 union all select j + 1 from g where j < 64)"
                " select min(sha256(%s || '|' || id || '|' || j)) tk, id from t, g"
                " where j <= w group by id order by tk, id",
                [KEY],
            )
        assert [tuple(row) for row in cursor.fetchall()] == DRAWN
        cursor.execute("drop table t")


def test_node_draws_the_same(tmp_path: Path):
    """A few lines of Node with its own hash."""
    (tmp_path / "ids").write_text("".join(f"{target} {weight}\n" for target, weight in TARGETS))
    script = """
        const { createHash } = require("node:crypto");
        const hash = (text) => createHash("sha256").update(text).digest("hex");
        const rows = require("node:fs").readFileSync("ids", "utf8").trim().split("\\n");
        const tickets = rows.map((row) => {
          const [id, w] = row.split(" ");
          const all = Array.from({ length: +w }, (_, j) => hash(`${process.argv[1]}|${id}|${j + 1}`));
          return `${all.sort()[0]} ${id}`;
        });
        console.log(tickets.sort().join("\\n"));
    """
    done = subprocess.run(
        [str(NODE), "-e", script, KEY], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [f"{ticket} {target}" for ticket, target in DRAWN]
