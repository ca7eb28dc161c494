"""Publication clocks (公示时限): when they start and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openlot.rules.workdays import Calendar, working_days_left


class ClockState(StrEnum):
    """How a clock stands (时限状态)."""

    RUNNING = "running"
    SOON = "soon"
    LAST_DAY = "last_day"
    OVERDUE = "overdue"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock as people read it (时限): days are working days, negative when overdue."""

    state: ClockState
    due: date
    days: int
    provisional: bool


def clock_start(ended_on: date | None, window_to_on: date) -> date:
    """Return when a target's clock starts (起算日, T5): its end, no later than the window's end."""
    return window_to_on if ended_on is None else min(ended_on, window_to_on)


def read_clock(
    today: date,
    due: date,
    calendar: Calendar,
    *,
    soon: int,
    provisional: bool = False,
    stopped: bool = False,
) -> Clock:
    """Return how a clock stands today (时限现状).

    soon      from how many working days on it counts as almost due
    """
    days = working_days_left(today, due, calendar)
    if stopped:
        state = ClockState.STOPPED
    elif today > due:
        state = ClockState.OVERDUE
    elif days == 0:
        state = ClockState.LAST_DAY
    else:
        state = ClockState.SOON if days <= soon else ClockState.RUNNING
    return Clock(state, due, days, provisional)
