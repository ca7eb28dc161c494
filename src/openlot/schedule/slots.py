"""The periodic work (定时任务表): name, words, task and time of day, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_tasks.base import Task

from openlot.kernel import clock
from openlot.schedule import nightly, witnessing

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Slot:
    """One periodic work (定时任务): ``moment`` returns the last moment at which it was due."""

    name: str
    title: str | Promise
    task: Task[..., Any]
    moment: Callable[[datetime], datetime]


def daily(hour: int, minute: int) -> Callable[[datetime], datetime]:
    """Return the rule of once a day (每日) at a time of the city's day."""

    def moment(now: datetime) -> datetime:
        here = clock.local(now)
        due = datetime.combine(here.date(), time(hour, minute), here.tzinfo)
        return due if due <= here else due - timedelta(days=1)

    return moment


def weekly(weekday: int, hour: int, minute: int) -> Callable[[datetime], datetime]:
    """Return the rule of once a week (每周) at a time of the city's day; Monday is 0."""
    each_day = daily(hour, minute)

    def moment(now: datetime) -> datetime:
        due = each_day(now)
        return due - timedelta(days=(due.weekday() - weekday) % 7)

    return moment


def every(minutes: int) -> Callable[[datetime], datetime]:
    """Return the rule of every so many minutes (每隔若干分钟) of an hour."""

    def moment(now: datetime) -> datetime:
        return now.replace(minute=now.minute - now.minute % minutes, second=0, microsecond=0)

    return moment


SLOTS = (
    Slot("lapse-certificates", _("执法证件到期处理"), nightly.lapse_certificates, daily(0, 10)),
    Slot("move-leavers-out", _("离岗人员出库补办"), nightly.move_leavers_out, daily(0, 15)),
    Slot("cancel-left-over", _("作废抽取的检查补办"), nightly.cancel_left_over, daily(0, 25)),
    Slot("lock-dormant", _("锁定长期未用账号"), nightly.lock_dormant, daily(0, 20)),
    Slot("end-grants", _("授权到期处理"), nightly.end_expired_grants, daily(0, 30)),
    Slot("clear-sessions", _("清理过期会话"), nightly.clear_sessions, daily(1, 10)),
    Slot("find-drift", _("无留痕改动检查"), nightly.find_drift, daily(1, 40)),
    Slot("check-tree", _("全库核验"), nightly.check_tree, daily(2, 10)),
    Slot("hold-drill", _("恢复演练"), nightly.hold_drill, weekly(SUNDAY, 3, 10)),
    Slot("ask-witnesses", _("请见证人加签"), witnessing.let_witnesses_sign, every(10)),
)
