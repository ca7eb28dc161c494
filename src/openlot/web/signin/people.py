"""Whom the demo offers for one-click sign-in (演示人物)."""

from __future__ import annotations

from dataclasses import dataclass, field

from openlot.accounts.models import Grant, in_force
from openlot.inspections.models import Assignment
from openlot.kernel.actor import Role

HOMES = ("SCJG", "WLTY", "NYNC", "WSJK", "SFJ", "SJJ", "ZFB", "FYSJ")


@dataclass(frozen=True, slots=True)
class Home:
    """A department and its people, by role (部门人物)."""

    name: str
    people: list[tuple[str, str, str]] = field(default_factory=list)


def demo_homes() -> list[Home]:
    """Return the demo's departments with one person per role, busy inspectors first (演示人物)."""
    busy = set(
        Assignment.objects.filter(
            inspection__state="ready", department__code__in=HOMES, inspector__user__isnull=False
        ).values_list("inspector__user_id", flat=True)
    )
    grants = Grant.objects.filter(
        in_force(), user__department__code__in=HOMES, user__is_active=True
    ).select_related("user__department")
    homes: dict[str, Home] = {}
    seen: set[tuple[str, str]] = set()
    for grant in sorted(grants, key=lambda grant: _order(grant, busy)):
        department = grant.user.department
        if (department.code, grant.role) in seen:
            continue
        seen.add((department.code, grant.role))
        home = homes.setdefault(department.code, Home(department.name))
        home.people.append((grant.user.username, grant.user.name, str(Role(grant.role).label)))
    return list(homes.values())


def _order(grant: Grant, busy: set[int]) -> tuple[int, int, bool, bool, str]:
    """Order by department and role; who only stands in for somebody comes last."""
    user = grant.user
    return (
        HOMES.index(user.department.code),
        list(Role).index(Role(grant.role)),
        grant.ends_on is not None,
        user.pk not in busy,
        user.username,
    )
