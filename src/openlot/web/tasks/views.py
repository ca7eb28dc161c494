"""Tasks (抽查任务): scheme, acceptance, approval, rosters."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from openlot.accounts.models import Department
from openlot.draws.models import Draw
from openlot.draws.selectors import live_draw
from openlot.exchange.lists import listed_targets
from openlot.inspections.selectors import living
from openlot.inspections.services import void_task
from openlot.kernel.marks import aside, clauses
from openlot.plans.selectors import plannable_lines
from openlot.results.selectors import task_clock, with_progress
from openlot.results.services import close_task
from openlot.rights.access import holds, may
from openlot.rights.perms import Perm
from openlot.tasks import services
from openlot.tasks.models import InspectionTask, Participation, TaskState
from openlot.tasks.selectors import on_leave, task_list
from openlot.web.buttons import button
from openlot.web.clocks import clock_tag
from openlot.web.forms import ReasonForm, submit, typed
from openlot.web.lists import show_list
from openlot.web.page import Act, Block, Fact, Page, days, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.tasks.forms import (
    EditSchemeForm,
    NewTaskForm,
    RosterForm,
    SchemeForm,
    SuperiorForm,
)
from openlot.web.tasks.listing import state_tag, tasks_spec
from openlot.web.tasks.steps import task_steps
from openlot.web.trail.stories import tell


@screen("tasks/", name="tasks", perm=Perm.TASK_VIEW)
def tasks(request: StaffRequest) -> HttpResponse:
    """List the tasks (任务列表)."""
    acts = []
    if holds(request.actor, Perm.TASK_DRAFT):
        acts = [
            Act(href("task-new"), _("由计划发起任务"), method="get"),
            Act(href("task-superior"), _("导入外部抽取任务"), method="get", tone=""),
        ]
    return show_list(request, with_progress(task_list(request.actor)), tasks_spec(), acts)


@screen("tasks/new/", name="task-new", perm=Perm.TASK_DRAFT, writes=True)
def task_new(request: StaffRequest) -> HttpResponse:
    """Start a task from a plan line (发起任务)."""
    lines = plannable_lines(request.actor)
    form = NewTaskForm(request.POST or None, lines=lines)

    def draft(values: dict[str, object]) -> InspectionTask:
        return services.draft_task(actor=request.actor, **values)  # type: ignore[arg-type]  # a form's values

    made = submit(form, draft) if request.method == "POST" else None
    if made is not None:
        return redirect("task", pid=made.public_id)
    page = Page(title=_("由计划发起任务"), crumbs=[(pgettext("list", "抽查任务"), href("tasks"))])
    if not lines.exists():
        page.notices.append(("warn", _("本部门没有已公开的计划条目，请先完成年度计划备案公开。")))
    return page.ask(request, form, _("保存方案"), href("tasks"))


@screen("tasks/superior/", name="task-superior", perm=Perm.TASK_DRAFT, writes=True)
def task_superior(request: StaffRequest) -> HttpResponse:
    """Take in a superior's list (导入外部抽取任务)."""
    own = Department.objects.get(pk=request.actor.department_key)
    form = SuperiorForm(request.POST or None, request.FILES or None, department=own)

    def take(values: dict[str, Any]) -> InspectionTask:
        name, content = values.pop("file")
        targets = listed_targets(own, content, name)
        evidence = {k: str(values.pop(k)) for k in ("system", "document", "drawn_on")}
        items = list(values.pop("items"))
        return services.draft_superior_task(
            department=own,
            items=items,
            targets=targets,
            evidence=evidence,
            actor=request.actor,
            **values,
        )

    made = submit(form, take) if request.method == "POST" else None
    if made is not None:
        return redirect("task", pid=made.public_id)
    page = Page(title=_("导入外部抽取任务"), crumbs=[(pgettext("list", "抽查任务"), href("tasks"))])
    return page.ask(request, form, _("导入"), href("tasks"))


