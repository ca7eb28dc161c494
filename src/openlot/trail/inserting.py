"""Putting entries and their parts into the database (写入留痕行): every act pays for this.

Statements for some hundred entries at once, and for one entry some that never change: the same rows
through the ORM cost a good deal more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from openlot.trail.events import Part

ENTRY = (
    'INSERT INTO "trail_entry" (uuid, kind, at, actor_ref, department_code, subject, salt, body)'
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
MORE_ENTRIES = ", (%s, %s, %s, %s, %s, %s, %s, %s)"
NUMBERS = " RETURNING uuid, id"
PART = 'INSERT INTO "trail_privatepart" (entry_id, kind, salt, payload) VALUES (%s, %s, %s, %s)'
MORE_PARTS = ", (%s, %s, %s, %s)"
# PostgreSQL takes all in one statement: each further one is a way there and back.
WHOLE = (
    "WITH entry AS ({entries}), part (uuid, kind, salt, payload) AS (VALUES {parts}), put AS ("
    'INSERT INTO "trail_privatepart" (entry_id, kind, salt, payload)'
    " SELECT entry.id, part.kind, part.salt, part.payload FROM part JOIN entry USING (uuid))"
    " SELECT uuid, id FROM entry"
)
WHOLE_PART = "(%s::uuid, %s, %s::bytea, %s::bytea)"
COLUMNS = 8  # of an entry, and of its two parts together
AT_ONCE = 500


@dataclass(slots=True)
class Row:
    """An entry to be written (待写入留痕): lighter than a model, of which a file needs thousands.

    private   salt and payload of each part
    number    its primary key, once it is written
    """

    uuid: UUID
    kind: str
    at: datetime
    actor_ref: str
    department_code: str
    subject: str
    salt: bytes
    body: bytes
    private: Mapping[Part, tuple[bytes, bytes]]
    number: int = 0


def insert(rows: Sequence[Row]) -> None:
    """Insert entries with their private parts (写入留痕行), and give them their numbers."""
    connection = connections[DEFAULT_DB_ALIAS]
    most = connection.features.max_query_params
    size = min(AT_ONCE, most // COLUMNS) if most else AT_ONCE
    put = _at_one_go if connection.vendor == "postgresql" else _at_two
    for start in range(0, len(rows), size):
        put(connection, rows[start : start + size])


def _at_one_go(connection: BaseDatabaseWrapper, rows: Sequence[Row]) -> None:
    values = [value for row in rows for value in _values(row, row.uuid, row.at)]
    n_parts = 0
    for row in rows:
        for part, sealed in row.private.items():
            values += (row.uuid, part.value, *sealed)
            n_parts += 1
    statement = WHOLE.format(entries=_entries(rows), parts=", ".join([WHOLE_PART] * n_parts))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        numbers = dict(cursor.fetchall())
    for row in rows:
        row.number = numbers[row.uuid]


def _at_two(connection: BaseDatabaseWrapper, rows: Sequence[Row]) -> None:
    names = [row.uuid.hex for row in rows]
    values: list[Any] = []
    for row, name in zip(rows, names, strict=True):
        values += _values(row, name, str(row.at.astimezone(UTC).replace(tzinfo=None)))
    parts: list[Any] = []
    with connection.cursor() as cursor:
        cursor.execute(_entries(rows), values)
        numbers = dict(cursor.fetchall())
        for row, name in zip(rows, names, strict=True):
            row.number = numbers[name]
            for part, sealed in row.private.items():
                parts += (row.number, part.value, *sealed)
        cursor.execute(PART + MORE_PARTS * (len(parts) // 4 - 1), parts)


def _entries(rows: Sequence[Row]) -> str:
    return ENTRY + MORE_ENTRIES * (len(rows) - 1) + NUMBERS


def _values(row: Row, name: UUID | str, at: datetime | str) -> tuple[Any, ...]:
    return (
        name,
        row.kind,
        at,
        row.actor_ref,
        row.department_code,
        row.subject,
        row.salt,
        row.body,
    )
