"""Supplementary draws (补充抽取): asked at the first draw, decided by another unit, prepared anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.draws import services
from openlot.draws.models import Draw, DrawStratum, Extension
from openlot.draws.selectors import extension_list, live_draw, strata_of, stratum_title
from openlot.kernel.errors import NotFound
from openlot.kernel.uploads import Accept
from openlot.rights.access import may
from openlot.rights.perms import Perm
from openlot.tasks.models import Origin
from openlot.web.buttons import button
from openlot.web.draws.comparison import draws_with_task
from openlot.web.draws.strata import closed_strata
from openlot.web.forms import ReasonForm, StaffForm, submit, typed
from openlot.web.page import Act, Block, Fact, Page, digest_cell, done_by, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import names, tell
from openlot.web.uploads import UploadField, attachment

TONES = {"requested": "gold", "approved": "blue", "refused": "red"}


class ExtensionForm(StaffForm):
    """How many more of each stratum, why, and what proves it (申请补充抽取)."""

    reason = forms.CharField(
        label=gettext_lazy("补充抽取的原因（向社会公开）"),
        max_length=200,
        widget=forms.Textarea({"rows": 2}),
    )
    document = UploadField(
        label=gettext_lazy("证明材料"),
        help_text=gettext_lazy("上级通知、会议纪要等；校验码写入规则"),
        accept=Accept.DOCUMENT,
    )

    def __init__(self, *args: Any, first: Draw, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strata: dict[str, DrawStratum] = {}
        for row in strata_of(first):
            left = row.n_eligible - row.n_drawn
            if left < 1:
                continue
            name = f"more_{row.pk}"
            self.strata[name] = row
            self.fields[name] = forms.IntegerField(
                label=stratum_title(row),
                min_value=0,
                max_value=left,
                required=False,
                widget=forms.NumberInput({"class": "form-control"}),
                help_text=_("已抽 %(drawn)s 户，未抽中 %(left)s 户")
                % {"drawn": row.n_drawn, "left": left},
            )
        self.order_fields([*self.strata, "reason", "document"])

    def clean(self) -> dict[str, Any]:
        """Put the numbers together (各层补充抽取数)."""
        values: dict[str, Any] = super().clean() or {}
        more = {row: values.pop(name, None) or 0 for name, row in self.strata.items()}
        return {**values, "more": more}


def extensions_with_draw() -> QuerySet[Extension]:
    """Return the requests with what their page shows (补充抽取申请及其抽取)."""
    more = ("first", "task__department", "department", "decided_by_department")
    return Extension.objects.select_related(*more).defer("document")


@screen(
    "draws/<pid:pid>/extend/",
    name="draw-extend",
    perm=Perm.DRAW_PREPARE,
    obj=draws_with_task,
    writes=True,
)
def draw_extend(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Ask for a supplementary draw (申请补充抽取)."""
    form = ExtensionForm(request.POST or None, request.FILES or None, first=obj)

    def ask(values: dict[str, Any]) -> Extension:
        return services.request_extension(obj, actor=request.actor, **values)

    made = submit(form, ask) if request.method == "POST" else None
    if made is not None:
        return redirect("extension", pid=made.public_id)
    back = href("draw", pid=obj.public_id)
    page = Page(title=_("申请补充抽取"), subtitle=obj.task.name, crumbs=[(str(obj), back)])
    words = _(
        "在需要补充的层填写补充几户，其余留空。已抽中的对象不再列入；"
        "补充抽取重新产生随机数，不按已公布的签号顺延；须由参与部门以外的单位批准，"
        "并重新封存、公告、掷骰。"
    )
    page.notices.append(("info", words))
    return page.ask(request, form, _("提交申请"), back)


@screen("extensions/<pid:pid>/", name="extension", perm=Perm.AMEND_VIEW, obj=extensions_with_draw)
def extension(request: StaffRequest, obj: Extension) -> HttpResponse:
    """Show a request for a supplementary draw: who asked, who decided, what was drawn (补充抽取)."""
    asker, decider = names([obj.requested_by_ref, obj.decided_by_ref])
    elsewhere = obj.decided_by_department
    page = Page(
        title=_("补充抽取 %s") % obj,
        state=tag(state_words(obj), TONES[obj.state]),
        subtitle=obj.task.name,
        crumbs=[(obj.task.name, href("task", pid=obj.task.public_id))],
        acts=_acts(request, obj),
        facts=[
            Fact(_("首次抽取"), _draw_link(request, obj.first)),
            Fact(_("补充抽取数"), sum(row.n for row in obj.shares.all())),
            Fact(_("申请"), done_by(asker, _when(obj.requested_at))),
            Fact(_("批准单位"), elsewhere.name if elsewhere else "—"),
            Fact(_("决定"), done_by(decider, _when(obj.decided_at)) if obj.decided_at else "—"),
            Fact(_("原因（向社会公开）"), obj.reason, wide=True),
            Fact(_("证明材料校验码"), digest_cell(obj.document_sha256), wide=True),
        ],
        blocks=[*_shares(request, obj), _draws(request, obj)],
        story=tell(request, obj),
    )
    if obj.state == "requested" and not _decides(request, obj):
        words = _("等待参与部门以外的单位审批：联席会议办公室或者司法行政监督人员。")
        page.notices.append(("info", words))
    if obj.state == "refused":
        page.notices.append(("bad", _("不同意：%s") % obj.refused_reason))
    return page.show(request)


