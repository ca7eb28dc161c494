"""What the seed is made of (随机数来源)."""

from __future__ import annotations

from django.db import models

from openlot.accounts.models import Department
from openlot.draws.models.draw import Draw
from openlot.kernel.fields import PublicIdField
from openlot.rights.access import Reach

SEALED = ("commit", "chain")
PHYSICAL = ("digits", "numbers")


class SeedSource(models.Model):
    """One contribution to the seed (随机数来源): committed before, opened after the announcement.

    refused_witness  who was present when the refusal was noted on the party's behalf
    """

    public_id = PublicIdField()
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="sources")
    index = models.PositiveSmallIntegerField()
    source_id = models.CharField(max_length=64)
    type = models.CharField(max_length=8)
    param = models.CharField(max_length=120, blank=True)
    party = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    party_name = models.CharField(max_length=80)
    by_server = models.BooleanField(default=False)
    committed_by_ref = models.CharField(max_length=80, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    value = models.CharField(max_length=200, blank=True)
    opened_by_ref = models.CharField(max_length=80, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by_ref = models.CharField(max_length=80, blank=True)
    refused_reason = models.CharField(max_length=200, blank=True)
    refused_witness = models.CharField(max_length=80, blank=True)

    reach = Reach(
        department="draw__task__department", involved="draw__task__participations__department"
    )

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "index"], name="source_index_once"),
            models.UniqueConstraint(fields=["draw", "source_id"], name="source_id_once"),
        ]

    def __str__(self) -> str:
        return f"{self.draw}: {self.source_id}"

    @property
    def is_physical(self) -> bool:
        """Whether it is seen by everybody and belongs to nobody (现场骰数、公共事件)."""
        return self.type in PHYSICAL

    @property
    def is_refused(self) -> bool:
        """Whether its party declared not to open and has not opened since (声明不启封)."""
        return self.refused_at is not None and self.opened_at is None
