"""What can be done next at a drawing day, and by this person (抽签日可办事项)."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from openlot.drawing_days.models import DrawingDay
from openlot.drawing_days.selectors import chains_of, draws_of, refusable, sources_of
from openlot.draws.models import SEALED, SeedSource
from openlot.rights.access import may, visible
from openlot.rights.perms import Perm
from openlot.web.forms import ReasonForm
from openlot.web.page import Act, href
from openlot.web.screens import StaffRequest


def day_acts(request: StaffRequest, day: DrawingDay) -> list[Act]:
    """Return the acts offered now (可办事项)."""
    pid, runs = day.public_id, may(request.actor, Perm.DAY_RUN, day)
    acts = [Act(href("day-screen", pid=pid), _("大屏"), method="get", tone="")]
    if day.state == "gathering" and runs:
        acts.append(
            Act(
                href("day-close", pid=pid),
                _("截止收签"),
                confirm=_("截止后不再接受报名；名单尚未封存的抽取将退出本次抽签日，确认？"),
            )
        )
    mine = list(sources_of(day, request.actor.department_id)) if request.actor.department_id else []
    if day.state == "closed":
        acts += _sealing(request, day, mine)
        if runs and not _all_sources(day).filter(type__in=SEALED, param="").exists():
            acts.append(Act(href("day-announce", pid=pid), _("统一发布公告")))
    if day.state == "announced":
        acts += _opening(request, day, mine)
        if runs and not _all_sources(day).filter(opened_at=None).exists():
            acts.append(Act(href("day-draw", pid=pid), _("统一抽取并匹配")))
    if day.announced_at:
        acts.append(Act(href("day-paper", pid=pid), _("打印抽签日单据"), method="get", tone=""))
    if day.state in ("gathering", "closed") and runs:
        acts.append(Act(href("day-cancel", pid=pid), _("取消抽签日"), ReasonForm(), tone="danger"))
    return acts


def _all_sources(day: DrawingDay) -> QuerySet[SeedSource]:
    return SeedSource.objects.filter(draw__in=draws_of(day).values("pk"))


def _sealing(request: StaffRequest, day: DrawingDay, mine: list[SeedSource]) -> list[Act]:
    pid, acts = day.public_id, []
    if mine and not mine[0].param and may(request.actor, Perm.DRAW_CONTRIBUTE, mine[0]):
        acts.append(Act(href("day-seal", pid=pid), _("密封本单位随机数"), method="get"))
    acts += _chain(request, day, "day-reserve-seal", _("密封递补链"), param="")
    waiting = _all_sources(day).filter(type__in=SEALED, param="")
    if settings.DEMO and may(request.actor, Perm.DAY_RUN, day) and waiting.exists():
        acts.append(Act(href("day-play", pid=pid), _("演示代封：全部参与方"), tone=""))
    return acts


def _opening(request: StaffRequest, day: DrawingDay, mine: list[SeedSource]) -> list[Act]:
    pid, actor, acts = day.public_id, request.actor, []
    closed = _all_sources(day).filter(opened_at=None)
    if any(not source.opened_at and not source.by_server for source in mine):
        acts.append(Act(href("day-open", pid=pid), _("启封"), method="get"))
    unopened = {"opened_at": None, "by_server": False}
    acts += _chain(request, day, "day-reserve-open", _("启封递补链"), **unopened)
    if closed.filter(by_server=True).exists() and may(actor, Perm.DAY_RUN, day):
        acts.append(Act(href("day-play-open", pid=pid), _("演示代启封：全部参与方")))
    waiting = refusable(day)
    if waiting.filter(party_id=actor.department_id).exists() or (
        waiting.exists() and may(actor, Perm.DAY_RUN, day)
    ):
        acts.append(Act(href("day-refuse", pid=pid), _("声明不启封"), method="get", tone=""))
    dice = closed.filter(type="digits")
    enters = visible(actor, Perm.DRAW_CONTRIBUTE, dice).count() == dice.count() > 0
    if enters and not closed.exclude(type="digits").exists():
        acts.append(Act(href("day-dice", pid=pid), _("录入骰数"), method="get"))
    return acts


def _chain(
    request: StaffRequest, day: DrawingDay, name: str, label: str, **where: object
) -> list[Act]:
    """Offer the holder its chains of the day while some of them wait."""
    holds = request.actor.department_id and may(request.actor, Perm.RESERVE_HOLD, day)
    if not holds or not chains_of(day, request.actor.department_id).filter(**where).exists():
        return []
    return [Act(href(name, pid=day.public_id), label, method="get")]
