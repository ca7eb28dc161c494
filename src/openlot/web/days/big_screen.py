"""The big screen of a drawing day (大屏): one list, one reading, one roll."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openlot.drawing_days.models import DrawingDay
from openlot.drawing_days.selectors import refused_parties
from openlot.draws.models import SEALED, SeedSource
from openlot.rights.perms import Perm
from openlot.web.days.summary import Row, rows_of
from openlot.web.draws.big_screen import SECONDS, Party, Stage, demo_words, page_code
from openlot.web.page import grouped, href
from openlot.web.screens import StaffRequest, screen


@screen("days/<pid:pid>/screen/", name="day-screen", perm=Perm.DAY_VIEW, obj=DrawingDay)
def day_screen(request: StaffRequest, obj: DrawingDay) -> HttpResponse:
    """Show the day to the room (大屏); the page looks again every few seconds."""
    rows = rows_of(obj, request.actor)
    sources = list(SeedSource.objects.filter(draw__in=[row.draw for row in rows]).order_by("index"))
    demo = next((row.draw for row in rows if row.draw.is_demo), None)
    context = {
        "title": _("抽签日 %s") % obj.number,
        "subtitle": f"{obj.department.name} · {obj.place} · {obj.get_state_display()}",
        "back": href("day", pid=obj.public_id),
        "stages": _stages(obj, rows, sources),
        "parties": _parties(obj, sources),
        "draws": rows,
        "demo_words": demo_words(demo) if demo else "",
        "void_words": _("已取消：%s") % obj.cancelled_reason if obj.cancelled_reason else "",
        "refusals": refusals_on(obj),
        "seconds": 0 if obj.state in ("drawn", "cancelled") else SECONDS,
    }
    return render(request, "web/day_screen.html", context)


def refusals_on(day: DrawingDay) -> list[str]:
    """Return who declared not to open on a day, why, and how many draws wait (声明不启封)."""
    words = _(
        "%(party)s 声明不启封：%(reason)s。%(n)s 项抽取等待其启封，或者依程序作废后其余继续。"
    )
    return [
        words % {"party": party, "reason": reason.rstrip("。"), "n": n}
        for party, reason, n in refused_parties(day)
    ]


def _stages(day: DrawingDay, rows: list[Row], sources: list[SeedSource]) -> list[Stage]:
    parties = [source for source in sources if source.type in SEALED]
    values = {"draws": len(rows), "e": sum(row.eligible for row in rows)}
    return [
        Stage(
            _("收签截止，名单封存"),
            day.closed_at,
            _("%(draws)s 项抽取，可抽取对象 %(e)s 户次") % values,
        ),
        Stage(_("各方密封随机数"), _last(parties, "committed_at")),
        Stage(_("全部公告，清单校验码固定"), day.announced_at, digest=grouped(day.sheet_digest)),
        Stage(_("各方启封、掷骰"), _last(sources, "opened_at"), _roll(sources)),
        Stage(
            _("全部抽取完成，结果校验码固定"),
            day.drawn_at,
            _("%(done)s / %(all)s 项")
            % {"done": sum(bool(row.rdigest) for row in rows), "all": len(rows)},
        ),
    ]


def _last(sources: list[SeedSource], column: str) -> datetime | None:
    """Return when the last of them was done, None while one is missing."""
    times = [getattr(source, column) for source in sources]
    return max(times) if times and all(times) else None


def _roll(sources: list[SeedSource]) -> str:
    rolled = next((s.value for s in sources if s.type == "digits" and s.opened_at), "")
    return _("骰数 %s") % rolled if rolled else ""


def _parties(day: DrawingDay, sources: list[SeedSource]) -> list[Party]:
    """Return who brings a value and how far each is; one code serves all, each signs in as itself."""
    own: dict[str, list[SeedSource]] = {}
    for source in sources:
        if source.type in SEALED:
            own.setdefault(source.party_name, []).append(source)
    found = _chain_codes(day, sources)
    if day.state == "closed":
        words = _("请用本单位设备扫码密封")
        found.append(Party(_("各参与方"), words, page_code("day-seal", day.public_id)))
    if day.state == "announced" and any(not s.opened_at for rows in own.values() for s in rows):
        words = _("请用本单位设备扫码启封")
        found.append(Party(_("各参与方"), words, page_code("day-open", day.public_id)))
    for name, rows in own.items():
        sealed, opened = all(s.param for s in rows), all(s.opened_at for s in rows)
        refused = any(s.is_refused for s in rows)
        found.append(Party(name, _party_state(opened, refused, sealed), ""))
    return found


def _party_state(opened: bool, refused: bool, sealed: bool) -> str:
    if opened:
        return _("已启封")
    return _("声明不启封") if refused else _("已密封") if sealed else _("待密封")


def _chain_codes(day: DrawingDay, sources: list[SeedSource]) -> list[Party]:
    """Return the code of the page that holds the chains, while one of them waits."""
    chains = [source for source in sources if source.type == "chain"]
    name = _("递补链保管单位")
    if day.state == "closed" and any(not source.param for source in chains):
        code = page_code("day-reserve-seal", day.public_id)
        return [Party(name, _("请用办公室设备扫码密封递补链"), code)]
    if day.state == "announced" and any(not source.opened_at for source in chains):
        code = page_code("day-reserve-open", day.public_id)
        return [Party(name, _("请用办公室设备扫码启封递补链"), code)]
    return []
