"""Anchors (外部存证): recorded with their evidence, confirmed by another person, told as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from openlot.draws import services
from openlot.draws.anchoring import anchors_of, counts, line
from openlot.draws.models import Anchor, AnchorState, Draw
from openlot.kernel import clock
from openlot.kernel.uploads import Accept
from openlot.rights.access import may, visible
from openlot.rights.perms import Perm
from openlot.web.buttons import button
from openlot.web.draws.comparison import draws_with_task
from openlot.web.forms import ReasonForm, StaffForm, submit, typed
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, digest_cell, done_by, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import names, tell
from openlot.web.uploads import UploadField, attachment

TONES = {"recorded": "gold", "confirmed": "green", "rejected": "red"}


class AnchorForm(StaffForm):
    """What proves that the digest stands outside the city (登记外部存证), by kind."""

    kind = forms.CharField(widget=forms.HiddenInput)
    published_on = forms.DateField(
        label=gettext_lazy("刊登日期"),
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy("按当日终了计，须早于开奖时间"),
    )
    title = forms.CharField(label=gettext_lazy("报刊名称"), max_length=120)
    issue = forms.CharField(label=gettext_lazy("刊期"), max_length=60)
    page = forms.CharField(label=gettext_lazy("版面"), max_length=20)
    address = forms.CharField(
        label=gettext_lazy("网址"),
        max_length=300,
        widget=forms.TextInput({"inputmode": "url"}),
        help_text=gettext_lazy("以 http:// 或 https:// 开头的完整网址"),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = kind
        for name in {"published_on", "title", "issue", "page", "address"} - ASKED[kind]:
            del self.fields[name]
        if kind == Kind.WEBSITE:
            self.fields["title"].label = _("网站名称")
        self.fields["document"] = DOCUMENTS[kind]()


Kind = Anchor.Kind
ASKED: dict[str, set[str]] = {
    Kind.TIMESTAMP: set(),
    Kind.NEWSPAPER: {"published_on", "title", "issue", "page"},
    Kind.WEBSITE: {"published_on", "title", "address"},
}
HOW = {
    Kind.TIMESTAMP: gettext_lazy(
        "用下面的命令生成申请文件，提交可信时间戳机构，取回机构签发的 .tsr 文件；"
        "也可以请时间戳机构直接对公告校验码签发。"
    ),
    Kind.NEWSPAPER: gettext_lazy("在本市以外发行的报刊、公报上刊登公告校验码全文。"),
    Kind.WEBSITE: gettext_lazy("请省级部门在其网站上发布公告校验码全文。"),
}


def _document(accept: Accept, label: Any, hint: Any, pick: str) -> Callable[[], UploadField]:
    def made() -> UploadField:
        field = UploadField(accept=accept, label=label, help_text=hint)
        field.widget.attrs["accept"] = pick
        return field

    return made


DOCUMENTS: dict[str, Callable[[], UploadField]] = {
    Kind.TIMESTAMP: _document(
        Accept.STAMP, gettext_lazy("时间戳文件"), gettext_lazy("机构返回的 .tsr 原始文件"), ".tsr"
    ),
    Kind.NEWSPAPER: _document(
        Accept.DOCUMENT,
        gettext_lazy("版面照片"),
        gettext_lazy("照片或 PDF，校验码须清晰可读"),
        "image/*,.pdf",
    ),
    Kind.WEBSITE: _document(
        Accept.DOCUMENT,
        gettext_lazy("网页截图"),
        gettext_lazy("截图或 PDF，须看得到网址和校验码全文"),
        "image/*,.pdf",
    ),
}


def anchors_with_draw() -> QuerySet[Anchor]:
    """Return the anchors with what their page shows (外部存证及其抽取)."""
    more = ("draw__task__department", "decided_by_department")
    return Anchor.objects.select_related(*more).defer("document")


@screen(
    "draws/<pid:pid>/anchor/",
    name="draw-anchor",
    perm=Perm.ANCHOR_RECORD,
    obj=draws_with_task,
    writes=True,
)
def draw_anchor(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Record an anchor with its evidence (登记外部存证)."""
    asked = request.POST.get("kind") or request.GET.get("kind")
    kind = asked if asked in Kind.values else Kind.TIMESTAMP
    form = AnchorForm(request.POST or None, request.FILES or None, kind=kind)

    def record(values: dict[str, Any]) -> Anchor:
        return services.record_anchor(obj, actor=request.actor, **{**values, "kind": kind})

    made = submit(form, record) if request.method == "POST" else None
    if made is not None:
        messages.success(request, _("已登记；须由登记人以外的人查看原件后复核。"))
        return redirect("anchor", pid=made.public_id)
    return _recording(obj, kind).show(
        request,
        "web/anchor.html",
        submit_label=_("登记"),
        back=href("draw", pid=obj.public_id),
        given=_given(obj, kind),
        form=form,
        kind=kind,
        kinds=Kind.choices,
        how=HOW[Kind(kind)],
    )


