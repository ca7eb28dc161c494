"""Clocks as people read them (时限标签)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openlot.results.models import InspectionResult, ResultState
from openlot.results.selectors import result_clocks
from openlot.rules.clocks import Clock, ClockState
from openlot.web.page import CLOCK_TONES


def clock_words(clock: Clock) -> str:
    """Return the words of a clock (时限文字)."""
    words = {
        ClockState.RUNNING: _("剩 %(days)s 个工作日"),
        ClockState.SOON: _("即将到期，剩 %(days)s 个工作日"),
        ClockState.LAST_DAY: _("今天是最迟公示日"),
        ClockState.OVERDUE: _("已逾期 %(days)s 个工作日"),
        ClockState.STOPPED: _("已公示"),
    }[clock.state]
    text = words % {"days": abs(clock.days)}
    return f"{text}{_('（暂定）')}" if clock.provisional else text


def result_clock_tags(results: Sequence[InspectionResult]) -> list[SafeString | str]:
    """Return the clocks of results as tags (结果时限标签); of a voided draw's none runs."""
    if not results:
        return []
    read = result_clocks()
    return ["—" if r.state == ResultState.CANCELLED else clock_tag(read(r)) for r in results]


def clock_tag(clock: Clock) -> SafeString:
    """Return a clock as a tag with its last day (时限标签)."""
    return format_html(
        '<span class="tag tag-{}">{}</span> <span class="due">{}</span>',
        CLOCK_TONES[clock.state],
        clock_words(clock),
        "" if clock.state == ClockState.STOPPED else clock.due.isoformat(),
    )
