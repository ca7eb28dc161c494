"""The list of tasks (任务列表): how far each has come and how long it has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from openlot.plans.models import Scope
from openlot.results.selectors import task_clocks
from openlot.tasks.models import InspectionTask, Origin, TaskState
from openlot.web.clocks import clock_tag
from openlot.web.lists import Column, Filter, ListSpec
from openlot.web.page import days, link, tag

TONES = {"approved": "blue", "submitted": "gold", "closed": "green", "voided": "red"}


def state_tag(task: InspectionTask) -> str:
    """Return a task's state as a tag (任务状态)."""
    return tag(task.get_state_display(), TONES.get(task.state, "grey"))


def _progress(task: Any) -> object:
    """How many of a task's results are filled back (回填进度)."""
    if not task.n_results:
        return "—"
    share = 100 * task.n_recorded // task.n_results
    return format_html(
        '<span class="due"><progress value="{}" max="{}" aria-label="{}"></progress> {}%</span>',
        task.n_recorded,
        task.n_results,
        _("回填进度"),
        share,
    )


TASKS = ListSpec(
    title=pgettext_lazy("list", "抽查任务"),
    columns=(
        Column(
            gettext_lazy("任务编号"),
            lambda t: link("task", t.number, pid=t.public_id),
            sort="number",
        ),
        Column(gettext_lazy("任务名称"), lambda t: t.name, sort="name"),
        Column(gettext_lazy("类型"), lambda t: t.get_scope_display()),
        Column(gettext_lazy("来源"), lambda t: t.get_origin_display()),
        Column(
            gettext_lazy("发起部门"), lambda t: t.department.short_name, sort="department__code"
        ),
        Column(
            gettext_lazy("检查时间"),
            lambda t: days(t.window_from_on, t.window_to_on),
            sort="window_to_on",
        ),
        Column(gettext_lazy("抽取户数"), lambda t: t.n_targets or "—", number=True),
        Column(gettext_lazy("回填进度"), _progress),
        Column(gettext_lazy("状态"), state_tag),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), TaskState.choices, "state"),
        Filter("scope", gettext_lazy("类型"), Scope.choices, "scope"),
        Filter("origin", gettext_lazy("来源"), Origin.choices, "origin"),
    ),
    search=("number", "name", "department__name"),
    search_hint=gettext_lazy("编号、名称或部门"),
    order=("-pk",),
    empty=gettext_lazy("还没有任务。经办人可由已公开的计划条目发起任务。"),
)


def tasks_spec() -> ListSpec:
    """Return the list of tasks (任务列表定义); the calendar is read once for all its clocks."""
    read = task_clocks()

    def clock_of(task: Any) -> object:
        if not task.n_results:
            return "—"
        return clock_tag(read(task, stopped=task.n_published == task.n_results))

    return replace(
        TASKS,
        columns=(
            *TASKS.columns[:-1],
            Column(gettext_lazy("公示时限"), clock_of),
            TASKS.columns[-1],
        ),
    )
