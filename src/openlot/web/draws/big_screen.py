"""The big screen of the room (大屏): what was fixed when, read by everybody, with no theatre."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from openlot.draws.models import SEALED, Draw, DrawFrame, DrawState, SeedSource
from openlot.draws.selectors import (
    cuts,
    is_embargoed,
    refused_values,
    saving,
    strata_of,
    stratum_title,
)
from openlot.rights.perms import Perm
from openlot.tasks.models import Disclosure
from openlot.web.draws.comparison import draws_with_task
from openlot.web.page import grouped, href
from openlot.web.screens import StaffRequest, screen

FIRST, LAST = 5, 2
SECONDS = 5


class Stage(NamedTuple):
    """One thing that is fixed in the room (现场步骤): ``at`` is empty until it is."""

    title: str
    at: datetime | None
    text: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Who brings a value (参与方), how far it is, and the code that opens its own page."""

    name: str
    state: str
    code: SafeString | str


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum in the order of its tickets (按签号排列的层), and where it was cut."""

    title: str
    hits: list[Any]
    following: str


@screen("draws/<pid:pid>/screen/", name="draw-screen", perm=Perm.DRAW_VIEW, obj=draws_with_task)
def draw_screen(request: StaffRequest, obj: Draw) -> HttpResponse:
    """Show the ceremony to the room (大屏); the page looks again every few seconds."""
    sources = list(obj.sources.all())
    ended = obj.drawn_at is not None or obj.voided_at is not None
    shown = obj.drawn_at is not None and obj.disclosure == Disclosure.FULL and not is_embargoed(obj)
    context = {
        "title": obj.task.name,
        "subtitle": " · ".join(
            (obj.task.department.name, _("公开抽取 %s") % obj, obj.get_state_display())
        ),
        "back": href("draw", pid=obj.public_id),
        "void_words": _("已作废：%s") % obj.void_reason if obj.voided_at else "",
        "refusals": refusals_of(obj),
        "stages": _stages(obj, sources),
        "parties": [_party(source, obj) for source in sources],
        "strata": _strata(obj) if shown else [],
        "saving": saving(obj),
        "closed": obj.drawn_at is not None and not shown,
        "demo_words": demo_words(obj) if obj.is_demo else "",
        "seconds": 0 if ended else SECONDS,
    }
    return render(request, "web/screen.html", context)


def demo_words(draw: Draw) -> str:
    """Return why a draw of the demo has no level (演示说明): the server may play the parties."""
    if any(source.by_server for source in draw.sources.all()):
        return _("演示，无等级：随机数由系统代各方生成。")
    return _("演示，无等级：演示城市的抽取不作执法依据。")


def refusals_of(draw: Draw) -> list[str]:
    """Return who declared not to open, why, and what the room waits for (声明不启封)."""
    if draw.state != DrawState.ANNOUNCED:
        return []
    words = _("%(party)s 声明不启封：%(reason)s。等待其启封，或者依程序作废、另行编号重抽。")
    return [
        words % {"party": source.party_name, "reason": source.refused_reason.rstrip("。")}
        for source in refused_values(draw)
    ]


def _stages(draw: Draw, sources: list[SeedSource]) -> list[Stage]:
    parties = [source for source in sources if source.type in SEALED]
    sealed = [source.committed_at for source in parties]
    opened = [source.opened_at for source in sources]
    return [
        Stage(_("名单与人员封存"), draw.frozen_at, _sizes(draw)),
        Stage(
            _("各方密封随机数"),
            max(filter(None, sealed)) if all(sealed) else None,
            _("%(done)s / %(all)s 方") % {"done": sum(map(bool, sealed)), "all": len(parties)},
        ),
        Stage(_("公告校验码固定"), draw.announced_at, digest=grouped(draw.adigest)),
        Stage(
            _("各方启封、掷骰"),
            max(filter(None, opened)) if all(opened) else None,
            _("%(done)s / %(all)s 项") % {"done": sum(map(bool, opened)), "all": len(sources)},
        ),
        Stage(_("抽取完成，结果校验码固定"), draw.drawn_at, digest=grouped(draw.rdigest)),
    ]


def _sizes(draw: Draw) -> str:
    frames = list(DrawFrame.objects.filter(draw=draw))
    if not frames:
        return ""
    values = {
        "n": sum(frame.n_entries for frame in frames),
        "e": sum(frame.n_eligible for frame in frames),
        "lists": len(frames),
    }
    if len(frames) > 1:
        return _("%(lists)s 份名录共 %(n)s 条，其中可抽取 %(e)s 条") % values
    return _("名单 %(n)s 户，其中可抽取 %(e)s 户") % values


def _party(source: SeedSource, draw: Draw) -> Party:
    if source.opened_at:
        dice = source.is_physical
        return Party(source.party_name, source.value if dice else _("已启封"), "")
    if source.is_physical:
        waits = _("公告后掷骰") if source.type == "digits" else _("公告后开奖")
        return Party(source.party_name, waits, "")
    if draw.state == "frozen" and not source.param:
        code = page_code(_page(source, "seal"), source.public_id)
        return Party(source.party_name, _("请用本单位设备扫码密封"), code)
    if draw.state == "announced":
        code = page_code(_page(source, "open"), source.public_id)
        if source.is_refused:
            return Party(source.party_name, _("声明不启封；改变主意的，扫码启封"), code)
        return Party(source.party_name, _("请用本单位设备扫码启封"), code)
    return Party(source.party_name, _("已密封") if source.param else _("待密封"), "")


def _page(source: SeedSource, act: str) -> str:
    return f"reserve-{act}" if source.type == "chain" else f"source-{act}"


def page_code(name: str, pid: str) -> SafeString:
    """Return a QR code of a party's own page (本单位页面二维码); it opens nothing without sign-in."""
    address = f"{settings.BASE_URL}{href(name, pid=pid)}"
    drawn = segno.make(address, error="m").svg_inline(scale=4, border=2)
    return mark_safe(drawn)  # noqa: S308 (made by the library from our own address)


def _strata(draw: Draw) -> list[Stratum]:
    titles = {(row.frame.fid, row.alias): stratum_title(row) for row in strata_of(draw)}
    following = cuts(draw)
    rows = draw.drawn_targets.filter(is_spare=False).select_related("target", "frame")
    ordered = rows.order_by("frame__fid", "stratum", "rank")
    return [
        Stratum(titles[key], _ends(list(hits)), following[key][1])
        for key, hits in groupby(ordered, key=lambda row: (row.frame.fid, row.stratum))
    ]


def _ends(hits: list[Any]) -> list[Any]:
    """Return the first and the last drawn, with None where some are left out."""
    if len(hits) <= FIRST + LAST + 1:
        return hits
    return [*hits[:FIRST], None, *hits[-LAST:]]
