"""Reading the trail."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import QuerySet

from openlot.kernel.actor import Actor
from openlot.trail.models import Entry
from openlot.trail.writer import subject_of


def story(*objects: models.Model) -> QuerySet[Entry]:
    """Return what happened to these objects (办理留痕), oldest first; at most the last 200."""
    names = [subject_of(obj) for obj in objects]
    newest = Entry.objects.filter(subject__in=names).order_by("-id").values("pk")[:200]
    return Entry.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).order_by("id")


def entries() -> QuerySet[Entry]:
    """Return the whole trail (全部留痕), newest first; the screen asks for the right to see it."""
    return Entry.objects.order_by("-id")


def public_fields(entry: Entry) -> dict[str, Any]:
    """Return the public fields of an entry (公开字段)."""
    body: dict[str, Any] = json.loads(bytes(entry.body))
    fields: dict[str, Any] = body["public"]
    return fields


def newest(objects: Iterable[models.Model]) -> dict[int, Entry]:
    """Return the newest entry about each of some objects (最近留痕), by primary key."""
    keys = {subject_of(obj): obj.pk for obj in objects}
    found = Entry.objects.filter(subject__in=keys).order_by("id")
    return {keys[entry.subject]: entry for entry in found}


def has_told(actor: Actor, kind: str, obj: models.Model) -> bool:
    """Say whether somebody has done something to an object (本人办理记录)."""
    return Entry.objects.filter(kind=kind, subject=subject_of(obj), actor_ref=actor.ref).exists()
