"""Anchors (外部存证): the announcement's digest, fixed outside the city before the public event."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.draws.models.draw import Draw
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.rights.access import Reach


class AnchorState(models.TextChoices):
    """Where an anchor stands (外部存证状态)."""

    RECORDED = "recorded", _("已登记，待复核")
    CONFIRMED = "confirmed", _("已复核")
    REJECTED = "rejected", _("复核不符")


class Anchor(Stateful):
    """Where the announcement's digest stands outside the city's control (外部存证).

    at         the stamp's own time, or the end of the day of publication
    authority  who signed the stamp, as its certificate says
    is_signed  the stamp's signature was verified with the certificate inside it
    """

    class Kind(models.TextChoices):
        """How it is fixed outside (存证方式)."""

        TIMESTAMP = "timestamp", _("可信时间戳（RFC 3161）")
        NEWSPAPER = "newspaper", _("报刊、公报")
        WEBSITE = "website", _("省级网站")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="anchors")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=120, blank=True)
    issue = models.CharField(max_length=60, blank=True)
    page = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    authority = models.CharField(max_length=300, blank=True)
    is_signed = models.BooleanField(default=False)
    document = models.BinaryField()
    document_name = models.CharField(max_length=120)
    document_sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by_ref = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_ref = models.CharField(max_length=80, blank=True)
    decided_by_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    rejected_reason = models.CharField(max_length=200, blank=True)

    states = AnchorState
    reach = Reach(
        department="draw__task__department", involved="draw__task__participations__department"
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [state_is_known(AnchorState, "anchor_state_known")]

    def __str__(self) -> str:
        return f"{self.draw}: {self.get_kind_display()}"
