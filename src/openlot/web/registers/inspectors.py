"""The register of inspectors (执法检查人员名录库): list, entry, leave."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.accounts.models import Department
from openlot.kernel.marks import listed
from openlot.privacy.personal import masked
from openlot.registers.models import (
    Inspector,
    InspectorCategory,
    InspectorState,
    Leave,
    Qualification,
    Recusal,
)
from openlot.registers.selectors import coming_leaves, inspector_list, without_register_row
from openlot.registers.services import (
    add_inspector,
    declare_recusal,
    enter_leave,
    lapse_certificate,
    move_inspector_out,
)
from openlot.rights.access import holds, may
from openlot.rights.perms import Perm
from openlot.web.buttons import button
from openlot.web.forms import ReasonForm, submit, typed
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, href, link, tag
from openlot.web.privacy.acts import reveal_act
from openlot.web.registers.forms import InspectorForm, LeaveForm, RecusalForm
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import tell


def inspector_state(inspector: Inspector) -> str:
    """Return an inspector's state as a tag (人员状态)."""
    return tag(inspector.get_state_display(), "green" if inspector.state == "active" else "grey")


def tags(inspector: Inspector) -> str:
    """Return an inspector's qualifications in words (资质专长)."""
    return listed(str(Qualification(t).label) for t in inspector.tags) or "—"


INSPECTORS = ListSpec(
    title=gettext_lazy("执法检查人员名录库"),
    columns=(
        Column(gettext_lazy("编号"), lambda i: i.number, sort="number"),
        Column(
            gettext_lazy("姓名"), lambda i: link("inspector", i.name, pid=i.public_id), sort="name"
        ),
        Column(gettext_lazy("部门"), lambda i: i.department.short_name),
        Column(gettext_lazy("类别"), lambda i: i.get_category_display()),
        Column(gettext_lazy("执法证号"), lambda i: masked(i, "certificate_no") or "—"),
        Column(
            gettext_lazy("有效期至"), lambda i: i.certificate_to_on or "—", sort="certificate_to_on"
        ),
        Column(gettext_lazy("资质专长"), tags),
        Column(gettext_lazy("状态"), inspector_state),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), InspectorState.choices, "state"),
        Filter("category", gettext_lazy("类别"), InspectorCategory.choices, "category"),
    ),
    search=("name", "number"),
    search_hint=gettext_lazy("姓名或编号"),
    order=("number",),
    empty=gettext_lazy("名录库还是空的。"),
)


@screen("inspectors/", name="inspectors", perm=Perm.INSPECTOR_VIEW)
def inspectors(request: StaffRequest) -> HttpResponse:
    """List the inspectors (人员列表)."""
    acts = []
    if holds(request.actor, Perm.INSPECTOR_EDIT):
        acts.append(Act(href("inspector-new"), _("录入人员"), method="get"))
    return show_list(request, inspector_list(request.actor), INSPECTORS, acts)


@screen("inspectors/new/", name="inspector-new", perm=Perm.INSPECTOR_EDIT, writes=True)
def inspector_new(request: StaffRequest) -> HttpResponse:
    """Enter an inspector (录入人员)."""
    people = without_register_row(request.actor)
    form = InspectorForm(request.POST or None, people=people)

    def add(values: dict[str, object]) -> Inspector:
        own = Department.objects.get(pk=request.actor.department_key)
        return add_inspector(department=own, values=values, actor=request.actor)

    made = submit(form, add) if request.method == "POST" else None
    if made is not None:
        return redirect("inspector", pid=made.public_id)
    page = Page(title=_("录入人员"), crumbs=[(_("执法检查人员名录库"), href("inspectors"))])
    return page.ask(request, form, _("录入"), href("inspectors"))


