"""Searching the trail: every combination of filters on many entries, page, paging, and export."""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from bench.clients import Person
from bench.measure import Row, alone, median
from bench.planting import plant, told_so_far, years
from tools.test_databases import cluster

SIZE = int(os.environ.get("BENCH_EVENTS", "1000000"))
EXPORTED = 100_000
AUDITOR = "sjj-auditor"


def rows() -> Iterator[Row]:
    """Measure on SQLite, or on the database that ``BENCH_TRAIL`` names: sqlite or postgresql."""
    with tempfile.TemporaryDirectory(prefix="openlot-searching-") as name:
        folder = Path(name)
        os.environ["DJANGO_SETTINGS_MODULE"] = "openlot.settings.demo"
        os.environ["LOG_KEY_FILE"] = str(folder / "log.key")
        if os.environ.get("BENCH_TRAIL", "sqlite") == "sqlite":
            yield from _measured("SQLite", f"sqlite:///{folder}/city.sqlite3", folder)
            return
        with cluster(durable=True) as address:
            yield from _measured("PostgreSQL", address, folder)


def _measured(name: str, address: str, folder: Path) -> Iterator[Row]:
    os.environ["DATABASE_URL"] = address
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from openlot.trail.keys import make_key
    from openlot.trail.services import seal_now

    call_command("migrate", verbosity=0)
    make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)
    call_command("seed_demo", evidence=folder, stdout=sys.stderr)
    _fill()
    seal_now()
    if connection.vendor == "postgresql":  # what its own process does from time to time
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    client, asked = Person(AUDITOR), _questions()
    yield _searches(name, asked)
    yield from _pages(name, client, asked)
    yield from _others(name, client)
    yield from _export(name, client)


def _fill() -> None:
    """Plant events of the city's people about its register until the trail is long enough."""
    from openlot.accounts.models import User
    from openlot.kernel import clock
    from openlot.registers.models import InspectionTarget
    from openlot.trail.models import Entry

    people = User.objects.order_by("pk").values_list("handle", "department__code")
    targets = InspectionTarget.objects.order_by("pk").values_list("public_id", flat=True)
    plant(
        years(
            SIZE - Entry.objects.count(),
            clock.now(),
            told_so_far(),
            [(f"user:{handle}", code) for handle, code in people],
            [f"registers.InspectionTarget:{one}" for one in targets],
        )
    )


def _questions() -> list[dict[str, str]]:
    """Return every combination of filters: busy, long quiet, and without any entry."""
    from openlot.accounts.models import User
    from openlot.kernel import clock
    from openlot.registers.models import InspectionTarget
    from openlot.trail.models import Entry

    def busiest(column: str) -> str:
        known = Entry.objects.filter(actor_ref__startswith="user:").order_by().values_list(column)
        return str(max(known.annotate(n=_count()), key=lambda pair: int(pair[1]))[0])

    users = User.objects.order_by("pk").select_related("department")
    last = users.reverse()[0]
    busy = users.get(handle=busiest("actor_ref").partition(":")[2])
    target = InspectionTarget.objects.order_by("pk")[0]
    today = clock.today()
    spans: list[tuple[date | None, date | None]] = [
        (None, None),
        (None, today - timedelta(days=5 * 365 - 40)),
        (today - timedelta(days=7), None),
        (None, today - timedelta(days=365)),
        (today - timedelta(days=800), today - timedelta(days=770)),
        (today + timedelta(days=9), None),
    ]
    filters = product(
        ("", busiest("kind"), told_so_far()[-1].kind),
        ("", busy.department.code, last.department.code),
        ("", busy.username, busy.name, last.username, target.name),
        spans,
    )
    return [
        {
            "kind": kind,
            "department": department,
            "q": words,
            "from_on": str(days[0] or ""),
            "to_on": str(days[1] or ""),
        }
        for kind, department, words, days in filters
    ]


def _count() -> Any:
    from django.db.models import Count

    return Count("pk")


