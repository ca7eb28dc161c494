"""The one way to write the trail; only services call it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from uuid import uuid4

from django.db import connection, models, transaction

from fairdraw.logproof import commitment
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.trail.events import Event, Part, encoded, fields_by_part
from openlot.trail.inserting import Row, insert
from openlot.trail.sealing import seal_now
from openlot.trail.subjects import subject_of

BODY_LIMIT = 65_535
BODY_VERSION = 2
SALT = 16


def record(fact: Event, *, actor: Actor, subject: models.Model, department: str = "") -> Row:
    """Write ``fact`` in the caller's transaction (写入留痕).

    Who acted stands in the salted internal part: an opened body names nobody.

    returns   the entry as it was written; a model of it would cost each act a good deal more
    raises    RuntimeError outside a transaction: a change and its event stand or fall together
              ValueError when the body is larger than a log entry may be
    """
    (row,) = _write([(fact, subject)], actor, department)
    return row


def record_many(
    facts: Iterable[tuple[Event, models.Model]], *, actor: Actor, department: str = ""
) -> None:
    """Write many facts in the caller's transaction (批量写入留痕), each as ``record`` writes one.

    facts     what happened to what, in the order of their numbers; a file brings in thousands
    raises    RuntimeError, ValueError as ``record``
    """
    _write(facts, actor, department)


def _write(facts: Iterable[tuple[Event, models.Model]], actor: Actor, department: str) -> list[Row]:
    if not connection.in_atomic_block:
        raise RuntimeError("the trail is written in the transaction of the change it records")
    seals, rows = False, []
    for fact, subject in facts:
        rows.append(_row(fact, actor, subject_of(subject), department))
        seals = seals or fact.seals
    insert(rows)
    if seals:
        # A signer that fails undoes nothing: the worker catches up, and the desk shows the delay.
        transaction.on_commit(seal_now, robust=True)
    return rows


def _row(fact: Event, actor: Actor, subject: str, department: str) -> Row:
    """Return an entry with its final body, and the salted parts that the body commits to."""
    at = clock.now()
    parts = fields_by_part(fact)
    inside = {"actor": actor.ref, "fields": parts[Part.INTERNAL]}
    private = {Part.INTERNAL: (secrets.token_bytes(SALT), encoded(inside))}
    if parts[Part.PERSONAL]:
        private[Part.PERSONAL] = (secrets.token_bytes(SALT), encoded(parts[Part.PERSONAL]))
    body = encoded(
        {
            "v": BODY_VERSION,
            "kind": fact.kind,
            "kv": fact.kind_version,
            "at": at.isoformat(),
            "dept": department,
            "subject": subject,
            "public": parts[Part.PUBLIC],
            **{part.value: commitment(*sealed) for part, sealed in private.items()},
        }
    )
    if len(body) > BODY_LIMIT:
        raise ValueError(f"{fact.kind}: a body of {len(body)} bytes is too large for the log")
    salt = secrets.token_bytes(SALT)
    return Row(uuid4(), fact.kind, at, actor.ref, department, subject, salt, body, private)