@screen(
    "tasks/<pid:pid>/",
    name="task",
    perm=Perm.TASK_VIEW,
    obj=lambda: InspectionTask.objects.select_related("department", "plan_line__plan"),
)
def task(request: StaffRequest, obj: InspectionTask) -> HttpResponse:
    """Show a task: its chain, scheme, departments, draws, clock (任务详情)."""
    rows = list(obj.participations.select_related("department").order_by("-is_lead", "pk"))
    page = Page(
        title=obj.name,
        state=state_tag(obj),
        subtitle=obj.number,
        crumbs=[(pgettext("list", "抽查任务"), href("tasks"))],
        acts=_acts(request, obj, rows),
        steps=task_steps(obj),
        facts=[
            Fact(_("发起部门"), obj.department.name),
            Fact(_("来源"), _source(obj)),
            Fact(_("检查时间"), days(obj.window_from_on, obj.window_to_on)),
            Fact(_("任务公示时限"), _clock(obj)),
            Fact(_("分层方式"), obj.get_stratify_display()),
            Fact(_("公开方式"), obj.get_disclosure_display()),
            Fact(_("每部门每户执法人员"), obj.min_officers),
            Fact(
                _("抽查事项"),
                clauses(
                    aside(t.item.name, t.department.short_name)
                    for t in obj.task_items.select_related("item", "department")
                ),
                wide=True,
            ),
            Fact(_("方案说明"), obj.scheme_text or "—", wide=True),
        ],
        blocks=[
            Block(
                _("参与部门"),
                (_("部门"), _("方案"), _("抽取名单"), _("可派人员"), _("名册")),
                [_party(request, row) for row in rows],
            ),
            Block(
                _("抽取"),
                (_("编号"), _("状态"), _("校验码")),
                [
                    (_draw_link(request, d), d.get_state_display(), d.rdigest or d.adigest or "—")
                    for d in obj.draws.order_by("attempt")
                ],
                _("尚未准备抽取。"),
            ),
        ],
        story=tell(request, obj, *rows),
    )
    if obj.returned_reason:
        page.notices.append(("warn", _("退回原因：%s") % obj.returned_reason))
    return page.show(request)


def _draw_link(request: StaffRequest, draw: Draw) -> object:
    if may(request.actor, Perm.DRAW_VIEW, draw):
        return link("draw", str(draw), pid=draw.public_id)
    return str(draw)


def _clock(task: InspectionTask) -> str:
    return "—" if task.state == TaskState.VOIDED else clock_tag(task_clock(task))


def _source(task: InspectionTask) -> str:
    if task.plan_line is not None:
        return f"{task.plan_line.plan.number} · {task.plan_line.name}"
    evidence = task.external_evidence
    return f"{evidence.get('system', '')} {evidence.get('document', '')}"


def _party(request: StaffRequest, row: Participation) -> tuple[object, ...]:
    count = row.members.count()
    roster: object = count or "—"
    if may(request.actor, Perm.ROSTER_VIEW, row):
        roster = link("roster", roster, pid=row.public_id)
    confirmed = tag(_("已确认"), "green") if row.roster_confirmed_at else tag(_("待确认"), "gold")
    name = row.department.name + (_("（发起）") if row.is_lead else "")
    listed = _("本部门名录") if row.own_list else _("随牵头部门名单")
    return name, row.get_state_display(), listed, roster, confirmed


def _acts(request: StaffRequest, task: InspectionTask, rows: list[Participation]) -> list[Act]:
    pid, actor = task.public_id, request.actor
    acts: list[Act] = []
    if task.state == "draft" and may(actor, Perm.TASK_DRAFT, task):
        acts.append(Act(href("task-submit", pid=pid), _("提交方案")))
        acts.append(Act(href("task-edit", pid=pid), _("修改方案"), method="get", tone=""))
    if may(actor, Perm.PACK_TAKE, task) and task.state not in ("draft", "submitted"):
        acts.append(Act(href("task-pack", pid=pid), _("尽职材料包"), method="get", tone=""))
    mine = next((r for r in rows if r.department_id == actor.department_id), None)
    if mine is not None and task.state in ("submitted", "approved"):
        if mine.state != "accepted" and may(actor, Perm.TASK_ACCEPT, mine):
            acts += [
                Act(href("party-accept", pid=mine.public_id), _("接受方案")),
                Act(
                    href("party-decline", pid=mine.public_id),
                    _("不接受"),
                    ReasonForm(),
                    tone="danger",
                ),
            ]
        elif not task.rosters_sealed_at and may(actor, Perm.ROSTER_CONFIRM, mine):
            acts.append(Act(href("roster", pid=mine.public_id), _("确认可派人员"), method="get"))
    if task.state == "submitted" and may(actor, Perm.TASK_APPROVE, task):
        acts += [
            Act(href("task-approve", pid=pid), _("批准方案")),
            Act(href("task-return", pid=pid), _("退回"), ReasonForm(), tone="danger"),
        ]
    live = live_draw(task)
    again = live is not None and live.state == "drawn" and not task.rosters_sealed_at
    if task.state == "approved" and (live is None or again) and may(actor, Perm.DRAW_PREPARE, task):
        label = _("准备另行匹配人员") if again else _("准备抽取")
        acts.append(Act(href("draw-new", pid=pid), label, method="get"))
    started = living(task).exists()
    if started and task.state == "approved" and may(actor, Perm.TASK_DRAFT, task):
        acts.append(Act(href("task-close", pid=pid), _("办结"), tone=""))
    if started and may(actor, Perm.PAPER_PRINT, task):
        acts.append(Act(href("task-papers", pid=pid), _("打印全部文书"), method="get", tone=""))
    open_states = ("draft", "submitted", "approved")
    if not started and task.state in open_states and may(actor, Perm.TASK_APPROVE, task):
        acts.append(
            Act(href("task-void", pid=pid), _("作废任务"), form=ReasonForm(), tone="danger")
        )
    return acts


