"""The base of everything that has a life."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models

from openlot.kernel.fields import PublicIdField


class Stateful(models.Model):
    """A row whose state (状态) moves only along arrows; ``revision`` counts its moves."""

    public_id = PublicIdField()
    state = models.CharField(max_length=24)
    revision = models.PositiveIntegerField(default=1)

    states: ClassVar[type[models.TextChoices]]

    class Meta:
        abstract = True

    def get_state_display(self) -> str:
        """Return the words for the state (状态名称)."""
        return str(self.states(self.state).label)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write all but the state: a stale form can never move a row back."""
        if self.pk is not None and not self._state.adding:
            fields: Iterable[str] | None = kwargs.get("update_fields")
            names = (
                set(fields)
                if fields is not None
                else {field.name for field in self._meta.concrete_fields if not field.primary_key}
            )
            kwargs["update_fields"] = names - {"state", "revision"}
        super().save(*args, **kwargs)


def state_is_known(states: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """Return the constraint that only listed states are stored (状态合法)."""
    return models.CheckConstraint(condition=models.Q(state__in=list(states.values)), name=name)
