"""The guards on SQLite (SQLite 保护触发器): made from the tables as they are."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from openlot.trail.protection import KEPT, TOLD, Kept, told_acts
from openlot.trail.tokens import FUNCTION

PREFIX = "guard_"
REFUSED = "SELECT RAISE(ABORT, 'append-only')"
QUEUE = (
    "CREATE TRIGGER guard_trail_entry_queue AFTER INSERT ON trail_entry"
    " BEGIN INSERT INTO trail_pending (entry_id) VALUES (NEW.id); END"
)


def wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the guards that must stand (应有触发器), by name, for the tables that exist."""
    tables = set(connection.introspection.table_names())
    made = {"guard_trail_entry_queue": QUEUE}
    for table, kept in KEPT.items():
        if table in tables:
            made.update(_kept(connection, table, kept))
    for table, ignored in {**TOLD, "trail_entry": ()}.items():
        if table in tables:
            made.update(_told(connection, table, ignored))
    return made


def _columns(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pragma_table_info(%s) ORDER BY cid", [table])
        return [name for (name,) in cursor.fetchall()]


def _unique(connection: BaseDatabaseWrapper, table: str) -> list[tuple[str, ...]]:
    """Return the columns of each key that no two rows may share."""
    keys: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT '', name FROM pragma_table_info(%s) WHERE pk > 0 UNION ALL"
            " SELECT i.name, c.name FROM pragma_index_list(%s) i, pragma_index_info(i.name) c"
            ' WHERE i."unique" AND NOT i.partial ORDER BY 1, 2',
            [table, table],
        )
        for key, column in cursor.fetchall():
            keys.setdefault(key, []).append(column)
    return list(dict.fromkeys(map(tuple, keys.values())))  # a primary key may have an index too


def _kept(connection: BaseDatabaseWrapper, table: str, kept: Kept) -> dict[str, str]:
    fixed = [c for c in _columns(connection, table) if c not in kept.changing]
    changed = " OR ".join(f'NEW."{c}" IS NOT OLD."{c}"' for c in fixed)
    known = " OR ".join(
        "(" + " AND ".join(f'"{c}" = NEW."{c}"' for c in key) + ")"
        for key in _unique(connection, table)
    )
    update = f" WHEN {changed}" if kept.changing else ""
    delete = f" WHEN NOT ({kept.shreds})" if kept.shreds else ""
    twice = f"EXISTS (SELECT 1 FROM {table} WHERE {known})"
    heads = {
        "update": f"BEFORE UPDATE ON {table}{update}",
        "delete": f"BEFORE DELETE ON {table}{delete}",
        "replace": f"BEFORE INSERT ON {table} WHEN {twice}",
    }
    return {
        (name := f"{PREFIX}{table}_{act}"): f"CREATE TRIGGER {name} {head} BEGIN {REFUSED}; END"
        for act, head in heads.items()
    }


def _told(connection: BaseDatabaseWrapper, table: str, ignored: tuple[str, ...]) -> dict[str, str]:
    made = {}
    for act in told_acts(table):
        name = f"{PREFIX}{table}_told_{act.lower()}"
        of = ""
        if act == "UPDATE" and ignored:
            counted = [f'"{c}"' for c in _columns(connection, table) if c not in ignored]
            of = f" OF {', '.join(counted)}"
        row = f"token = {FUNCTION}() AND relation = '{table}' AND act = '{act}'"
        made[name] = (
            f"CREATE TRIGGER {name} AFTER {act}{of} ON {table}"
            f" WHEN NOT EXISTS (SELECT 1 FROM trail_touch WHERE {row})"
            " BEGIN INSERT INTO trail_touch (token, relation, act, at)"
            f" VALUES ({FUNCTION}(), '{table}', '{act}', strftime('%Y-%m-%d %H:%M:%f', 'now'));"
            " END"
        )
    return made


def _standing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 6) = %s",
            [PREFIX],
        )
        return dict(cursor.fetchall())


def raise_guards(connection: BaseDatabaseWrapper) -> None:
    """Drop the guards that differ and create those that are missing (建立触发器)."""
    standing, needed = _standing(connection), wanted(connection)
    with connection.cursor() as cursor:
        for name in standing:
            if standing[name] != needed.get(name):
                cursor.execute(f'DROP TRIGGER "{name}"')
        for name, statement in needed.items():
            if standing.get(name) != statement:
                cursor.execute(statement)


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what is wrong (触发器检查): a guard that is gone or changed, or a pragma that is off."""
    standing = _standing(connection)
    found = [
        _("触发器 %(name)s 缺失或被改动") % {"name": name}
        for name, statement in wanted(connection).items()
        if standing.get(name) != statement
    ]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers")
        (on,) = cursor.fetchone()
    if not on:
        found.append(_("SQLite 的 recursive_triggers 未开启"))
    return found
