"""The ceremony (名单封存与公开抽取), step by step, each by the right person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairdraw.evidence import write_zip
from openlot.accounts.models import Department
from openlot.accounts.selectors import departments_with
from openlot.drawing_days.selectors import day_of
from openlot.drawing_days.services import join_day
from openlot.draws import services
from openlot.draws.models import Draw, DrawExclusion, Extension, Reserve
from openlot.draws.selectors import assessment, is_undisclosed, saving, strata_of
from openlot.draws.words import said
from openlot.inspections.selectors import matched_leavers
from openlot.kernel.actor import Role
from openlot.kernel.marks import clauses, listed
from openlot.paperwork.services import issue_papers
from openlot.publication.services import announce_draw, publish_draw, void_draw
from openlot.publication.templatetags.quotas import exclusion_words, quota_words
from openlot.rights.perms import Perm
from openlot.tasks.models import InspectionTask
from openlot.web.buttons import button
from openlot.web.draws import attest as _attest  # noqa: F401  # registers its screen
from openlot.web.draws import chances as _chances  # noqa: F401  # registers its screens
from openlot.web.draws import ledger as _ledger  # noqa: F401  # registers its screen
from openlot.web.draws import values as _values  # noqa: F401  # registers its screens
from openlot.web.draws.acts import draw_acts, has_typed
from openlot.web.draws.anchor import anchor_block
from openlot.web.draws.attest import attested
from openlot.web.draws.big_screen import demo_words, refusals_of
from openlot.web.draws.comparison import draws_with_task
from openlot.web.draws.extension import extension_block, extension_facts
from openlot.web.draws.forms import PrepareForm
from openlot.web.draws.outcome import outcome_block
from openlot.web.draws.reserve import reserve_facts
from openlot.web.draws.shortage import shortage_notices
from openlot.web.draws.sources import source_block
from openlot.web.draws.strata import closed_strata
from openlot.web.forms import submit, typed
from openlot.web.page import Block, Fact, Page, digest_cell, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.tasks.steps import task_steps
from openlot.web.trail.proofs import place_facts
from openlot.web.trail.stories import tell
from openlot.web.uploads import attachment


@screen(
    "tasks/<pid:pid>/draw/",
    name="draw-new",
    perm=Perm.DRAW_PREPARE,
    obj=InspectionTask,
    writes=True,
)
def draw_new(request: StaffRequest, obj: InspectionTask) -> HttpResponse:
    """Prepare the draw of a task (准备抽取)."""
    return _prepare(request, obj, None, _("准备抽取"), href("task", pid=obj.public_id))


@screen(
    "extensions/<pid:pid>/draw/",
    name="extension-draw",
    perm=Perm.DRAW_PREPARE,
    obj=lambda: Extension.objects.select_related("task__department", "first"),
    writes=True,
)
def extension_draw(request: StaffRequest, obj: Extension) -> HttpResponse:
    """Prepare a supplementary draw that was approved (准备补充抽取)."""
    back = href("extension", pid=obj.public_id)
    return _prepare(request, obj.task, obj, _("准备补充抽取 %s") % obj, back)


def _prepare(
    request: StaffRequest, task: InspectionTask, more: Extension | None, title: str, back: str
) -> HttpResponse:
    choices = _contributors(task)
    reserve = Reserve.OPEN if task.n_reserve else Reserve.NONE
    form = PrepareForm(
        request.POST or None,
        choices=choices,
        initial={"parties": [d.pk for d in choices], "reserve": reserve},
    )

    def prepare(values: dict[str, Any]) -> Draw:
        both = {
            "embargo_at": values["embargo_at"],
            "reserve": values["reserve"] or None,
            "extension": more,
            "actor": request.actor,
        }
        if values.get("day"):
            return join_day(task, values["day"], **both)
        parties = [services.Party(d, d.name) for d in values["parties"]]
        named = {"event": values["event"], "event_at": values["event_at"]}
        return services.prepare_draw(task, parties=parties, **named, **both)

    made = submit(form, prepare) if request.method == "POST" else None
    if made is not None:
        return redirect("draw", pid=made.public_id)
    page = Page(title=title, crumbs=[(task.name, href("task", pid=task.public_id))])
    return page.ask(request, form, _("保存"), back)


def _contributors(task: InspectionTask) -> QuerySet[Department]:
    watch = Q(pk__in=departments_with([Role.SUPERVISOR]).values("pk"))
    own = Q(pk__in=task.participations.values("department_id"))
    return Department.objects.filter(own | watch)


@screen(
    "draws/<pid:pid>/",
    name="draw",
    perm=Perm.DRAW_VIEW,
    obj=draws_with_task,
    log_reads=lambda _request, obj: is_undisclosed(obj),
)
def draw(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Show a draw: what was fixed when, what came out, what is next (抽取详情)."""
    page = Page(
        title=_("公开抽取 %s") % obj,
        state=tag(obj.get_state_display(), "blue"),
        subtitle=obj.task.name,
        crumbs=[(obj.task.name, href("task", pid=obj.task.public_id))],
        acts=draw_acts(request, obj),
        steps=task_steps(obj.task),
        facts=_facts(obj),
        blocks=[
            *_frame_blocks(request, obj),
            source_block(obj),
            *anchor_block(obj),
            *extension_block(request, obj),
        ],
        story=tell(request, obj),
    )
    if obj.is_demo:
        page.notices.append(("warn", demo_words(obj)))
    page.notices += [("bad", words) for words in refusals_of(obj)]
    if obj.state == "announced" and has_typed(obj, request.actor):
        page.notices.append(("info", _("您已录入骰数或者号码，抽取须由另一名经办人操作。")))
    if obj.void_requested_at and not obj.voided_at:
        page.notices.append(("bad", _("已提请作废：%s，等待联席会议办公室决定") % obj.void_reason))
    if obj.voided_at:
        page.notices.append(("bad", _("已作废：%s") % obj.void_reason))
    page.notices += shortage_notices(obj)
    if left := [officer.name for officer in matched_leavers(obj)]:
        words = _("匹配到的 %(names)s 已离岗：制发检查文书后申请改派，再行检查。")
        page.notices.append(("warn", words % {"names": listed(left)}))
    if obj.rdigest:  # what came out stands before what it was drawn from
        page.blocks = [outcome_block(request, obj), *page.blocks, attested(obj)]
    return page.show(request)


