"""Who may see the strata of a draw (分层可见范围)."""

from __future__ import annotations

from openlot.draws.models import Draw
from openlot.rights.access import holds
from openlot.rights.perms import Perm
from openlot.tasks.models import Disclosure
from openlot.web.screens import StaffRequest


def closed_strata(request: StaffRequest, draw: Draw) -> bool:
    """Say whether strata must stay hidden: they mean classes, and the person may see none (T4)."""
    return draw.disclosure == Disclosure.PROOFS and not holds(request.actor, Perm.CREDIT_VIEW)
