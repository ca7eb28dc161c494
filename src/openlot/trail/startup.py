"""What each process asks before it serves (启动检查)."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from openlot.kernel.errors import Misconfigured
from openlot.trail.guards import require_guards

REFUSED = 3  # the code by which a gunicorn worker says that starting it again is no use


def stand_or_exit() -> None:
    """End the process in words (拒绝启动) unless the database protects the trail."""
    try:
        require_guards(owner_refused=settings.OWNER_MAY_NOT_SERVE)
    except Misconfigured as refusal:
        _refuse(refusal.message)
    except DatabaseError as error:
        _refuse(_("无法连接数据库，平台拒绝启动：%(error)s") % {"error": error})


def _refuse(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.exit(REFUSED)