def state_words(row: Extension) -> str:
    """Return how far a request has come (补充抽取状态): once it is drawn, how its draw stands."""
    drawn = [one for one in row.draws.all() if one.state != "voided"]
    newest = max(drawn, key=lambda one: one.pk, default=None)
    return str(newest.get_state_display()) if newest else row.get_state_display()


def _when(instant: Any) -> str:
    return instant.astimezone().strftime("%Y-%m-%d %H:%M") if instant else "—"


def _draw_link(request: StaffRequest, draw: Draw) -> object:
    if may(request.actor, Perm.DRAW_VIEW, draw):
        return link("draw", str(draw), pid=draw.public_id)
    return str(draw)


def _shares(request: StaffRequest, row: Extension) -> list[Block]:
    """Show the strata unless they mean classes that the person may not see."""
    if closed_strata(request, row.first):
        return []
    rows = row.shares.select_related("stratum__frame__department")
    heads = (_("层"), _("首次抽取"), _("补充抽取"))
    return [
        Block(
            _("各层补充抽取数"),
            heads,
            [(stratum_title(one.stratum), one.stratum.n_drawn, one.n) for one in rows],
        )
    ]


def _draws(request: StaffRequest, row: Extension) -> Block:
    heads = (_("编号"), _("状态"), _("校验码"))
    rows = [
        (_draw_link(request, one), one.get_state_display(), _digest(one))
        for one in row.draws.order_by("attempt")
    ]
    return Block(_("抽取"), heads, rows, _("尚未准备抽取。"))


def _decides(request: StaffRequest, row: Extension) -> bool:
    inside = row.task.participations.filter(department_id=request.actor.department_key).exists()
    return may(request.actor, Perm.AMEND_DECIDE, row) and not inside


def _digest(draw: Draw) -> object:
    text = draw.rdigest or draw.adigest
    return digest_cell(text) if text else "—"


def _acts(request: StaffRequest, row: Extension) -> list[Act]:
    pid, actor, acts = row.public_id, request.actor, []
    if row.state == "requested" and _decides(request, row):
        acts += [
            Act(href("extension-approve", pid=pid), _("批准")),
            Act(href("extension-refuse", pid=pid), _("不同意"), ReasonForm(), tone="danger"),
        ]
    live = live_draw(row.task, row)
    again = live is not None and live.state == "drawn" and not row.task.rosters_sealed_at
    ready = row.state == "approved" and (live is None or again)
    if ready and may(actor, Perm.DRAW_PREPARE, row):
        label = _("准备另行匹配人员") if again else _("准备补充抽取")
        acts.append(Act(href("extension-draw", pid=pid), label, method="get"))
    if may(actor, Perm.AMEND_DECIDE, row) or may(actor, Perm.DRAW_PREPARE, row):
        look = href("extension-document", pid=pid)
        acts.append(Act(look, _("查看证明材料"), method="get", tone=""))
    return acts


@screen(
    "extensions/<pid:pid>/document/",
    name="extension-document",
    perm=Perm.AMEND_VIEW,
    obj=Extension,
)
def extension_document(request: StaffRequest, obj: Extension) -> HttpResponse:
    """Hand out the evidence (证明材料) to who asked and who decides, as an attachment only."""
    decides = may(request.actor, Perm.AMEND_DECIDE, obj)
    if not decides and not may(request.actor, Perm.DRAW_PREPARE, obj):
        raise NotFound
    return attachment(bytes(obj.document), obj.document_name)


def extension_acts(request: StaffRequest, draw: Draw) -> list[Act]:
    """Offer the department to ask for more where the first draw stands (可申请补充抽取)."""
    first = draw.extension is None and draw.matches_again is None
    planned = draw.task.origin == Origin.PLAN
    if draw.state != "matched" or not first or not planned or draw.void_requested_at:
        return []
    if not may(request.actor, Perm.DRAW_PREPARE, draw):
        return []
    return [Act(href("draw-extend", pid=draw.public_id), _("申请补充抽取"), method="get", tone="")]


def extension_facts(draw: Draw) -> list[Fact]:
    """Lead from a supplementary draw to its request and the first draw (补充抽取)."""
    row = draw.extension
    if row is None:
        return []
    return [
        Fact(_("补充抽取申请"), link("extension", str(row), pid=row.public_id)),
        Fact(_("首次抽取"), link("draw", str(row.first), pid=row.first.public_id)),
        Fact(_("补充抽取的原因"), row.reason, wide=True),
    ]


def extension_block(request: StaffRequest, draw: Draw) -> list[Block]:
    """List what was asked besides a first draw (补充抽取), nothing where nobody asked."""
    found = list(extension_list(request.actor).filter(first=draw))
    if not found:
        return []
    rows = [
        (
            link("extension", str(row), pid=row.public_id),
            row.reason,
            row.decided_by_department.short_name if row.decided_by_department else "—",
            state_words(row),
        )
        for row in found
    ]
    return [Block(_("补充抽取"), (_("编号"), _("原因"), _("批准单位"), _("状态")), rows)]


for name, done, run in (
    (
        "approve",
        gettext_lazy("已批准补充抽取"),
        lambda r, x: services.approve_extension(x, actor=r.actor),
    ),
    (
        "refuse",
        gettext_lazy("已决定不同意"),
        lambda r, x: services.refuse_extension(x, reason=typed(r), actor=r.actor),
    ),
):
    button(
        f"extensions/<pid:pid>/{name}/",
        f"extension-{name}",
        Perm.AMEND_DECIDE,
        Extension,
        run,
        done,
        back=lambda x: href("extension", pid=x.public_id),
        step_up=gettext_lazy("批准补充抽取") if name == "approve" else "",
    )
