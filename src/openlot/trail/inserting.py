"""Putting entries and their parts into the database (写入留痕行): every act pays for this.

Two statements for some hundred entries at once, and for one entry two that never change: the same
rows through the ORM cost a good deal more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
    for start in range(0, len(rows), size):
        _insert(connection, rows[start : start + size])


def _insert(connection: BaseDatabaseWrapper, rows: Sequence[Row]) -> None:
    native = connection.features.has_native_uuid_field
    values: list[Any] = []
    for row in rows:
        values += (
            row.uuid if native else row.uuid.hex,
            row.kind,
            connection.ops.adapt_datetimefield_value(row.at),
            row.actor_ref,
            row.department_code,
            row.subject,
            row.salt,
            row.body,
        )
    with connection.cursor() as cursor:
        cursor.execute(ENTRY + MORE_ENTRIES * (len(rows) - 1) + NUMBERS, values)
        numbers = dict(cursor.fetchall())
        parts: list[Any] = []
        for row in rows:
            row.number = numbers[row.uuid if native else row.uuid.hex]
            for part, sealed in row.private.items():
                parts += (row.number, part.value, *sealed)
        cursor.execute(PART + MORE_PARTS * (len(parts) // 4 - 1), parts)
