"""One person of each role, and the registered screens."""

from __future__ import annotations

import re

from django.urls import reverse

from openlot.kernel.actor import Role
from openlot.web.screens import SCREENS, Screen

PEOPLE = {
    Role.CONFERENCE_OFFICE: "scjg-conference-office",
    Role.PLATFORM_ADMIN: "scjg-platform-admin",
    Role.SECURITY_ADMIN: "scjg-security-admin",
    Role.AUDIT_ADMIN: "scjg-audit-admin",
    Role.DEPARTMENT_HEAD: "wsjk-department-head",
    Role.ACCOUNT_CLERK: "scjg-account-clerk",
    Role.ENTRY_CLERK: "nync-entry-clerk",
    Role.PUBLICATION_CLERK: "scjg-publication-clerk",
    Role.TASK_CLERK: "scjg-task-clerk",
    Role.INSPECTOR: "scjg-inspector-001",
    Role.EXPERT: "scjg-expert",
    Role.REVIEWER: "nync-reviewer",
    Role.LEGAL_REVIEWER: "scjg-legal-reviewer",
    Role.SUPERVISOR: "sfj-supervisor",
    Role.GOVERNMENT: "zfb-government",
    Role.AUDITOR: "sjj-auditor",
    Role.SUPERIOR: "fysj-superior",
}


def screens() -> list[Screen]:
    """Return every registered screen that asks for a right."""
    from openlot.web import urls  # noqa: F401  # registers every screen

    return [screen for screen in SCREENS.values() if screen.perm is not None]


def rows_of(screen: Screen):
    """Return all rows that the screen could name."""
    source = screen.source
    return source._default_manager.all() if isinstance(source, type) else source()


def path_to(screen: Screen, row=None, **more: str) -> str:
    """Return the address of a screen, for ``row`` where it names one."""
    names = re.findall(r"<\w+:(\w+)>", screen.route)
    ids = {name: more.get(name, row.public_id if row is not None else "x" * 12) for name in names}
    return reverse(screen.name, kwargs=ids)
