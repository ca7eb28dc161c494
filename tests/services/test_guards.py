"""The database itself refuses to rewrite what is kept, and every change that nobody told is found."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from logs import key, tell

from openlot.kernel.errors import Misconfigured
from openlot.trail import guards, guards_postgresql, guards_sqlite
from openlot.trail.drift import drifts
from openlot.trail.models import Touch
from openlot.trail.protection import BOUND, KEPT, TOLD
from openlot.trail.sealing import seal_now

__all__ = ["key"]
pytestmark = pytest.mark.usefixtures("db", "today")
TABLES = {m._meta.db_table: m for m in apps.get_models()}

CHANGES = {"publication_publicrecord": "title = 'x'"}


def run(*statements: str) -> None:
    """Run statements as a foreign hand would."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refused(*statements: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        run(*statements)


def key_of(table: str) -> str:
    """Return the column that an attack aims at."""
    pk = TABLES[table]._meta.pk
    return "token" if isinstance(pk, models.CompositePrimaryKey) else pk.column


def fill(table: str) -> None:
    """Make sure that the table has a row."""
    if table in ("trail_checkpoint", "trail_leaf", "trail_tile"):
        tell(300)
        seal_now()
    if table == "trail_cosignature":
        run(
            "INSERT INTO trail_cosignature (size, witness, line, at) VALUES (1, 'w', 'l', '2026-01-01')"
        )
    if table == "draws_attestation":
        fields = {
            f.attname: {"draw_id": 1}.get(f.attname, _some(f))
            for f in TABLES[table]._meta.concrete_fields
            if not f.primary_key
        }
        TABLES[table](**fields).save(force_insert=True)


def _some(field: models.Field) -> object:
    if field.is_relation:
        return field.related_model.objects.values_list("pk", flat=True).first()
    if isinstance(field, models.DateTimeField):
        return "2026-01-01T00:00:00+00:00"
    return field.get_default() or "x"


@pytest.mark.parametrize("table", sorted(KEPT))
def test_kept_tables_refuse_every_rewriting(table: str, key):
    """Nobody updates, deletes, replaces or truncates, by whatever statement."""
    fill(table)
    assert TABLES[table].objects.exists(), "the attack needs a row"
    column = next(f.column for f in TABLES[table]._meta.concrete_fields if not f.primary_key)
    change = CHANGES.get(table, f'"{column}" = "{column}"')
    refused(f"UPDATE {table} SET {change}")
    only = "WHERE kind = 'internal'" if KEPT[table].shreds else ""
    refused(f"DELETE FROM {table} {only}")
    columns = ", ".join(f'"{f.column}"' for f in TABLES[table]._meta.concrete_fields)
    row = f"SELECT {columns} FROM {table} LIMIT 1"
    pk = ", ".join(f'"{f.column}"' for f in _key_fields(table))
    other = f"ON CONFLICT ({pk}) DO UPDATE SET " + CHANGES.get(
        table, f'"{column}" = excluded."{column}"'
    )
    refused(f"INSERT INTO {table} ({columns}) {row.replace('LIMIT', 'WHERE true LIMIT')} {other}")
    if connection.vendor == "sqlite":
        refused(f"INSERT OR REPLACE INTO {table} ({columns}) {row}")
        run("PRAGMA recursive_triggers=OFF")
        try:
            refused(f"REPLACE INTO {table} ({columns}) {row}")
        finally:
            run("PRAGMA recursive_triggers=ON")
    else:
        run("SET CONSTRAINTS ALL IMMEDIATE")
        refused(f"TRUNCATE {table} CASCADE")
        same = " AND ".join(f't."{f.column}" = s."{f.column}"' for f in _key_fields(table))
        merge = f"MERGE INTO {table} t USING {table} s ON {same} WHEN MATCHED THEN"
        refused(f"{merge} DELETE")
        merged = CHANGES.get(table, f'"{column}" = s."{column}"')
        refused(f"{merge} UPDATE SET {merged}")
        refused("SET LOCAL session_replication_role = replica", f"DELETE FROM {table} {only}")


