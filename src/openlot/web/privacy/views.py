"""Personal information in full (查看完整信息): asked with a reason, shown once, never cached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from openlot.inspections.models import Inspection
from openlot.inspections.selectors import officers
from openlot.privacy.personal import Text, declared, masked
from openlot.privacy.services import reveal
from openlot.registers.models import InspectionTarget, Inspector
from openlot.registers.selectors import coming_leaves
from openlot.results.models import InspectionResult
from openlot.rights.perms import Perm
from openlot.web.forms import ReasonForm, submit
from openlot.web.page import Fact, Page, href
from openlot.web.privacy import erasing as _erasing  # noqa: F401  # registers its screens
from openlot.web.screens import StaffRequest, screen


@dataclass(frozen=True, slots=True)
class Kept:
    """One personal field of a page (个人信息项): whose it is, beside what it is called."""

    label: str
    row: Model
    name: str


Rows = Callable[[Any], Sequence[Kept]]


def _of(row: Model, *names: str, whose: str = "") -> list[Kept]:
    """Name the fields of a row that hold something."""
    fields = declared(type(row))
    return [
        Kept(f"{fields[name].label} {whose}".strip(), row, name)
        for name in names
        if getattr(row, name)
    ]


def _target(obj: InspectionTarget) -> list[Kept]:
    return _of(obj, "legal_representative", "phone")


def _inspector(obj: Inspector) -> list[Kept]:
    leaves = [
        kept
        for leave in coming_leaves(obj)[:20]
        for kept in _of(leave, "reason", whose=f"{leave.from_on}")
    ]
    return [*_of(obj, "certificate_no"), *leaves]


def _inspection(obj: Inspection) -> list[Kept]:
    people = [
        kept
        for rows in officers(obj).values()
        for a in rows
        for kept in _of(a.inspector, "certificate_no", whose=a.inspector.name)
    ]
    receipt = getattr(obj, "service_receipt", None)
    served = _of(receipt, "received_by", "witness") if receipt is not None else []
    return [*_target(obj.target), *people, *served]


def _result(obj: InspectionResult) -> list[Kept]:
    return _of(obj, "signer_name", "witness_name")


def _revealing(
    kind: str, area: str, perm: Perm, source: Any, rows: Rows, title: Callable[[Any], Text]
) -> None:
    """Register the screen on which the personal fields of one kind of thing are read whole."""

    @screen(f"{area}/<pid:pid>/reveal/", name=f"{kind}-reveal", perm=perm, obj=source, writes=True)
    def whole(request: StaffRequest, obj: Any) -> HttpResponse:
        return _whole(request, obj, kind, perm, rows(obj), str(title(obj)))


def _whole(
    request: StaffRequest, obj: Any, kind: str, perm: Perm, kept: Sequence[Kept], name: str
) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    pairs = [(row.row, row.name) for row in kept]

    def show(values: dict[str, Any]) -> list[str]:
        return reveal(obj, pairs, perm=perm, reason=values["reason"], actor=request.actor)

    told = submit(form, show) if request.method == "POST" else None
    back = href(kind, pid=obj.public_id)
    values = told if told is not None else [masked(row.row, row.name) for row in kept]
    page = Page(
        title=_("查看完整信息"),
        subtitle=name,
        crumbs=[(name, back)],
        facts=[Fact(row.label, value) for row, value in zip(kept, values, strict=True)],
    )
    if told is None:
        page.notices.append(("info", _("查看须说明原因，记入办理留痕；内容只显示一次，不作缓存。")))
        response = page.ask(request, form, _("查看完整信息"), back)
    else:
        page.notices.append(("warn", _("以下内容仅供本次工作使用，离开本页后不再显示。")))
        response = page.show(request, "web/revealed.html", back=back)
    add_never_cache_headers(response)
    return response


_revealing(
    "target",
    "targets",
    Perm.TARGET_REVEAL,
    InspectionTarget,
    _target,
    lambda t: t.name,
)
_revealing(
    "inspector",
    "inspectors",
    Perm.INSPECTOR_REVEAL,
    Inspector,
    _inspector,
    lambda i: i.name,
)
_revealing(
    "inspection",
    "inspections",
    Perm.INSPECTION_REVEAL,
    lambda: Inspection.objects.select_related("target", "service_receipt"),
    _inspection,
    lambda i: f"{i.number} {i.target.name}",
)
_revealing(
    "result",
    "results",
    Perm.INSPECTION_REVEAL,
    lambda: InspectionResult.objects.select_related("inspection__target"),
    _result,
    lambda r: f"{r.inspection.number} {r.inspection.target.name}",
)
