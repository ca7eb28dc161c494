"""Reading drawing days and the draws that take part."""

from __future__ import annotations

import hashlib

from django.db.models import Count, QuerySet

from openlot.drawing_days.models import DayState, DrawingDay
from openlot.draws.models import SEALED, Draw, DrawState, SeedSource
from openlot.kernel.actor import Actor
from openlot.rights.access import visible
from openlot.rights.perms import Perm


def day_list(actor: Actor) -> QuerySet[DrawingDay]:
    """Return the drawing days that ``actor`` may see (抽签日列表), the newest first."""
    return visible(actor, Perm.DAY_VIEW, DrawingDay.objects.select_related("department"))


def open_days() -> QuerySet[DrawingDay]:
    """Return the days that still take draws (收签中的抽签日)."""
    return DrawingDay.objects.filter(state=DayState.GATHERING).order_by("held_at")


def day_of(draw: Draw) -> DrawingDay | None:
    """Return the day that a draw takes part in (所属抽签日), None when it is held on its own."""
    return DrawingDay.objects.filter(number=draw.day_number).first() if draw.day_number else None


def draws_of(day: DrawingDay) -> QuerySet[Draw]:
    """Return the draws of a day that count (参加的抽取), in the order they are read out."""
    rows = Draw.objects.filter(day_number=day.number).exclude(state=DrawState.VOIDED)
    return rows.select_related("task__department", "predecessor").order_by("draw_id")


def sources_of(day: DrawingDay, department_id: int | None) -> QuerySet[SeedSource]:
    """Return one organ's source in each draw of a day (本单位在各抽取中的来源); None: the dice."""
    rows = SeedSource.objects.filter(draw__in=draws_of(day).values("pk"), party_id=department_id)
    return rows.exclude(type="chain").select_related("draw").order_by("draw__draw_id")


def chains_of(day: DrawingDay, department_id: int | None) -> QuerySet[SeedSource]:
    """Return the chains of sealed reserves that an organ holds on a day (本单位保管的递补链)."""
    rows = SeedSource.objects.filter(draw__in=draws_of(day).values("pk"), party_id=department_id)
    return rows.filter(type="chain").select_related("draw").order_by("draw__draw_id")


def refusable(day: DrawingDay) -> QuerySet[SeedSource]:
    """Return the parties' values of a day that are closed and not refused (可声明不启封的来源)."""
    rows = SeedSource.objects.filter(draw__in=draws_of(day).values("pk"), type__in=SEALED)
    return rows.filter(draw__state=DrawState.ANNOUNCED, opened_at=None, refused_at=None)


def refused_parties(day: DrawingDay) -> list[tuple[str, str, int]]:
    """Return who declared not to open (声明不启封): name, reason, draws that wait for it."""
    rows = SeedSource.objects.filter(draw__in=draws_of(day).values("pk"), opened_at=None)
    told = rows.filter(refused_at__isnull=False).order_by("party_name", "refused_reason")
    return list(told.values_list("party_name", "refused_reason").annotate(n=Count("draw")))


def sheet(day: DrawingDay) -> bytes:
    """Return what the one signed sheet of a day binds (抽签日公告清单): a line per draw."""
    lines = [f"day|{day.number}"]
    lines += [f"draw|{d.draw_id}|{d.attempt}|{d.adigest}" for d in draws_of(day)]
    return ("\n".join(lines) + "\n").encode("ascii")


def sheet_digest(day: DrawingDay) -> str:
    """Return the digest that is read aloud for all draws of a day (公告清单校验码)."""
    return hashlib.sha256(sheet(day)).hexdigest()
