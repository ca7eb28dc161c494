"""Inspections (单个对象检查): one target in one task, its officers, notice and visits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.draws.models import Draw
from openlot.kernel import ids
from openlot.kernel.fields import PublicIdField
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.privacy.personal import Mask, PersonalField
from openlot.registers.models import InspectionTarget, Inspector
from openlot.rights.access import Reach
from openlot.rights.perms import Perm
from openlot.tasks.models import InspectionTask


class InspectionState(models.TextChoices):
    """Where the inspection of one target stands (检查状态)."""

    READY = "ready", _("待检查")
    INSPECTING = "inspecting", _("检查中")
    ENDED = "ended", _("检查结束")
    CANCELLED = "cancelled", _("随抽取作废")


class Inspection(Stateful):
    """One target in one task (单个对象检查) with the notice that announces it.

    Of a voided draw it stays, cancelled, with its numbers; the next draw makes another.
    check_code  printed on the notice; who holds it may see this inspection
    ended_on    the day its publication clock starts; no later than the task window's end
    """

    task = models.ForeignKey(InspectionTask, on_delete=models.PROTECT, related_name="inspections")
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="inspections")
    target = models.ForeignKey(
        InspectionTarget, on_delete=models.PROTECT, related_name="inspections"
    )
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=40, unique=True)
    notice_no = models.CharField(max_length=60, unique=True)
    check_code = models.CharField(max_length=16, unique=True, default=ids.check_code)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    states = InspectionState
    reach = Reach(
        department="task__department",
        involved="task__participations__department",
        assigned="assignments__inspector__user",
        sent_by="assignments__inspector__department",
    )

    class Meta:
        ordering = ["task", "serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "target"],
                condition=~models.Q(state="cancelled"),
                name="target_once_per_task",
            ),
            models.UniqueConstraint(fields=["task", "serial"], name="serial_once_per_task"),
            state_is_known(InspectionState, "inspection_state_known"),
        ]

    def __str__(self) -> str:
        return self.number


class Assignment(models.Model):
    """An officer sent to an inspection (指派), as the draw matched them."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="assignments")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="assignments")
    slot = models.CharField(max_length=64)
    is_leader = models.BooleanField(default=False)

    class Meta:
        ordering = ["department", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "inspector"], name="officer_once_per_inspection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.inspection}: {self.inspector}"


class Visit(models.Model):
    """A check-in on the premises (扫码入企) by the notice's code, certificates shown."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="visits")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    checked_in_by = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="+")
    checked_in_at = models.DateTimeField()
    certificates_shown = models.BooleanField()
    point = models.CharField(max_length=40, blank=True)
    exception = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "department"], name="one_check_in_per_department"
            )
        ]

    def __str__(self) -> str:
        return f"{self.inspection}: {self.department}"


class ServiceReceipt(models.Model):
    """How the notice reached the business (送达回证)."""

    class Manner(models.TextChoices):
        """How it was served (送达方式)."""

        IN_PERSON = "in_person", _("直接送达")
        REFUSED = "refused", _("留置送达（拒收，见证）")
        MAILED = "mailed", _("邮寄送达")
        ELECTRONIC = "electronic", _("电子送达")

    public_id = PublicIdField()
    inspection = models.OneToOneField(
        Inspection, on_delete=models.PROTECT, related_name="service_receipt"
    )
    manner = models.CharField(max_length=12, choices=Manner.choices)
    received_by = models.CharField(max_length=40, blank=True)
    witness = models.CharField(max_length=40, blank=True)
    served_at = models.DateTimeField()
    served_by_ref = models.CharField(max_length=80)

    personal = {
        "received_by": PersonalField(
            _("签收人"), Mask.NAME, (Perm.INSPECTION_REVEAL,), _("证明送达"), _("随检查档案保存")
        ),
        "witness": PersonalField(
            _("送达见证人"),
            Mask.NAME,
            (Perm.INSPECTION_REVEAL,),
            _("证明送达"),
            _("随检查档案保存"),
        ),
    }

    def __str__(self) -> str:
        return f"{self.inspection}: {self.manner}"
