"""The pages of the sealed reserve (密封递补): on the office's own device, its own secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from fairdraw.sources import chain_length
from openlot.draws import services
from openlot.draws.models import Amendment, Draw, Reserve, SeedSource
from openlot.draws.reserve import chain_of, links_left, links_needed, next_link, planned_hits
from openlot.draws.selectors import as_line
from openlot.kernel import clock
from openlot.kernel.marks import aside
from openlot.policies.models import Policy
from openlot.policies.selectors import in_force
from openlot.rights.perms import Perm
from openlot.web.buttons import button
from openlot.web.draws.forms import ChainForm, LinkForm
from openlot.web.forms import submit
from openlot.web.page import Fact, Page, href
from openlot.web.screens import StaffRequest, screen


@dataclass(frozen=True, slots=True)
class Length:
    """How long the chain of one draw must be (链长), and why."""

    draw: str
    hits: int
    length: int

    @property
    def replacements(self) -> int:
        """How many replacements the chain serves: one link goes into the seed."""
        return self.length - 1


def chains_with_draw() -> QuerySet[SeedSource]:
    """Return the chains with their draw (递补链及其抽取)."""
    return SeedSource.objects.filter(type="chain").select_related("draw__task__department", "party")


def seal_context(rows: Sequence[SeedSource]) -> dict[str, Any]:
    """Return what the page that makes one secret for some draws shows (生成凭据页内容)."""
    draws = [row.draw for row in rows]
    policy = in_force(Policy.Kind.DRAW, "reserve_links", clock.today())
    lengths = [Length(str(draw), planned_hits(draw), links_needed(draw)) for draw in draws]
    return {
        "rows": [
            f"{draw.session}={line.length}" for draw, line in zip(draws, lengths, strict=True)
        ],
        "draws": [str(draw) for draw in draws],
        "lengths": lengths,
        "holder": rows[0].party.name if rows and rows[0].party else "",
        "source": policy.source if policy else "",
    }


def opening_rows(rows: Sequence[SeedSource]) -> list[str]:
    """Return which link of each chain is opened in the room (当日启封的链值): the last but one."""
    return [f"{row.draw.session}={chain_length(as_line(row)) - 1}" for row in rows if row.param]


@screen(
    "reserves/<pid:pid>/seal/",
    name="reserve-seal",
    perm=Perm.RESERVE_HOLD,
    obj=chains_with_draw,
    writes=True,
)
def reserve_seal(request: StaffRequest, obj: SeedSource) -> HttpResponse:
    """Make the chain on the office's device and hand in length and top (密封递补链)."""
    form = ChainForm(request.POST or None)

    def seal(values: dict[str, str]) -> SeedSource:
        return services.commit_value(obj, actor=request.actor, **values)

    if request.method == "POST" and submit(form, seal) is not None:
        return redirect("draw", pid=obj.draw.public_id)
    page = _page(_("密封递补链"), obj.draw)
    more = seal_context([obj])
    back = href("draw", pid=obj.draw.public_id)
    words = _("提交链长与链顶")
    return page.show(
        request, "web/chain_seal.html", form=form, submit_label=words, back=back, **more
    )


@screen(
    "reserves/<pid:pid>/open/",
    name="reserve-open",
    perm=Perm.RESERVE_HOLD,
    obj=chains_with_draw,
    writes=True,
)
def reserve_open(request: StaffRequest, obj: SeedSource) -> HttpResponse:
    """Open the first link of the chain in the room (启封递补链)."""
    form = LinkForm(request.POST or None)

    def act(values: dict[str, str]) -> SeedSource:
        link = values["link"]
        return services.open_value(obj, value=link, read_back=link, actor=request.actor)

    if request.method == "POST" and submit(form, act) is not None:
        return redirect("draw", pid=obj.draw.public_id)
    page = _page(_("启封递补链"), obj.draw)
    return _link_page(request, page, form, opening_rows([obj]), _("启封"), "draw", obj.draw)


@screen(
    "amendments/<pid:pid>/link/",
    name="amendment-link",
    perm=Perm.RESERVE_HOLD,
    obj=lambda: Amendment.objects.select_related("draw__task", "target", "frame__department"),
    writes=True,
)
def amendment_link(request: StaffRequest, obj: Amendment) -> HttpResponse:
    """Publish the next link, which names who comes in (公布链值)."""
    form = LinkForm(request.POST or None)

    def publish(values: dict[str, str]) -> Amendment:
        return services.publish_link(obj, link=values["link"], actor=request.actor)

    if request.method == "POST" and submit(form, publish) is not None:
        return redirect("amendment", pid=obj.public_id)
    page = _page(_("公布链值 · %s") % obj.target.name, obj.draw)
    index = next_link(obj.draw)
    words = _("将公布第 %(index)s 链值；公布后立即确定递补对象，并可再递补 %(left)s 次。")
    page.notices.append(("info", words % {"index": index, "left": max(index, 0)}))
    rows = [f"{obj.draw.session}={max(index, 0)}"]
    return _link_page(request, page, form, rows, _("公布链值"), "amendment", obj)


def _page(title: str, draw: Draw) -> Page:
    return Page(title=title, crumbs=[(str(draw), href("draw", pid=draw.public_id))])


def _link_page(
    request: StaffRequest,
    page: Page,
    form: LinkForm,
    rows: list[str],
    label: str,
    back: str,
    obj: Draw | Amendment,
) -> HttpResponse:
    return page.show(
        request,
        "web/chain_link.html",
        form=form,
        rows=rows,
        field="id_link",
        submit_label=label,
        back=href(back, pid=obj.public_id),
    )


def reserve_facts(draw: Draw) -> list[Fact]:
    """Return what a draw's reserve is and how long it lasts (递补方式)."""
    words = str(draw.get_reserve_display())
    chain = chain_of(draw)
    if draw.reserve != Reserve.SEALED or chain is None or chain.party is None:
        return [Fact(_("递补方式"), words)]
    told = [_("%s保管") % chain.party.name]
    if chain.param:
        told.append(_("尚可递补 %s 次") % links_left(draw))
    return [Fact(_("递补方式"), aside(words, pgettext("mark", "，").join(told)), wide=True)]


button(
    "amendments/<pid:pid>/play-link/",
    "amendment-play-link",
    Perm.RESERVE_HOLD,
    Amendment,
    lambda r, a: services.play_link(a, actor=r.actor),
    gettext_lazy("演示：已代为公布链值"),
    back=lambda a: href("amendment", pid=a.public_id),
)
