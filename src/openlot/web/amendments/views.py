"""Replacements and re-matchings (递补、改派): asked by the department, approved by another unit."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.draws import services
from openlot.draws.models import Amendment, AmendmentState
from openlot.draws.reserve import chain_of, is_sealed, links_left
from openlot.draws.selectors import amendment_list
from openlot.inspections.models import Inspection
from openlot.kernel.errors import NotFound
from openlot.paperwork.services import carry_out_amendment
from openlot.policies.selectors import draw_setting
from openlot.rights.access import may
from openlot.rights.perms import Perm
from openlot.web.amendments.forms import AmendmentForm, RematchForm, ReplacementForm
from openlot.web.buttons import button
from openlot.web.forms import ReasonForm, submit, typed
from openlot.web.inspections.views import with_task
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Fact, Page, digest_cell, done_by, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import names, tell
from openlot.web.uploads import attachment

TONES = {
    "requested": "gold",
    "link_due": "gold",
    "approved": "blue",
    "carried_out": "green",
    "refused": "red",
}


def amendments_with_draw() -> QuerySet[Amendment]:
    """Return the amendments with what their page shows (递补、改派及其抽取)."""
    return Amendment.objects.select_related(
        "draw__task__department",
        "department",
        "decided_by_department",
        "frame__department",
        "target",
        "new_target",
        "inspector",
        "new_inspector",
    ).defer("document")


def _tag(row: Amendment) -> str:
    return tag(row.get_state_display(), TONES[row.state])


AMENDMENTS = ListSpec(
    title=gettext_lazy("递补与改派"),
    columns=(
        Column(
            gettext_lazy("抽取"),
            lambda a: link("amendment", f"{a.draw} {a.get_kind_display()}", pid=a.public_id),
        ),
        Column(gettext_lazy("部门"), lambda a: a.department.short_name),
        Column(gettext_lazy("检查对象"), lambda a: a.target.name),
        Column(gettext_lazy("换下"), lambda a: a.inspector.name if a.inspector else a.target.name),
        Column(gettext_lazy("申请时间"), lambda a: _when(a.requested_at), sort="requested_at"),
        Column(gettext_lazy("状态"), _tag),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), AmendmentState.choices, "state"),
        Filter("kind", gettext_lazy("种类"), Amendment.Kind.choices, "kind"),
    ),
    search=("draw__draw_id", "target__name", "department__name"),
    search_hint=gettext_lazy("抽取编号、对象或部门"),
    order=("-pk",),
    empty=gettext_lazy("没有递补或改派。"),
)


@screen("amendments/", name="amendments", perm=Perm.AMEND_VIEW)
def amendments(request: StaffRequest) -> HttpResponse:
    """List what was changed after the draws (递补与改派列表)."""
    return show_list(request, amendment_list(request.actor), AMENDMENTS)


@screen(
    "inspections/<pid:pid>/replace/",
    name="inspection-replace",
    perm=Perm.AMEND_REQUEST,
    obj=with_task,
    writes=True,
)
def inspection_replace(request: StaffRequest, obj: Inspection) -> HttpResponse:
    """Ask for a target to be replaced (申请递补)."""
    rows = obj.draw.drawn_targets.filter(target__code=obj.target.code, is_spare=False)
    form = ReplacementForm(
        request.POST or None, request.FILES or None, rows=rows.select_related("frame__department")
    )

    def ask(values: dict[str, Any]) -> Amendment:
        return services.request_replacement(
            values["drawn"], actor=request.actor, **_grounds(values)
        )

    return _asked(request, obj, form, ask, _("申请递补 · %s") % obj.target.name)


@screen(
    "inspections/<pid:pid>/rematch/",
    name="inspection-rematch",
    perm=Perm.AMEND_REQUEST,
    obj=with_task,
    writes=True,
)
def inspection_rematch(request: StaffRequest, obj: Inspection) -> HttpResponse:
    """Ask for an officer to be matched again (申请改派)."""
    rows = obj.assignments.filter(department_id=request.actor.department_key)
    form = RematchForm(
        request.POST or None, request.FILES or None, rows=rows.select_related("inspector")
    )

    def ask(values: dict[str, Any]) -> Amendment:
        officer = values["officer"]
        return services.request_rematch(
            obj.draw,
            target=obj.target,
            slot=officer.slot,
            inspector=officer.inspector,
            actor=request.actor,
            **_grounds(values),
        )

    return _asked(request, obj, form, ask, _("申请改派 · %s") % obj.target.name)


def _grounds(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("reason_code", "reason", "document")}


def _asked(
    request: StaffRequest, inspection: Inspection, form: AmendmentForm, ask: Any, title: str
) -> HttpResponse:
    made = submit(form, ask) if request.method == "POST" else None
    if made is not None:
        return redirect("amendment", pid=made.public_id)
    back = href("inspection", pid=inspection.public_id)
    page = Page(title=title, crumbs=[(inspection.number, back)])
    return page.ask(request, form, _("提交申请"), back)


@screen("amendments/<pid:pid>/", name="amendment", perm=Perm.AMEND_VIEW, obj=amendments_with_draw)
def amendment(request: StaffRequest, obj: Amendment) -> HttpResponse:
    """Show a replacement or a re-matching: who asked, who approved, who came in (递补、改派详情)."""
    reasons = draw_setting(f"{obj.kind}_reasons", obj.requested_at.date())
    asker, decider = names([obj.requested_by_ref, obj.decided_by_ref])
    elsewhere = obj.decided_by_department
    facts = [
        Fact(_("抽取"), _draw_link(request, obj)),
        Fact(_("检查对象"), obj.target.name),
        Fact(_("事由"), f"{obj.reason_code} {reasons.get(obj.reason_code, '')}"),
        Fact(_("情况说明"), obj.reason or "—"),
        Fact(_("申请"), done_by(asker, _when(obj.requested_at))),
        Fact(_("批准单位"), elsewhere.name if elsewhere else "—"),
        Fact(_("决定"), done_by(decider, _when(obj.decided_at)) if obj.decided_at else "—"),
        Fact(_("换下"), obj.inspector.name if obj.inspector else obj.target.name),
        Fact(_("换上"), _newcomer(obj)),
        *_link_facts(obj),
        Fact(_("证明材料校验码"), digest_cell(obj.document_sha256), wide=True),
    ]
    page = Page(
        title=str(obj),
        state=_tag(obj),
        subtitle=obj.draw.task.name,
        crumbs=[(_("递补与改派"), href("amendments"))],
        acts=_acts(request, obj),
        facts=facts,
        story=tell(request, obj),
    )
    if obj.state in ("requested", "link_due") and is_sealed(obj):
        page.notices.append(("info", _sealed_words(obj)))
    if obj.state == "refused":
        page.notices.append(("bad", _("不同意：%s") % obj.refused_reason))
    return page.show(request)


def _draw_link(request: StaffRequest, row: Amendment) -> object:
    if may(request.actor, Perm.DRAW_VIEW, row.draw):
        return link("draw", str(row.draw), pid=row.draw.public_id)
    return str(row.draw)


def _link_facts(row: Amendment) -> list[Fact]:
    if not row.link:
        return []
    (holder,) = names([row.link_published_by_ref])
    return [
        Fact(_("链值公布"), done_by(holder, _when(row.link_published_at))),
        Fact(_("链值"), digest_cell(row.link), wide=True),
    ]


def _sealed_words(row: Amendment) -> str:
    """Say who does what in a sealed replacement, and how many the chain still has."""
    chain = chain_of(row.draw)
    values = {
        "holder": chain.party.name if chain and chain.party else "",
        "left": links_left(row.draw),
    }
    if row.state == "requested":
        words = _(
            "密封递补：由检查部门和保管单位（%(holder)s）以外的单位批准，"
            "再由保管单位公布链值确定递补对象；尚可递补 %(left)s 次。"
        )
    else:
        words = _(
            "已批准，等待%(holder)s公布下一链值；公布前无人知道递补对象是谁。"
            "凭据遗失不能公布的，由批准单位“不同意”并写明原因。"
        )
    return words % values


def _newcomer(row: Amendment) -> object:
    if row.number is None and is_sealed(row):
        return _("链值公布后确定")
    if row.number is None:
        return _("批准后按抽取规则确定")
    if row.new_inspector:
        return row.new_inspector.name
    return row.new_target.name if row.new_target else _("该层已无可递补对象")


def _when(instant: Any) -> str:
    return instant.astimezone().strftime("%Y-%m-%d %H:%M") if instant else "—"


def _decides(request: StaffRequest, row: Amendment) -> bool:
    """Say whether the person's unit may decide: never the one that can foresee the newcomer."""
    if not may(request.actor, Perm.AMEND_DECIDE, row):
        return False
    chain = chain_of(row.draw) if is_sealed(row) else None
    return chain is None or chain.party_id != request.actor.department_id