def _key_fields(table: str) -> list[models.Field]:
    pk = TABLES[table]._meta.pk
    if isinstance(pk, models.CompositePrimaryKey):
        return list(pk.fields)
    return [pk]


def test_only_the_personal_part_can_be_deleted():
    """Shredding is possible; erasing who acted is not."""
    (entry,) = tell()
    run(f"DELETE FROM trail_privatepart WHERE entry_id = {entry.pk} AND kind = 'personal'")
    refused(f"DELETE FROM trail_privatepart WHERE entry_id = {entry.pk}")


def test_a_pragma_that_is_off_is_named():
    """SQLite without recursive triggers is refused at the start."""
    if connection.vendor == "postgresql":
        return
    run("PRAGMA recursive_triggers=OFF")
    try:
        with pytest.raises(Misconfigured, match="recursive_triggers"):
            guards.require_guards(owner_refused=False)
    finally:
        run("PRAGMA recursive_triggers=ON")


class TestDrift:
    """A change of a protected table without an event in its transaction."""

    def test_the_whole_demo_city_was_told(self):
        """Nothing that the services do is a false alarm; the command says so and exits 0."""
        assert Touch.objects.values("token").distinct().count() > 1_000
        assert drifts() == []
        call_command("drift")

    def test_touches_name_every_told_table_that_was_filled(self):
        """The city has filled almost every protected table, and the triggers have seen it."""
        seen = set(Touch.objects.values_list("relation", flat=True))
        filled = {t for t in TOLD if TABLES[t].objects.exists() and t not in BOUND}
        assert filled - seen == set()
        assert len(filled) > 35


class TestTheGuards:
    """The check that they stand."""

    def test_all_stand_after_migrating(self):
        """Migrating ends with every guard up."""
        assert guards.faults() == []
        guards.require_guards(owner_refused=False)

    def test_a_guard_that_is_gone_is_named(self):
        """Whichever one is dropped, the platform refuses to start and names it."""
        for name, table in _all_guards():
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                run(f"DROP TRIGGER {name}{on}")
                with pytest.raises(Misconfigured, match=name):
                    guards.require_guards(owner_refused=False)
                raise ZeroDivisionError

    def test_what_is_gone_is_raised_again_by_the_next_migration(self):
        """The owner's next migration puts up what was taken down."""
        for name, table in _all_guards()[::9]:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            run(f"DROP TRIGGER {name}{on}")
        assert len(guards.faults()) > 10
        guards.raise_guards()
        assert guards.faults() == []

    def test_a_guard_that_does_something_else_is_named(self):
        """The name alone is not enough."""
        if connection.vendor == "sqlite":
            run(
                "DROP TRIGGER guard_trail_leaf_delete",
                "CREATE TRIGGER guard_trail_leaf_delete BEFORE DELETE ON trail_leaf"
                " BEGIN SELECT 1; END",
            )
            assert len(guards.faults()) == 1
            return
        run(
            "CREATE OR REPLACE FUNCTION guard_keep() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RETURN NEW; END $$"
        )
        assert any("guard_keep" in words for words in guards.faults())
        run("ALTER TABLE trail_leaf DISABLE TRIGGER guard_delete")
        run("ALTER TABLE trail_tile ENABLE TRIGGER guard_delete")
        assert len(guards.faults()) == 3

    def test_an_empty_database_is_told_to_migrate(self, monkeypatch):
        """No table at all is a refusal in words, not a traceback."""
        monkeypatch.setattr(connection.introspection, "table_names", lambda: [])
        with pytest.raises(Misconfigured, match="openlot migrate"):
            guards.require_guards(owner_refused=False)


def _all_guards() -> list[tuple[str, str]]:
    if connection.vendor == "sqlite":
        return [(name, "") for name in guards_sqlite.wanted(connection)]
    tables = set(connection.introspection.table_names())
    return [(guard.name, guard.table) for guard in guards_postgresql.wanted(tables)]
