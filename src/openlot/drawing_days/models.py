"""Drawing days (抽签日): all announced before the first opening, one reading, one roll, one sheet."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.rights.access import Reach


class DayState(models.TextChoices):
    """Where a drawing day stands (抽签日状态)."""

    GATHERING = "gathering", _("收签中")
    CLOSED = "closed", _("已截止，待密封与公告")
    ANNOUNCED = "announced", _("已公告，待启封与抽取")
    DRAWN = "drawn", _("已完成")
    CANCELLED = "cancelled", _("已取消")


class DrawingDay(Stateful):
    """One ritual for the draws of many departments (抽签日), led by the joint-conference office.

    sheet_digest  SHA-256 over the list of announced draws and their digests: what is read aloud
    """

    number = models.CharField(max_length=32, unique=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    place = models.CharField(max_length=80)
    opened_by_ref = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    sheet_digest = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(max_length=200, blank=True)

    states = DayState
    reach = Reach(everyone=True)

    class Meta:
        ordering = ["-held_at", "-id"]
        constraints = [state_is_known(DayState, "drawing_day_state_known")]

    def __str__(self) -> str:
        return self.number


class DayParty(models.Model):
    """An organ that brings one random value for all draws of the day (随机数参与方)."""

    day = models.ForeignKey(DrawingDay, on_delete=models.PROTECT, related_name="parties")
    index = models.PositiveSmallIntegerField()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["day", "department"], name="day_party_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.department}"
