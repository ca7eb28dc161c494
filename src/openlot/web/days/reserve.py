"""The sealed reserves of a drawing day (抽签日密封递补): one secret, a chain per draw."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from openlot.drawing_days import services
from openlot.drawing_days.models import DrawingDay
from openlot.drawing_days.selectors import chains_of
from openlot.rights.perms import Perm
from openlot.web.days.forms import DayChainForm, DayLinkForm
from openlot.web.draws.reserve import opening_rows, seal_context
from openlot.web.forms import submit
from openlot.web.page import Page, href
from openlot.web.screens import StaffRequest, screen


@screen(
    "days/<pid:pid>/reserve/",
    name="day-reserve-seal",
    perm=Perm.RESERVE_HOLD,
    obj=DrawingDay,
    writes=True,
)
def day_reserve_seal(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Make one secret and hand in the chain of every sealed reserve of the day (密封递补链)."""
    form = DayChainForm(request.POST or None)

    def seal(values: dict[str, Any]) -> bool:
        services.seal_chains(obj, sealed=values["sealed"], actor=request.actor)
        return True

    if request.method == "POST" and submit(form, seal):
        return redirect("day", pid=obj.public_id)
    more = seal_context(list(chains_of(obj, request.actor.department_key)))
    words = _("提交链长与链顶")
    return _show(
        request, obj, _("密封递补链"), "web/chain_seal.html", form, submit_label=words, **more
    )


@screen(
    "days/<pid:pid>/reserve-open/",
    name="day-reserve-open",
    perm=Perm.RESERVE_HOLD,
    obj=DrawingDay,
    writes=True,
)
def day_reserve_open(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Open the first link of every chain of the day at once (启封递补链)."""
    form = DayLinkForm(request.POST or None)

    def act(values: dict[str, Any]) -> bool:
        services.open_chains(obj, links=values["sealed"], actor=request.actor)
        return True

    if request.method == "POST" and submit(form, act):
        return redirect("day", pid=obj.public_id)
    rows = opening_rows(list(chains_of(obj, request.actor.department_key)))
    more = {"rows": rows, "field": "id_sealed", "submit_label": _("启封")}
    return _show(request, obj, _("启封递补链"), "web/chain_link.html", form, **more)


def _show(
    request: StaffRequest, day: DrawingDay, title: str, template: str, form: Any, **more: Any
) -> HttpResponse:
    back = href("day", pid=day.public_id)
    page = Page(title=f"{title} · {day.number}", crumbs=[(day.number, back)])
    return page.show(request, template, form=form, back=back, **more)