def _facts(draw: Draw) -> list[Fact]:
    def when(instant: datetime | None) -> object:
        return instant.astimezone().strftime("%Y-%m-%d %H:%M") if instant else "—"

    digests = ((_("公告校验码"), draw.adigest), (_("结果校验码"), draw.rdigest))
    return [
        *_day_facts(draw),
        *_first_facts(draw),
        *extension_facts(draw),
        Fact(_("公开方式"), draw.task.get_disclosure_display()),
        *reserve_facts(draw),
        *_level_facts(draw),
        *_event_facts(draw),
        Fact(_("封存时间"), when(draw.frozen_at)),
        Fact(_("公告时间"), when(draw.announced_at)),
        Fact(_("抽取时间"), when(draw.drawn_at)),
        Fact(_("名单公布时间"), when(draw.embargo_at)),
        *_saving_facts(draw),
        *(Fact(title, digest_cell(text), wide=True) for title, text in digests if text),
        *place_facts(draw, "draw.drawn", "draw-proof", draw.public_id),
    ]


def _day_facts(draw: Draw) -> list[Fact]:
    day = day_of(draw)
    return [Fact(_("抽签日"), link("day", day.number, pid=day.public_id))] if day else []


def _first_facts(draw: Draw) -> list[Fact]:
    """Lead from a re-matching to the draw whose targets it takes."""
    first = draw.matches_again
    return [Fact(_("另行匹配"), link("draw", str(first), pid=first.public_id))] if first else []


def _saving_facts(draw: Draw) -> list[Fact]:
    """Say how many visits the shared lane saved."""
    found = saving(draw)
    if found is None:
        return []
    values = {"checks": found.checks, "visits": found.visits, "apart": found.apart}
    words = _("%(checks)s 项检查合并为 %(visits)s 次上门；若各部门分别抽取，预计 %(apart)s 次")
    return [Fact(_("同签抽取"), words % values, wide=True)]


def _event_facts(draw: Draw) -> list[Fact]:
    """Say whose numbers come after the announcement, and when."""
    if draw.event_at is None:
        return []
    at = draw.event_at.astimezone().strftime("%Y-%m-%d %H:%M")
    named = draw.sources.filter(type="numbers").values_list("party_name", flat=True)
    return [Fact(_("公共事件"), listed(named)), Fact(_("开奖时间"), at)]


def _level_facts(draw: Draw) -> list[Fact]:
    """Say what the draw withstands, and what keeps it from the next level."""
    found = assessment(draw)
    if found is None:
        return [Fact(_("可信等级"), _("演示，无等级"))]
    missing = clauses(map(said, found.missing))
    return [Fact(_("可信等级"), found.name), Fact(_("升级所缺"), missing or "—")]


