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


def demo_people() -> list[dict[str, str]]:
    """Return one person per role and home of the demo (演示人物), for one-click sign-in."""
    homes = ("scjg", "nync", "wlty", "wsjk", "sfj", "sjj", "zfb", "fysj")
    users = User.objects.filter(is_active=True, username__regex=rf"^({'|'.join(homes)})-")
    people: list[dict[str, str]] = []
    seen: set[tuple[str, str]] = set()
    order = {home: number for number, home in enumerate(homes)}
    for user in sorted(
        users.select_related("department").prefetch_related("grants"),
        key=lambda u: (order[u.username.split("-")[0]], u.username),
    ):
        for grant in user.grants.all():
            key = (user.department.code, grant.role)
            if key not in seen:
                seen.add(key)
                people.append(
                    {
                        "username": user.username,
                        "name": user.name,
                        "role": str(Role(grant.role).label),
                        "department": user.department.name,
                    }
                )
    return people
