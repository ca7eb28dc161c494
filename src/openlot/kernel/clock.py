"""The only source of time; everything else asks here so that demos and tests can travel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta(0))


def now() -> datetime:
    """Return the present instant (当前时刻), aware."""
    return timezone.now() + _offset.get()


def today() -> date:
    """Return the present day (当日) in the city's time zone."""
    return timezone.localtime(now()).date()


def local(instant: datetime) -> datetime:
    """Return ``instant`` in the city's time zone (本地时间)."""
    return timezone.localtime(instant)


@contextmanager
def travel(instant: datetime) -> Iterator[None]:
    """Let time run on from ``instant`` inside the block (演示或测试时钟).

    raises    RuntimeError where settings.CLOCK_MAY_TRAVEL is not true: a live platform has one clock
    """
    if not getattr(settings, "CLOCK_MAY_TRAVEL", False):
        raise RuntimeError("the clock travels only in demo and test settings")
    token = _offset.set(instant - timezone.now())
    try:
        yield
    finally:
        _offset.reset(token)
