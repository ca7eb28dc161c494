"""Auditing organs sign what they computed (核验签署)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from openlot.draws.models import Draw
from openlot.publication.services import attest_draw
from openlot.rights.perms import Perm
from openlot.web.draws.comparison import draws_with_task
from openlot.web.draws.forms import AttestForm
from openlot.web.forms import submit
from openlot.web.page import Block, Page, href
from openlot.web.screens import StaffRequest, screen


@screen(
    "draws/<pid:pid>/attest/",
    name="draw-attest",
    perm=Perm.BUNDLE_VIEW,
    obj=draws_with_task,
    writes=True,
)
def attest(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Sign what the own organ computed from the full bundle (核验签署)."""
    form = AttestForm(request.POST or None)

    def sign(values: dict[str, Any]) -> object:
        return attest_draw(obj, actor=request.actor, **values)

    if request.method == "POST" and submit(form, sign) is not None:
        return redirect("draw", pid=obj.public_id)
    words = _("请先调取证据包，在本单位电脑上用核验程序重算，再录入算得的校验码；结论随即公开。")
    page = Page(
        title=_("核验签署 %s") % obj,
        subtitle=obj.task.name,
        crumbs=[(str(obj), href("draw", pid=obj.public_id))],
        notices=[("info", words)],
    )
    return page.ask(request, form, _("签署并公开"), href("draw", pid=obj.public_id))


def attested(draw: Draw) -> Block:
    """Return what auditing organs signed about a draw (监督核验结论)."""
    return Block(
        _("监督核验结论"),
        (_("单位"), _("结论"), _("说明"), _("时间")),
        [
            (
                row.department.name,
                row.get_verdict_display(),
                row.note or "—",
                row.signed_at.astimezone().strftime("%Y-%m-%d %H:%M"),
            )
            for row in draw.attestations.select_related("department")
        ],
        _("尚无监督机关签署；分层涉及信用风险等级的抽取，至少须两个监督机关核验。"),
    )
