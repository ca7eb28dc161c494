"""The trail as an app: connections name their transactions, and migrating ends with guards up."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class TrailConfig(AppConfig):
    """The trail (全程留痕)."""

    name = "openlot.trail"

    def ready(self) -> None:
        """Listen to new connections, and to the end of a migration."""
        from openlot.trail.tokens import name_transactions  # noqa: PLC0415  # apps first

        connection_created.connect(name_transactions)
        post_migrate.connect(_raise_guards, sender=self)


def _raise_guards(*, using: str, **_signal: Any) -> None:
    from openlot.trail.guards import raise_guards  # noqa: PLC0415  # apps first

    raise_guards(using)
