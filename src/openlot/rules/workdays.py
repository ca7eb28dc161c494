"""The working calendar (工作日历): holidays off, make-up days on, gaps said aloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


class CalendarGap(Exception):
    """A year without a published calendar (缺少年度工作日历)."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"no calendar of {year}")


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The published days of one year (年度放假安排): day to whether it is off."""

    year: int
    days: Mapping[date, bool]
    version: str
    source: str

    @classmethod
    def parse(cls, body: Mapping[str, Any], *, version: str, source: str) -> CalendarYear:
        """Read a calendar (读取放假安排) of the holiday-cn shape: year, days [{date, isOffDay}].

        raises    ValueError when a day is of another year or stands twice
        """
        year = int(body["year"])
        days: dict[date, bool] = {}
        for row in body["days"]:
            day = date.fromisoformat(row["date"])
            if day.year not in (year, year - 1, year + 1) or day in days:
                raise ValueError(f"{day} does not belong into the calendar of {year}")
            days[day] = bool(row["isOffDay"])
        return cls(year, days, version, source)


@dataclass(frozen=True, slots=True)
class Due:
    """A last day (到期日): provisional while a year that it reaches has no calendar."""

    on: date
    provisional: bool
    calendar_version: str


class Calendar:
    """The calendars of several years (工作日历)."""

    def __init__(self, years: Mapping[int, CalendarYear]) -> None:
        self.years = dict(years)
        self._days = {day: off for year in years.values() for day, off in year.days.items()}

    @property
    def version(self) -> str:
        """Which versions it is made of (日历版本)."""
        return "+".join(self.years[year].version for year in sorted(self.years))

    def is_workday(self, day: date) -> bool:
        """Say whether ``day`` is a working day (是否工作日).

        raises    CalendarGap

        >>> Calendar({}).is_workday(date(2026, 1, 5))
        Traceback (most recent call last):
        openlot.rules.workdays.CalendarGap: no calendar of 2026
        """
        if day.year not in self.years:
            raise CalendarGap(day.year)
        return self.likely(day)

    def likely(self, day: date) -> bool:
        """Say whether ``day`` works as far as is known (预计工作日): Monday to Friday in a gap."""
        off = self._days.get(day)
        return day.weekday() < 5 if off is None else not off


def add_working_days(start: date, n: int, calendar: Calendar) -> date:
    """Return the date ``n`` working days (工作日) after ``start``, not counting ``start``.

    n         0 or more; 0 returns ``start`` even on a holiday
    raises    CalendarGap when a year that is reached has no calendar
    law       JZF2020-9/2.5
    """
    day = start
    while n > 0:
        day += timedelta(days=1)
        n -= calendar.is_workday(day)
    return day


def due_on(start: date, n: int, calendar: Calendar) -> Due:
    """Return the last day (到期日) of a clock of ``n`` working days; a gap makes it provisional."""
    try:
        return Due(add_working_days(start, n, calendar), False, calendar.version)
    except CalendarGap:
        day = start
        while n > 0:
            day += timedelta(days=1)
            n -= calendar.likely(day)
        return Due(day, True, calendar.version)


def working_days_left(today: date, due: date, calendar: Calendar) -> int:
    """Return the working days (剩余工作日) from ``today`` to ``due``, negative when overdue.

    On the last day itself it is 0.
    """
    low, high, sign = (today, due, 1) if today <= due else (due, today, -1)
    count, day = 0, low
    while day < high:
        day += timedelta(days=1)
        count += calendar.likely(day)
    return sign * count
