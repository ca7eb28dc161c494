"""Roles: given by two people, taken away by one, at once."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts import events
from openlot.accounts.models import AccountRequest, Grant, User, in_force
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.kernel.record import recorded
from openlot.lifecycle.fire import hold
from openlot.rights.access import may, require_one, scopes
from openlot.rights.perms import Perm
from openlot.rights.rules import GIVEN_BY_DEPARTMENTS, Scope, may_stand_together
from openlot.trail.writer import record

EITHER_SIDE = (Perm.ACCOUNT_REQUEST, Perm.ACCOUNT_DECIDE)


@transaction.atomic
def grant_role(user: User, role: Role, *, actor: Actor) -> Grant:
    """Give a role while the platform is being set up (初始授权); people ask and decide instead.

    raises    Denied for a person, Conflict
    """
    if not actor.is_system:
        raise Denied(_("授权须由一人申请、安全管理员决定"))
    hold(user)
    return give_role(user, role, actor=actor)


def give_role(
    user: User, role: Role, *, actor: Actor, request: AccountRequest | None = None
) -> Grant:
    """Give a role (授予角色) to a user whose row the caller holds.

    raises    Conflict when the user has it, or when an administrator would hold another role
    """
    refuse_two_seats(user, role)
    try:
        with transaction.atomic():
            grant = Grant.objects.create(
                user=user,
                role=role,
                request=request,
                ends_on=request.ends_on if request else None,
                granted_at=clock.now(),
                granted_by_ref=actor.ref,
            )
    except IntegrityError as error:
        raise Conflict(_("该用户已有此角色，或其角色与此互斥")) from error
    fact = events.RoleGranted(role=role, username=user.username)
    record(fact, actor=actor, subject=user, department=user.department.code)
    return grant


def refuse_two_seats(user: User, role: Role) -> None:
    """Refuse a role beside one it excludes (三员互斥).

    raises    Conflict
    """
    for grant in user.grants.filter(in_force()):
        if grant.role == role:
            raise Conflict(_("该用户已有“%(role)s”角色"), role=role.label)
        if not may_stand_together(Role(grant.role), role):
            raise Conflict(
                _("“%(held)s”与“%(wanted)s”互斥：系统、安全、审计管理员不得兼任，也不得兼办业务"),
                held=Role(grant.role).label,
                wanted=role.label,
            )


def may_take(user: User, role: Role | None = None, *, actor: Actor) -> bool:
    """Say whether the actor takes away a role, or all (能否收回): a city's role is the city's to take.

    Else a department's clerk could close whoever audits, guards or runs the platform from there.
    """
    roles = set(user.grants.filter(in_force()).values_list("role", flat=True))
    if ({role} if role else roles) <= GIVEN_BY_DEPARTMENTS:
        return any(may(actor, perm, user) for perm in EITHER_SIDE)
    return actor.is_system or any(Scope.ANYWHERE in scopes(actor, perm) for perm in EITHER_SIDE)


def require_taking(user: User, role: Role | None = None, *, actor: Actor) -> None:
    """Refuse whoever may not take a role, or all, away (校验收回权限).

    raises    Denied
    """
    require_one(actor, EITHER_SIDE, user)
    if not may_take(user, role, actor=actor):
        raise Denied(_("该人员持有全市性角色，须由平台管理员或安全管理员办理"))


@transaction.atomic
def revoke_role(user: User, role: Role, *, reason: str, actor: Actor) -> Grant:
    """Take a role away (撤销角色), at once: whoever may ask for it or decides on it may do so.

    raises    Denied, Invalid without a reason, Conflict when the user does not hold it
    """
    require_taking(user, role, actor=actor)
    need_reason(reason)
    hold(user)
    grant = user.grants.filter(role=role, revoked_at=None).first()
    if grant is None:
        raise Conflict(_("该用户没有这一角色，或已被撤销"))
    return end_grant(grant, reason=reason, actor=actor)


@transaction.atomic
def end_expired_grants(*, actor: Actor) -> int:
    """Write down the end of temporary grants whose last day is over (临时授权到期); return how many.

    The right itself ended with that day; this tells the trail.
    """
    over = Grant.objects.filter(revoked_at=None, ends_on__lt=clock.today())
    rows = list(over.select_related("user__department").order_by("pk"))
    for grant in rows:
        end_grant(grant, reason=recorded(_("临时授权到期")), actor=actor)
    return len(rows)


def end_grant(grant: Grant, *, reason: str, actor: Actor) -> Grant:
    """End one grant (结束授权) and tell the trail; who slower finds it ended does nothing."""
    changed = Grant.objects.filter(pk=grant.pk, revoked_at=None).update(
        revoked_at=clock.now(), revoked_by_ref=actor.ref, revoked_reason=reason
    )
    if changed:
        user = grant.user
        fact = events.RoleRevoked(role=grant.role, username=user.username, reason=reason)
        record(fact, actor=actor, subject=user, department=user.department.code)
    grant.refresh_from_db()
    return grant


def need_reason(reason: str) -> None:
    """Refuse an act without its reason (须写明原因).

    raises    Invalid
    """
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明原因")})
