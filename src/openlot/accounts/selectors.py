"""Reading departments and accounts."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from openlot.accounts.models import Department, User
from openlot.kernel.actor import Actor, Role
from openlot.rights.access import visible
from openlot.rights.perms import Perm


def department_list() -> QuerySet[Department]:
    """Return all departments (部门列表) with their number of users."""
    live = Count("users", filter=Q(users__is_active=True))
    return Department.objects.select_related("field", "region").annotate(n_users=live)


def account_list(actor: Actor) -> QuerySet[User]:
    """Return the accounts that ``actor`` may see (账号列表)."""
    rows = visible(actor, Perm.ACCOUNT_VIEW, User.objects.all())
    return rows.select_related("department").prefetch_related("grants")


def with_role(role: Role) -> QuerySet[User]:
    """Return the active users of a role (某角色用户)."""
    return (
        User.objects.filter(is_active=True, grants__role=role, grants__revoked_at=None)
        .select_related("department")
        .order_by("username")
    )
