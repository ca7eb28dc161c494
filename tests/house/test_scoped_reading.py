"""Rows that belong to a department are read through `rights`, or a reason stands here why not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from openlot.rights.access import Reach

PACKAGE = Path(__file__).parent.parent.parent / "src" / "openlot"
PAST_THE_MANAGERS = re.compile(r"\._base_manager\b|\.raw\(|\bcursor\(")
# What has no model.
PAST_THE_MANAGERS_ALLOWED = {
    "signin/services/guarding.py": "one statement counts a guess and answers, before any check",
    "accounts/guards.py": "asks the database for its own trigger",
    "jobs/leases.py": "advisory locks of a worker, no rows",
    "ops/backup/databases.py": "names a snapshot, empties a scratch database",
    "ops/backup/incarnation.py": "takes the old tree out of a restored copy that nobody uses yet",
    "ops/backup/replay.py": "sets the counters of keys that were brought back",
    "ops/backup/snapshot.py": "asks the database for its version",
}
SCREENS_GIVE_IT = "what a screen names: `get_for` narrows it before the view runs"
OF_ONE_CHECKED = "children of one object that the screen has checked"
# File, or folder with a slash at its end: why it reads rows of departments without asking `rights`.
UNSCOPED = {
    "web/amendments/": f"{SCREENS_GIVE_IT}; {OF_ONE_CHECKED}",
    "web/days/": OF_ONE_CHECKED,
    "web/desk/views.py": "each count goes through `visible` with the right of its line",
    "web/draws/": f"{SCREENS_GIVE_IT}; {OF_ONE_CHECKED}",
    "web/inspections/views.py": f"{SCREENS_GIVE_IT}; {OF_ONE_CHECKED}",
    "web/papers/views.py": SCREENS_GIVE_IT,
    "web/privacy/": "one person's row, by the right to reveal it; the service asks again",
    "web/registers/": f"{SCREENS_GIVE_IT}; receipts are asked for one checked target",
    "web/results/": f"{SCREENS_GIVE_IT}; officers of one checked result",
    "web/signin/": "nobody is signed in yet, or one's own sessions and factors",
    "web/tasks/": f"{SCREENS_GIVE_IT}; {OF_ONE_CHECKED}",
    "web/trail/": "names of people and objects; the page of each asks `rights`",
}


def scoped() -> set[str]:
    """Return the names of the models whose rows belong to a department."""
    return {
        model.__name__
        for model in apps.get_models()
        if isinstance(reach := getattr(model, "reach", None), Reach)
        and reach.department not in ("", "pk")
        and model.__name__ != "InspectionItem"  # the whole list is everybody's to read
    }


def unscoped_reads(path: Path, models: set[str]) -> Iterator[int]:
    """Yield the lines that read a scoped model outside `visible` and `get_for`."""
    tree = ast.parse(path.read_text())
    asked = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("visible", "get_for")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "objects"
            and getattr(node.value, "id", "") in models
            and id(node) not in asked
        ):
            yield node.lineno


def allowed(name: str) -> bool:
    """Say whether a reason stands here for a file, or for its folder."""
    return any(name == known or (known[-1] == "/" and name.startswith(known)) for known in UNSCOPED)


def test_nothing_goes_past_the_managers():
    """No base manager, no raw SQL, no cursor, but for the reasons above."""
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts and PAST_THE_MANAGERS.search(path.read_text())
    }
    # The trail's own guards ask the database itself.
    found = {name for name in found if not name.startswith("trail/")}
    assert found - set(PAST_THE_MANAGERS_ALLOWED) == set()


def test_screens_read_departments_rows_through_rights():
    """A screen reads a department's rows through `visible` or `get_for`, or says here why not."""
    models, used, bare = scoped(), set(), []
    for path in (PACKAGE / "web").rglob("*.py"):
        name = str(path.relative_to(PACKAGE))
        for line in unscoped_reads(path, models):
            if allowed(name):
                used |= {k for k in UNSCOPED if name == k or (k[-1] == "/" and name.startswith(k))}
            elif not re.search(r"\.none\(\)", path.read_text().splitlines()[line - 1]):
                bare.append(f"{name}:{line}")
    assert bare == []
    assert set(UNSCOPED) - used <= {"web/signin/"}, "a reason that nobody needs any more"
