"""The lines of a plan (计划条目) while it is a draft, and the answers to its overlaps (交叉重复)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from openlot.kernel.errors import NotFound
from openlot.plans import services
from openlot.plans.models import AnnualPlan, OverlapAnswer, PlanLine
from openlot.plans.selectors import overlaps
from openlot.rights.perms import Perm
from openlot.web.forms import submit
from openlot.web.page import Page, href
from openlot.web.plans.forms import COUNTS, LineForm, OverlapForm
from openlot.web.screens import StaffRequest, screen


@screen(
    "plans/<pid:pid>/lines/new/",
    name="plan-line-new",
    perm=Perm.PLAN_DRAFT,
    obj=AnnualPlan,
    writes=True,
)
def line_new(request: StaffRequest, obj: AnnualPlan) -> HttpResponse:
    """Add a line (添加条目)."""
    form = LineForm(request.POST or None, department=obj.department)

    def add(_values: object) -> PlanLine:
        return services.add_line(obj, form.draft(), actor=request.actor)

    if request.method == "POST" and submit(form, add) is not None:
        return redirect("plan", pid=obj.public_id)
    return _line_page(request, obj, form, _("添加计划条目"))


@screen(
    "plans/<pid:pid>/lines/<pid:line>/",
    name="plan-line-edit",
    perm=Perm.PLAN_DRAFT,
    obj=AnnualPlan,
    writes=True,
)
def line_edit(request: StaffRequest, obj: AnnualPlan, line: str) -> HttpResponse:
    """Change a line of a draft (修改条目)."""
    row = obj.lines.filter(public_id=line).first()
    if row is None:
        raise NotFound
    form = LineForm(request.POST or None, department=obj.department, initial=_initial(row))

    def amend(_values: object) -> PlanLine:
        return services.amend_line(row, form.draft(), actor=request.actor, at_revision=obj.revision)

    if request.method == "POST" and submit(form, amend) is not None:
        return redirect("plan", pid=obj.public_id)
    return _line_page(request, obj, form, _("修改计划条目"))


def _initial(line: PlanLine) -> dict[str, object]:
    names = (
        "name",
        "source_level",
        "scope",
        "draw_scope",
        "target_scope",
        "target_kinds",
        "regions",
        "by_credit_class",
        *COUNTS,
        "window_from_on",
        "window_to_on",
        "methods",
    )
    ratios = {f"ratio_{r.credit_class.lower()}": r.ratio_bp / 100 for r in line.ratios.all()}
    return {
        **{name: getattr(line, name) for name in names},
        **ratios,
        "ratio": line.ratio_bp / 100,
        "industries": " ".join(line.industries),
        "items": list(line.items.all()),
        "participants": list(line.participants.all()),
    }


def _line_page(request: StaffRequest, plan: AnnualPlan, form: LineForm, title: str) -> HttpResponse:
    page = Page(title=title, crumbs=[(plan.title, href("plan", pid=plan.public_id))])
    return page.ask(request, form, _("保存条目"), href("plan", pid=plan.public_id))


@screen(
    "plans/<pid:pid>/overlaps/<pid:line>/<pid:other>/",
    name="plan-overlap",
    perm=Perm.PLAN_COORDINATE,
    obj=AnnualPlan,
    writes=True,
)
def overlap(request: StaffRequest, obj: AnnualPlan, line: str, other: str) -> HttpResponse:
    """Answer an overlap (答复交叉重复)."""
    found = [o for o in overlaps(obj) if (o.line.public_id, o.other.public_id) == (line, other)]
    if not found:
        raise NotFound
    form = OverlapForm(request.POST or None)

    def answer(values: dict[str, str]) -> OverlapAnswer:
        return services.answer_overlap(
            obj, found[0].line, found[0].other, actor=request.actor, **values
        )

    if request.method == "POST" and submit(form, answer) is not None:
        return redirect("plan", pid=obj.public_id)
    page = Page(title=_("答复交叉重复"), crumbs=[(obj.title, href("plan", pid=obj.public_id))])
    return page.ask(request, form, _("答复"), href("plan", pid=obj.public_id))
