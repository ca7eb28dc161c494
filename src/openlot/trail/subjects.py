"""How the trail names what an entry is about."""

from __future__ import annotations

from django.db import models


def subject_of(obj: models.Model) -> str:
    """Return how the trail names ``obj`` (留痕对象): ``app.Model:public id``."""
    name = getattr(obj, "public_id", None) or obj.pk
    return f"{obj._meta.label}:{name}"
