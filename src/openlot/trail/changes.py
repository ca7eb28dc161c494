"""What a change puts in place of what (变更前后), as the trail keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.db import models

from openlot.trail.events import Internal, Personal, Public

Changes = Annotated[dict[str, list[str]], Internal]
PublicChanges = Annotated[dict[str, list[str]], Public]
PersonalChanges = Annotated[dict[str, list[str]], Personal]


def changes_of(obj: models.Model, new: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what differs (变更前后): field name to the text before and the text after.

    new       the values that ``obj`` is about to take, by field name
    """
    found: dict[str, list[str]] = {}
    for name, value in sorted(new.items()):
        before, after = as_text(getattr(obj, name)), as_text(value)
        if before != after:
            found[name] = [before, after]
    return found


def as_text(value: Any) -> str:
    """Return a value as the trail keeps it (留痕文本)."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "、".join(as_text(one) for one in value)
    return str(value)
