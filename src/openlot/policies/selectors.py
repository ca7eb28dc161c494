"""Which policy numbers are in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from openlot.kernel import clock
from openlot.kernel.errors import Misconfigured
from openlot.policies.models import Policy
from openlot.rules.outcomes import CodeTable
from openlot.rules.workdays import Calendar, CalendarYear, Due, due_on


def in_force(kind: str, key: str, on: date | None = None) -> Policy | None:
    """Return the version of a policy in force on ``on`` (现行有效参数), today by default."""
    day = on or clock.today()
    return (
        Policy.objects.filter(kind=kind, key=key, effective_on__lte=day)
        .order_by("-effective_on", "-version")
        .first()
    )


def needed(kind: str, key: str) -> Policy:
    """Return the policy in force (现行有效参数).

    raises    Misconfigured when nobody has adopted one: there is no number in the code to fall back to
    """
    found = in_force(kind, key)
    if found is None:
        raise Misconfigured
    return found


def calendar() -> Calendar:
    """Return the working calendar (工作日历) of all years adopted so far, newest versions."""
    years: dict[int, CalendarYear] = {}
    rows = Policy.objects.filter(kind=Policy.Kind.CALENDAR).order_by("key", "version")
    for row in rows:
        year = CalendarYear.parse(row.body, version=f"{row.key}/{row.version}", source=row.source)
        years[int(row.key)] = year
    return Calendar(years)


def deadline_days(key: str) -> int:
    """Return the length of a clock (期限长度) in its own days, e.g. ``publish_result``."""
    return int(needed(Policy.Kind.DEADLINE, key).body["days"])


def due_after(start: date, key: str) -> Due:
    """Return when the clock ``key`` that starts on ``start`` runs out (到期日), working days."""
    return due_on(start, deadline_days(key), calendar())


def result_codes() -> CodeTable:
    """Return the result codes (检查结果代码表) in force."""
    row = needed(Policy.Kind.RESULT_CODES, "national")
    return CodeTable.parse(row.body, version=f"{row.key}/{row.version}")


def result_codes_of(version: str) -> CodeTable:
    """Return the result codes of a stored version (历史代码表), so that old records keep their words."""
    key, number = version.split("/")
    row = Policy.objects.get(kind=Policy.Kind.RESULT_CODES, key=key, version=int(number))
    return CodeTable.parse(row.body, version=version)


def draw_setting(key: str, on: date) -> Any:
    """Return one setting of draws (抽取参数) in force on a day.

    load_band        visits of the year that make one band of load
    unrated_class    the credit class that a target without one is drawn in
    reserve_links    replacements that a sealed reserve must last for: at least, per hundred drawn
    replace_reasons  the closed list of why a target is replaced: code to words
    simulations      draws that a statement of chances simulates
    rematch_reasons  the closed list of why an officer is matched again
    """
    found = in_force(Policy.Kind.DRAW, key, on)
    if found is None:
        raise Misconfigured
    (value,) = found.body.values()
    return value


def default_ratios() -> dict[str, tuple[int, int, int]]:
    """Return the city's ratios (分级抽查比例): class to basis points, times a year, weight."""
    classes = needed(Policy.Kind.RATIO, "default").body["classes"]
    return {name: (row[0], row[1], row[2]) for name, row in classes.items()}


def current() -> QuerySet[Policy]:
    """Return all versions of all policies (全部参数版本), newest first within a key."""
    return Policy.objects.order_by("kind", "key", "-version")