@screen(
    "tasks/<pid:pid>/edit/", name="task-edit", perm=Perm.TASK_DRAFT, obj=InspectionTask, writes=True
)
def task_edit(request: StaffRequest, obj: InspectionTask) -> HttpResponse:
    """Change a draft scheme (修改方案)."""
    names = [name for name in SchemeForm.base_fields if name != "revision"]
    own = obj.participations.filter(own_list=True).values_list("department_id", flat=True)
    form = EditSchemeForm(
        request.POST or None,
        task=obj,
        initial={
            **{name: getattr(obj, name) for name in names},
            "revision": obj.revision,
            "own_lists": list(own),
        },
    )

    def amend(values: dict[str, Any]) -> InspectionTask:
        return services.amend_task(obj, actor=request.actor, at_revision=obj.revision, **values)

    if request.method == "POST" and submit(form, amend) is not None:
        return redirect("task", pid=obj.public_id)
    page = Page(title=_("修改方案"), crumbs=[(obj.name, href("task", pid=obj.public_id))])
    return page.ask(request, form, _("保存方案"), href("task", pid=obj.public_id))


@screen(
    "parties/<pid:pid>/roster/",
    name="roster",
    perm=Perm.ROSTER_VIEW,
    obj=lambda: Participation.objects.select_related("task", "department"),
    writes=True,
    log_reads=True,
)
def roster(request: StaffRequest, obj: Participation) -> HttpResponse:
    """Confirm the own roster; leave is shown beside it (确认可派人员)."""
    members = [m.inspector_id for m in obj.members.all()]
    form = RosterForm(request.POST or None, row=obj, initial={"inspectors": members or None})
    if not members:
        form.initial["inspectors"] = [i.pk for i in form.fields["inspectors"].queryset]  # type: ignore[attr-defined]  # a model choice

    def confirm(values: dict[str, object]) -> Participation:
        people = list(values["inspectors"])  # type: ignore[call-overload]  # a queryset
        return services.confirm_roster(obj, inspectors=people, actor=request.actor)

    if request.method == "POST" and submit(form, confirm) is not None:
        return redirect("task", pid=obj.task.public_id)
    away = on_leave(obj.department, obj.task.window_from_on, obj.task.window_to_on)
    page = Page(
        title=_("确认可派人员 · %s") % obj.department.short_name,
        crumbs=[(obj.task.name, href("task", pid=obj.task.public_id))],
        blocks=[
            Block(
                _("检查期间请假，不能派出"),
                (_("姓名"), _("编号")),
                [(i.name, i.number) for i in away],
                _("检查期间无人请假。"),
            )
        ],
    )
    if not may(request.actor, Perm.ROSTER_CONFIRM, obj) or obj.task.rosters_sealed_at:
        page.blocks.insert(
            0,
            Block(
                _("名册"),
                (_("姓名"), _("编号")),
                [
                    (m.inspector.name, m.inspector.number)
                    for m in obj.members.select_related("inspector")
                ],
                _("尚未确认。"),
            ),
        )
        return page.show(request)
    return page.ask(request, form, _("确认名册"), href("task", pid=obj.task.public_id))


STEP_UP = {"void": gettext_lazy("任务作废")}

for name, perm, done, run in (
    (
        "submit",
        Perm.TASK_DRAFT,
        gettext_lazy("方案已提交"),
        lambda r, t: services.submit_task(t, actor=r.actor),
    ),
    (
        "approve",
        Perm.TASK_APPROVE,
        gettext_lazy("方案已批准"),
        lambda r, t: services.approve_task(t, actor=r.actor),
    ),
    (
        "return",
        Perm.TASK_APPROVE,
        gettext_lazy("方案已退回"),
        lambda r, t: services.return_task(t, reason=typed(r), actor=r.actor),
    ),
    (
        "close",
        Perm.TASK_DRAFT,
        gettext_lazy("任务已办结"),
        lambda r, t: close_task(t, actor=r.actor),
    ),
    (
        "void",
        Perm.TASK_APPROVE,
        gettext_lazy("任务已作废"),
        lambda r, t: void_task(t, reason=typed(r), actor=r.actor),
    ),
):
    button(
        f"tasks/<pid:pid>/{name}/",
        f"task-{name}",
        perm,
        InspectionTask,
        run,
        done,
        back=lambda t: href("task", pid=t.public_id),
        step_up=STEP_UP.get(name, ""),
    )

for name, done, answer in (
    (
        "accept",
        gettext_lazy("已接受方案"),
        lambda r, p: services.accept_participation(p, actor=r.actor),
    ),
    (
        "decline",
        gettext_lazy("已回复不接受"),
        lambda r, p: services.decline_participation(p, reason=typed(r), actor=r.actor),
    ),
):
    button(
        f"parties/<pid:pid>/{name}/",
        f"party-{name}",
        Perm.TASK_ACCEPT,
        Participation,
        answer,
        done,
        back=lambda p: href("task", pid=p.task.public_id),
    )
