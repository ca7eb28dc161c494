"""Two people for what gives rights (双人授权): one asks, another decides, both with their reasons."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts import events
from openlot.accounts.machine import REQUEST
from openlot.accounts.models import AccountRequest, Department, RequestState, User
from openlot.accounts.services.departments import need_standing, place_department
from openlot.accounts.services.granting import (
    end_grant,
    give_role,
    need_reason,
    refuse_two_seats,
)
from openlot.accounts.services.life import (
    make_account,
    move_account,
    refuse_used_name,
    rename_account,
    reopen_account,
)
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.kernel.record import recorded
from openlot.lifecycle.fire import create, fire, hold
from openlot.rights.access import may, require
from openlot.rights.perms import Perm
from openlot.rights.rules import GIVEN_BY_DEPARTMENTS

Kind = AccountRequest.Kind
LOGIN_NAME = re.compile(r"[a-z][a-z0-9-]{3,38}[a-z0-9]")


def request_opening(
    *,
    department: Department,
    username: str,
    name: str,
    role: Role | None,
    reason: str,
    actor: Actor,
    ends_on: date | None = None,
) -> AccountRequest:
    """Ask for an account (申请开通账号), with its first role.

    raises    Denied, Invalid, Conflict for a name that is or was somebody's
    """
    _check_names(username, name)
    refuse_used_name(username)
    if role is not None:
        _check_role(role, department, actor, ends_on)
    return _ask(
        Kind.OPEN,
        department,
        reason=reason,
        actor=actor,
        username=username,
        name=name,
        role=role or "",
        ends_on=ends_on,
    )


def request_grant(
    user: User, role: Role, *, reason: str, actor: Actor, ends_on: date | None = None
) -> AccountRequest:
    """Ask for a role (申请授权): a department for its own people what it may give, else the bureau.

    raises    Denied, Invalid, Conflict beside a role that it excludes
    """
    _need_open(user)
    _check_role(role, user.department, actor, ends_on)
    refuse_two_seats(user, role)
    return _ask(
        Kind.GRANT,
        user.department,
        user=user,
        role=role,
        ends_on=ends_on,
        reason=reason,
        actor=actor,
    )


def request_move(user: User, to: Department, *, reason: str, actor: Actor) -> AccountRequest:
    """Ask to move a person to another department (申请调动)."""
    _need_open(user)
    if to == user.department:
        raise Invalid(fields={"to_department": _("该用户已在这个部门，请选择其他部门")})
    return _ask(Kind.MOVE, user.department, user=user, to_department=to, reason=reason, actor=actor)


def request_reopening(user: User, *, reason: str, actor: Actor) -> AccountRequest:
    """Ask to reopen a closed or locked account (申请恢复账号)."""
    if user.is_active:
        raise Conflict(_("该账号正常使用中，无需恢复"))
    return _ask(Kind.REOPEN, user.department, user=user, reason=reason, actor=actor)


def request_renaming(
    user: User, *, username: str, name: str, reason: str, actor: Actor
) -> AccountRequest:
    """Ask for another sign-in name or shown name (申请变更账号名称, M10).

    raises    Denied, Invalid when nothing would change, Conflict for a name that was somebody's
    """
    _need_open(user)
    username, name = username or user.username, name or user.name
    if (username, name) == (user.username, user.name):
        raise Invalid(fields={"name": _("请填写新的登录名或姓名")})
    if username != user.username:
        _check_names(username, name)
        refuse_used_name(username)
    return _ask(
        Kind.RENAME,
        user.department,
        user=user,
        username=username,
        name=name,
        reason=reason,
        actor=actor,
    )


@transaction.atomic
def request_placing(
    department: Department, parent: Department | None, *, reason: str, actor: Actor
) -> AccountRequest:
    """Ask to put a department under another (申请变更上级机构): the one above sees its rows.

    raises    Denied, Invalid, Conflict while the same is being asked
    """
    require(actor, Perm.DEPARTMENT_REGISTER, department)
    need_standing(department)
    if parent == department.parent:
        raise Invalid(fields={"to_department": _("该部门的上级机构已是如此，请选择其他部门")})
    open_ones = AccountRequest.objects.filter(department=department, kind=Kind.PLACE)
    if open_ones.filter(state=RequestState.REQUESTED).exists():
        raise Conflict(_("同样的申请已在等待决定，请勿重复提出"))
    return _ask(Kind.PLACE, department, to_department=parent, reason=reason, actor=actor)


@transaction.atomic
def approve_request(
    request: AccountRequest, *, opinion: str, actor: Actor, at_revision: int | None = None
) -> AccountRequest:
    """Approve a request (批准申请), and let what it asks for come into force at once.

    raises    Denied for whoever asked and for whom it concerns, StaleState, Conflict, Invalid
    """
    _refuse_own(request, actor)
    fact = events.RequestApproved(asked=request.kind, opinion=opinion)
    approved = fire(
        request,
        REQUEST[_arrow("approve", request)],
        fact,
        actor=actor,
        at_revision=at_revision,
        decided_at=clock.now(),
        decided_by_ref=actor.ref,
        opinion=opinion,
    )
    if approved.user is not None:
        hold(approved.user)
    CARRY_OUT[Kind(approved.kind)](approved, actor)
    return approved


def refuse_request(request: AccountRequest, *, reason: str, actor: Actor) -> AccountRequest:
    """Refuse a request (不同意申请) with the reason.

    raises    Denied for whoever asked and for whom it concerns, Invalid, StaleState
    """
    _refuse_own(request, actor)
    need_reason(reason)
    return fire(
        request,
        REQUEST[_arrow("refuse", request)],
        events.RequestRefused(asked=request.kind, reason=reason),
        actor=actor,
        decided_at=clock.now(),
        decided_by_ref=actor.ref,
        opinion=reason,
    )


def withdraw_request(request: AccountRequest, *, reason: str, actor: Actor) -> AccountRequest:
    """Withdraw a request that nobody has decided (撤回申请)."""
    need_reason(reason)
    fact = events.RequestWithdrawn(asked=request.kind, reason=reason)
    return fire(request, REQUEST[_arrow("withdraw", request)], fact, actor=actor)


def _arrow(act: str, request: AccountRequest) -> str:
    return f"{act}_name" if request.kind == Kind.RENAME else act


@transaction.atomic
def _ask(
    kind: AccountRequest.Kind,
    department: Department,
    *,
    reason: str,
    actor: Actor,
    **fields: object,
) -> AccountRequest:
    need_reason(reason)
    user, to, ends_on = (fields.get(name) for name in ("user", "to_department", "ends_on"))
    fact = events.AccountRequested(
        asked=kind,
        department=department.code,
        role=str(fields.get("role", "")),
        to_department=to.code if isinstance(to, Department) else "",
        ends_on=ends_on.isoformat() if isinstance(ends_on, date) else "",
        username=user.username if isinstance(user, User) else str(fields.get("username", "")),
        reason=reason,
        name=str(fields.get("name", "")),
    )
    arrow = REQUEST["ask_name" if kind == Kind.RENAME else "ask"]
    try:
        with transaction.atomic():
            return create(
                AccountRequest,
                arrow,
                fact,
                actor=actor,
                kind=kind,
                department=department,
                reason=reason,
                requested_at=clock.now(),
                requested_by_ref=actor.ref,
                **fields,
            )
    except IntegrityError as error:
        raise Conflict(_("同样的申请已在等待决定，请勿重复提出")) from error


def _refuse_own(request: AccountRequest, actor: Actor) -> None:
    if request.requested_by_ref == actor.ref:
        raise Denied(_("申请人不能决定自己提出的申请"))
    if request.user_id is not None and request.user_id == actor.user_id:
        raise Denied(_("不能决定涉及本人的申请"))


def _need_open(user: User) -> None:
    if not user.is_active:
        raise Conflict(_("该账号已停用，请先申请恢复"))


def _check_names(username: str, name: str) -> None:
    if not LOGIN_NAME.fullmatch(username):
        raise Invalid(
            fields={"username": _("登录名须为 5 至 40 位小写字母、数字或连字符，以字母开头")}
        )
    if not name.strip():
        raise Invalid(fields={"name": _("请填写姓名")})


def _check_role(role: Role, department: Department, actor: Actor, ends_on: date | None) -> None:
    if (role is Role.SUPERIOR) != (department.kind == Department.Kind.SUPERIOR):
        raise Invalid(fields={"role": _("“上级主管部门”角色只授予上级部门的人员，且仅此一种")})
    if role not in GIVEN_BY_DEPARTMENTS and not may_give_everything(actor):
        raise Invalid(fields={"role": _("该角色须由平台管理员提出申请")})
    if ends_on is not None and ends_on < clock.today():
        raise Invalid(fields={"ends_on": _("截止日期不能早于今天")})


def may_give_everything(actor: Actor) -> bool:
    """Say whether the actor asks for the bureau (可申请全部角色), not for one department."""
    return actor.is_system or Role.PLATFORM_ADMIN in actor.roles


def _open(request: AccountRequest, actor: Actor) -> None:
    user = make_account(request.username, request.name, request.department, actor=actor)
    AccountRequest.objects.filter(pk=request.pk).update(user=user)
    if request.role:
        give_role(user, Role(request.role), actor=actor, request=request)


def _grant(request: AccountRequest, actor: Actor) -> None:
    user = _subject(request)
    _need_open(user)
    for over in user.grants.filter(revoked_at=None, ends_on__lt=clock.today()):
        end_grant(over, reason=recorded(_("临时授权到期")), actor=actor)
    give_role(user, Role(request.role), actor=actor, request=request)


def _move(request: AccountRequest, actor: Actor) -> None:
    if request.to_department is None:
        raise Invalid(fields={"to_department": _("请选择调往的部门")})
    move_account(_subject(request), request.to_department, reason=request.reason, actor=actor)


def _place(request: AccountRequest, actor: Actor) -> None:
    place_department(request.department, request.to_department, actor=actor)


def _reopen(request: AccountRequest, actor: Actor) -> None:
    reopen_account(_subject(request), actor=actor)


def _rename(request: AccountRequest, actor: Actor) -> None:
    user = _subject(request)
    rename_account(user, username=request.username, name=request.name, actor=actor)


def _subject(request: AccountRequest) -> User:
    if request.user is None:
        raise Conflict(_("申请没有指明账号"))
    return request.user


CARRY_OUT: dict[AccountRequest.Kind, Callable[[AccountRequest, Actor], None]] = {
    Kind.OPEN: _open,
    Kind.GRANT: _grant,
    Kind.MOVE: _move,
    Kind.REOPEN: _reopen,
    Kind.RENAME: _rename,
    Kind.PLACE: _place,
}


def deciding_perm(request: AccountRequest) -> Perm:
    """Return the right to decide on a request (决定权限): names are the bureau's, roles are not."""
    return Perm.RENAME_DECIDE if request.kind == Kind.RENAME else Perm.ACCOUNT_DECIDE


def may_withdraw(request: AccountRequest, actor: Actor) -> bool:
    """Say whether ``actor`` stands on the side that asked (能否撤回)."""
    asking = Perm.RENAME_REQUEST if request.kind == Kind.RENAME else Perm.ACCOUNT_REQUEST
    return may(actor, asking, request)


def may_decide(request: AccountRequest, actor: Actor) -> bool:
    """Say whether ``actor`` may decide on a request (能否决定): not one's own, not about oneself."""
    try:
        _refuse_own(request, actor)
    except Denied:
        return False
    return may(actor, deciding_perm(request), request)
