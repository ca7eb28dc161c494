"""The trail: what an event adds to an act, how fast entries are placed, proofs out of a large tree."""

from __future__ import annotations

import hashlib
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.measure import Row, alone
from tools.test_databases import cluster

SIZE = int(os.environ.get("BENCH_LEAVES", "10000000"))
WRITERS = 8
ACTS = int(os.environ.get("BENCH_ACTS", "150"))
ROUNDS = 5


def rows() -> Iterator[Row]:
    """Measure on SQLite, or on the database that ``BENCH_TRAIL`` names: sqlite or postgresql."""
    import django

    folder = Path(tempfile.mkdtemp(prefix="openlot-trail-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "openlot.settings.demo"
    os.environ["LOG_KEY_FILE"] = str(folder / "log.key")
    if os.environ.get("BENCH_TRAIL", "sqlite") == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/trail.sqlite3"
        django.setup()
        yield from measured("SQLite", writers=1)
        return
    with cluster(durable=True) as address:
        os.environ["DATABASE_URL"] = address
        django.setup()
        yield from measured("PostgreSQL", writers=WRITERS)


def measured(name: str, writers: int) -> Iterator[Row]:
    """Migrate, and measure what depends on the database."""
    from django.conf import settings
    from django.core.management import call_command

    from openlot.trail.keys import make_key

    call_command("migrate", verbosity=0)
    make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)
    departments = _departments(writers)
    yield from append_cost(name, departments)
    yield from placing(name)
    yield from proofs(name)


def _departments(n: int) -> list[Any]:
    from openlot.accounts.models import Department, Region

    region = Region.objects.create(code="341282", name="x")
    return [
        Department.objects.create(
            code=f"D{k}", name=f"d{k}", short_name="d", word="d", uscc=f"U{k}", region=region
        )
        for k in range(n)
    ]


def append_cost(name: str, departments: list[Any]) -> Iterator[Row]:
    """Compare an act of the platform with its event against the same act without one.

    The act is a step of an inspection item's life: right, compare-and-set, children, re-read.
    Writers act at the same time; rounds take turns, so that the machine's moods hit both. Processor
    time is that of the platform alone, and of one act: other work on the machine does not stretch it.
    """
    from openlot.lifecycle import fire as firing
    from openlot.trail.writer import record

    def silent(*_fact: object, **_where: object) -> None:
        return None

    times: dict[bool, list[float]] = {True: [], False: []}
    spent: dict[bool, list[float]] = {True: [], False: []}
    items = [_item(department) for department in departments]
    for _round in range(ROUNDS):
        for told in (False, True):
            firing.record = record if told else silent
            with untold(allowed=not told):
                started = time.process_time()
                found = _all_at_once([_amender(item) for item in items])
                spent[told].append((time.process_time() - started) / len(found))
                times[told] += found
    for what, taken in (("an act with its event", times), ("its processor time", spent)):
        ours, bare = statistics.median(taken[True]), statistics.median(taken[False])
        yield Row(f"{name}: {what}", ours, "the act without", bare, ours / bare)


class untold:
    """Take the touch triggers down around acts that tell nothing: the bare act has none of ours."""

    def __init__(self, *, allowed: bool) -> None:
        self.allowed = allowed

    def __enter__(self) -> None:
        if self.allowed:
            _switch(on=False)

    def __exit__(self, *_error: object) -> None:
        if self.allowed:
            _switch(on=True)


def _switch(*, on: bool) -> None:
    from django.db import connection

    from openlot.trail.guards import raise_guards

    if on:
        raise_guards()
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE 'guard_%told%'")
            for (trigger,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {trigger}")
            return
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'guard_told%'"
        )
        for trigger, table in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {trigger} ON {table}")


def _item(department: Any) -> Any:
    from openlot.accounts.models import RegulatoryField
    from openlot.items.services import draft_item
    from openlot.kernel.actor import Actor

    field, _new = RegulatoryField.objects.get_or_create(code="f", name="f")
    return draft_item(
        code=f"I-{department.code}",
        department=department,
        field=field,
        actor=Actor.system("bench"),
        name="x",
        list_kind="department",
        kind="general",
        target_kinds=[],
        methods=[],
    )


def _amender(item: Any) -> Callable[[], list[float]]:
    from openlot.items.models import InspectionItem
    from openlot.items.services import amend_item
    from openlot.kernel.actor import Actor

    actor = Actor.system("bench")

    def act() -> list[float]:
        now = InspectionItem.objects.get(pk=item.pk)
        times = []
        for number in range(ACTS):
            started = time.perf_counter()
            now = amend_item(now, actor=actor, at_revision=now.revision, content=f"c{number}")
            times.append(time.perf_counter() - started)
        return times

    return act


def _all_at_once(acts: list[Callable[[], list[float]]]) -> list[float]:
    from django.db import connection

    found: list[float] = []

    def run(act: Callable[[], list[float]]) -> None:
        found.extend(act())
        connection.close()

    if len(acts) == 1:
        return acts[0]()
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def placing(name: str) -> Iterator[Row]:
    """Measure the sequencer on entries that wait, and the seal after one act."""
    from openlot.kernel import clock
    from openlot.trail.models import Entry
    from openlot.trail.sequencer import sequence
    from openlot.trail.services import seal_now

    n = 40_000
    now = clock.now()
    sequence()
    Entry.objects.bulk_create(
        (
            Entry(
                kind="bench",
                at=now,
                actor_ref="b",
                subject="b",
                salt=os.urandom(16),
                body=b"x" * 400,
            )
            for _k in range(n)
        ),
        batch_size=2_000,
    )
    started, spent = time.perf_counter(), time.process_time()
    sequence()
    took, spent = time.perf_counter() - started, time.process_time() - spent
    yield Row(f"{name}: place {n:,} entries ({n / took:,.0f}/s)", took)
    yield Row(f"{name}: its processor time ({n / spent:,.0f}/s)", spent)
    seal_now()

    def seal() -> None:
        Entry.objects.create(
            kind="bench", at=now, actor_ref="b", subject="b", salt=os.urandom(16), body=b"x"
        )
        seal_now()

    yield alone(f"{name}: seal after an act", seal, 15)


def proofs(name: str) -> Iterator[Row]:
    """Measure proofs out of a tree of many leaves, laid straight into tiles."""
    from openlot.trail.models import Checkpoint, Head
    from openlot.trail.reading import proof_at, tree_of

    plant(SIZE)
    head = Head.objects.get()
    tree = tree_of(head.size)
    from openlot.trail.frontier import root_of, split

    if tree.root() != root_of(split(bytes(head.frontier))):
        raise AssertionError("the planted tree does not hold together")
    checkpoint = Checkpoint(size=head.size, root=tree.root(), note="")
    step = head.size // 101
    places = iter(range(0, head.size, step))
    started = time.process_time()
    yield alone(
        f"{name}: proof at {head.size:,} leaves", lambda: proof_at(next(places), checkpoint), 99
    )
    yield Row(f"{name}: its processor time", (time.process_time() - started) / 99)
    sizes = iter(range(1, head.size, step))
    yield alone(
        f"{name}: consistency at {head.size:,} leaves",
        lambda: tree_of(head.size).consistency_path(next(sizes)),
        99,
    )


def plant(size: int) -> None:
    """Replace the tree by one of ``size`` made-up leaves: whole tiles, and rows for the last leaves."""
    from django.db import connection

    from fairdraw.tiles import WIDTH
    from openlot.trail.frontier import grow, root_of
    from openlot.trail.guards import raise_guards
    from openlot.trail.models import Entry, Head, Leaf, Tile

    tables = ("trail_leaf", "trail_tile", "trail_checkpoint")
    with connection.cursor() as cursor:
        _drop_guards(cursor, tables)
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
    raise_guards()
    tiles: list[Tile] = []
    level, count = 0, size
    above: list[bytes] = []
    frontier: list[bytes] = []
    entries = list(Entry.objects.order_by("pk").values_list("pk", flat=True)[:WIDTH])
    while count:
        roots: list[bytes] = []
        for number in range(count // WIDTH):
            first = number * WIDTH
            part = (
                [hashlib.sha256(b"%d" % (first + k)).digest() for k in range(WIDTH)]
                if level == 0
                else above[first : first + WIDTH]
            )
            top = root_of(grow(0, [], part))
            roots.append(top)
            tiles.append(Tile(level=level, number=number, root=top, hashes=b"".join(part)))
            if len(tiles) == 2_000:
                Tile.objects.bulk_create(tiles)
                tiles.clear()
        left = count % WIDTH
        first = count - left
        rest = (
            [hashlib.sha256(b"%d" % (first + k)).digest() for k in range(left)]
            if level == 0
            else above[first:]
        )
        if level == 0:
            Leaf.objects.bulk_create(
                Leaf(index=first + k, entry_id=entries[k], commitment=one, hash=one)
                for k, one in enumerate(rest)
            )
        frontier = grow(0, [], rest) + frontier
        above, count, level = roots, count // WIDTH, level + 1
    Tile.objects.bulk_create(tiles)
    Head.objects.update(size=size, frontier=b"".join(frontier))


def _drop_guards(cursor: Any, tables: tuple[str, ...]) -> None:
    from django.db import connection

    for table in tables:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER guard_{table}_delete")
        else:
            cursor.execute(f"DROP TRIGGER guard_delete ON {table}")
