"""Putting an entry and its parts into the database (写入留痕行): every act pays for this.

Two statements that never change: the same rows through the ORM cost a good deal more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from openlot.trail.events import Part
from openlot.trail.models import Entry

ENTRY = (
    'INSERT INTO "trail_entry" (uuid, kind, at, actor_ref, department_code, subject, salt, body)'
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)
PART = 'INSERT INTO "trail_privatepart" (entry_id, kind, salt, payload) VALUES (%s, %s, %s, %s)'
MORE = ", (%s, %s, %s, %s)"


def insert(entry: Entry, private: Mapping[Part, tuple[bytes, bytes]]) -> None:
    """Insert an entry with its private parts (写入留痕行), and give it its number.

    private   salt and payload of each part
    """
    connection = connections[DEFAULT_DB_ALIAS]
    native = connection.features.has_native_uuid_field
    row: list[Any] = [
        entry.uuid if native else entry.uuid.hex,
        entry.kind,
        connection.ops.adapt_datetimefield_value(entry.at),
        entry.actor_ref,
        entry.department_code,
        entry.subject,
        entry.salt,
        entry.body,
    ]
    with connection.cursor() as cursor:
        cursor.execute(ENTRY, row)
        (entry.pk,) = cursor.fetchone()
        rows: list[Any] = []
        for part, sealed in private.items():
            rows += (entry.pk, part.value, *sealed)
        cursor.execute(PART + MORE * (len(private) - 1), rows)
    entry._state.adding, entry._state.db = False, connection.alias
