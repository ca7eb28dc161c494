"""A receipt for a business that was not visited (身份核验后出具回执)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.draws.models import Draw
from openlot.publication.services import issue_receipt
from openlot.registers.models import InspectionTarget
from openlot.rights.perms import Perm
from openlot.tasks.models import Disclosure
from openlot.web.forms import StaffForm, submit
from openlot.web.page import Page, href
from openlot.web.screens import StaffRequest, screen


class ReceiptForm(StaffForm):
    """Which draw, and how the business proved who it is (出具回执)."""

    draw = forms.ModelChoiceField(
        label=gettext_lazy("抽取"), queryset=Draw.objects.none(), empty_label=None
    )
    shown = forms.CharField(
        label=gettext_lazy("核验的证件"),
        max_length=120,
        help_text=gettext_lazy("如：营业执照原件、法定代表人身份证，当面核对"),
    )

    def __init__(self, *args: Any, rows: QuerySet[Draw], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["draw"].queryset = rows  # type: ignore[attr-defined]  # a model choice
        self.fields["draw"].label_from_instance = lambda draw: f"{draw} {draw.task.name}"  # type: ignore[attr-defined]  # a model choice


@screen(
    "targets/<pid:pid>/receipt/",
    name="target-receipt",
    perm=Perm.RECEIPT_ISSUE,
    obj=lambda: InspectionTarget.objects.select_related("department"),
    writes=True,
)
def target_receipt(request: StaffRequest, obj: InspectionTarget) -> HttpResponse:
    """Hand a business the code that opens its own row of a closed draw (出具回执)."""
    rows = Draw.objects.filter(
        frames__department=obj.department, disclosure=Disclosure.PROOFS, rdigest__gt=""
    )
    form = ReceiptForm(request.POST or None, rows=rows.select_related("task"))

    def issue(values: dict[str, Any]) -> str:
        return issue_receipt(values["draw"], obj, shown=values["shown"], actor=request.actor)

    code = submit(form, issue) if request.method == "POST" else None
    page = Page(
        title=_("出具抽取回执 · %s") % obj.name,
        crumbs=[(obj.name, href("target", pid=obj.public_id))],
    )
    if code is not None:
        told = _("查验码 %(code)s，请当面交给企业；凭此码在 %(url)s 查看。本页离开后不再显示。")
        page.notices.append(
            ("good", told % {"code": code, "url": f"{settings.PORTAL_URL}/receipt/"})
        )
        return page.show(request)
    page.notices.append(
        ("info", _("未被抽中的企业没有通知书：核验身份后可查看本户是否在名单中、签号多少。"))
    )
    return page.ask(request, form, _("出具回执"), href("target", pid=obj.public_id))