def _searches(name: str, asked: list[dict[str, str]]) -> Row:
    """Compare the search with the obvious statement, each at its worst."""
    from openlot.trail.searching import found
    from openlot.web.trail.views import TrailForm

    ours, theirs = [], []
    for query in asked:
        form = TrailForm(query)
        if not form.is_valid():
            raise AssertionError(form.errors)
        wanted = form.wanted()
        ours.append(median(lambda w=wanted: found(w, most=101)))
        started = time.perf_counter()
        obvious = _obvious(wanted)
        theirs.append(time.perf_counter() - started)
        if obvious != found(wanted, most=101):
            raise AssertionError(f"two searches differ: {wanted}")
    worst, other = max(ours), max(theirs)
    words = f"{name}: worst search of {len(asked)} at {SIZE:,}"
    return Row(words, worst, "worst of filter and order_by", other, worst / other)


def _obvious(wanted: Any) -> list[int]:
    from django.db.models import Q

    from openlot.trail.models import Entry
    from openlot.trail.searching import midnight

    chosen = Q()
    if wanted.kind:
        chosen &= Q(kind=wanted.kind)
    if wanted.department:
        chosen &= Q(department_code=wanted.department)
    if wanted.actors is not None:
        chosen &= Q(actor_ref__in=wanted.actors) | Q(subject__in=wanted.subjects)
    if wanted.from_on:
        chosen &= Q(at__gte=midnight(wanted.from_on))
    if wanted.to_on:
        chosen &= Q(at__lt=midnight(wanted.to_on + timedelta(days=1)))
    rows = Entry.objects.filter(chosen).order_by("-id")[:101]
    return [entry.pk for entry in rows]


def _pages(name: str, client: Person, asked: list[dict[str, str]]) -> Iterator[Row]:
    """Measure the auditor's page: the worst and the median of all, and pages further back."""
    times = [median(lambda q=query: client.get("/trail/", q)) for query in asked]
    yield Row(f"{name}: worst page of {len(asked)}", max(times))
    yield Row(f"{name}: median page", statistics.median(times))
    back = [SIZE * part // 10 for part in range(10, 0, -1)]
    places = [{**query, "before": str(top)} for query in asked[::23] for top in back]
    paged = [median(lambda q=query: client.get("/trail/", q), 1) for query in places]
    yield Row(f"{name}: worst of {len(places)} pages further back", max(paged))


def _others(name: str, client: Person) -> Iterator[Row]:
    """Measure what else is read of the trail: the desk's watch list, own acts, a seal."""
    from openlot.trail.places import waiting_since
    from openlot.trail.services import seal_now

    reads: dict[str, Callable[[], object]] = {
        "the auditor's desk": lambda: client.get("/desk/"),
        "own acts": lambda: client.get("/my-acts/"),
        "whether an entry waits": waiting_since,
        "seal when nothing waits": seal_now,
    }
    for words, read in reads.items():
        yield alone(f"{name}: {words}", read, 7)


def _export(name: str, client: Person) -> Iterator[Row]:
    """Measure the export of as many rows as it takes, and what memory it adds."""
    from openlot.kernel import clock
    from openlot.trail.searching import Wanted, found

    today = clock.today()
    days = next(
        day
        for day in range(200, 0, -1)
        if len(found(Wanted(from_on=today - timedelta(days=day)), most=EXPORTED + 1)) <= EXPORTED
    )
    query = {"from_on": str(today - timedelta(days=days))}
    for kind in ("csv", "xlsx"):
        before, started = _peak(), time.perf_counter()
        answer = client.get("/trail/", {**query, "export": kind})
        size = sum(len(part) for part in answer.streaming_content)
        took, grown = time.perf_counter() - started, _peak() - before
        n = len(found(Wanted(from_on=today - timedelta(days=days)), most=EXPORTED + 1))
        words = f"{name}: {kind} of {n:,} rows, {size >> 20} MiB, memory +{grown} MiB"
        yield Row(words, took)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
