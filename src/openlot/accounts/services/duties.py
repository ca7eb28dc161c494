"""The three named duties of a department (三类专人, M20): named, passed on, never forgotten."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts import events
from openlot.accounts.models import Duty, User
from openlot.accounts.services.granting import need_reason
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.lifecycle.fire import hold
from openlot.rights.access import require
from openlot.rights.perms import Perm
from openlot.trail.writer import record


@transaction.atomic
def name_for_duty(user: User, kind: str, *, actor: Actor) -> Duty:
    """Name a person for one of the three duties (明确专人, M20) of the person's department.

    raises    Denied, Invalid for somebody whose account is closed, Conflict when named already
    """
    hold(user)
    require(actor, Perm.DUTY_NAME, user.department)
    if not user.is_active:
        raise Invalid(fields={"user": _("该账号已停用，请选择在用账号")})
    if Duty.objects.filter(
        department=user.department, kind=kind, user=user, ended_at=None
    ).exists():
        raise Conflict(_("%(name)s已是该项专人"), name=user.name)
    duty = Duty.objects.create(
        department=user.department,
        kind=kind,
        user=user,
        named_at=clock.now(),
        named_by_ref=actor.ref,
    )
    fact = events.DutyNamed(duty=kind, username=user.username)
    record(fact, actor=actor, subject=user, department=user.department.code)
    return duty


@transaction.atomic
def relieve_of_duty(user: User, kind: str, *, reason: str, actor: Actor) -> Duty:
    """Relieve a person of a duty (免去专人); it stands in the department's history.

    raises    Denied, Invalid without a reason, Conflict when the person does not have it
    """
    require(actor, Perm.DUTY_NAME, user.department)
    need_reason(reason)
    duty = Duty.objects.filter(user=user, kind=kind, ended_at=None).first()
    if duty is None:
        raise Conflict(_("该用户不是这项专人，或已免去"))
    return end_duty(duty, reason=reason, actor=actor)


def end_duty(duty: Duty, *, reason: str, actor: Actor) -> Duty:
    """End one duty (结束专人职责) and tell the trail; who slower finds it ended does nothing."""
    changed = Duty.objects.filter(pk=duty.pk, ended_at=None).update(
        ended_at=clock.now(), ended_by_ref=actor.ref, ended_reason=reason
    )
    if changed:
        fact = events.DutyEnded(duty=duty.kind, username=duty.user.username, reason=reason)
        record(fact, actor=actor, subject=duty.user, department=duty.department.code)
    duty.refresh_from_db()
    return duty
