"""The ledger (排除与作废公开账): who is left out at whose rate, and who voided what with whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openlot.draws.ledger import MOST, Account, accounts, refusals, to_compare, voids
from openlot.draws.models import SeedSource
from openlot.draws.selectors import (
    amendment_list,
    draw_list,
    extension_list,
    without_officers,
)
from openlot.kernel import clock
from openlot.kernel.marks import clauses
from openlot.publication.templatetags.quotas import exclusion_words
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.web.draws.extension import state_words
from openlot.web.page import Block, Page, link
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import names


@screen("draws/ledger/", name="draw-ledger", perm=Perm.DRAW_VIEW)
def draw_ledger(request: StaffRequest) -> HttpResponse:
    """Show what was left out of the draws that the person may see (排除与作废公开账)."""
    draws = draw_list(request.actor)
    page = Page(
        title=_("排除与作废公开账"),
        subtitle=_("每一户不可抽取的都有原因，每一次作废都有提请人和其他单位的决定人。"),
        blocks=[
            *_short(request),
            _sealed(request),
            _rates(accounts(draws)),
            _amended(request),
            _extended(request),
            _refusals(request),
            _voids(request),
        ],
    )
    return page.show(request)


def _short(request: StaffRequest) -> list[Block]:
    """List the draws whose targets wait for officers, where there are any."""
    rows = [
        (
            link("draw", str(draw), pid=draw.public_id),
            draw.task.department.short_name,
            draw.task.name,
        )
        for draw in visible(request.actor, Perm.DRAW_VIEW, without_officers())
        .select_related("task__department")
        .order_by("pk")[:MOST]
    ]
    headings = (pgettext("one", "抽取"), _("部门"), _("任务"))
    note = _("抽取对象有效；解封名册、更正可派人员后另行匹配。")
    return [Block(_("人员不足、待解封名册"), headings, rows, note=note)] if rows else []


def _sealed(request: StaffRequest) -> Block:
    """List what is sealed and not drawn yet, each with the way to its freeze diff."""
    rows = [
        (
            link("draw-comparison", str(draw), pid=draw.public_id),
            draw.task.department.short_name,
            draw.n_entries,
            draw.n_entries - draw.n_eligible,
            draw.get_state_display(),
        )
        for draw in to_compare(draw_list(request.actor))[:MOST]
    ]
    headings = (_("封存对照"), _("部门"), _("名单内对象"), _("不可抽取"), _("状态"))
    note = _("封存对照列明与上次名单相比谁新被排除、由谁改的。")
    return Block(_("待核对的封存名单"), headings, rows, _("没有等待抽取的封存名单。"), note=note)


def _rates(found: list[Account]) -> Block:
    rows = [
        (
            one.department,
            one.n_draws,
            one.n_entries,
            one.n_excluded,
            f"{one.rate_bp / 100:.2f}%",
            clauses(f"{exclusion_words(c)} {n}" for c, n in sorted(one.reasons.items())) or "—",
            one.n_amended,
            one.n_extended,
            one.n_voided,
        )
        for one in found
    ]
    headings = (
        _("部门"),
        _("抽取次数"),
        _("名单内对象"),
        _("不可抽取"),
        _("排除率"),
        _("不可抽取的原因"),
        _("递补、改派次数"),
        _("补充抽取次数"),
        _("作废次数"),
    )
    return Block(_("各部门排除率"), headings, rows, _("还没有封存过名单。"))


def _amended(request: StaffRequest) -> Block:
    """Say of each replacement and change of officer who asked, who approved, of which unit."""
    found = list(amendment_list(request.actor).select_related("decided_by_department")[:MOST])
    askers = names(row.requested_by_ref for row in found)
    deciders = names(row.decided_by_ref for row in found)
    rows = [
        (
            link("amendment", str(row), pid=row.public_id),
            row.department.short_name,
            row.inspector.name if row.inspector else row.target.name,
            row.reason_code,
            asker,
            decider if row.decided_at else "—",
            row.decided_by_department.short_name if row.decided_by_department else "—",
            row.get_state_display(),
        )
        for row, asker, decider in zip(found, askers, deciders, strict=True)
    ]
    headings = (
        _("抽取"),
        _("部门"),
        _("换下"),
        _("事由"),
        _("申请人"),
        _("决定人"),
        _("批准单位"),
        _("状态"),
    )
    return Block(_("递补与改派"), headings, rows, _("没有递补或改派。"))


def _extended(request: StaffRequest) -> Block:
    """Say of each request for a supplementary draw who asked, who decided, of which unit."""
    found = list(extension_list(request.actor)[:MOST])
    askers = names(row.requested_by_ref for row in found)
    deciders = names(row.decided_by_ref for row in found)
    rows = [
        (
            link("extension", str(row), pid=row.public_id),
            row.department.short_name,
            row.reason,
            asker,
            decider if row.decided_at else "—",
            row.decided_by_department.short_name if row.decided_by_department else "—",
            state_words(row),
        )
        for row, asker, decider in zip(found, askers, deciders, strict=True)
    ]
    headings = (
        _("补充抽取"),
        _("部门"),
        _("原因"),
        _("申请人"),
        _("决定人"),
        _("批准单位"),
        _("状态"),
    )
    return Block(_("补充抽取"), headings, rows, _("没有补充抽取。"))


def _refusals(request: StaffRequest) -> Block:
    """Say of each party that did not open who declared it, why, and what came of it."""
    sources = list(refusals(draw_list(request.actor)))
    sayers = names(source.refused_by_ref for source in sources)
    rows = [
        (
            link("draw", str(source.draw), pid=source.draw.public_id),
            source.party_name,
            source.refused_reason,
            sayer,
            source.refused_witness or "—",
            clock.local(source.refused_at).strftime("%Y-%m-%d %H:%M"),
            _end(source),
        )
        for source, sayer in zip(sources, sayers, strict=True)
        if source.refused_at
    ]
    headings = (
        _("抽取"),
        _("参与方"),
        _("原因"),
        _("声明人"),
        _("见证人"),
        _("时间"),
        _("结果"),
    )
    return Block(_("声明不启封"), headings, rows, _("没有参与方声明不启封。"))


def _end(source: SeedSource) -> str:
    if source.opened_at:
        return _("后启封")
    return _("已作废") if source.draw.voided_at else _("等待启封或作废")


def _voids(request: StaffRequest) -> Block:
    draws = list(voids(draw_list(request.actor)))
    askers = names(draw.void_requested_by_ref for draw in draws)
    deciders = names(draw.voided_by_ref for draw in draws)
    rows = [
        (
            link("draw", str(draw), pid=draw.public_id),
            draw.void_stage,
            draw.void_reason,
            asker,
            decider if draw.voided_at else _("等待联席会议办公室决定"),
            draw.voided_at.astimezone().strftime("%Y-%m-%d %H:%M") if draw.voided_at else "—",
        )
        for draw, asker, decider in zip(draws, askers, deciders, strict=True)
    ]
    headings = (_("抽取"), _("阶段"), _("原因"), _("提请人"), _("决定人"), _("时间"))
    note = _("最多列 %(most)s 次。") % {"most": MOST}
    return Block(_("作废"), headings, rows, _("没有作废的抽取。"), note=note)
