"""Erasing a person from the trail, which lies below rights and cannot ask for them itself."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.rights.access import require_any
from openlot.rights.perms import Perm
from openlot.trail.events import PersonalPartShredded
from openlot.trail.inserting import Row
from openlot.trail.models import Entry, PrivatePart
from openlot.trail.writer import record


@transaction.atomic
def shred(entry: Entry, reason: str, *, actor: Actor) -> Row:
    """Erase the personal part of an entry (销毁个人信息); what is public and proven stays.

    returns   the entry that tells of it
    raises    Denied, Invalid without a reason, Conflict when there is nothing personal
    law       PIPL art. 47
    """
    require_any(actor, Perm.TRAIL_SHRED)
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明销毁的依据和理由")})
    rows = PrivatePart.objects.filter(entry=entry, kind=PrivatePart.Kind.PERSONAL)
    if not rows.delete()[0]:
        raise Conflict(_("该条留痕没有个人信息，或已经销毁"))
    fact = PersonalPartShredded(entry=str(entry.uuid), reason=reason.strip())
    return record(fact, actor=actor, subject=entry, department=entry.department_code)
