"""What a process that is to die needs to know: the settings, and where the copies are."""

from __future__ import annotations

import os
from pathlib import Path

from django.db import connection

TESTS = Path(__file__).parent.parent


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a process that acts on copies of the city."""
    known = connection.settings_dict
    url = f"sqlite:///{folder}/none.sqlite3"
    if connection.vendor == "postgresql":
        url = f"postgresql://{known['USER']}@/postgres?host={known['HOST']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "openlot.settings.test",
        "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(TESTS)]),
    }
