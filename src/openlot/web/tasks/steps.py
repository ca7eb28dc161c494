"""The chain of a task as people see it (任务进度)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from openlot.draws.models import Draw
from openlot.draws.selectors import live_draw
from openlot.inspections.selectors import living
from openlot.results.models import FollowUp
from openlot.results.selectors import expected
from openlot.tasks.models import InspectionTask
from openlot.web.page import Step


def task_steps(task: InspectionTask) -> list[Step]:
    """Return the eight steps of a task (方案审批 … 后续处置) with how far each has come."""
    draw = live_draw(task)
    results, inspections = expected(task), living(task)
    n_results = results.count()
    n_recorded = results.exclude(state__in=("not_recorded", "returned")).count()
    n_published = results.filter(state="published").count()
    n_open = FollowUp.objects.filter(result__inspection__task=task, state="open").count()
    n_ready = inspections.count()
    n_done = inspections.filter(state="ended").count()
    done = [
        task.state in ("approved", "closed"),
        bool(draw and draw.rdigest),
        bool(draw and draw.state == "matched"),
        n_ready > 0,
        bool(n_ready) and n_done == n_ready,
        bool(n_results) and n_recorded == n_results,
        bool(n_results) and n_published == n_results,
        bool(n_results) and n_published == n_results and not n_open,
    ]
    labels = [
        _("方案审批"),
        _("名单封存与公开抽取"),
        _("人员匹配"),
        _("制发检查文书"),
        _("送达与检查"),
        _("结果录入与审核"),
        _("公示"),
        _("后续处置"),
    ]
    notes = [
        "",
        _draw_note(draw),
        "",
        "",
        f"{n_done}/{n_ready}" if n_ready else "",
        f"{n_recorded}/{n_results}" if n_results else "",
        f"{n_published}/{n_results}" if n_results else "",
        str(n_open) if n_open else "",
    ]
    current = next((n for n, finished in enumerate(done) if not finished), len(done))
    return [
        Step(label, "done" if done[n] else "current" if n == current else "todo", notes[n])
        for n, label in enumerate(labels)
    ]


def _draw_note(draw: Draw | None) -> str:
    return str(draw.get_state_display()) if draw else ""
