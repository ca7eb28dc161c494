"""Changes that nobody told (无留痕改动): of protected tables, and of an entry's own columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def disagreements(entry: Entry) -> list[str]:
    """Return which plain columns of an entry differ from its sealed bytes (明文列与密封内容不符).

    Bodies of version 1 name the actor themselves; since version 2 the salted internal part does.
    """
    body: dict[str, Any] = json.loads(bytes(entry.body))
    parts = {part.kind: part for part in entry.private_parts.all()}
    found = [
        kind
        for kind, part in parts.items()
        if body.get(kind) != commitment(bytes(part.salt), bytes(part.payload))
    ]
    inside = parts.get("internal")
    told = body.get("actor")
    if body["v"] > 1:
        told = json.loads(bytes(inside.payload))["actor"] if inside else None
    plain = {
        "kind": entry.kind == body["kind"],
        "at": entry.at == datetime.fromisoformat(body["at"]),
        "department_code": entry.department_code == body["dept"],
        "subject": entry.subject == body["subject"],
        "actor_ref": entry.actor_ref == told,
    }
    return found + [name for name, good in plain.items() if not good]
