"""Where an act stands in the signed tree (存证), on its page, and the proof to take along."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _

from openlot.draws.models import Draw
from openlot.items.models import InspectionItem
from openlot.plans.models import AnnualPlan
from openlot.results.models import InspectionResult
from openlot.rights.perms import Perm
from openlot.trail.places import newest_of, place_of
from openlot.web.page import Fact, digest_cell, link
from openlot.web.screens import StaffRequest, screen
from openlot.web.uploads import attachment


def place_facts(obj: models.Model, kind: str, proof: str, pid: str) -> list[Fact]:
    """Return index, size and root, and the way to the proof (存证信息), once the act was told.

    proof     the screen that gives the proof
    """
    if not settings.LOG_KEY_FILE:
        return []
    for entry in newest_of(obj, kind):
        place = place_of(entry)
        if place is None:
            return [Fact(_("存证"), _("正在存证，请稍后刷新"))]
        size = _("留痕共 %(size)s 条，其根：") % {"size": place.checkpoint.size}
        root = digest_cell(bytes(place.checkpoint.root).hex())
        return [
            Fact(_("存证序号"), place.index),
            Fact(_("存证证明"), link(proof, _("下载证明文件"), pid=pid)),
            Fact(_("最新检查点"), format_html("{}<br>{}", size, root), wide=True),
        ]
    return []


def _proof(obj: models.Model, kind: str, page: str, pid: str) -> HttpResponse:
    """Give the proof, or lead back to the page, which says whether there will be one."""
    for entry in newest_of(obj, kind):
        place = place_of(entry)
        if place is not None:
            text = place.proof().text().encode()
            return attachment(text, f"{page}-{pid}.tlog-proof", "text/plain; charset=utf-8")
    return redirect(page, pid=pid)


@screen("draws/<pid:pid>/proof/", name="draw-proof", perm=Perm.DRAW_VIEW, obj=Draw)
def draw_proof(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Give the proof of a draw (抽取存证证明)."""
    return _proof(obj, "draw.drawn", "draw", obj.public_id)


@screen("plans/<pid:pid>/proof/", name="plan-proof", perm=Perm.PLAN_VIEW, obj=AnnualPlan)
def plan_proof(request: StaffRequest, obj: AnnualPlan) -> HttpResponse:
    """Give the proof of a plan's filing (备案存证证明)."""
    return _proof(obj, "plan.published", "plan", obj.public_id)


@screen("items/<pid:pid>/proof/", name="item-proof", perm=Perm.ITEM_VIEW, obj=InspectionItem)
def item_proof(request: StaffRequest, obj: InspectionItem) -> HttpResponse:
    """Give the proof of an item's publication (事项存证证明)."""
    return _proof(obj, "item.published", "item", obj.public_id)


@screen(
    "results/<pid:pid>/proof/", name="result-proof", perm=Perm.RESULT_VIEW, obj=InspectionResult
)
def result_proof(request: StaffRequest, obj: InspectionResult) -> HttpResponse:
    """Give the proof of a result's publication (结果存证证明)."""
    return _proof(obj, "result.published", "result", obj.public_id)
