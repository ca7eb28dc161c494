"""The freeze diff (封存对照): who reads it sees what is sealed before anybody seals it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from openlot.draws.comparison import ELIGIBLE, MOST, UNLISTED, Comparison, comparison
from openlot.draws.models import Draw
from openlot.publication.templatetags.quotas import exclusion_words
from openlot.rights.perms import Perm
from openlot.web.page import Block, Fact, Page, href, link
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import names


def draws_with_task() -> QuerySet[Draw]:
    """Return the draws with their task (抽取及其任务)."""
    return Draw.objects.select_related(
        "task__department", "predecessor", "extension__first", "extension__decided_by_department"
    )


@screen(
    "draws/<pid:pid>/comparison/",
    name="draw-comparison",
    perm=Perm.DRAW_VIEW,
    obj=draws_with_task,
    log_reads=True,
)
def draw_comparison(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Show the list against the register and the last draw (封存对照)."""
    found = comparison(obj)
    page = Page(
        title=_("封存对照 %s") % obj,
        subtitle=obj.task.name,
        crumbs=[(str(obj), href("draw", pid=obj.public_id))],
        facts=_numbers(found),
        blocks=[_excluded(found)],
    )
    if obj.frozen_at is None:
        page.notices.append(("info", _("名单尚未封存：以下按名录库此刻的内容列出。")))
    if found.previous is None:
        page.notices.append(("info", _("同一事项此前没有抽取，无可对照的名单。")))
    else:
        page.blocks += [_counted(found), _changed(found)]
    return page.show(request)


def _numbers(found: Comparison) -> list[Fact]:
    previous = found.previous
    return [
        Fact(_("名录库对象"), found.n_register),
        Fact(_("名单内对象"), found.n_entries),
        Fact(_("可抽取"), found.n_eligible),
        Fact(_("不可抽取"), found.n_entries - found.n_eligible),
        Fact(
            _("上一次抽取"),
            link("draw", str(previous), pid=previous.public_id) if previous is not None else "—",
        ),
        Fact(_("与上次不同"), sum(found.counts.values())),
        Fact(_("新排除"), found.n_lost if previous is not None else "—"),
    ]


def _excluded(found: Comparison) -> Block:
    return Block(
        _("不可抽取的原因"),
        (_("原因"), _("数量")),
        [(_place(code), count) for code, count in found.exclusions.items()],
        _("名单内对象全部可抽取。"),
    )


def _counted(found: Comparison) -> Block:
    ordered = sorted(found.counts.items(), key=lambda pair: (pair[0][1] == ELIGIBLE, pair[0]))
    return Block(
        _("变动汇总"),
        (_("上次"), _("本次"), _("数量")),
        [(_place(before), _place(after), count) for (before, after), count in ordered],
        _("与上次抽取的名单相同。"),
    )


def _changed(found: Comparison) -> Block:
    people = names(change.by_ref for change in found.changes)
    rows = [
        (
            change.department,
            change.code,
            change.name or "—",
            _place(change.before),
            _place(change.after),
            who if change.by_ref else "—",
            change.at.astimezone().strftime("%Y-%m-%d %H:%M") if change.at else "—",
        )
        for change, who in zip(found.changes, people, strict=True)
    ]
    return Block(
        _("变动对象"),
        (_("名录"), _("代码"), _("检查对象"), _("上次"), _("本次"), _("最近办理人"), _("时间")),
        rows,
        _("与上次抽取的名单相同。"),
        note=_("失去抽取机会的排在最前，最多列 %(most)s 个。") % {"most": MOST},
    )


def _place(code: str) -> str:
    if code == ELIGIBLE:
        return _("可抽取")
    if code == UNLISTED:
        return _("不在名单")
    return exclusion_words(code)
