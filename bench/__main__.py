"""Run all measurements, print the table and write build/bench.json."""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Row:
    """One figure: the median of some runs, beside a baseline where there is one."""

    name: str
    median_s: float
    baseline: str = ""
    baseline_median_s: float | None = None
    ratio: float | None = None


def median(act: Callable[[], object], runs: int = 3) -> float:
    """Return the median seconds of ``runs`` runs."""
    times = []
    for _run in range(runs):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def against(
    name: str, act: Callable[[], object], baseline: str, other: Callable[[], object]
) -> Row:
    """Measure an act and its baseline in one run."""
    ours, theirs = median(act), median(other)
    return Row(name, ours, baseline, theirs, ours / theirs)


def draws() -> list[Row]:
    """The draw of 60,000 and of 1,000,000 targets, 1,000 taken."""
    from consistent_sampler import sampler

    from fairdraw.tickets import first, lane_key

    rows = []
    key = lane_key("0" * 64, "L1")
    for size in (60_000, 1_000_000):
        ids = [f"91341282MA{n:08d}" for n in range(size)]
        weighted = [(i, 1) for i in ids]
        database = sqlite3.connect(":memory:")
        database.execute("CREATE TABLE t (id TEXT)")
        database.executemany("INSERT INTO t VALUES (?)", ((i,) for i in ids))

        def ours(weighted: list[tuple[str, int]] = weighted) -> object:
            return first(key, weighted, 1_000)

        rows.append(
            against(
                f"draw {size:,}",
                ours,
                "consistent_sampler",
                lambda ids=ids: list(sampler(ids, with_replacement=False, take=1_000, seed=1)),
            )
        )
        rows.append(
            against(
                f"draw {size:,}",
                ours,
                "SQLite ORDER BY random()",
                lambda d=database: d.execute(
                    "SELECT id FROM t ORDER BY random() LIMIT 1000"
                ).fetchall(),
            )
        )
    return rows


def platform() -> list[Row]:
    """Import, papers and pages on a city of 60,000."""
    import dataclasses

    import django

    folder = tempfile.mkdtemp(prefix="openlot-bench-")
    os.environ["DATABASE_URL"] = f"sqlite:///{folder}/city.sqlite3"
    os.environ["DJANGO_SETTINGS_MODULE"] = "openlot.settings.demo"
    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from openlot.accounts.models import Department, Region, User
    from openlot.documents.typeset import render_task
    from openlot.exchange.importing import import_file
    from openlot.kernel import clock
    from openlot.ops.demo.city import SYSTEM
    from openlot.ops.demo.targets import target_rows
    from openlot.paperwork.filling import task_papers
    from openlot.registers.models import InspectionTarget
    from openlot.tasks.models import InspectionTask

    call_command("migrate", verbosity=0)
    call_command("seed_demo", evidence=Path(folder), stdout=sys.stderr)
    regions = list(Region.objects.filter(code__regex=r"^\d{9}$").values_list("code", "name"))
    made = list({r.code: r for r in target_rows("RSJ", 100_400, regions, "bench")}.values())[
        :100_000
    ]
    lines = ["主体名称,统一社会信用代码,主体类型,登记状态,所属乡镇,行业代码,信用风险等级"]
    lines += [
        f"{r.name},{r.code},企业,存续,{dict(regions)[r.region_code]},{r.industry},{r.credit_class}"
        for r in made
    ]
    data = "\n".join(lines).encode()
    departments = iter(Department.objects.filter(kind="township").order_by("code"))
    spare = iter(Department.objects.filter(kind="township").order_by("-code"))

    def bulk() -> None:
        department = next(spare)
        now = clock.now()
        InspectionTarget.objects.bulk_create(
            [
                InspectionTarget(
                    department=department,
                    code=r.code,
                    name=r.name,
                    kind="enterprise",
                    registration_status="existing",
                    state="active",
                    updated_at=now,
                )
                for r in made
            ],
            batch_size=500,
        )

    rows = [
        against(
            "import 100,000 rows with every check",
            lambda: import_file(next(departments), data, "x.csv", actor=SYSTEM),
            "bare bulk_create",
            bulk,
        )
    ]
    task = InspectionTask.objects.filter(scope="joint", inspections__isnull=False).first()
    papers = task_papers(task)
    many = dataclasses.replace(papers, inspections=(papers.inspections * 10)[:500])
    rows.append(
        Row(
            "500 × approval, notice, receipt, check form",
            median(lambda: render_task(many, at=task.approved_at)),
        )
    )
    client = Client()
    client.force_login(
        User.objects.get(username="scjg-task-clerk"),
        backend="openlot.accounts.backends.PasswordBackend",
    )
    for path in ("/desk/", "/targets/", "/targets/?q=%E7%91%9E%E5%BA%B7"):
        rows.append(Row(f"page {path}", median(lambda p=path: client.get(p), 7)))
    return rows


def main() -> None:
    """Measure, print, write."""
    rows = [*draws(), *platform()]
    for row in rows:
        beside = f"{row.ratio:6.2f} × {row.baseline}" if row.ratio is not None else ""
        sys.stdout.write(f"{row.name:48} {row.median_s:9.3f} s  {beside}\n")
    target = ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