def _recording(draw: Draw, kind: str) -> Page:
    back = href("draw", pid=draw.public_id)
    page = Page(title=_("登记外部存证"), subtitle=draw.task.name, crumbs=[(str(draw), back)])
    if draw.event_at is not None and draw.event_at <= clock.now():
        words = _("已过开奖时间 %s：只有在此之前已经固定的存证才计入等级，其余仅作留存。") % _when(
            draw.event_at
        )
        page.notices.append(("warn", words))
    else:
        words = _("开奖时间 %s；须在此之前存证，由另一人复核，晚于开奖的不计入等级。")
        page.notices.append(("info", words % _when(draw.event_at)))
    return page


def _given(draw: Draw, kind: str) -> list[Fact]:
    """Return what has to be fixed outside, and for a time-stamp the command that asks for it."""
    facts = [Fact(_("公告校验码"), digest_cell(draw.adigest))]
    if kind == Kind.TIMESTAMP:
        text = f"openssl ts -query -sha256 -cert -digest {draw.adigest} -out announcement.tsq"
        facts.append(Fact(_("申请时间戳的命令"), format_html("<code>{}</code>", text)))
    return facts


ANCHORS = ListSpec(
    title=gettext_lazy("外部存证"),
    columns=(
        Column(gettext_lazy("外部存证"), lambda a: link("anchor", line(a), pid=a.public_id)),
        Column(pgettext_lazy("one", "抽取"), lambda a: str(a.draw)),
        Column(gettext_lazy("部门"), lambda a: a.draw.task.department.short_name),
        Column(gettext_lazy("存证时间"), lambda a: _when(a.at), sort="at"),
        Column(gettext_lazy("开奖时间"), lambda a: _when(a.draw.event_at)),
        Column(gettext_lazy("计入等级"), lambda a: _("是") if counts(a) else _("否")),
        Column(gettext_lazy("状态"), lambda a: tag(a.get_state_display(), TONES[a.state])),
    ),
    filters=(Filter("state", gettext_lazy("状态"), AnchorState.choices, "state"),),
    order=("-recorded_at",),
    empty=gettext_lazy("还没有登记过外部存证；在写明公共事件的抽取页面登记。"),
)


@screen("anchors/", name="anchors", perm=Perm.DRAW_VIEW)
def anchors(request: StaffRequest) -> HttpResponse:
    """List the anchors of the draws that the person may see (外部存证列表)."""
    rows = visible(request.actor, Perm.DRAW_VIEW, anchors_with_draw())
    return show_list(request, rows, ANCHORS)


@screen("anchors/<pid:pid>/", name="anchor", perm=Perm.DRAW_VIEW, obj=anchors_with_draw)
def anchor(request: StaffRequest, obj: Anchor) -> HttpResponse:
    """Show an anchor: what was checked by whom, and what was not (外部存证详情)."""
    writer, decider = names([obj.recorded_by_ref, obj.decided_by_ref])
    page = Page(
        title=_("外部存证 · %s") % obj.get_kind_display(),
        state=tag(obj.get_state_display(), TONES[obj.state]),
        subtitle=obj.draw.task.name,
        crumbs=[(str(obj.draw), href("draw", pid=obj.draw.public_id))],
        acts=_acts(request, obj) + anchor_acts(request, obj.draw),
        facts=[
            Fact(_("存证内容"), line(obj), wide=True),
            Fact(_("公告时间"), _when(obj.draw.announced_at)),
            Fact(_("存证时间"), _when(obj.at)),
            Fact(_("开奖时间"), _when(obj.draw.event_at)),
            Fact(_("计入等级"), _("是") if counts(obj) else _("否")),
            Fact(pgettext("anchor", "登记人"), done_by(writer, _when(obj.recorded_at))),
            Fact(_("复核人"), done_by(decider, _when(obj.decided_at)) if obj.decided_at else "—"),
            Fact(_("公告校验码"), digest_cell(obj.draw.adigest), wide=True),
            Fact(_("存证文件校验码"), digest_cell(obj.document_sha256), wide=True),
        ],
        blocks=[Block(_("核对了什么"), (_("核对项"), _("结论")), _checked(obj))],
        story=tell(request, obj),
    )
    if obj.state == "recorded" and not may_check(request, obj):
        words = _("等待登记人以外的人复核：本部门负责人、联席会议办公室或者司法行政监督人员。")
        page.notices.append(("info", words))
    if obj.state == "rejected":
        page.notices.append(("bad", _("复核不符：%s") % obj.rejected_reason))
    return page.show(request)


