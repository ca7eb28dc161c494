"""The guards on PostgreSQL (PostgreSQL 保护触发器): functions, and triggers that always fire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from openlot.trail.protection import KEPT, TOLD, told_acts

PREFIX = "guard_"
TOKEN = (
    "pg_catalog.pg_current_xact_id()::text || '-'"
    " || (extract(epoch from pg_catalog.transaction_timestamp()) * 1000000)::bigint"
)
TOUCH = (
    "INSERT INTO public.trail_touch (token, relation, act, at)"
    f" VALUES ({TOKEN}, TG_TABLE_NAME, TG_OP, pg_catalog.clock_timestamp())"
    " ON CONFLICT DO NOTHING;"
)
# Only rows that changed count: an update that found nothing needs no event.
FUNCTIONS = {
    "guard_keep": """BEGIN
  IF TG_OP = 'UPDATE' AND TG_NARGS > 0 AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END""",
    "guard_queue": f"""BEGIN
  INSERT INTO public.trail_pending (entry_id) VALUES (NEW.id);
  {TOUCH}
  RETURN NULL;
END""",
    "guard_told": f"""BEGIN
  IF EXISTS (SELECT FROM changed) THEN
    {TOUCH}
  END IF;
  RETURN NULL;
END""",
    "guard_told_but": f"""BEGIN
  IF EXISTS (SELECT to_jsonb(a) - TG_ARGV FROM changed a
             EXCEPT SELECT to_jsonb(b) - TG_ARGV FROM before b) THEN
    {TOUCH}
  END IF;
  RETURN NULL;
END""",
    "guard_told_all": f"BEGIN {TOUCH} RETURN NULL; END",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger (触发器): its name, table, function and the words that create it."""

    name: str
    table: str
    function: str
    head: str


def wanted(tables: set[str]) -> Iterator[Guard]:
    """Yield the triggers that must stand (应有触发器) on the tables that exist."""
    yield Guard(
        "guard_queue", "trail_entry", "guard_queue()", "AFTER INSERT ON trail_entry FOR EACH ROW"
    )
    for table, kept in KEPT.items():
        if table not in tables:
            continue
        but = ", ".join(f"'{c}'" for c in kept.changing)
        yield Guard(
            "guard_update", table, f"guard_keep({but})", f"BEFORE UPDATE ON {table} FOR EACH ROW"
        )
        when = f" WHEN (NOT ({kept.shreds}))" if kept.shreds else ""
        yield Guard(
            "guard_delete", table, "guard_keep()", f"BEFORE DELETE ON {table} FOR EACH ROW{when}"
        )
        yield Guard(
            "guard_truncate",
            table,
            "guard_keep()",
            f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
        )
    for table, ignored in TOLD.items():
        if table in tables:
            yield from _told(table, ignored)


def _told(table: str, ignored: tuple[str, ...]) -> Iterator[Guard]:
    for act in told_acts(table):
        function, before, rows = "guard_told()", "", "OLD" if act == "DELETE" else "NEW"
        if act == "UPDATE" and ignored:
            function = "guard_told_but(" + ", ".join(f"'{c}'" for c in ignored) + ")"
            before = "OLD TABLE AS before "
        yield Guard(
            f"guard_told_{act.lower()}",
            table,
            function,
            f"AFTER {act} ON {table} REFERENCING {before}{rows} TABLE AS changed"
            " FOR EACH STATEMENT",
        )
    yield Guard(
        "guard_told_truncate",
        table,
        "guard_told_all()",
        f"AFTER TRUNCATE ON {table} FOR EACH STATEMENT",
    )


def _function(name: str, body: str) -> str:
    # They run with the owner's rights: the serving role itself may write neither work list nor touch.
    return (
        f"CREATE OR REPLACE FUNCTION public.{name}() RETURNS trigger"
        f" LANGUAGE plpgsql SECURITY DEFINER AS $guard${body}$guard$"
    )


def raise_guards(connection: BaseDatabaseWrapper) -> None:
    """Create functions and triggers that are missing or differ (建立触发器), each firing always."""
    guards = list(wanted(set(connection.introspection.table_names())))
    standing = _standing(connection)
    with connection.cursor() as cursor:
        for table, name in standing.keys() - {(guard.table, guard.name) for guard in guards}:
            cursor.execute(f"DROP TRIGGER {name} ON {table}")
        for name, body in FUNCTIONS.items():
            cursor.execute(_function(name, body))
        for guard in guards:
            if not _stands(standing.get((guard.table, guard.name)), guard):
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}")
                cursor.execute(
                    f"CREATE TRIGGER {guard.name} {guard.head} EXECUTE FUNCTION {guard.function}"
                )
                cursor.execute(f"ALTER TABLE {guard.table} ENABLE ALWAYS TRIGGER {guard.name}")


def _standing(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], tuple[str, str]]:
    """Return each guard's firing mode and definition, by table and name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled::text, pg_get_triggerdef(t.oid)"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgname LIKE 'guard\\_%'"
        )
        return {(table, name): (mode, told) for table, name, mode, told in cursor.fetchall()}


def _stands(found: tuple[str, str] | None, guard: Guard) -> bool:
    if found is None:
        return False
    mode, told = found
    act = guard.head.split(" ON ", 1)[0]
    # PostgreSQL words a trigger its own way: timing, act and function decide.
    return (
        mode == "A"
        and f" {act} ON " in told
        and told.endswith(f"EXECUTE FUNCTION {guard.function}")
        and (" WHEN " in guard.head) == (" WHEN " in told)
    )


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what is wrong (触发器检查): a guard that is gone, switched off or another one."""
    standing = _standing(connection)
    tables = set(connection.introspection.table_names())
    found = [
        _("表 %(table)s 的触发器 %(name)s 缺失、被停用或被改动")
        % {"table": guard.table, "name": guard.name}
        for guard in wanted(tables)
        if not _stands(standing.get((guard.table, guard.name)), guard)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'guard\\_%' AND prosecdef"
        )
        sources = dict(cursor.fetchall())
    return found + [
        _("函数 %(name)s 缺失或被改动") % {"name": name}
        for name, body in FUNCTIONS.items()
        if sources.get(name) != body
    ]


def owns(connection: BaseDatabaseWrapper) -> bool:
    """Say whether the serving role owns the trail, or is above owning (是否表所有者)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, c.relowner, 'MEMBER') OR r.rolsuper"
            " FROM pg_class c, pg_roles r"
            " WHERE c.oid = 'trail_entry'::regclass AND r.rolname = current_user"
        )
        return bool(cursor.fetchone()[0])
