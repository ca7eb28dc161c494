"""Apache Spark (集群大名单) for those who outgrow one machine: Parquet lists, statements, blocks of text."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from fairdraw.bundle import Bundle
from fairdraw.errors import BadBundle
from fairdraw.result import Result
from fairdraw_engines.tables import drawn

MASTER = "FAIRDRAW_SPARK"
COLUMNS = ("target", "stratum", "weight", "disp", "district", "need", "salt")


class Spark:
    """The lists of a bundle as Spark reads them (引擎): Parquet beside the announcement.

    Where ``FAIRDRAW_SPARK`` names a cluster, every machine of it must see the bundle's folder.
    raises    BadBundle for a list that is missing or has other columns, or without Java
    """

    compare = ""

    def __init__(self, folder: Path, fids: Sequence[str]) -> None:
        self._session = session()
        self._tables = {fid: f"frame_{n}" for n, fid in enumerate(fids)}
        for fid, table in self._tables.items():
            path = folder / f"frame-{fid}.parquet"
            if not path.exists():
                raise BadBundle("is missing from the bundle", file=path.name)
            with _told(path.name):
                rows = self._session.read.parquet(str(path)).select(*COLUMNS)
                rows.createOrReplaceTempView(table)

    def table(self, fid: str) -> str:
        """Return the view of a list (名单视图)."""
        return self._tables[fid]

    def lines(self, statement: str) -> Iterator[str | None]:
        """Yield the texts of a statement of one column (逐行读取): sorted in parts, read in order.

        An empty value comes as an empty line, and leaves as None.
        """
        with _told(MASTER), tempfile.TemporaryDirectory(prefix="fairdraw-") as folder:
            parts = Path(folder) / "parts"
            self._run(statement).write.text(str(parts))
            for part in sorted(parts.glob("part-*")):
                with part.open(encoding="utf-8", newline="\n") as lines:
                    for line in lines:
                        yield line.rstrip("\n") or None

    def rows(self, statement: str) -> list[Sequence[Any]]:
        """Return the few rows of a statement (读取)."""
        with _told(MASTER):
            return [tuple(row) for row in self._run(statement).collect()]

    def hashed(self, text: str) -> str:
        """Return the hex SHA-256 of an expression (杂凑)."""
        return f"sha2({text}, 256)"

    def least(self, prefix: str) -> str:
        """Return the least of ``weight`` hashes (最小签)."""
        hashed = self.hashed(f"'{prefix}' || target || '|' || j")
        return f"array_min(transform(sequence(1, cast(weight as int)), j -> {hashed}))"

    def _run(self, statement: str) -> DataFrame:
        return self._session.sql(statement)


def session() -> SparkSession:
    """Return the Spark session (会话): of the cluster that is named, else of this machine alone.

    raises    BadBundle when Spark does not start, which is mostly Java missing
    """
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": os.environ.get("FAIRDRAW_SPARK_MEMORY", "4g"),
        "spark.sql.shuffle.partitions": str(4 * (os.cpu_count() or 1)),
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master(os.environ.get(MASTER, "local[*]")).appName("fairdraw")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError) as error:
        raise BadBundle("Spark does not start: {error}", error=error, file=MASTER) from None


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what Spark objects to into a refusal."""
    try:
        yield
    except PySparkException as error:
        reason = str(error).splitlines()[0]
        raise BadBundle("cannot be read: {error}", error=reason, file=name) from None


def draw(bundle: Bundle) -> Result:
    """Draw a bundle whose lists are Parquet files with Spark (集群抽取).

    raises    FairdrawError
    """
    fids = [line.fid for line in bundle.announcement().frames]
    return drawn(bundle, Spark(bundle.path, fids))
