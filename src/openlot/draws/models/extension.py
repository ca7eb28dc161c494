"""Supplementary draws (补充抽取): asked by the department, approved elsewhere, drawn afresh."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.draws.models.draw import Draw, DrawStratum
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.rights.access import Reach
from openlot.tasks.models import InspectionTask


class ExtensionState(models.TextChoices):
    """Where the request for a supplementary draw stands (补充抽取状态)."""

    REQUESTED = "requested", _("待审批")
    REFUSED = "refused", _("不同意")
    APPROVED = "approved", _("已批准，待抽取")


class Extension(Stateful):
    """A request to draw more targets for a task that was drawn (补充抽取申请).

    first    the draw that is extended; its hits leave the new lists
    serial   of the extensions of that draw: the new draw is called ``…-E1``
    """

    task = models.ForeignKey(InspectionTask, on_delete=models.PROTECT, related_name="extensions")
    first = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="extensions")
    serial = models.PositiveSmallIntegerField()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    document = models.BinaryField()
    document_name = models.CharField(max_length=120)
    document_sha256 = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    requested_by_ref = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_ref = models.CharField(max_length=80, blank=True)
    decided_by_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    refused_reason = models.CharField(max_length=200, blank=True)

    states = ExtensionState
    reach = Reach(department="department", involved="task__participations__department")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "serial"], name="extension_serial_once"),
            models.UniqueConstraint(
                fields=["first"],
                condition=models.Q(state="requested"),
                name="one_open_extension",
            ),
            state_is_known(ExtensionState, "extension_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.first.draw_id}-E{self.serial}"


class ExtensionShare(models.Model):
    """How many more targets of one stratum are drawn (补充抽取数)."""

    extension = models.ForeignKey(Extension, on_delete=models.PROTECT, related_name="shares")
    stratum = models.ForeignKey(DrawStratum, on_delete=models.PROTECT, related_name="+")
    n = models.PositiveIntegerField()

    class Meta:
        ordering = ["stratum"]
        constraints = [
            models.UniqueConstraint(fields=["extension", "stratum"], name="extension_share_once")
        ]

    def __str__(self) -> str:
        return f"{self.extension}: {self.stratum} {self.n}"