@screen(
    "inspectors/<pid:pid>/",
    name="inspector",
    perm=Perm.INSPECTOR_VIEW,
    obj=Inspector,
    log_reads=True,
)
def inspector(request: StaffRequest, obj: Inspector) -> HttpResponse:
    """Show an inspector with leave (人员详情)."""
    acts = []
    if may(request.actor, Perm.INSPECTOR_EDIT, obj):
        acts.append(Act(href("leave-new", pid=obj.public_id), _("登记请假"), form=LeaveForm()))
        acts.append(
            Act(href("recusal-new", pid=obj.public_id), _("申报回避"), form=RecusalForm(), tone="")
        )
        if obj.state == "active":
            acts.append(
                Act(href("inspector-lapse", pid=obj.public_id), _("证件失效"), tone="danger")
            )
        if obj.state != "moved_out":
            acts.append(
                Act(
                    href("inspector-move-out", pid=obj.public_id),
                    _("调离出库"),
                    form=ReasonForm(),
                    tone="danger",
                )
            )
    leaves = [(row.from_on, row.to_on, masked(row, "reason")) for row in coming_leaves(obj)]
    if may(request.actor, Perm.INSPECTOR_REVEAL, obj):
        acts.append(reveal_act("inspector", obj))
    return Page(
        title=obj.name,
        state=inspector_state(obj),
        subtitle=obj.number,
        acts=acts,
        crumbs=[(_("执法检查人员名录库"), href("inspectors"))],
        facts=[
            Fact(_("部门"), obj.department.name),
            Fact(_("类别"), obj.get_category_display()),
            Fact(_("岗位"), obj.post or "—"),
            Fact(_("执法证号"), masked(obj, "certificate_no") or "—"),
            Fact(_("发证机关"), obj.certificate_authority or "—"),
            Fact(_("有效期"), f"{obj.certificate_from_on or '—'} — {obj.certificate_to_on or '—'}"),
            Fact(_("乡镇街道"), obj.region or "—"),
            Fact(_("资质专长"), tags(obj)),
        ],
        blocks=[
            Block(_("请假"), (_("从"), _("至"), _("事由")), leaves, _("没有请假记录。")),
            Block(
                _("回避"),
                (_("对象代码"), _("事由")),
                [(r.target_code, r.get_reason_display()) for r in obj.recusals.all()],
                _("没有回避申报。"),
            ),
        ],
        story=tell(request, obj),
    ).show(request)


@screen(
    "inspectors/<pid:pid>/leave/",
    name="leave-new",
    perm=Perm.INSPECTOR_EDIT,
    obj=Inspector,
    writes=True,
)
def leave_new(request: StaffRequest, obj: Inspector) -> HttpResponse:
    """Enter days of absence (登记请假)."""
    form = LeaveForm(request.POST or None)

    def enter(values: dict[str, object]) -> Leave:
        return enter_leave(obj, actor=request.actor, **values)  # type: ignore[arg-type]  # a form's values

    if request.method == "POST" and submit(form, enter) is not None:
        return redirect("inspector", pid=obj.public_id)
    page = Page(title=_("登记请假"), crumbs=[(obj.name, href("inspector", pid=obj.public_id))])
    return page.ask(request, form, _("登记"), href("inspector", pid=obj.public_id))


@screen(
    "inspectors/<pid:pid>/recusal/",
    name="recusal-new",
    perm=Perm.INSPECTOR_EDIT,
    obj=Inspector,
    writes=True,
)
def recusal_new(request: StaffRequest, obj: Inspector) -> HttpResponse:
    """Declare that an inspector must not inspect a target (申报回避)."""
    form = RecusalForm(request.POST or None)

    def declare(values: dict[str, str]) -> Recusal:
        return declare_recusal(obj, actor=request.actor, **values)

    if request.method == "POST" and submit(form, declare) is not None:
        return redirect("inspector", pid=obj.public_id)
    page = Page(title=_("申报回避"), crumbs=[(obj.name, href("inspector", pid=obj.public_id))])
    return page.ask(request, form, _("申报"), href("inspector", pid=obj.public_id))


for name, done, run in (
    ("lapse", gettext_lazy("已标记证件失效"), lambda r, i: lapse_certificate(i, actor=r.actor)),
    (
        "move-out",
        gettext_lazy("已调离出库"),
        lambda r, i: move_inspector_out(i, reason=typed(r), actor=r.actor),
    ),
):
    button(
        f"inspectors/<pid:pid>/{name}/",
        f"inspector-{name}",
        Perm.INSPECTOR_EDIT,
        Inspector,
        run,
        done,
        back=lambda i: href("inspector", pid=i.public_id),
    )
