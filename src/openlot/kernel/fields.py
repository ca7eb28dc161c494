"""The field types that several apps share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from openlot.kernel import ids

if TYPE_CHECKING:
    TextField = models.CharField[str, str]
else:
    TextField = models.CharField


class PublicIdField(TextField):
    """The public number (对外编号) of a row: set once, unique, never the primary key."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(max_length=ids.LENGTH, unique=True, editable=False, default=ids.public_id)
        super().__init__(**kwargs)
