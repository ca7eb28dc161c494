"""Facts (事件) that the trail keeps: their kinds, their fields and their final bytes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import (
    Annotated,
    Any,
    ClassVar,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)


class Part(Enum):
    """Who may read a field of an event (字段密级)."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"


Public, Internal, Personal = Part.PUBLIC, Part.INTERNAL, Part.PERSONAL

PubStr = Annotated[str, Public]
PubInt = Annotated[int, Public]
PubBool = Annotated[bool, Public]
IntStr = Annotated[str, Internal]
IntInt = Annotated[int, Internal]
PerStr = Annotated[str, Personal]


@dataclasses.dataclass(frozen=True)
class Event:
    """One fact in the past tense (一条留痕事件).

    seals     whether the tree is signed as soon as the fact is committed
    """

    kind: ClassVar[str] = ""
    kind_version: ClassVar[int] = 0
    seals: ClassVar[bool] = False


E = TypeVar("E", bound=Event)

REGISTRY: dict[str, type[Event]] = {}


@dataclass_transform(frozen_default=True)
def event(kind: str, *, v: int, seals: bool = False) -> Callable[[type[E]], type[E]]:
    """Register an event class (登记事件种类) under ``kind``, version ``v``.

    seals     true for what people wait to see proven: a draw, a filing, a publication
    """

    def register(cls: type[E]) -> type[E]:
        made = dataclasses.dataclass(frozen=True)(cls)
        made.kind, made.kind_version, made.seals = kind, v, seals
        known = REGISTRY.setdefault(kind, made)
        if known.__qualname__ != made.__qualname__:
            raise TypeError(f"two events are called {kind}")
        return made

    return register


def fields_by_part(fact: Event) -> dict[Part, dict[str, Any]]:
    """Return the values of ``fact`` by who may read them (按密级分组)."""
    parts: dict[Part, dict[str, Any]] = {part: {} for part in Part}
    for name, part in _marks(type(fact)):
        parts[part][name] = _plain(getattr(fact, name))
    return parts


def fields_marked(kind: type[Event], part: Part) -> tuple[str, ...]:
    """Return the names of the fields of an event class that belong to a part (某一密级的字段)."""
    return tuple(name for name, mark in _marks(kind) if mark is part)


_MARKS: dict[type[Event], list[tuple[str, Part]]] = {}


def _marks(kind: type[Event]) -> list[tuple[str, Part]]:
    """Return each field of an event class with its mark; read once, since reading hints is slow."""
    if kind in _MARKS:
        return _MARKS[kind]
    hints = get_type_hints(kind, include_extras=True)
    found = []
    for field in dataclasses.fields(kind):
        hint = hints[field.name]
        marks = [m for m in get_args(hint)[1:] if isinstance(m, Part)]
        if get_origin(hint) is not Annotated or len(marks) != 1:
            raise TypeError(f"{kind.__name__}.{field.name} must be Public, Internal or Personal")
        found.append((field.name, marks[0]))
    return _MARKS.setdefault(kind, found)


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: object) -> bytes:
    """Return the final bytes (规范字节): JSON, keys sorted, compact, UTF-8, no floats."""
    return encoded(_plain(value))


def encoded(value: object) -> bytes:
    """Return the final bytes (规范字节) of what ``fields_by_part`` has made plain already."""
    return _encode(value).encode()


_PLAIN = frozenset({str, int, bool, type(None)})


def _plain(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, int | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {
            str(key): item if type(item) in _PLAIN else _plain(item) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [item if type(item) in _PLAIN else _plain(item) for item in value]
    raise TypeError(f"the trail keeps no {type(value).__name__}")


@event("trail.shredded", v=1)
class PersonalPartShredded(Event):
    """The personal part of an entry was erased."""

    entry: PubStr
    reason: IntStr


@event("log.witness_refused", v=1)
class WitnessRefused(Event):
    """A witness would not cosign a checkpoint: the log is not what it has seen."""

    witness: PubStr
    size: PubInt
    answer: PubStr


@event("log.restored", v=1)
class LogRestored(Event):
    """The database was restored from a backup, checked, and goes on from there."""

    archive_sha256: PubStr
    size: PubInt
    n_replayed: PubInt


@event("log.begun_anew", v=1)
class LogBegunAnew(Event):
    """A log of another name took the place of one that could not be continued; its first leaf."""

    last_checkpoint: PubStr
    reason: PubStr
    decided_by: IntStr


@event("backup.drilled", v=1)
class BackupDrilled(Event):
    """A backup was restored into a scratch database and checked, to see that it can be."""

    passed: PubBool
    n_entries: PubInt
    archive_bytes: PubInt
    backup_ms: PubInt
    load_ms: PubInt
    check_ms: PubInt
    fault: IntStr
