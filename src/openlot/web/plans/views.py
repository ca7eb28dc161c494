"""Annual plans (年度抽查工作计划): draft, approve, coordinate, publish."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.accounts.models import Department
from openlot.kernel import clock
from openlot.kernel.marks import listed
from openlot.plans import services
from openlot.plans.models import AnnualPlan, PlanLine, PlanState
from openlot.plans.selectors import filing_deadline, overlaps, plan_list
from openlot.publication.services import publish_plan
from openlot.rights.access import holds, may
from openlot.rights.perms import Perm
from openlot.web.buttons import button
from openlot.web.forms import ReasonForm, submit, typed
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, days, href, link, tag
from openlot.web.plans import lines as _lines  # noqa: F401  # registers its screens
from openlot.web.plans.forms import OverlapForm, PlanForm
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.proofs import place_facts
from openlot.web.trail.stories import tell

TONES = {"published": "green", "submitted": "gold", "approved": "blue"}


def state_tag(plan: AnnualPlan) -> str:
    """Return a plan's state as a tag (计划状态)."""
    return tag(plan.get_state_display(), TONES.get(plan.state, "grey"))


PLANS = ListSpec(
    title=gettext_lazy("年度抽查工作计划"),
    columns=(
        Column(gettext_lazy("计划"), lambda p: link("plan", p.title, pid=p.public_id)),
        Column(gettext_lazy("年度"), lambda p: p.year, sort="year"),
        Column(gettext_lazy("部门"), lambda p: p.department.short_name, sort="department__code"),
        Column(gettext_lazy("版本"), lambda p: p.version, number=True),
        Column(gettext_lazy("编号"), lambda p: p.number or "—"),
        Column(gettext_lazy("备案号"), lambda p: p.filing_no or "—"),
        Column(gettext_lazy("状态"), state_tag),
    ),
    filters=(Filter("state", gettext_lazy("状态"), PlanState.choices, "state"),),
    search=("title", "number", "department__name"),
    search_hint=gettext_lazy("名称、编号或部门"),
    order=("-year", "department__code", "-version"),
    empty=gettext_lazy("还没有年度计划。经办人可点“拟定计划”开始。"),
)


@screen("plans/", name="plans", perm=Perm.PLAN_VIEW)
def plans(request: StaffRequest) -> HttpResponse:
    """List the plans (计划列表)."""
    acts = []
    if holds(request.actor, Perm.PLAN_DRAFT):
        acts.append(Act(href("plan-new"), _("拟定计划"), method="get"))
    return show_list(request, plan_list(request.actor).distinct(), PLANS, acts)


@screen("plans/new/", name="plan-new", perm=Perm.PLAN_DRAFT, writes=True)
def plan_new(request: StaffRequest) -> HttpResponse:
    """Draft a plan (拟定计划)."""
    own = Department.objects.get(pk=request.actor.department_key)
    year = clock.today().year + (clock.today().month > 10)
    title = _("%(name)s%(year)s年度双随机抽查工作计划") % {"name": own.name, "year": year}
    form = PlanForm(request.POST or None, initial={"year": year, "title": title})

    def draft(values: dict[str, object]) -> AnnualPlan:
        return services.draft_plan(department=own, lines=[], actor=request.actor, **values)  # type: ignore[arg-type]  # a form's values

    made = submit(form, draft) if request.method == "POST" else None
    if made is not None:
        return redirect("plan", pid=made.public_id)
    page = Page(title=_("拟定年度计划"), crumbs=[(_("年度抽查工作计划"), href("plans"))])
    return page.ask(request, form, _("保存草稿"), href("plans"))


@screen("plans/<pid:pid>/", name="plan", perm=Perm.PLAN_VIEW, obj=AnnualPlan)
def plan(request: StaffRequest, obj: AnnualPlan) -> HttpResponse:
    """Show a plan with its lines and overlaps (计划详情)."""
    lines = list(obj.lines.prefetch_related("items", "participants", "ratios"))
    page = Page(
        title=obj.title,
        state=state_tag(obj),
        subtitle=f"v{obj.version}",
        crumbs=[(_("年度抽查工作计划"), href("plans"))],
        acts=_acts(request, obj),
        facts=[
            Fact(_("部门"), obj.department.name),
            Fact(_("年度"), obj.year),
            Fact(_("编号"), obj.number or "—"),
            Fact(_("备案号"), obj.filing_no or "—"),
            Fact(_("备案截止"), filing_deadline(obj.year)),
            Fact(_("公开时间"), (obj.published_at and obj.published_at.astimezone().date()) or "—"),
            *place_facts(obj, "plan.published", "plan-proof", obj.public_id),
        ],
        blocks=[
            Block(
                _("计划条目"),
                (
                    _("序号"),
                    _("任务"),
                    _("事项"),
                    _("类型"),
                    _("参与部门"),
                    _("比例"),
                    _("抽取数"),
                    _("检查时间"),
                ),
                [_line_row(line, obj) for line in lines],
                _("还没有条目，请添加。"),
            )
        ],
        story=tell(request, obj),
    )
    if obj.filed_late:
        page.notices.append(("warn", _("逾期备案：应于截止日前备案并公开")))
    if obj.adjust_reason:
        page.notices.append(("info", _("调整原因：%s") % obj.adjust_reason))
    if obj.returned_reason:
        page.notices.append(("warn", _("退回原因：%s") % obj.returned_reason))
    _show_overlaps(request, obj, page)
    return page.show(request)


