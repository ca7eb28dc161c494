"""Changes that nobody told (无留痕改动): of protected tables, and of an entry's own columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from fairdraw.logproof import commitment
from openlot.trail.models import Entry, Touch


@dataclass(frozen=True, slots=True)
class Drift:
    """A change that nobody told (无留痕改动): which table, what was done, in which transaction."""

    relation: str
    act: str
    token: str
    at: datetime


def drifts() -> list[Drift]:
    """Return the changes of protected tables without an event in their transaction (无留痕改动)."""
    told = Touch.objects.filter(token=OuterRef("token"), relation=Entry._meta.db_table)
    rows = Touch.objects.filter(~Exists(told)).order_by("at", "relation", "act")
    return [Drift(row.relation, row.act, row.token, row.at) for row in rows]


class Columns(NamedTuple):
    """What stands beside the sealed bytes of an entry (明文列)."""

    kind: str
    at: datetime
    actor_ref: str
    department_code: str
    subject: str


Sealed = tuple[str, bytes, bytes]  # kind, salt and payload of a private part


def disagreements(entry: Entry) -> list[str]:
    """Return which plain columns of an entry differ from its sealed bytes (明文列与密封内容不符)."""
    columns = Columns(*(getattr(entry, name) for name in Columns._fields))
    parts = [
        (part.kind, bytes(part.salt), bytes(part.payload)) for part in entry.private_parts.all()
    ]
    return differing(columns, json.loads(bytes(entry.body)), parts)


def differing(columns: Columns, body: Mapping[str, Any], parts: Iterable[Sealed]) -> list[str]:
    """Return which columns and private parts differ from what a body seals (不符的列与部分).

    Bodies of version 1 name the actor themselves; since version 2 the salted internal part does.
    """
    told = body.get("actor")
    if body["v"] > 1:
        told = None
    found = []
    for kind, salt, payload in parts:
        if body.get(kind) != commitment(salt, payload):
            found.append(kind)
        if kind == "internal" and body["v"] > 1:
            told = json.loads(payload)["actor"]
    sealed = (body["kind"], datetime.fromisoformat(body["at"]), told, body["dept"], body["subject"])
    if columns == sealed:
        return found
    pairs = zip(Columns._fields, columns, sealed, strict=True)
    return found + [name for name, kept, said in pairs if kept != said]
