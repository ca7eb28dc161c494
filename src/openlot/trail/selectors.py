"""Reading the trail."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Count, Max

from openlot.kernel.actor import Actor
from openlot.trail.events import REGISTRY, Part, PersonalPartShredded, fields_marked
from openlot.trail.models import Entry, Leaf, PrivatePart
from openlot.trail.searching import Plain, midnight
from openlot.trail.subjects import subject_of

CHAPTER = 100
_AT_ONCE = 500  # names in one statement


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of the story of some objects (办理留痕), oldest first.

    earlier   the number before which earlier entries lie, None when there are none
    """

    entries: list[Entry]
    earlier: int | None


def story(*objects: models.Model, before: int | None = None) -> Chapter:
    """Return what happened to these objects (办理留痕): the last entries, or those before one."""
    rows = Entry.objects.filter(subject__in=[subject_of(obj) for obj in objects])
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-id")[: CHAPTER + 1])
    kept = found[:CHAPTER][::-1]
    return Chapter(kept, kept[0].pk if len(found) > CHAPTER else None)


def entries_about(objects: Iterable[models.Model]) -> list[Entry]:
    """Return every entry about some objects (全部留痕), oldest first, however many they are."""
    names = list(dict.fromkeys(subject_of(obj) for obj in objects))
    found: list[Entry] = []
    for start in range(0, len(names), _AT_ONCE):
        found += Entry.objects.filter(subject__in=names[start : start + _AT_ONCE])
    return sorted(found, key=lambda entry: entry.pk)


@dataclass(frozen=True, slots=True)
class Parts:
    """The fields of an entry by who may read them (按密级分组的字段).

    erased    the personal fields that the entry had until they were erased
    """

    public: dict[str, Any]
    internal: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] = field(default_factory=dict)
    erased: tuple[str, ...] = ()


def parts_of(entries: Sequence[Entry]) -> dict[int, Parts]:
    """Return the fields of entries by primary key (留痕字段); who may read them is for the caller."""
    private: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    keys = [entry.pk for entry in entries]
    for start in range(0, len(keys), _AT_ONCE):
        for part in PrivatePart.objects.filter(entry__in=keys[start : start + _AT_ONCE]):
            fields = json.loads(bytes(part.payload))
            # Since version 2 of the body the internal part says who acted, beside the own fields.
            inside = fields["fields"] if set(fields) == {"actor", "fields"} else fields
            private[part.entry_id][part.kind] = inside
    found = {}
    for entry in entries:
        body, kept = json.loads(bytes(entry.body)), private[entry.pk]
        gone = Part.PERSONAL.value in body and Part.PERSONAL.value not in kept
        found[entry.pk] = Parts(body["public"], **kept, erased=_personal(body) if gone else ())
    return found


def _personal(body: dict[str, Any]) -> tuple[str, ...]:
    """Return the personal fields of an entry's kind; the part as a whole where they have changed."""
    kind = REGISTRY.get(body["kind"])
    if kind is None or kind.kind_version != body.get("kv"):
        return (Part.PERSONAL.value,)
    return fields_marked(kind, Part.PERSONAL)


def erased_at(entries: Sequence[Entry]) -> dict[int, datetime]:
    """Return when the personal part of entries was erased (销毁时间), by primary key of those."""
    subjects = {subject_of(entry): entry.pk for entry in entries}
    told = Entry.objects.filter(subject__in=list(subjects)).alias(told=Plain("kind"))
    rows = told.filter(told=PersonalPartShredded.kind).values_list("subject", "at")
    return {subjects[subject]: at for subject, at in rows}


def public_fields(entry: Entry) -> dict[str, Any]:
    """Return the public fields of an entry (公开字段)."""
    body: dict[str, Any] = json.loads(bytes(entry.body))
    fields: dict[str, Any] = body["public"]
    return fields


def newest(objects: Iterable[models.Model]) -> dict[int, Entry]:
    """Return the newest entry about each of some objects (最近留痕), by primary key."""
    keys = {subject_of(obj): obj.pk for obj in objects}
    last = Entry.objects.filter(subject__in=keys).order_by().values("subject").annotate(n=Max("pk"))
    found = Entry.objects.filter(pk__in=[row["n"] for row in last])
    return {keys[entry.subject]: entry for entry in found}


def has_told(actor: Actor, kind: str, obj: models.Model) -> bool:
    """Say whether somebody has done something to an object (本人办理记录)."""
    told = of_kind(obj, kind).alias(who=Plain("actor_ref"))
    return told.filter(who=actor.ref).exists()


def of_kind(obj: models.Model, kind: str) -> models.QuerySet[Entry]:
    """Return what was told of a kind about an object (对象的某类留痕), out of its own story."""
    rows = Entry.objects.filter(subject=subject_of(obj))
    return rows.alias(told=Plain("kind")).filter(told=kind)


def places_of(entries: Sequence[Entry]) -> dict[int, int]:
    """Return the indices of entries in the tree (存证序号) by primary key; who waits has none."""
    keys = [entry.pk for entry in entries]
    found: dict[int, int] = {}
    for start in range(0, len(keys), _AT_ONCE):
        rows = Leaf.objects.filter(entry__in=keys[start : start + _AT_ONCE])
        found |= dict(rows.values_list("entry_id", "index"))
    return found


def counts_since(kinds: Sequence[str], on: date) -> dict[str, int]:
    """Return how many entries of each kind there are since a day (近期次数), for kinds with any."""
    rows = Entry.objects.filter(kind__in=kinds, at__gte=midnight(on)).order_by()
    return dict(rows.values_list("kind").annotate(n=Count("pk")))