def _line_row(line: PlanLine, plan: AnnualPlan) -> tuple[object, ...]:
    ratio = f"{line.ratio_bp / 100:g}%"
    if line.by_credit_class:
        ratio = " ".join(f"{r.credit_class} {r.ratio_bp / 100:g}%" for r in line.ratios.all())
    name = (
        line.name
        if plan.state != "draft"
        else link("plan-line-edit", line.name, pid=plan.public_id, line=line.public_id)
    )
    return (
        line.line_no,
        name,
        listed(i.name for i in line.items.all()),
        line.get_scope_display(),
        listed(d.short_name for d in line.participants.all()) or "—",
        ratio,
        line.n_planned or "—",
        days(line.window_from_on, line.window_to_on),
    )


def _show_overlaps(request: StaffRequest, plan: AnnualPlan, page: Page) -> None:
    if plan.state not in ("approved", "published"):
        return
    found = overlaps(plan)
    rows = [
        (
            o.line.name,
            o.other.plan.department.short_name,
            o.other.name,
            o.answer.get_decision_display() if o.answer else tag(_("待答复"), "gold"),
            o.answer.reason if o.answer else "—",
        )
        for o in found
    ]
    page.blocks.append(
        Block(
            _("交叉重复（同类对象、同一时间、两个以上部门）"),
            (_("本计划条目"), _("部门"), _("对方条目"), _("处理"), _("理由")),
            rows,
            _("没有发现交叉重复。"),
        )
    )
    if plan.state == "approved" and may(request.actor, Perm.PLAN_COORDINATE, plan):
        for overlap in found:
            if overlap.answer is None:
                page.acts.append(
                    Act(
                        href(
                            "plan-overlap",
                            pid=plan.public_id,
                            line=overlap.line.public_id,
                            other=overlap.other.public_id,
                        ),
                        _("答复：%s") % overlap.other.plan.department.short_name,
                        form=OverlapForm(),
                        tone="",
                    )
                )


def _acts(request: StaffRequest, plan: AnnualPlan) -> list[Act]:
    pid = plan.public_id
    offered = {
        "draft": (
            (Perm.PLAN_DRAFT, "plan-line-new", _("添加条目"), None, "get"),
            (Perm.PLAN_DRAFT, "plan-submit", _("提交审定"), None, "post"),
        ),
        "submitted": (
            (Perm.PLAN_APPROVE, "plan-approve", _("审定通过"), None, "post"),
            (Perm.PLAN_APPROVE, "plan-return", _("退回"), ReasonForm(), "post"),
        ),
        "approved": ((Perm.PLAN_COORDINATE, "plan-publish", _("备案并公开"), None, "post"),),
        "published": (
            (Perm.PLAN_DRAFT, "plan-adjust", _("动态调整"), ReasonForm(), "post"),
            (Perm.PLAN_COORDINATE, "plan-close", _("年度归档"), None, "post"),
        ),
    }.get(plan.state, ())
    tones = {"plan-return": "danger", "plan-adjust": "", "plan-close": ""}
    return [
        Act(
            href(name, pid=pid),
            label,
            form=form,
            method=method,
            tone=tones.get(name, "primary"),
        )
        for perm, name, label, form, method in offered
        if may(request.actor, perm, plan)
        and (name != "plan-close" or plan.year < clock.today().year)
    ]


@screen(
    "plans/<pid:pid>/adjust/",
    name="plan-adjust",
    perm=Perm.PLAN_DRAFT,
    obj=AnnualPlan,
    writes=True,
)
def adjust(request: StaffRequest, obj: AnnualPlan) -> HttpResponse:
    """Draft the next version of a published plan (动态调整)."""
    form = ReasonForm(request.POST or None)

    def draft(values: dict[str, str]) -> AnnualPlan:
        return services.adjust_plan(obj, reason=values["reason"], actor=request.actor)

    made = submit(form, draft) if request.method == "POST" else None
    if made is not None:
        return redirect("plan", pid=made.public_id)
    page = Page(title=_("动态调整"), crumbs=[(obj.title, href("plan", pid=obj.public_id))])
    return page.ask(request, form, _("生成调整稿"), href("plan", pid=obj.public_id))


STEP_UP = {"publish": gettext_lazy("计划备案并公开")}

for name, perm, done, run in (
    (
        "submit",
        Perm.PLAN_DRAFT,
        gettext_lazy("已提交审定"),
        lambda r, p: services.submit_plan(p, actor=r.actor),
    ),
    (
        "approve",
        Perm.PLAN_APPROVE,
        gettext_lazy("已审定"),
        lambda r, p: services.approve_plan(p, actor=r.actor),
    ),
    (
        "return",
        Perm.PLAN_APPROVE,
        gettext_lazy("已退回"),
        lambda r, p: services.return_plan(p, reason=typed(r), actor=r.actor),
    ),
    (
        "publish",
        Perm.PLAN_COORDINATE,
        gettext_lazy("已备案并公开"),
        lambda r, p: publish_plan(p, actor=r.actor),
    ),
    (
        "close",
        Perm.PLAN_COORDINATE,
        gettext_lazy("已归档"),
        lambda r, p: services.close_plan(p, actor=r.actor),
    ),
):
    button(
        f"plans/<pid:pid>/{name}/",
        f"plan-{name}",
        perm,
        AnnualPlan,
        run,
        done,
        back=lambda p: href("plan", pid=p.public_id),
        step_up=STEP_UP.get(name, ""),
    )
