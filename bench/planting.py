"""Trails to measure on: many events at once, as the platform would have written them one by one."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any, TypeVar, get_args, get_type_hints

T = TypeVar("T")
BATCH = 5_000
DAYS = 5 * 365
# What only the oldest entries hold, so that a search has to reach them.
OLDEST = 20
OLD_KIND = "draw.voided"


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
    n: int, until: datetime, people: Sequence[tuple[str, str]], objects: Sequence[str]
) -> Iterator[Fact]:
    """Yield events of five years, of all kinds; a few kinds, people and objects are far busier.

    people     references with their departments; the last one, and its department, acted long ago
    objects    as the trail names them; with the last one, nothing happened since long ago
    """
    kinds = _kinds()
    names = sorted(set(kinds) - {OLD_KIND})
    acting = [person for person in people if person[1] != people[-1][1]]
    acted_on = objects[:-1]
    dice = random.Random("openlot")
    for k in range(n):
        old = k < OLDEST
        kind = OLD_KIND if old else _busy(dice, names)
        version, public, internal, personal = kinds[kind]
        person, department = people[-1] if old else _busy(dice, acting)
        yield Fact(
            kind=kind,
            version=version,
            at=until - timedelta(days=DAYS) * (1 - k / n),
            actor=person,
            subject=objects[-1] if old else _busy(dice, acted_on),
            department=department,
            public=public,
            internal=internal,
            personal=personal,
        )


def _busy(dice: random.Random, some: Sequence[T]) -> T:
    """Return one of some, the first far oftener than the last."""
    return some[int(len(some) * dice.random() ** 3)]


def _kinds() -> dict[str, tuple[int, dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Return every kind of event with its version and values for its fields, by who reads them."""
    from django.apps import apps

    from openlot.trail.events import REGISTRY

    for config in apps.get_app_configs():
        if config.name.startswith("openlot.") and find_spec(f"{config.name}.events"):
            import_module(f"{config.name}.events")
    found = {}
    for kind, cls in REGISTRY.items():
        parts: dict[str, dict[str, Any]] = {"public": {}, "internal": {}, "personal": {}}
        for name, hint in get_type_hints(cls, include_extras=True).items():
            if name in cls.__dataclass_fields__:
                value, mark = get_args(hint)
                parts[mark.value][name] = _VALUES.get(value, {})
        found[kind] = (cls.kind_version, *parts.values())
    return found


_VALUES: dict[type, Any] = {str: "一项内容", int: 7, bool: True}
