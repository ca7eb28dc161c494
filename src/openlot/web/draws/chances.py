"""The statement of chances (概率说明): what the matching leaves to chance, with its warnings."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fairdraw.words import Words
from openlot.draws import services
from openlot.draws.models import ChanceStatement, Draw
from openlot.jobs.selectors import latest_job
from openlot.rights.access import holds
from openlot.rights.perms import Perm
from openlot.web.draws.comparison import draws_with_task
from openlot.web.jobs.progress import progress_of
from openlot.web.page import Act, Block, Fact, Page, digest_cell, href
from openlot.web.screens import StaffRequest, screen

MOST = 100


@screen("draws/<pid:pid>/chances/", name="draw-chances", perm=Perm.DRAW_VIEW, obj=draws_with_task)
def draw_chances(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Show how far the simulation is, then what it found (概率说明)."""
    found = ChanceStatement.objects.filter(draw=obj).first()
    page = Page(
        title=_("概率说明 %s") % obj,
        subtitle=obj.task.name,
        crumbs=[(str(obj), href("draw", pid=obj.public_id))],
    )
    job = latest_job(services.chances_key(obj))
    running = progress_of(job, _("正在模拟：%(done)s / %(total)s 次"))
    finished = found is not None and found.finished_at is not None
    if obj.state == "announced" and not finished and (job is None or not job.is_live):
        page.acts = [Act(href("draw-chances-begin", pid=obj.public_id), _("计算概率说明"))]
    if found is None:
        words = _("尚未计算。公告之后、掷骰之前可模拟抽取，说明每名人员与每个对象相遇的机会。")
        page.notices.append(("info", words))
    elif finished:
        page.facts, page.blocks = _facts(found), _blocks(request, found)
        page.notices += _warnings(found)
    return page.show(request, "web/working.html", progress=None if finished else running)


@screen(
    "draws/<pid:pid>/chances/begin/",
    name="draw-chances-begin",
    perm=Perm.DRAW_VIEW,
    obj=draws_with_task,
    writes=True,
)
def draw_chances_begin(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Begin the simulation beside the site (计算概率说明)."""
    if request.method == "POST":
        services.begin_statement(obj, actor=request.actor)
    return redirect("draw-chances", pid=obj.public_id)


def _facts(found: ChanceStatement) -> list[Fact]:
    return [
        Fact(_("模拟次数"), found.simulations),
        Fact(_("无法配齐人员"), found.infeasible),
        Fact(_("最大相遇概率"), f"{found.largest_bp / 100:.1f}%"),
        Fact(_("概率过半的配对"), found.n_warnings),
        Fact(_("仅一人可派的席位"), found.n_only_one),
        Fact(_("说明全文校验码"), digest_cell(found.sha256), wide=True),
    ]


def _warnings(found: ChanceStatement) -> list[tuple[str, str]]:
    warned = []
    if found.infeasible:
        warned.append(
            ("bad", _("部分模拟无法配齐人员：请在启封前核对名册，必要时作废后增补人员。"))
        )
    if found.n_warnings:
        warned.append(("warn", _("有配对的相遇概率过半：人员过少或负荷余量过小，随机性不足。")))
    if found.n_only_one:
        warned.append(("warn", _("有席位仅一人可派：该席位没有随机性。")))
    return warned


def _blocks(request: StaffRequest, found: ChanceStatement) -> list[Block]:
    """Show the sentences; which officer may meet which target is for those who hold the roster."""
    if not holds(request.actor, Perm.ROSTER_VIEW):
        return []
    lang = "zh" if (get_language() or "zh").startswith("zh") else "en"
    counts: Counter[str] = Counter()
    rows: list[tuple[Any, ...]] = []
    for template, values in found.sentences:
        counts[template] += 1
        if counts[template] <= MOST:
            rows.append((Words(template, values).say(lang),))
    note = _("每类最多列 %(most)s 条，全文在证据包内。") % {"most": MOST}
    return [Block(_("说明"), (_("内容"),), rows, note=note)]