def _link_acts(request: StaffRequest, row: Amendment) -> list[Act]:
    chain = chain_of(row.draw)
    if row.state != "link_due" or chain is None:
        return []
    own = chain.party_id == request.actor.department_id
    if not own or not may(request.actor, Perm.RESERVE_HOLD, row):
        return []
    if chain.by_server:
        return [Act(href("amendment-play-link", pid=row.public_id), _("演示代为公布链值"))]
    return [Act(href("amendment-link", pid=row.public_id), _("公布链值"), method="get")]


def _acts(request: StaffRequest, row: Amendment) -> list[Act]:
    pid, acts = row.public_id, []
    acts += _link_acts(request, row)
    if row.state == "requested" and _decides(request, row):
        acts.append(Act(href("amendment-approve", pid=pid), _("批准")))
    if row.state in ("requested", "link_due") and _decides(request, row):
        look = href("amendment-refuse", pid=pid)
        acts.append(Act(look, _("不同意"), ReasonForm(), tone="danger"))
    if row.state == "approved" and may(request.actor, Perm.AMEND_REQUEST, row):
        acts.append(Act(href("amendment-carry-out", pid=pid), _("执行并更新文书")))
    if may(request.actor, Perm.AMEND_DECIDE, row) or may(request.actor, Perm.AMEND_REQUEST, row):
        look = href("amendment-document", pid=pid)
        acts.append(Act(look, _("查看证明材料"), method="get", tone=""))
    return acts


