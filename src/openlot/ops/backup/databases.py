"""Working on another database (切换数据库) than the one that DATABASE_URL names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend
from django.utils.translation import gettext_lazy as _

from openlot.kernel.errors import Invalid
from openlot.settings.env import database


@contextmanager
def working_on(url: str) -> Iterator[None]:
    """Let everything inside read and write the database at ``url`` (切换数据库).

    raises    Invalid for an address that is none
    """
    try:
        wanted: dict[str, Any] = database(url)
    except SystemExit as error:
        raise Invalid(_("%(url)s 不是数据库地址：%(error)s"), url=url, error=error) from error
    known = {**connections.settings["default"], **wanted, "CONN_MAX_AGE": 0}
    with _in_place_of_default(load_backend(known["ENGINE"]).DatabaseWrapper(known, "default")):
        yield


@contextmanager
def one_snapshot() -> Iterator[str]:
    """Let everything inside read PostgreSQL as it is now (一致快照), and yield the snapshot's name."""
    with _in_place_of_default(connections["default"].copy()):
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
        yield name


@contextmanager
def _in_place_of_default(made: BaseDatabaseWrapper) -> Iterator[None]:
    home = connections["default"]
    connections["default"] = made
    try:
        yield
    finally:
        made.close()
        connections["default"] = home


def require_empty() -> None:
    """Refuse a database that holds anything (只恢复到空库).

    raises    Invalid
    """
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        place = Path(name)
        if name == ":memory:" or not place.parent.is_dir():
            raise Invalid(_("%(name)s 的目录不存在"), name=name)
        taken = place.exists() and place.stat().st_size > 0
    else:
        taken = bool(connection.introspection.table_names(include_views=True))
    if taken:
        raise Invalid(_("数据库 %(name)s 不是空的；请恢复到一个新建的空数据库"), name=name)


def make_empty() -> None:
    """Take everything out of a database that was filled by a restore alone (清空恢复库)."""
    if connection.vendor == "sqlite":
        connection.close()
        place = Path(str(connection.settings_dict["NAME"]))
        for end in ("", "-wal", "-shm"):
            place.with_name(f"{place.name}{end}").unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
