"""Whoever has an account already keeps the sign-in name as handle, and owns it for ever."""

from typing import Any

from django.db import migrations
from django.db.models import F

from openlot.kernel import clock


def keep_names(apps: Any, _schema: Any) -> None:
    """Copy each sign-in name to the handle and to the names ever used."""
    users, names = apps.get_model("accounts", "User"), apps.get_model("accounts", "LoginName")
    users.objects.update(handle=F("username"))
    now = clock.now()
    names.objects.bulk_create(
        names(user=user, name=user.username, since_at=now) for user in users.objects.order_by("pk")
    )


class Migration(migrations.Migration):
    """Fills handles and names."""

    dependencies = [("accounts", "0003_life")]
    operations = [migrations.RunPython(keep_names, migrations.RunPython.noop)]
