"""How the trail names what an entry is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import models


def subject_of(obj: models.Model) -> str:
    """Return how the trail names ``obj`` (留痕对象): ``app.Model:public id``."""
    name = getattr(obj, "public_id", None) or obj.pk
    return f"{obj._meta.label}:{name}"


def by_kind(subjects: Iterable[str]) -> dict[str, list[str]]:
    """Return the public numbers of subjects by the model that they are rows of (按种类分组)."""
    found: dict[str, list[str]] = defaultdict(list)
    for subject in set(subjects):
        label, _colon, name = subject.partition(":")
        found[label].append(name)
    return found
