"""Departments, accounts, grants and duties."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts import events
from openlot.accounts.models import Department, Duty, Grant, User
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict
from openlot.rights.access import require
from openlot.rights.perms import Perm
from openlot.trail.writer import record


@transaction.atomic
def register_department(*, actor: Actor, **fields: Any) -> Department:
    """Register a department (登记部门)."""
    department = Department.objects.create(**fields)
    require(actor, Perm.ACCOUNT_GRANT, department)
    fact = events.DepartmentRegistered(code=department.code, name=department.name)
    record(fact, actor=actor, subject=department, department=department.code)
    return department


@transaction.atomic
def open_account(
    *, username: str, name: str, department: Department, password: str | None, actor: Actor
) -> User:
    """Open an account (开通账号); without a password nobody signs in with one.

    raises    Conflict for a name that is taken, Denied
    """
    if User.objects.filter(username=username).exists():
        raise Conflict(_("账号 %(username)s 已存在"), username=username)
    user = User(username=username, name=name, department=department)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    require(actor, Perm.ACCOUNT_GRANT, user)
    fact = events.AccountOpened(department=department.code, username=username, name=name)
    record(fact, actor=actor, subject=user, department=department.code)
    return user


@transaction.atomic
def grant_role(user: User, role: Role, *, actor: Actor) -> Grant:
    """Give a role to a user (授予角色)."""
    require(actor, Perm.ACCOUNT_GRANT, user)
    grant = Grant.objects.create(
        user=user, role=role, granted_at=clock.now(), granted_by_ref=actor.ref
    )
    fact = events.RoleGranted(role=role, username=user.username)
    record(fact, actor=actor, subject=user, department=user.department.code)
    return grant


@transaction.atomic
def name_for_duty(user: User, kind: str, *, actor: Actor) -> Duty:
    """Name a person for one of the three duties (明确专人, M20)."""
    require(actor, Perm.ACCOUNT_GRANT, user)
    duty = Duty.objects.create(department=user.department, kind=kind, user=user)
    fact = events.RoleGranted(role=f"duty:{kind}", username=user.username)
    record(fact, actor=actor, subject=user, department=user.department.code)
    return duty
