"""What came out (抽取与匹配结果)."""

from __future__ import annotations

from django.db import models

from openlot.accounts.models import Department
from openlot.draws.models.draw import Draw, DrawFrame
from openlot.registers.models import InspectionTarget, Inspector


class DrawnTarget(models.Model):
    """A target that was drawn, or stands by (抽取结果)."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="drawn_targets")
    frame = models.ForeignKey(DrawFrame, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(InspectionTarget, on_delete=models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=64)
    rank = models.PositiveIntegerField()
    ticket = models.CharField(max_length=64)
    is_spare = models.BooleanField(default=False)

    class Meta:
        ordering = ["stratum", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["frame", "target"], name="drawn_once_per_frame")
        ]

    def __str__(self) -> str:
        return f"{self.draw}: {self.target}"


class MatchedOfficer(models.Model):
    """An inspector matched to a drawn target by chance (匹配结果)."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="matched_officers")
    target = models.ForeignKey(InspectionTarget, on_delete=models.PROTECT, related_name="+")
    slot = models.CharField(max_length=64)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="+")
    pick = models.CharField(max_length=64)
    n_candidates = models.PositiveIntegerField()

    class Meta:
        ordering = ["target", "slot"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "target", "slot"], name="slot_filled_once"),
            models.UniqueConstraint(
                fields=["draw", "target", "inspector"], name="officer_once_per_target"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.inspector}"
