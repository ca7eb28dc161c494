"""The one way to write the trail; only services call it."""

from __future__ import annotations

import secrets

from django.db import connection, models, transaction

from fairdraw.logproof import commitment
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.trail.events import Event, Part, canonical, fields_by_part
from openlot.trail.inserting import insert
from openlot.trail.models import Entry
from openlot.trail.sealing import seal_now
from openlot.trail.subjects import subject_of

BODY_LIMIT = 65_535
BODY_VERSION = 2
SALT = 16


def record(fact: Event, *, actor: Actor, subject: models.Model, department: str = "") -> Entry:
    """Write ``fact`` in the caller's transaction (写入留痕).

    Who acted stands in the salted internal part: an opened body names nobody.

    raises    RuntimeError outside a transaction: a change and its event stand or fall together
              ValueError when the body is larger than a log entry may be
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the trail is written in the transaction of the change it records")
    at, subject_ref = clock.now(), subject_of(subject)
    parts = fields_by_part(fact)
    inside = {"actor": actor.ref, "fields": parts[Part.INTERNAL]}
    private = {Part.INTERNAL: (secrets.token_bytes(SALT), canonical(inside))}
    if parts[Part.PERSONAL]:
        private[Part.PERSONAL] = (secrets.token_bytes(SALT), canonical(parts[Part.PERSONAL]))
    body = canonical(
        {
            "v": BODY_VERSION,
            "kind": fact.kind,
            "kv": fact.kind_version,
            "at": at,
            "dept": department,
            "subject": subject_ref,
            "public": parts[Part.PUBLIC],
            **{part.value: commitment(*sealed) for part, sealed in private.items()},
        }
    )
    if len(body) > BODY_LIMIT:
        raise ValueError(f"{fact.kind}: a body of {len(body)} bytes is too large for the log")
    entry = Entry(
        kind=fact.kind,
        at=at,
        actor_ref=actor.ref,
        department_code=department,
        subject=subject_ref,
        salt=secrets.token_bytes(SALT),
        body=body,
    )
    insert(entry, private)
    if fact.seals:
        # A signer that fails undoes nothing: the worker catches up, and the desk shows the delay.
        transaction.on_commit(seal_now, robust=True)
    return entry
