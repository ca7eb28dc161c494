"""Import, papers and pages, on a city of 60,000 and on a register of 1,000,000."""

from __future__ import annotations

import dataclasses
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.clients import Person
from bench.measure import Row, against, alone

PAGES = (
    "/desk/",
    "/targets/",
    "/targets/?q=%E7%91%9E%E5%BA%B7",
    "/targets/?q=91341282MA",
    "/targets/?q=ldtz",
    "/targets/?credit=D",
    "/targets/?sort=name",
    "/tasks/",
)


def rows() -> Iterator[Row]:
    """Build a city of its own and measure on it."""
    import django

    folder = tempfile.mkdtemp(prefix="openlot-bench-")
    os.environ["DATABASE_URL"] = f"sqlite:///{folder}/city.sqlite3"
    os.environ["DJANGO_SETTINGS_MODULE"] = "openlot.settings.demo"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("seed_demo", evidence=Path(folder), stdout=sys.stderr)
    yield from _papers()
    yield from _pages("60,000")
    yield from _imports()
    yield from _pages("1,000,000", _grow())


def _imports() -> Iterator[Row]:
    from openlot.accounts.models import Department, Region
    from openlot.exchange.importing import import_file
    from openlot.kernel import clock
    from openlot.ops.demo.city import SYSTEM
    from openlot.ops.demo.targets import City
    from openlot.registers.models import InspectionTarget

    regions = list(Region.objects.filter(code__regex=r"^\d{9}$").values_list("code", "name"))
    names = dict(regions)
    made = {r.code: r for r in City(regions, "bench").register("RSJ", 100_400)}
    kept = list(made.values())[:100_000]
    lines = ["主体名称,统一社会信用代码,主体类型,登记状态,所属乡镇,行业代码,信用风险等级"]
    lines += [
        f"{r.name},{r.code},企业,存续,{names[r.region_code]},{r.industry},{r.credit_class}"
        for r in kept
    ]
    data = "\n".join(lines).encode()
    one = iter(Department.objects.filter(kind="township").order_by("code"))
    other = iter(Department.objects.filter(kind="township").order_by("-code"))

    def bulk() -> None:
        department, now = next(other), clock.now()
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
                for r in kept
            ],
            batch_size=500,
        )

    yield against(
        "import 100,000 rows with every check",
        lambda: import_file(next(one), data, "x.csv", actor=SYSTEM),
        "bare bulk_create",
        bulk,
    )


def _papers() -> Iterator[Row]:
    from openlot.documents.typeset import render_task
    from openlot.paperwork.filling import task_papers
    from openlot.tasks.models import InspectionTask

    task = InspectionTask.objects.filter(scope="joint", inspections__isnull=False).first()
    papers = task_papers(task)
    many = dataclasses.replace(papers, inspections=(papers.inspections * 10)[:500])
    yield alone(
        "500 × approval, notice, receipt, check form",
        lambda: render_task(many, at=task.approved_at),
    )


def _pages(size: str, _grown: object = None) -> Iterator[Row]:
    client = Person("scjg-task-clerk")
    for path in PAGES:
        yield alone(f"page {path} at {size}", lambda p=path: client.get(p), 7)


def _grow() -> None:
    """Copy one register until the table holds a million targets."""
    from django.db import connection

    from openlot.accounts.models import Department
    from openlot.registers.models import InspectionTarget

    lead = Department.objects.get(code="SCJG").pk
    table = InspectionTarget._meta.db_table
    own = {"id", "public_id", "code", "uscc", "department_id"}
    kept = ", ".join(
        f.column for f in InspectionTarget._meta.concrete_fields if f.column not in own
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), max(id) FROM {table}")
        count, top = cursor.fetchone()
        missing = 1_000_000 - count
        while missing > 0:
            part = min(missing, 60_000)
            cursor.execute(
                f"INSERT INTO {table} (public_id, code, uscc, department_id, {kept})"
                " SELECT replace(replace(lower(hex(randomblob(6))), '0', 'g'), '1', 'h'),"
                f" substr(code, 1, 12) || '-' || id || '-{missing}', '', {lead}, {kept}"
                f" FROM {table} WHERE id <= {top} ORDER BY id LIMIT {part}"
            )
            missing -= part
        cursor.execute("ANALYZE")
