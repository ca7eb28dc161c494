"""Results (检查结果): record, photos, review, preview, publish, follow up."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from openlot.kernel.marks import clauses, listed
from openlot.policies.selectors import result_codes_of
from openlot.privacy.personal import masked
from openlot.publication.services import publish_result
from openlot.publication.snapshots import result_body
from openlot.results import services
from openlot.results.models import Evidence, FollowUp, InspectionResult, ResultState
from openlot.results.selectors import current_rows, result_list
from openlot.rights.access import may
from openlot.rights.perms import Perm
from openlot.web.buttons import button
from openlot.web.clocks import result_clock_tags
from openlot.web.forms import ReasonForm, submit, typed
from openlot.web.inspections.forms import PhotoForm
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, href, link, tag
from openlot.web.privacy.acts import reveal_act
from openlot.web.results.forms import OpinionForm, RecordForm
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.proofs import place_facts
from openlot.web.trail.stories import tell
from openlot.web.uploads import attachment

TONES = {"in_review": "gold", "returned": "red", "approved": "blue", "published": "green"}


def state_tag(result: InspectionResult) -> str:
    """Return a result's state as a tag (结果状态)."""
    return tag(result.get_state_display(), TONES.get(result.state, "grey"))


def words(result: InspectionResult) -> str:
    """Return a result's codes in the words of their version (结果文字)."""
    if not result.codes:
        return "—"
    return clauses(result_codes_of(result.codes_version).names(result.codes))


RESULTS = ListSpec(
    title=pgettext_lazy("list", "检查结果"),
    columns=(
        Column(
            gettext_lazy("检查对象"),
            lambda r: link("result", r.inspection.target.name, pid=r.public_id),
        ),
        Column(gettext_lazy("检查编号"), lambda r: r.inspection.number, sort="inspection__number"),
        Column(gettext_lazy("部门"), lambda r: r.department.short_name),
        Column(gettext_lazy("结果代码"), lambda r: listed(r.codes) or "—"),
        Column(gettext_lazy("状态"), state_tag),
        Column(
            gettext_lazy("最迟公示日"),
            lambda r: format_html("{}{}", r.due_on, _("（暂定）") if r.due_provisional else ""),
            sort="due_on",
        ),
        Column(
            gettext_lazy("公示时间"),
            lambda r: (r.published_at and r.published_at.astimezone().date()) or "—",
        ),
    ),
    filters=(Filter("state", gettext_lazy("状态"), ResultState.choices, "state"),),
    search=("inspection__number", "inspection__target__name", "inspection__target__code"),
    search_hint=gettext_lazy("名称、代码或编号"),
    order=("due_on", "pk"),
    empty=gettext_lazy("还没有检查结果。"),
)


def with_inspection() -> QuerySet[InspectionResult]:
    """Return the results with what their page shows (结果及其检查)."""
    return InspectionResult.objects.select_related(
        "inspection__task__department", "inspection__target", "department"
    )


@screen("results/", name="results", perm=Perm.RESULT_VIEW)
def results(request: StaffRequest) -> HttpResponse:
    """List the results (结果列表)."""
    return show_list(request, result_list(request.actor), RESULTS)


@screen("results/<pid:pid>/", name="result", perm=Perm.RESULT_VIEW, obj=with_inspection)
def result(request: StaffRequest, obj: InspectionResult) -> HttpResponse:
    """Show a result with its rows, evidence, follow-ups and clock (结果详情)."""
    page = _result_page(request, obj)
    page.acts = _acts(request, obj)
    page.story = tell(request, obj)
    if obj.returned_reason:
        page.notices.append(("warn", _("退回原因：%s") % obj.returned_reason))
    return page.show(request)