@screen(
    "amendments/<pid:pid>/document/",
    name="amendment-document",
    perm=Perm.AMEND_VIEW,
    obj=Amendment,
)
def amendment_document(request: StaffRequest, obj: Amendment) -> HttpResponse:
    """Hand out the evidence (证明材料) to who asked and who decides, as an attachment only."""
    decides = may(request.actor, Perm.AMEND_DECIDE, obj)
    if not decides and not may(request.actor, Perm.AMEND_REQUEST, obj):
        raise NotFound
    return attachment(bytes(obj.document), obj.document_name)


STEP_UP = {"approve": gettext_lazy("批准递补与改派")}

for name, perm, done, run in (
    (
        "approve",
        Perm.AMEND_DECIDE,
        gettext_lazy("已批准；换上者由抽取规则确定"),
        lambda r, a: services.approve_amendment(a, actor=r.actor),
    ),
    (
        "refuse",
        Perm.AMEND_DECIDE,
        gettext_lazy("已决定不同意"),
        lambda r, a: services.refuse_amendment(a, reason=typed(r), actor=r.actor),
    ),
    (
        "carry-out",
        Perm.AMEND_REQUEST,
        gettext_lazy("已执行，文书已更新"),
        lambda r, a: carry_out_amendment(a, actor=r.actor),
    ),
):
    button(
        f"amendments/<pid:pid>/{name}/",
        f"amendment-{name}",
        perm,
        Amendment,
        run,
        done,
        back=lambda a: href("amendment", pid=a.public_id),
        step_up=STEP_UP.get(name, ""),
    )