def _frame_blocks(request: StaffRequest, draw: Draw) -> list[Block]:
    strata = strata_of(draw)
    excluded = DrawExclusion.objects.filter(frame__draw=draw).select_related("frame__department")
    if not strata:
        return []
    if closed_strata(request, draw):
        strata = strata.none()
    return [
        Block(
            _("待抽取对象名单（已封存）"),
            (_("名录"), _("层"), _("含义"), _("可抽取"), _("规则"), _("抽取对象数")),
            [
                (
                    s.frame.department.short_name,
                    s.alias,
                    s.meaning,
                    s.n_eligible,
                    quota_words(s.rule),
                    s.n_drawn or "—",
                )
                for s in strata
            ],
            _("分层涉及信用风险等级，仅限有权人员查看。"),
        ),
        Block(
            _("不可抽取（公开计数）"),
            (_("名录"), _("原因"), _("数量")),
            [
                (e.frame.department.short_name, exclusion_words(e.code), e.n_excluded)
                for e in excluded.order_by("frame__fid", "code")
            ],
            _("名单内对象全部可抽取。"),
        ),
    ]


@screen(
    "draws/<pid:pid>/bundle.zip", name="draw-bundle", perm=Perm.BUNDLE_VIEW, obj=Draw, writes=True
)
def bundle(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Hand the full bundle to an auditing organ (调取证据包)."""
    if request.method != "POST":
        return redirect("draw", pid=obj.public_id)
    files = services.read_bundle(obj, actor=request.actor)
    return attachment(write_zip(files), f"bundle-{obj}.zip", "application/zip")


STEP_UP = {
    "freeze": gettext_lazy("封存名单"),
    "announce": gettext_lazy("发布抽取公告"),
    "run": gettext_lazy("抽取并匹配"),
    "publish": gettext_lazy("公布抽取记录"),
    "reopen": gettext_lazy("人员名册解封"),
    "void-request": gettext_lazy("提请作废"),
    "void": gettext_lazy("同意作废"),
}

for name, perm, done, run in (
    (
        "request-seal",
        Perm.DRAW_PREPARE,
        gettext_lazy("已提请封存，等待负责人确认"),
        lambda r, d: services.request_seal(d, actor=r.actor),
    ),
    (
        "freeze",
        Perm.DRAW_CONFIRM,
        gettext_lazy("名单已封存"),
        lambda r, d: services.freeze(d, actor=r.actor),
    ),
    (
        "announce",
        Perm.DRAW_RUN,
        gettext_lazy("抽取公告已发布"),
        lambda r, d: announce_draw(d, actor=r.actor),
    ),
    (
        "run",
        Perm.DRAW_RUN,
        gettext_lazy("抽取完成"),
        lambda r, d: services.draw_targets(d, actor=r.actor),
    ),
    (
        "papers",
        Perm.DRAW_PREPARE,
        gettext_lazy("检查文书已制发"),
        lambda r, d: issue_papers(d, actor=r.actor),
    ),
    (
        "publish",
        Perm.DRAW_PREPARE,
        gettext_lazy("抽取记录已公布"),
        lambda r, d: publish_draw(d, actor=r.actor),
    ),
    (
        "reopen",
        Perm.DRAW_CONSENT,
        gettext_lazy("人员名册已解封，请各部门更正后另行匹配"),
        lambda r, d: services.reopen_rosters(d, actor=r.actor),
    ),
    (
        "void-request",
        Perm.DRAW_VOID,
        gettext_lazy("已提请作废"),
        lambda r, d: services.request_void(
            d, code=r.POST.get("code", "V9"), reason=typed(r), actor=r.actor
        ),
    ),
    (
        "void",
        Perm.DRAW_CONSENT,
        gettext_lazy("已作废并公开"),
        lambda r, d: void_draw(d, actor=r.actor),
    ),
    (
        "void-refuse",
        Perm.DRAW_CONSENT,
        gettext_lazy("已决定不予作废"),
        lambda r, d: services.refuse_void(d, reason=typed(r), actor=r.actor),
    ),
):
    button(
        f"draws/<pid:pid>/{name}/",
        f"draw-{name}",
        perm,
        Draw,
        run,
        done,
        back=lambda d: href("draw", pid=d.public_id),
        step_up=STEP_UP.get(name, ""),
    )
