"""What keeps the three administrators apart (三员分设): the database's guard, and that nobody passed it."""

from __future__ import annotations

from django.db import connection
from django.db.models import Count

from openlot.accounts.models import Grant, User
from openlot.kernel.actor import THREE_ADMINISTRATORS

_STANDING = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'accounts_grant'",
        {"accounts_grant_seat_given", "accounts_grant_seat_changed"},
    ),
    "postgresql": (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'accounts_grant'::regclass AND tgenabled = 'A'",
        {"accounts_grant_seat"},
    ),
}


def seat_faults() -> list[str]:
    """Return what breaks the separation of the three administrators (三员分设核查), in words."""
    faults = [
        f"User.{field.name}: no superuser exists on this platform"
        for field in User._meta.get_fields()
        if field.name in ("is_superuser", "is_staff", "user_permissions")
    ]
    query, wanted = _STANDING[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        standing = {row[0] for row in cursor.fetchall()}
    faults += [f"{name}: the database's guard is missing" for name in sorted(wanted - standing)]
    live = Grant.objects.filter(revoked_at=None)
    holders = live.filter(role__in=THREE_ADMINISTRATORS).values("user")
    counted = live.filter(user__in=holders).values("user__username").annotate(n=Count("pk"))
    faults += [
        f"{row['user__username']}: an administrator holds {row['n']} roles"
        for row in counted.filter(n__gt=1).order_by("user__username")
    ]
    return faults
