"""Inspection tasks (抽查任务): from a plan line to a scheme that everybody accepted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.items.models import InspectionItem
from openlot.kernel.fields import PublicIdField
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.plans.models import PlanLine, Scope
from openlot.registers.models import Inspector
from openlot.rights.access import Reach


class TaskState(models.TextChoices):
    """Where the scheme of a task stands (任务状态); draw and inspections have their own."""

    DRAFT = "draft", _("方案拟定")
    SUBMITTED = "submitted", _("待接受与审批")
    APPROVED = "approved", _("方案已批准")
    CLOSED = "closed", _("办结")
    VOIDED = "voided", _("作废")


class Origin(models.TextChoices):
    """Where a task comes from (任务来源)."""

    PLAN = "plan", _("年度计划")
    SUPERIOR = "superior", _("上级部署（导入外部抽取任务）")


class Disclosure(models.TextChoices):
    """What of the draw is public (公开方式, protocol 4.3)."""

    FULL = "full", _("全部公开，任何人可重算")
    PROOFS = "proofs", _("公开校验结果，监督机关可重算")


class Stratify(models.TextChoices):
    """What the strata are (分层方式)."""

    NONE = "none", _("不分层")
    REGION = "region", _("按乡镇街道")
    CREDIT = "credit", _("按信用风险等级")


class InspectionTask(Stateful):
    """One batch of inspections (抽查任务) with the scheme that is approved before any draw.

    min_officers  certified inspectors per department and target, two or more (APL-42)
    prefer_region soft wish: any, prefer-same, prefer-outside; hard: same, outside (protocol 9.1)
    """

    number = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    plan_line = models.ForeignKey(
        PlanLine, on_delete=models.PROTECT, related_name="tasks", null=True, blank=True
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tasks")
    items = models.ManyToManyField(InspectionItem, through="TaskItem", related_name="tasks")
    window_from_on = models.DateField()
    window_to_on = models.DateField()
    methods = models.JSONField(default=list)
    stratify = models.CharField(max_length=8, choices=Stratify.choices)
    disclosure = models.CharField(max_length=8, choices=Disclosure.choices)
    min_officers = models.PositiveSmallIntegerField(default=2)
    region_rule = models.CharField(max_length=16, default="prefer-outside")
    slack = models.PositiveSmallIntegerField(default=1)
    n_reserve = models.PositiveSmallIntegerField(default=0)
    max_per_inspector = models.PositiveSmallIntegerField(default=40)
    n_assistants = models.PositiveSmallIntegerField(default=0)
    scheme_text = models.TextField(blank=True)
    materials = models.JSONField(default=list)
    external_evidence = models.JSONField(default=dict, blank=True)
    submitted_by_ref = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by_ref = models.CharField(max_length=80, blank=True)
    returned_reason = models.CharField(max_length=200, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    rosters_sealed_at = models.DateTimeField(null=True, blank=True)

    states = TaskState
    reach = Reach(
        department="department",
        involved="participations__department",
        assigned="inspections__assignments__inspector__user",
        sent_by="inspections__assignments__inspector__department",
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            state_is_known(TaskState, "task_state_known"),
            models.CheckConstraint(
                condition=models.Q(min_officers__gte=2), name="two_officers_at_least"
            ),
            models.CheckConstraint(
                condition=models.Q(window_from_on__lte=models.F("window_to_on")),
                name="task_window_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TaskItem(models.Model):
    """An item of a task (任务事项) and the department that checks it."""

    task = models.ForeignKey(InspectionTask, on_delete=models.PROTECT, related_name="task_items")
    item = models.ForeignKey(InspectionItem, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "item", "department"], name="task_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.item}"


class ParticipationState(models.TextChoices):
    """What a department has said to the scheme (参与状态)."""

    INVITED = "invited", _("待接受")
    ACCEPTED = "accepted", _("已接受")
    DECLINED = "declined", _("不接受")


class Participation(Stateful):
    """A department in a task (参与部门), the lead one too: its word and its roster.

    own_list  its share is drawn from its own register (以本部门名录抽取), on one lane with the
              others; without it the department goes along to the targets of the lead's list
    """

    task = models.ForeignKey(
        InspectionTask, on_delete=models.PROTECT, related_name="participations"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="participations"
    )
    is_lead = models.BooleanField(default=False)
    own_list = models.BooleanField(default=False)
    decided_by_ref = models.CharField(max_length=80, blank=True)
    declined_reason = models.CharField(max_length=200, blank=True)
    roster_confirmed_at = models.DateTimeField(null=True, blank=True)
    roster_confirmed_by_ref = models.CharField(max_length=80, blank=True)

    states = ParticipationState
    reach = Reach(department="department", involved="task__participations__department")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "department"], name="task_participant_once"),
            state_is_known(ParticipationState, "participation_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.department}"


class RosterMember(models.Model):
    """An inspector whom a department puts on the roster of a task (可派人员)."""

    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="members"
    )
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "inspector"], name="roster_member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participation}: {self.inspector}"


class ListedTarget(models.Model):
    """A target on a superior's list (上级下发名单): imported, never typed by hand."""

    public_id = PublicIdField()
    task = models.ForeignKey(
        InspectionTask, on_delete=models.PROTECT, related_name="listed_targets"
    )
    target = models.ForeignKey(
        "registers.InspectionTarget", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "target"], name="listed_target_once")
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.target}"