def _result_page(request: StaffRequest, obj: InspectionResult) -> Page:
    inspection = obj.inspection
    rows = [
        (
            r.item.name,
            listed(r.codes) if r.is_checked else _("本次未检查"),
            r.problem or "—",
            r.disposal or "—",
            clauses(a.question.content for a in r.answers.all() if not a.is_met) or "—",
        )
        for r in current_rows(obj)
    ]
    photos = [
        (
            link("evidence", e.name, pid=e.public_id),
            e.sha256[:16],
            e.taken_at.astimezone().strftime("%Y-%m-%d %H:%M"),
        )
        for e in obj.evidence.all()
    ]
    follow_ups = [
        (f.kind, f.demanded_by_code, f.due_on, f.get_state_display(), f.finish_note or "—")
        for f in obj.follow_ups.all()
    ]
    signed = [s.inspector.name for s in obj.signatures.select_related("inspector")]
    return Page(
        title=inspection.target.name,
        state=state_tag(obj),
        subtitle=f"{inspection.number} · {obj.department.name}",
        crumbs=[
            (pgettext("list", "检查结果"), href("results")),
            (inspection.number, href("inspection", pid=inspection.public_id)),
        ],
        facts=[
            Fact(_("总体结果"), words(obj)),
            Fact(_("公示时限"), result_clock_tags([obj])[0]),
            Fact(_("起算日"), obj.clock_from_on),
            Fact(_("签章"), f"{obj.get_signed_by_display() or '—'} {masked(obj, 'signer_name')}"),
            Fact(_("见证人"), masked(obj, "witness_name") or "—"),
            Fact(_("执法人员签名"), listed(dict.fromkeys(signed)) or "—"),
            Fact(_("审核意见"), obj.review_opinion or "—"),
            Fact(_("被检查单位意见"), obj.statement or "—", wide=True),
            *place_facts(obj, "result.published", "result-proof", obj.public_id),
        ],
        blocks=[
            Block(
                _("事项结果"),
                (_("事项"), _("结果"), _("问题情况"), _("处置"), _("不符合要点")),
                rows,
                _("尚未录入。"),
            ),
            Block(
                _("证据"),
                (_("照片"), _("校验码（前 16 位）"), _("时间")),
                photos,
                _("没有证据照片。"),
            ),
            Block(
                _("后续处置"),
                (_("处置"), _("因由"), _("期限"), _("状态"), _("说明")),
                follow_ups,
                _("无需后续处置。"),
            ),
        ],
    )


def _acts(request: StaffRequest, result: InspectionResult) -> list[Act]:
    pid, actor = result.public_id, request.actor
    acts: list[Act] = []
    mine = result.inspection.assignments.filter(
        inspector__user_id=actor.user_key, department_id=result.department_id
    ).exists()
    if mine and result.state in ("not_recorded", "returned"):
        acts += [
            Act(href("result-record", pid=pid), _("录入检查结果"), method="get"),
            Act(href("result-photo", pid=pid), _("上传照片"), PhotoForm(), tone=""),
        ]
    if result.state == "in_review" and may(actor, Perm.RESULT_REVIEW, result):
        acts += [
            Act(href("result-approve", pid=pid), _("审核通过"), OpinionForm()),
            Act(
                href("result-return", pid=pid),
                pgettext("act", "审核退回"),
                ReasonForm(),
                tone="danger",
            ),
        ]
    if result.state == "approved" and may(actor, Perm.RESULT_PUBLISH, result):
        acts.append(Act(href("result-preview", pid=pid), _("预览并公示"), method="get"))
    if result.signer_name and may(actor, Perm.INSPECTION_REVEAL, result):
        acts.append(reveal_act("result", result))
    for row in result.follow_ups.filter(state="open"):
        if may(actor, Perm.FOLLOW_UP, row):
            acts.append(
                Act(
                    href("follow-up", pid=row.public_id),
                    _("完结：%s") % row.kind,
                    ReasonForm(),
                    tone="",
                )
            )
    return acts


@screen(
    "results/<pid:pid>/record/",
    name="result-record",
    perm=Perm.RESULT_RECORD,
    obj=with_inspection,
    writes=True,
)
def record(request: StaffRequest, obj: InspectionResult) -> HttpResponse:
    """Fill the record in the shop doorway (录入检查结果)."""
    form = RecordForm(request.POST or None, result=obj)

    def act(values: dict[str, Any]) -> InspectionResult:
        return services.record_result(
            obj,
            rows=form.drafts(),
            added_codes=values["added_codes"],
            signing=form.signing(),
            actor=request.actor,
        )

    if request.method == "POST" and submit(form, act) is not None:
        return redirect("result", pid=obj.public_id)
    page = Page(
        title=obj.inspection.target.name,
        subtitle=obj.department.name,
        crumbs=[(obj.inspection.number, href("inspection", pid=obj.inspection.public_id))],
    )
    return page.show(
        request, "web/record.html", form=form, back=href("inspection", pid=obj.inspection.public_id)
    )


