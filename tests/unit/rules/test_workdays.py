"""Working days as the State Council publishes them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

import openlot.ops.demo as demo
from openlot.rules.clocks import ClockState, clock_start, read_clock
from openlot.rules.workdays import (
    Calendar,
    CalendarGap,
    CalendarYear,
    add_working_days,
    due_on,
    working_days_left,
)

FOLDER = Path(demo.__file__).parent
CN = Calendar(
    {
        year: CalendarYear.parse(
            json.loads((FOLDER / f"holidays-cn-{year}.json").read_text(encoding="utf-8")),
            version=str(year),
            source="test",
        )
        for year in (2024, 2025, 2026)
    }
)


@pytest.mark.parametrize(
    ("ended", "due"),
    [
        (date(2026, 1, 5), date(2026, 2, 2)),
        (date(2026, 2, 6), date(2026, 3, 12)),
        (date(2026, 4, 24), date(2026, 5, 26)),
        (date(2026, 9, 10), date(2026, 10, 14)),
        (date(2026, 9, 18), date(2026, 10, 22)),
        (date(2026, 9, 30), date(2026, 11, 3)),
        (date(2026, 11, 23), date(2026, 12, 21)),
        (date(2026, 12, 3), date(2026, 12, 31)),
    ],
)
@pytest.mark.law("JZF2020-9/2.5")
def test_twenty_working_days(ended: date, due: date):
    """Twenty working days after the end, the start day not counted."""
    assert add_working_days(ended, 20, CN) == due
    assert working_days_left(ended, due, CN) == 20
    assert working_days_left(due, ended, CN) == -20


def test_a_year_without_calendar_is_provisional():
    """From 4 December 2026 the deadline reaches 2027, which has no calendar."""
    with pytest.raises(CalendarGap):
        add_working_days(date(2026, 12, 4), 20, CN)
    due = due_on(date(2026, 12, 4), 20, CN)
    assert due.provisional
    assert due.on.year == 2027
    assert not due_on(date(2026, 12, 3), 20, CN).provisional


def test_every_day_agrees_with_another_source():
    """All days of 2025 and 2026 agree with chinesecalendar."""
    day = date(2025, 1, 1)
    while day < date(2027, 1, 1):
        assert CN.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_clocks():
    """A clock starts with the inspection's end, no later than the window's, and runs out."""
    assert clock_start(None, date(2026, 5, 1)) == date(2026, 5, 1)
    assert clock_start(date(2026, 6, 1), date(2026, 5, 1)) == date(2026, 5, 1)
    assert clock_start(date(2026, 4, 1), date(2026, 5, 1)) == date(2026, 4, 1)
    due = date(2026, 11, 20)
    states = {
        date(2026, 11, 2): ClockState.RUNNING,
        date(2026, 11, 18): ClockState.SOON,
        date(2026, 11, 20): ClockState.LAST_DAY,
        date(2026, 11, 21): ClockState.OVERDUE,
    }
    for today, state in states.items():
        assert read_clock(today, due, CN, soon=3).state == state