def _checked(row: Anchor) -> list[tuple[object, ...]]:
    """Say honestly what the platform checked, what a person has to, and what nobody did."""
    by_person = _("平台不能核对，由复核人查看原件")
    before = row.draw.event_at is not None and row.at < row.draw.event_at
    order = (_("早于开奖时间"), _("是，平台核对") if before else _("否，不计入等级"))
    if row.kind != Anchor.Kind.TIMESTAMP:
        return [(_("载有公告校验码"), by_person), (_("刊登日期属实"), by_person), order]
    signed = _("一致，平台用其中的证书核对") if row.is_signed else _("未核对：没有证书或算法不支持")
    return [
        (_("时间戳内容就是公告校验码"), _("一致，平台核对")),
        (_("时间戳的签名"), signed),
        (_("签名证书由可信机构颁发"), by_person),
        order,
    ]


def _when(instant: Any) -> str:
    return clock.local(instant).strftime("%Y-%m-%d %H:%M") if instant else "—"


def may_check(request: StaffRequest, row: Anchor) -> bool:
    """Say whether the person may look at the evidence as the second one (可否复核)."""
    second = row.recorded_by_ref != request.actor.ref
    return second and may(request.actor, Perm.ANCHOR_CONFIRM, row)


def _acts(request: StaffRequest, row: Anchor) -> list[Act]:
    pid, acts = row.public_id, []
    if row.state == "recorded" and may_check(request, row):
        words = _("已查看存证文件，其中确有本次公告校验码？")
        acts += [
            Act(href("anchor-confirm", pid=pid), _("复核无误"), confirm=words),
            Act(href("anchor-reject", pid=pid), _("复核不符"), ReasonForm(), tone="danger"),
        ]
    acts.append(Act(href("anchor-document", pid=pid), _("查看存证文件"), method="get", tone=""))
    return acts


@screen("anchors/<pid:pid>/document/", name="anchor-document", perm=Perm.DRAW_VIEW, obj=Anchor)
def anchor_document(request: StaffRequest, obj: Anchor) -> HttpResponse:
    """Hand out the evidence of an anchor (存证文件), as an attachment only."""
    return attachment(bytes(obj.document), obj.document_name)


def anchor_acts(request: StaffRequest, draw: Draw) -> list[Act]:
    """Offer to record an anchor while a public event is named (可登记外部存证)."""
    told = draw.adigest and draw.event_at is not None and draw.state != "voided"
    if not told or not may(request.actor, Perm.ANCHOR_RECORD, draw):
        return []
    return [Act(href("draw-anchor", pid=draw.public_id), _("登记外部存证"), method="get", tone="")]


def anchor_block(draw: Draw) -> list[Block]:
    """List the anchors of a draw with a public event (外部存证)."""
    if draw.event_at is None:
        return []
    rows = [
        (
            link("anchor", line(row), pid=row.public_id),
            row.get_state_display(),
            _("是") if counts(row) else _("否"),
        )
        for row in anchors_of(draw)
    ]
    words = _("公告校验码尚未在本市以外存证；须早于开奖时间 %s。") % _when(draw.event_at)
    return [Block(_("外部存证"), (_("存证"), _("状态"), _("计入等级")), rows, words)]


for name, done, run in (
    (
        "confirm",
        gettext_lazy("已复核"),
        lambda r, a: services.confirm_anchor(a, actor=r.actor),
    ),
    (
        "reject",
        gettext_lazy("已记录复核不符"),
        lambda r, a: services.reject_anchor(a, reason=typed(r), actor=r.actor),
    ),
):
    button(
        f"anchors/<pid:pid>/{name}/",
        f"anchor-{name}",
        Perm.ANCHOR_CONFIRM,
        Anchor,
        run,
        done,
        back=lambda a: href("anchor", pid=a.public_id),
    )