@screen(
    "results/<pid:pid>/photo/",
    name="result-photo",
    perm=Perm.RESULT_RECORD,
    obj=with_inspection,
    writes=True,
)
def photo(request: StaffRequest, obj: InspectionResult) -> HttpResponse:
    """Add a photo (上传照片)."""
    form = PhotoForm(request.POST or None, request.FILES or None)

    def act(values: dict[str, Any]) -> Evidence:
        name, content = values["photo"]
        return services.add_evidence(
            obj, name=name, content=content, item=None, actor=request.actor
        )

    if request.method == "POST" and submit(form, act) is not None:
        return redirect("result", pid=obj.public_id)
    page = Page(
        title=_("上传照片"), crumbs=[(obj.inspection.number, href("result", pid=obj.public_id))]
    )
    return page.ask(request, form, _("上传"), href("result", pid=obj.public_id))


@screen("evidence/<pid:pid>/", name="evidence", perm=Perm.RESULT_VIEW, obj=Evidence)
def evidence(request: StaffRequest, obj: Evidence) -> HttpResponse:
    """Hand out a photo (查看证据), as an attachment only."""
    return attachment(bytes(obj.content), obj.name, obj.media_type)


@screen(
    "results/<pid:pid>/preview/",
    name="result-preview",
    perm=Perm.RESULT_PUBLISH,
    obj=with_inspection,
    writes=True,
    step_up=gettext_lazy("公示检查结果"),
)
def preview(request: StaffRequest, obj: InspectionResult) -> HttpResponse:
    """Show what the public will see, and publish it (预览并公示)."""
    if request.method == "POST":
        publish_result(obj, actor=request.actor)
    if obj.state != ResultState.APPROVED or request.method == "POST":
        return redirect("result", pid=obj.public_id)
    body = result_body(obj)
    page = Page(
        title=_("公示预览"),
        crumbs=[(obj.inspection.number, href("result", pid=obj.public_id))],
        notices=[("info", _("以下即公众将看到的全部内容，不含执法人员、个人信息和信用等级。"))],
        facts=[
            Fact(_("检查对象"), body["target"]),
            Fact(_("代码"), body["code"]),
            Fact(_("检查机关"), body["department"]),
            Fact(_("抽查任务"), body["task_name"]),
            Fact(_("检查日期"), body["inspected_on"]),
            Fact(_("检查结果"), clauses(body["result"])),
        ],
        blocks=[
            Block(
                _("事项"),
                (_("抽查事项"), _("结果")),
                [(i["item"], clauses(i["result"])) for i in body["items"]],
            )
        ],
        acts=[Act(href("result-preview", pid=obj.public_id), _("确认公示"))],
    )
    return page.show(request)


def _finish(request: StaffRequest, row: FollowUp) -> None:
    services.finish_follow_up(row, note=typed(request, most=300), actor=request.actor)


button(
    "follow-ups/<pid:pid>/finish/",
    "follow-up",
    Perm.FOLLOW_UP,
    FollowUp,
    _finish,
    gettext_lazy("后续处置已完结"),
    back=lambda f: href("result", pid=f.result.public_id),
)
button(
    "results/<pid:pid>/approve/",
    "result-approve",
    Perm.RESULT_REVIEW,
    InspectionResult,
    lambda r, x: services.approve_result(x, opinion=typed(r, "opinion"), actor=r.actor),
    gettext_lazy("审核通过"),
    back=lambda x: href("result", pid=x.public_id),
)
button(
    "results/<pid:pid>/return/",
    "result-return",
    Perm.RESULT_REVIEW,
    InspectionResult,
    lambda r, x: services.return_result(x, reason=typed(r), actor=r.actor),
    gettext_lazy("已退回"),
    back=lambda x: href("result", pid=x.public_id),
)
