"""Results (检查结果): what each department found at each target, reviewed and signed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.inspections.models import Inspection
from openlot.items.models import CheckQuestion, InspectionItem
from openlot.kernel.fields import PublicIdField
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.privacy.personal import Mask, PersonalField
from openlot.registers.models import Inspector
from openlot.rights.access import Reach
from openlot.rights.perms import Perm


class ResultState(models.TextChoices):
    """Where one department's result at one target stands (结果状态)."""

    NOT_RECORDED = "not_recorded", _("未录入")
    IN_REVIEW = "in_review", _("待审核")
    RETURNED = "returned", _("审核退回")
    APPROVED = "approved", _("待公示")
    PUBLISHED = "published", _("已公示")
    CANCELLED = "cancelled", _("随抽取作废")


_PROVE = _("证明检查经过")
_WITH_THE_RESULT = _("随检查档案保存")


class InspectionResult(Stateful):
    """One department's result at one target (部门检查结果), with its own publication clock.

    codes         overall codes, derived from the rows and never softened; of table ``codes_version``
    due_on        last day to publish; provisional while a year it reaches has no calendar
    """

    class SignedBy(models.TextChoices):
        """How the business put its name to it (被检查单位签章)."""

        SIGNATURE = "signature", _("签字")
        SEAL = "seal", _("盖章")
        REFUSED = "refused", _("拒绝签字，有见证")

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="results")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    codes = models.JSONField(default=list)
    codes_version = models.CharField(max_length=40, blank=True)
    added_codes = models.JSONField(default=list)
    statement = models.TextField(blank=True)
    signed_by = models.CharField(max_length=12, choices=SignedBy.choices, blank=True)
    signer_name = models.CharField(max_length=40, blank=True)
    witness_name = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by_ref = models.CharField(max_length=80, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by_ref = models.CharField(max_length=80, blank=True)
    review_opinion = models.CharField(max_length=200, blank=True)
    returned_reason = models.CharField(max_length=200, blank=True)
    clock_from_on = models.DateField()
    due_on = models.DateField()
    due_provisional = models.BooleanField(default=False)
    calendar_version = models.CharField(max_length=60, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    states = ResultState
    reach = Reach(
        department="department",
        involved="inspection__task__participations__department",
        assigned="inspection__assignments__inspector__user",
        sent_by="inspection__assignments__inspector__department",
    )
    personal = {
        "signer_name": PersonalField(
            _("签章人"), Mask.NAME, (Perm.INSPECTION_REVEAL,), _PROVE, _WITH_THE_RESULT
        ),
        "witness_name": PersonalField(
            _("见证人"), Mask.NAME, (Perm.INSPECTION_REVEAL,), _PROVE, _WITH_THE_RESULT
        ),
    }

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "department"], name="one_result_per_department"
            ),
            state_is_known(ResultState, "result_state_known"),
        ]
        indexes = [models.Index(fields=["department", "state", "due_on"])]

    def __str__(self) -> str:
        return f"{self.inspection}: {self.department}"


class ItemResult(models.Model):
    """One item row of a result (事项检查结果)."""

    result = models.ForeignKey(InspectionResult, on_delete=models.PROTECT, related_name="rows")
    item = models.ForeignKey(InspectionItem, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    is_checked = models.BooleanField(default=True)
    codes = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    disposal = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "item", "version"], name="item_row_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.result}: {self.item}"


class Answer(models.Model):
    """The answer to one check point (检查要点结论)."""

    row = models.ForeignKey(ItemResult, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(CheckQuestion, on_delete=models.PROTECT, related_name="+")
    is_met = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["row", "question"], name="question_answered_once")
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.is_met}"


class Evidence(models.Model):
    """A photo or paper that backs a result (证据), kept with its digest."""

    public_id = PublicIdField()
    result = models.ForeignKey(InspectionResult, on_delete=models.PROTECT, related_name="evidence")
    item = models.ForeignKey(
        InspectionItem, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    by_ref = models.CharField(max_length=80)

    reach = Reach(
        department="result__department",
        involved="result__inspection__task__participations__department",
        assigned="result__inspection__assignments__inspector__user",
        sent_by="result__inspection__assignments__inspector__department",
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class OfficerSignature(models.Model):
    """An officer's name under a result (检查人员签名); two per department at least."""

    result = models.ForeignKey(
        InspectionResult, on_delete=models.PROTECT, related_name="signatures"
    )
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["result", "inspector", "version"], name="officer_signs_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.result}: {self.inspector}"


class FollowUpState(models.TextChoices):
    """Where a follow-up stands (后续处置状态)."""

    OPEN = "open", _("未完结")
    DONE = "done", _("已完结")


class FollowUp(Stateful):
    """What a negative result demands (后续处置), with its own deadline."""

    result = models.ForeignKey(
        InspectionResult, on_delete=models.PROTECT, related_name="follow_ups"
    )
    item = models.ForeignKey(
        InspectionItem, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=40)
    demanded_by_code = models.CharField(max_length=8)
    note = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_provisional = models.BooleanField(default=False)
    finished_on = models.DateField(null=True, blank=True)
    finish_note = models.CharField(max_length=300, blank=True)

    states = FollowUpState
    reach = Reach(
        department="result__department",
        involved="result__inspection__task__participations__department",
    )

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [state_is_known(FollowUpState, "follow_up_state_known")]

    def __str__(self) -> str:
        return f"{self.result}: {self.kind}"
