"""The backup: how long it takes to write one of many events, to bring it back and to check it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.measure import Row
from bench.planting import plant, sign_ins
from tools.test_databases import cluster

SIZE = int(os.environ.get("BENCH_EVENTS", "1000000"))


def rows() -> Iterator[Row]:
    """Measure on SQLite, or on the database that ``BENCH_TRAIL`` names: sqlite or postgresql."""
    with tempfile.TemporaryDirectory(prefix="openlot-backup-") as name:
        folder = Path(name)
        os.environ["DJANGO_SETTINGS_MODULE"] = "openlot.settings.demo"
        os.environ["LOG_KEY_FILE"] = str(folder / "log.key")
        if os.environ.get("BENCH_TRAIL", "sqlite") == "sqlite":
            home = f"sqlite:///{folder}/home.sqlite3"
            yield from _measured("SQLite", home, f"sqlite:///{folder}/new.sqlite3", folder)
            return
        with cluster(durable=True) as address:
            yield from _measured("PostgreSQL", address, _second(address), folder)


def _second(address: str) -> str:
    import psycopg

    with psycopg.connect(address, autocommit=True) as server:
        server.execute("CREATE DATABASE restored TEMPLATE template0")
    return address.replace("/postgres?", "/restored?")


def _measured(name: str, home: str, new: str, folder: Path) -> Iterator[Row]:
    os.environ["DATABASE_URL"] = home
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from openlot.ops.backup.archive import open_archive
    from openlot.ops.backup.backup import back_up
    from openlot.ops.backup.mirror import Mirror, write_mirror
    from openlot.ops.backup.restore import plan_restore, restore
    from openlot.trail.keys import make_key
    from openlot.trail.services import seal_now

    call_command("migrate", verbosity=0)
    make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)
    plant(sign_ins(SIZE))
    yield Row(f"{name}: place and sign {SIZE:,} events", _seconds(seal_now))
    archive = folder / "kept.zip"
    took = _seconds(lambda: back_up(archive))
    yield Row(f"{name}: backup ({archive.stat().st_size >> 20:,} MiB)", took)
    yield Row(f"{name}: compare every byte with its seal", _seconds(lambda: open_archive(archive)))
    done = restore(archive, new, plan_restore(None, None))
    if done.size != SIZE:
        raise AssertionError("not everything came back")
    yield Row(f"{name}: restore, loading", done.milliseconds["load"] / 1000)
    yield Row(f"{name}: restore, check of levels 0 to 2", done.milliseconds["check"] / 1000)
    write = _seconds(lambda: write_mirror(folder / "mirror", private=False))
    yield Row(f"{name}: mirror, from nothing", write)
    whole = _seconds(Mirror(folder / "mirror").require_whole)
    yield Row(f"{name}: mirror, root rebuilt from files", whole)


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
