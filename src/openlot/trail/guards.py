"""Triggers that make the database itself refuse to rewrite (只增触发器), and the check that they stand."""

from __future__ import annotations

from types import ModuleType

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from openlot.kernel.errors import Misconfigured
from openlot.kernel.marks import clauses
from openlot.trail import guards_postgresql, guards_sqlite


def raise_guards(using: str = "default") -> None:
    """Create what guards are missing or differ (建立保护触发器); the owner runs it with each migration."""
    connection = connections[using]
    with transaction.atomic(using=using):
        _dialect(connection).raise_guards(connection)


def faults(using: str = "default") -> list[str]:
    """Return what is wrong with the guards (触发器检查), a sentence each; none when all stand."""
    connection = connections[using]
    if "trail_entry" not in connection.introspection.table_names():
        return [_("数据库尚未建立，请先运行 openlot migrate")]
    found: list[str] = _dialect(connection).faults(connection)
    return found


def require_guards(*, owner_refused: bool) -> None:
    """Refuse to go on when a guard is down (启动检查).

    owner_refused  true on a live platform: who owns the tables could take the guards down
    raises         Misconfigured with a sentence for each fault
    """
    found = faults()
    connection = connections["default"]
    if owner_refused and connection.vendor == "postgresql" and guards_postgresql.owns(connection):
        found.append(
            _("运行账号是数据表的所有者，可以撤下触发器；请用 openlot db-roles 建立的运行账号")
        )
    if found:
        raise Misconfigured(
            _("全程留痕的数据库保护不完整，平台拒绝启动：%(faults)s"), faults=clauses(found)
        )


def _dialect(connection: BaseDatabaseWrapper) -> ModuleType:
    return guards_postgresql if connection.vendor == "postgresql" else guards_sqlite
