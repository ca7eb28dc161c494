"""The life of an account: opened, moved, renamed, locked, closed the day its person leaves."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts import events
from openlot.accounts.leaving import ENDINGS
from openlot.accounts.machine import REQUEST
from openlot.accounts.models import (
    AccountRequest,
    Department,
    LoginName,
    RequestState,
    User,
)
from openlot.accounts.selectors import dormant_accounts, dormant_days
from openlot.accounts.services.departments import need_standing
from openlot.accounts.services.duties import end_duty
from openlot.accounts.services.granting import end_grant, need_reason, require_taking
from openlot.accounts.sessions import end_sessions
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied
from openlot.lifecycle.fire import fire, hold
from openlot.trail.writer import record


@transaction.atomic
def open_account(
    *, username: str, name: str, department: Department, password: str | None, actor: Actor
) -> User:
    """Open an account while the platform is being set up (初始开通); people ask and decide instead.

    password  None for an account that nobody enters with one
    raises    Denied for a person, Conflict for a name that is or was somebody's
    """
    if not actor.is_system:
        raise Denied(_("开通账号须由一人申请、安全管理员决定"))
    return make_account(username, name, department, password=password, actor=actor)


def make_account(
    username: str, name: str, department: Department, *, password: str | None = None, actor: Actor
) -> User:
    """Make the account itself (建立账号).

    raises    Conflict for a name that is or was somebody's
    """
    refuse_used_name(username)
    need_standing(department)
    user = User(
        username=username,
        handle=username,
        name=name,
        department=department,
        opened_at=clock.now(),
    )
    user.set_password(password)
    user.save()
    take_name(user, username)
    fact = events.AccountOpened(department=department.code, username=username, name=name)
    record(fact, actor=actor, subject=user, department=department.code)
    return user


def refuse_used_name(username: str) -> None:
    """Refuse a sign-in name that is or was somebody's (登录名不得重复使用).

    raises    Conflict
    """
    if LoginName.objects.filter(name=username).exists():
        raise Conflict(_("登录名 %(username)s 已被使用过，请另取一个"), username=username)


def take_name(user: User, username: str) -> None:
    """Give a user a sign-in name for ever (占用登录名).

    raises    Conflict when somebody was faster
    """
    try:
        with transaction.atomic():
            LoginName.objects.create(user=user, name=username, since_at=clock.now())
    except IntegrityError as error:
        raise Conflict(
            _("登录名 %(username)s 已被使用过，请另取一个"), username=username
        ) from error


@transaction.atomic
def close_account(user: User, *, reason: str, actor: Actor) -> User:
    """Close the account of somebody who leaves (离岗停用), at once.

    Its roles are revoked, its duties end, its open requests are withdrawn, its sessions are over,
    its person leaves the register of inspectors.
    raises    Denied, Invalid without a reason, Conflict for a closed account or one's own
    """
    require_taking(user, actor=actor)
    need_reason(reason)
    if actor.user_id == user.pk:
        raise Conflict(_("不能停用本人账号，请由他人办理"))
    hold(user)
    if user.closed_at is not None:
        raise Conflict(_("该账号已停用"))
    strip(user, reason=reason, actor=actor)
    user.is_active, user.closed_at, user.closed_reason = False, clock.now(), reason
    user.save(update_fields=["is_active", "closed_at", "closed_reason"])
    end_sessions(user, why="closed")
    fact = events.AccountClosed(username=user.username, reason=reason)
    record(fact, actor=actor, subject=user, department=user.department.code)
    return user


def strip(user: User, *, reason: str, actor: Actor) -> None:
    """End all that a person holds in the department (收回权限): roles, duties, open requests.

    What apps above keep of the person there ends with it.
    """
    for grant in user.grants.filter(revoked_at=None).order_by("pk"):
        end_grant(grant, reason=reason, actor=actor)
    for duty in user.duties.filter(ended_at=None).select_related("department"):
        end_duty(duty, reason=reason, actor=actor)
    open_ones = AccountRequest.objects.filter(state=RequestState.REQUESTED)
    about = open_ones.filter(user=user) | open_ones.filter(requested_by_ref=f"user:{user.handle}")
    for request in about.order_by("pk"):
        fact = events.RequestWithdrawn(asked=request.kind, reason=reason)
        fire(request, REQUEST["withdraw"], fact, actor=Actor.system("close_account"))
    for end in ENDINGS:
        end(user, reason)


def move_account(user: User, to: Department, *, reason: str, actor: Actor) -> User:
    """Move a person to another department (调动部门); what was done in the old one stays there.

    law       JZF2020-9/2.2 结合机构调整: roles and duties are those of the old department and end
    """
    before = user.department.code
    need_standing(to)
    strip(user, reason=reason, actor=actor)
    user.department = to
    user.save(update_fields=["department"])
    fact = events.AccountMoved(
        username=user.username, department_before=before, department_after=to.code
    )
    record(fact, actor=actor, subject=user, department=to.code)
    return user


def rename_account(user: User, *, username: str, name: str, actor: Actor) -> User:
    """Change the names of an account (变更账号名称); the trail knows the person by the first one."""
    fact = events.AccountRenamed(
        username_before=user.username,
        username_after=username or user.username,
        name_before=user.name,
        name_after=name or user.name,
    )
    if username and username != user.username:
        refuse_used_name(username)
        take_name(user, username)
    user.username, user.name = fact.username_after, fact.name_after
    user.save(update_fields=["username", "name"])
    record(fact, actor=actor, subject=user, department=user.department.code)
    return user


def reopen_account(user: User, *, actor: Actor) -> User:
    """Let a closed or locked account sign in again (恢复账号); a closed one comes back without roles."""
    user.is_active, user.closed_at, user.locked_at, user.closed_reason = True, None, None, ""
    user.opened_at = clock.now()
    user.save(update_fields=["is_active", "closed_at", "locked_at", "closed_reason", "opened_at"])
    fact = events.AccountReopened(username=user.username)
    record(fact, actor=actor, subject=user, department=user.department.code)
    return user


@transaction.atomic
def lock_dormant(*, actor: Actor) -> int:
    """Lock the accounts that nobody used for as long as the policy says (锁定长期未用账号).

    Returns how many. Where no policy is in force nothing is locked.
    law       GBT22239-8.1.4
    """
    days = dormant_days()
    if days is None:
        return 0
    before = clock.now() - timedelta(days=days)
    n_locked = 0
    for user in dormant_accounts(before).select_related("department").order_by("pk"):
        hold(user)
        changed = dormant_accounts(before).filter(pk=user.pk)
        if changed.update(is_active=False, locked_at=clock.now()):
            end_sessions(user, why="closed")
            fact = events.AccountLocked(username=user.username, idle_days=days)
            record(fact, actor=actor, subject=user, department=user.department.code)
            n_locked += 1
    return n_locked
