"""Changes behind the platform's back are found, each of them, by the next nightly check."""

from __future__ import annotations

import secrets
import sqlite3

import pytest
from copies import Copies, act_on
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from logs import tell

from openlot.accounts.models import Department, User
from openlot.trail.drift import drifts
from openlot.trail.models import Touch
from openlot.trail.protection import BOUND, KEPT, TOLD

MODELS = {m._meta.db_table: m for m in apps.get_models()}


def by_update(table: str) -> int:
    """Change every row with one statement of raw SQL."""
    column = next(
        f.column
        for f in MODELS[table]._meta.concrete_fields
        if not f.primary_key and f.column not in TOLD[table]
    )
    value = "'x'" if TOLD[table] else f'"{column}"'
    return sql(f'UPDATE {table} SET "{column}" = {value}')


def by_bulk(table: str) -> int:
    """Change rows through the ORM, past services."""
    name = next(
        f.attname
        for f in MODELS[table]._meta.concrete_fields
        if not f.primary_key and f.column not in TOLD[table]
    )
    value = secrets.token_hex(4) if TOLD[table] else models.F(name)
    return MODELS[table].objects.update(**{name: value})


def by_delete(table: str) -> int:
    """Delete a row that nothing refers to."""
    key = keys(table)
    for row in MODELS[table].objects.order_by("-pk").values_list(*key)[:20]:
        try:
            with transaction.atomic():
                one = " AND ".join(
                    f"{name} = {value!r}" for name, value in zip(key, row, strict=True)
                )
                done = sql(f"DELETE FROM {table} WHERE {one}")
                connection.check_constraints()
                return done
        except DatabaseError:
            continue
    return 0


def keys(table: str) -> list[str]:
    """Return the columns of a table's primary key."""
    return [f.attname for f in MODELS[table]._meta.pk_fields]


def by_insert(table: str) -> int:
    """Slip a row in, a copy of one that is there."""
    row = MODELS[table].objects.first()
    if row is None:
        return 0
    row.pk = None
    row._state.adding = True
    unique = {n for c in row._meta.constraints for n in getattr(c, "fields", ())}
    for field in row._meta.concrete_fields:
        if not (field.unique or field.name in unique) or field.primary_key:
            continue
        if field.is_relation:
            taken = MODELS[table].objects.values(field.attname)
            free = field.related_model.objects.exclude(pk__in=taken).first()
            if free is not None:
                setattr(row, field.attname, free.pk)
        elif isinstance(field, models.CharField) and not field.choices:
            setattr(row, field.attname, secrets.token_hex(16)[: field.max_length])
        elif isinstance(field, models.IntegerField):
            setattr(row, field.attname, 30_000)
    models.Model.save(row, force_insert=True)
    return 1


def sql(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


HANDS = (by_update, by_bulk, by_delete, by_insert)


def attack() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Change each filled table by each hand, a transaction each; return what was done and found."""
    done: dict[str, set[str]] = {}
    found: dict[str, set[str]] = {}
    for table in TOLD:
        if not MODELS[table].objects.exists():
            continue
        for hand in HANDS:
            if hand is by_insert and table in BOUND:
                continue  # the entry's commitment tells of it: see tampering.py
            known = {d.token for d in drifts()}
            try:
                with transaction.atomic():
                    changed = hand(table)
            except DatabaseError:
                continue
            if changed:
                done.setdefault(table, set()).add(hand.__name__)
            if {d.relation for d in drifts() if d.token not in known} >= {table}:
                found.setdefault(table, set()).add(hand.__name__)
    return done, found


def test_every_change_without_an_event_is_found(copies: Copies):
    """By whatever hand and in whichever table: all are flagged, and the command fails."""
    name = copies.take()
    assert act_on(name, drifts) == []
    done, found = act_on(name, attack)
    assert found == done
    changeable = {t for t in done if t not in KEPT}
    assert all({"by_update", "by_bulk"} <= done[t] for t in changeable)
    assert sum(map(len, done.values())) > 100
    filled = act_on(name, lambda: {t for t in TOLD if MODELS[t].objects.exists()})
    assert len(done) >= len(filled) - 2
    with pytest.raises(CommandError) as ended:
        act_on(name, lambda: call_command("drift"))
    assert ended.value.returncode == 1


def test_what_is_told_or_undone_or_touches_nothing_is_no_drift(copies: Copies):
    """A change beside its event, a change rolled back, and a change of nothing are all in order."""
    name = copies.take()

    def told() -> None:
        with transaction.atomic():
            Department.objects.update(phone="1")
            tell()

    def undone() -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Department.objects.update(phone="2")
            raise ZeroDivisionError

    def nothing() -> None:
        with transaction.atomic():
            Department.objects.filter(pk=0).update(phone="3")

    def uncounted() -> None:
        User.objects.update(language="en", last_login="2026-11-20T00:00:00Z")

    for act in (told, undone, nothing, uncounted, told):
        act_on(name, act)
        assert act_on(name, drifts) == [], act


def test_an_event_of_another_transaction_hides_nothing(copies: Copies):
    """Told before, told after, told in a savepoint that was undone: still a drift."""
    name = copies.take()

    def between() -> list:
        tell()
        Department.objects.update(phone="1")
        tell()
        return drifts()

    def undone_inside() -> int:
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                tell()
                raise ZeroDivisionError
            Department.objects.update(phone="2")
        tell()
        return len(drifts())

    assert len(act_on(name, between)) >= 1
    before = act_on(name, lambda: len(drifts()))
    assert act_on(name, undone_inside) == before + 1


def test_one_transaction_has_one_name(copies: Copies):
    """All tables of an act bear its token, and no two acts share one."""
    name = copies.take()

    def act() -> set[str]:
        known = set(Touch.objects.values_list("token", flat=True))
        with transaction.atomic():
            Department.objects.update(phone="1")
            tell(3)
            User.objects.update(name="x")
        return set(Touch.objects.values_list("token", flat=True)) - known

    tokens = [act_on(name, act) for _n in range(5)]
    assert all(len(t) == 1 for t in tokens)
    assert len(set().union(*tokens)) == 5


def test_a_foreign_tool_cannot_write_protected_tables_on_sqlite(copies: Copies):
    """Without the function that names transactions, SQLite refuses the change itself."""
    if connection.vendor != "sqlite":
        return
    with sqlite3.connect(copies.take()) as tool:
        for table in TOLD:
            if tool.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:
                with pytest.raises(sqlite3.DatabaseError, match=r"openlot_token|append-only"):
                    key = ", ".join(keys(table))
                    last = f"SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 1"
                    tool.execute(f"DELETE FROM {table} WHERE ({key}) = ({last})")
    tool.close()
