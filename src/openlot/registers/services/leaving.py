"""Who leaves a department leaves its register of inspectors (离岗出库), the same moment."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from openlot.accounts.leaving import ends_on_leaving
from openlot.accounts.models import User
from openlot.kernel.actor import Actor
from openlot.lifecycle.fire import fire, hold
from openlot.registers import events
from openlot.registers.machine import INSPECTOR
from openlot.registers.models import Inspector, InspectorState


@ends_on_leaving
def leave_register(user: User, reason: str) -> None:
    """Take a person who leaves out of the register (离岗出库), so that nobody draws them any more.

    Whoever closes or moves the account needs no right on the register: the event of that names
    them, in the same transaction. Another department enters the person anew, by its own act.
    """
    for row in user.inspectors.exclude(state=InspectorState.MOVED_OUT).order_by("pk"):
        hold(row)
        if row.state != InspectorState.MOVED_OUT:
            _move_out(row, reason, Actor.system("leaving"))


@transaction.atomic
def move_leavers_out(*, actor: Actor) -> int:
    """Take out of the register whoever left before that went by itself (补办离岗出库); return how many.

    Where every leaver was cut in time there is nobody.
    """
    closed = Q(user__closed_at__isnull=False, user__is_active=False)
    elsewhere = Q(user__isnull=False) & ~Q(user__department=F("department"))
    rows = Inspector.objects.exclude(state=InspectorState.MOVED_OUT).filter(closed | elsewhere)
    found = list(rows.order_by("pk"))
    for row in found:
        _move_out(row, _("账号已停用或者调往其他部门"), actor)
    return len(found)


def _move_out(row: Inspector, reason: str, actor: Actor) -> None:
    fire(row, INSPECTOR["move_out"], events.InspectorMovedOut(reason=reason), actor=actor)
