"""The one way to write the trail; only services call it."""

from __future__ import annotations

import hashlib
import secrets

from django.db import connection, models

from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.trail.events import Event, Part, canonical, fields_by_part
from openlot.trail.models import Entry, PrivatePart
from openlot.trail.subjects import subject_of

BODY_LIMIT = 65_535


def record(fact: Event, *, actor: Actor, subject: models.Model, department: str = "") -> Entry:
    """Write ``fact`` in the caller's transaction (写入留痕).

    raises    RuntimeError outside a transaction: a change and its event stand or fall together
              ValueError when the body is larger than a log entry may be
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the trail is written in the transaction of the change it records")
    at = clock.now()
    parts = fields_by_part(fact)
    private = {
        part: (secrets.token_bytes(16), canonical(parts[part]))
        for part in (Part.INTERNAL, Part.PERSONAL)
        if parts[part]
    }
    subject_ref = subject_of(subject)
    body = canonical(
        {
            "v": 1,
            "kind": fact.kind,
            "kv": fact.kind_version,
            "at": at,
            "actor": actor.ref,
            "dept": department,
            "subject": subject_ref,
            "public": parts[Part.PUBLIC],
            **{part.value: commitment(*sealed) for part, sealed in private.items()},
        }
    )
    if len(body) > BODY_LIMIT:
        raise ValueError(f"{fact.kind}: a body of {len(body)} bytes is too large for the log")
    entry = Entry.objects.create(
        kind=fact.kind,
        at=at,
        actor_ref=actor.ref,
        department_code=department,
        subject=subject_ref,
        salt=secrets.token_bytes(16),
        body=body,
    )
    for part, (salt, payload) in private.items():
        PrivatePart.objects.create(entry=entry, kind=part.value, salt=salt, payload=payload)
    return entry


def commitment(salt: bytes, payload: bytes) -> str:
    """Return the salted commitment (加盐承诺) of a part: hex SHA-256 of 0x02, salt, payload."""
    return hashlib.sha256(b"\x02" + salt + payload).hexdigest()


def leaf_bytes(entry: Entry) -> bytes:
    """Return the public leaf (公开叶子) of ``entry``: the commitment alone, kind and subject hidden."""
    return canonical({"v": 1, "c": commitment(bytes(entry.salt), bytes(entry.body))})
