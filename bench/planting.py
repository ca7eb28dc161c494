"""Trails to measure on: many events at once, as the platform would have written them one by one."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
BATCH = 5_000
DAYS = 5 * 365
OLDEST = 20


@dataclass(frozen=True, slots=True)
class Fact:
    """One event to plant."""

    kind: str
    version: int
    at: datetime
    actor: str
    subject: str
    department: str = ""
    public: Mapping[str, Any] = field(default_factory=dict)
    internal: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)


def plant(facts: Iterable[Fact]) -> None:
    """Write facts with their private parts, many rows at a time."""
    from django.db import transaction

    from openlot.trail.models import Entry, PrivatePart

    waiting = iter(facts)
    while batch := list(islice(waiting, BATCH)):
        entries: list[Entry] = []
        parts: list[PrivatePart] = []
        for fact in batch:
            entry, private = _rows(fact)
            entries.append(entry)
            parts += private
        with transaction.atomic():
            Entry.objects.bulk_create(entries, 1_000)
            PrivatePart.objects.bulk_create(parts, 1_000)


def _rows(fact: Fact) -> tuple[Any, list[Any]]:
    from fairdraw.logproof import commitment
    from openlot.trail.events import canonical
    from openlot.trail.models import Entry, PrivatePart

    inside = {"actor": fact.actor, "fields": fact.internal}
    sealed = {"internal": (os.urandom(16), canonical(inside))}
    if fact.personal:
        sealed["personal"] = (os.urandom(16), canonical(fact.personal))
    told = {
        "v": 2,
        "kind": fact.kind,
        "kv": fact.version,
        "at": fact.at,
        "dept": fact.department,
        "subject": fact.subject,
        "public": fact.public,
        **{part: commitment(*pair) for part, pair in sealed.items()},
    }
    entry = Entry(
        kind=fact.kind,
        at=fact.at,
        actor_ref=fact.actor,
        department_code=fact.department,
        subject=fact.subject,
        salt=os.urandom(16),
        body=canonical(told),
    )
    return entry, [
        PrivatePart(entry=entry, kind=part, salt=salt, payload=payload)
        for part, (salt, payload) in sealed.items()
    ]


def sign_ins(n: int) -> Iterator[Fact]:
    """Yield events of signing in, each of another account."""
    from openlot.accounts.events import SignedIn
    from openlot.kernel import clock

    for k in range(n):
        yield Fact(
            kind=SignedIn.kind,
            version=SignedIn.kind_version,
            at=clock.now(),
            actor="user:bench",
            subject=f"accounts.User:{k:012d}",
            public={"method": "password"},
            personal={"address": f"10.0.{k % 250}.{k % 199}"},
        )


def years(
    n: int,
    until: datetime,
    patterns: Sequence[Fact],
    people: Sequence[tuple[str, str]],
    objects: Sequence[str],
) -> Iterator[Fact]:
    """Yield events of five years; a few kinds, people and objects are far busier than the others.

    patterns   an event of each kind
    people     references with their departments; the last one, and its department, acted long ago
    objects    as the trail names them

    Of the last pattern, the last person, its department and the last object only the oldest tell.
    """
    acting = [person for person in people if person[1] != people[-1][1]]
    common, acted_on = patterns[:-1], objects[:-1]
    dice = random.Random("openlot")
    for k in range(n):
        old = k < OLDEST
        person, department = people[-1] if old else _busy(dice, acting)
        yield replace(
            patterns[-1] if old else _busy(dice, common),
            at=until - timedelta(days=DAYS) * (1 - k / n),
            actor=person,
            subject=objects[-1] if old else _busy(dice, acted_on),
            department=department,
        )


def _busy(dice: random.Random, some: Sequence[T]) -> T:
    """Return one of some, the first far oftener than the last."""
    return some[int(len(some) * dice.random() ** 3)]


def told_so_far() -> list[Fact]:
    """Return one event of each kind that the trail holds, as a pattern for more."""
    from openlot.trail.models import Entry
    from openlot.trail.selectors import parts_of

    newest = {entry.kind: entry for entry in Entry.objects.order_by("pk").iterator()}
    parts = parts_of(list(newest.values()))
    return [
        Fact(
            kind=kind,
            version=json.loads(bytes(entry.body))["kv"],
            at=entry.at,
            actor=entry.actor_ref,
            subject=entry.subject,
            public=parts[entry.pk].public,
            internal=parts[entry.pk].internal,
            personal=parts[entry.pk].personal,
        )
        for kind, entry in sorted(newest.items())
    ]
