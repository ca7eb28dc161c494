"""The desk (工作台): what waits, what is due, the year's tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.accounts.selectors import waiting_requests, without_all_duties
from openlot.draws.ledger import to_compare
from openlot.draws.models import Amendment, Anchor, Draw, Extension
from openlot.draws.selectors import without_officers
from openlot.inspections.models import Inspection
from openlot.inspections.selectors import without_officer, without_papers
from openlot.items.models import InspectionItem
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.plans.models import AnnualPlan
from openlot.publication.due import untold_draws
from openlot.results.models import FollowUp, InspectionResult
from openlot.results.selectors import due_rows, result_clocks
from openlot.rights.access import holds, visible
from openlot.rights.perms import Perm
from openlot.signin.models import EmergencyView, FactorReset
from openlot.tasks.models import InspectionTask, Participation
from openlot.web.clocks import clock_tag
from openlot.web.desk.watched import watched
from openlot.web.jobs.views import alarms
from openlot.web.page import href
from openlot.web.screens import StaffRequest, screen


@dataclass(frozen=True, slots=True)
class Todo:
    """One kind of waiting work (待办): who sees it, what counts, where it leads."""

    title: str | Promise
    perm: Perm
    rows: Callable[[Actor], QuerySet[Any]]
    url: str
    hot: bool = False


def to_compare_by(_actor: Actor) -> QuerySet[Any]:
    """Return the sealed lists an overseer looks through before the draw (待核对的封存名单)."""
    return to_compare(Draw.objects.all())


TODOS = (
    Todo(
        _("待提交的事项"),
        Perm.ITEM_DRAFT,
        lambda a: InspectionItem.objects.filter(state="draft"),
        "items/?state=draft",
    ),
    Todo(
        _("待审定的事项"),
        Perm.ITEM_APPROVE,
        lambda a: InspectionItem.objects.filter(state="submitted"),
        "items/?state=submitted",
    ),
    Todo(
        _("待确认参与的事项"),
        Perm.ITEM_CONFIRM,
        lambda a: InspectionItem.objects.filter(
            state="submitted",
            participations__department_id=a.department_key,
            participations__confirmed_at=None,
        ),
        "items/?state=submitted",
    ),
    Todo(
        _("待报备的事项"),
        Perm.ITEM_FILE,
        lambda a: InspectionItem.objects.filter(state="approved"),
        "items/?state=approved",
    ),
    Todo(
        _("待公示的事项"),
        Perm.ITEM_PUBLISH,
        lambda a: InspectionItem.objects.filter(state="filed"),
        "items/?state=filed",
    ),
    Todo(
        _("待审定的计划"),
        Perm.PLAN_APPROVE,
        lambda a: AnnualPlan.objects.filter(state="submitted"),
        "plans/?state=submitted",
    ),
    Todo(
        _("待统筹备案的计划"),
        Perm.PLAN_COORDINATE,
        lambda a: AnnualPlan.objects.filter(state="approved"),
        "plans/?state=approved",
    ),
    Todo(
        _("待接受的方案"),
        Perm.TASK_ACCEPT,
        lambda a: Participation.objects.filter(
            department_id=a.department_key, state="invited", task__state="submitted"
        ),
        "tasks/?state=submitted",
    ),
    Todo(
        _("待批准的方案"),
        Perm.TASK_APPROVE,
        lambda a: InspectionTask.objects.filter(state="submitted"),
        "tasks/?state=submitted",
    ),
    Todo(
        _("待确认的可派人员"),
        Perm.ROSTER_CONFIRM,
        lambda a: Participation.objects.filter(
            state="accepted", roster_confirmed_at=None, task__state__in=("submitted", "approved")
        ),
        "tasks/",
    ),
    Todo(
        _("待抽取的任务"),
        Perm.DRAW_PREPARE,
        lambda a: InspectionTask.objects.filter(state="approved").exclude(draws__state="matched"),
        "tasks/?state=approved",
    ),
    Todo(
        _("待制发文书的抽取"),
        Perm.DRAW_PREPARE,
        lambda a: without_papers(),
        "tasks/?state=approved",
    ),
    Todo(
        _("待公布的抽取记录"),
        Perm.DRAW_PREPARE,
        lambda a: untold_draws(),
        "tasks/?state=approved",
    ),
    Todo(
        _("待确认的封存"),
        Perm.DRAW_CONFIRM,
        lambda a: Draw.objects.filter(state="seal_requested"),
        "tasks/?state=approved",
        hot=True,
    ),
    Todo(
        _("待核对的封存名单"),
        Perm.BUNDLE_VIEW,
        to_compare_by,
        "draws/ledger/",
    ),
    Todo(
        _("待决定的作废"),
        Perm.DRAW_CONSENT,
        lambda a: Draw.objects.filter(void_requested_at__isnull=False, voided_at=None),
        "tasks/",
        hot=True,
    ),
    Todo(
        _("待审批的递补与改派"),
        Perm.AMEND_DECIDE,
        lambda a: Amendment.objects.filter(state="requested"),
        "amendments/?state=requested",
        hot=True,
    ),
    Todo(
        _("人员不足、待解封名册"),
        Perm.DRAW_CONSENT,
        lambda a: without_officers(),
        "draws/ledger/",
        hot=True,
    ),
    Todo(
        _("待复核的外部存证"),
        Perm.ANCHOR_CONFIRM,
        lambda a: Anchor.objects.filter(state="recorded").exclude(recorded_by_ref=a.ref),
        "anchors/?state=recorded",
        hot=True,
    ),
    Todo(
        _("待审批的补充抽取"),
        Perm.AMEND_DECIDE,
        lambda a: Extension.objects.filter(state="requested").exclude(
            task__participations__department_id=a.department_key
        ),
        "draws/ledger/",
        hot=True,
    ),
    Todo(
        _("待公布的递补链值"),
        Perm.RESERVE_HOLD,
        lambda a: Amendment.objects.filter(
            state="link_due",
            draw__sources__type="chain",
            draw__sources__party_id=a.department_key,
        ),
        "amendments/?state=link_due",
        hot=True,
    ),
    Todo(
        _("检查人员已离岗、待改派"),
        Perm.AMEND_REQUEST,
        lambda a: without_officer(),
        "inspections/?officer=True",
        hot=True,
    ),
    Todo(
        _("待决定的账号申请"),
        Perm.ACCOUNT_DECIDE,
        lambda a: waiting_requests(for_names=False),
        "account-requests/?state=requested",
    ),
    Todo(
        _("待决定的改名申请"),
        Perm.RENAME_DECIDE,
        lambda a: waiting_requests(for_names=True),
        "account-requests/?state=requested&kind=rename",
    ),
    Todo(
        _("本部门专人不全"),
        Perm.DUTY_NAME,
        lambda a: without_all_duties(),
        "departments/?lacking=0",
        hot=True,
    ),
    Todo(
        _("专人不全的部门"),
        Perm.DEPARTMENT_REGISTER,
        lambda a: without_all_duties(),
        "departments/?lacking=0",
        hot=True,
    ),
    Todo(
        _("待执行的递补与改派"),
        Perm.AMEND_REQUEST,
        lambda a: Amendment.objects.filter(state="approved", department_id=a.department_key),
        "amendments/?state=approved",
    ),
    Todo(
        _("待决定的认证因子、口令重置"),
        Perm.FACTOR_RESET_DECIDE,
        lambda a: FactorReset.objects.filter(state="requested").exclude(requested_by_id=a.user_key),
        "security/resets/?state=requested",
        hot=True,
    ),
    Todo(
        _("待确认的应急查看"),
        Perm.EMERGENCY_CONFIRM,
        lambda a: EmergencyView.objects.filter(state="asked"),
        "emergencies/?state=asked",
        hot=True,
    ),
    Todo(
        _("正在进行的应急查看"),
        Perm.EMERGENCY_VIEW,
        lambda a: EmergencyView.objects.filter(state="open", ends_at__gt=clock.now()),
        "emergencies/?state=open",
        hot=True,
    ),
    Todo(
        _("待检查的对象"),
        Perm.INSPECTION_VISIT,
        lambda a: Inspection.objects.filter(state__in=("ready", "inspecting")),
        "inspections/?state=ready",
    ),
    Todo(
        _("退回待改的结果"),
        Perm.RESULT_RECORD,
        lambda a: InspectionResult.objects.filter(state="returned"),
        "results/?state=returned",
        hot=True,
    ),
    Todo(
        _("待审核的结果"),
        Perm.RESULT_REVIEW,
        lambda a: InspectionResult.objects.filter(state="in_review"),
        "results/?state=in_review",
    ),
    Todo(
        _("待公示的结果"),
        Perm.RESULT_PUBLISH,
        lambda a: InspectionResult.objects.filter(state="approved"),
        "results/?state=approved",
        hot=True,
    ),
    Todo(
        _("未完结的后续处置"),
        Perm.FOLLOW_UP,
        lambda a: FollowUp.objects.filter(state="open"),
        "results/",
    ),
)


@screen("desk/", name="desk", perm=Perm.DESK_VIEW)
def desk(request: StaffRequest) -> HttpResponse:
    """Show a person's desk (工作台)."""
    actor = request.actor
    todos: list[dict[str, Any]] = [
        {
            "title": t.title,
            "n": visible(actor, t.perm, t.rows(actor)).count(),
            "url": f"/{t.url}",
            "hot": t.hot,
        }
        for t in TODOS
        if holds(actor, t.perm)
    ]
    return render(
        request,
        "web/desk.html",
        {
            "todos": sorted(todos, key=lambda t: t["n"] == 0),
            "waiting": sum(int(t["n"]) for t in todos),
            "due": _due(actor),
            "months": _year(actor),
            "year": clock.today().year,
            "alarms": alarms(actor),
            "watches": holds(actor, Perm.TRAIL_VIEW),
            "watched": watched(actor),
            "runs_jobs": holds(actor, Perm.JOB_VIEW),
        },
    )


def _due(actor: Actor) -> list[dict[str, object]] | None:
    """Return the results that are due soonest (公示时限), None for who sees no results."""
    if not holds(actor, Perm.RESULT_VIEW):
        return None
    read = result_clocks()
    return [
        {
            "name": r.inspection.target.name,
            "department": r.department.short_name,
            "state": r.get_state_display(),
            "url": href("result", pid=r.public_id),
            "clock": clock_tag(read(r)),
        }
        for r in due_rows(actor)[:12]
    ]


def _year(actor: Actor) -> list[dict[str, object]]:
    """Return the twelve months with the tasks whose window ends in each (年度任务日历)."""
    today = clock.today()
    if not holds(actor, Perm.TASK_VIEW):
        return []
    rows = visible(
        actor, Perm.TASK_VIEW, InspectionTask.objects.filter(window_to_on__year=today.year)
    ).order_by("window_to_on")[:200]
    months: list[dict[str, object]] = [
        {"number": n, "now": n == today.month, "tasks": []} for n in range(1, 13)
    ]
    for task in rows:
        tasks = months[task.window_to_on.month - 1]["tasks"]
        tasks.append((task.name, href("task", pid=task.public_id)))  # type: ignore[attr-defined]  # a list
    return months
