"""Annual plans (年度抽查工作计划) and their lines."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.items.models import InspectionItem
from openlot.kernel.fields import PublicIdField
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.registers.models import CreditClass
from openlot.rights.access import Reach


class PlanState(models.TextChoices):
    """Where a plan stands (计划状态, rule-book 5.4)."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审定")
    APPROVED = "approved", _("部门已审定")
    PUBLISHED = "published", _("已备案并公开")
    SUPERSEDED = "superseded", _("已调整")
    CLOSED = "closed", _("执行完毕")


class Scope(models.TextChoices):
    """Own department or several (抽查类型)."""

    INTERNAL = "internal", _("部门内部")
    JOINT = "joint", _("部门联合")


class SourceLevel(models.TextChoices):
    """Whose demand a line answers (任务来源, M52)."""

    PROVINCE = "province", _("省级")
    PREFECTURE = "prefecture", _("阜阳市")
    OWN = "own", _("本级")


class DrawScope(models.TextChoices):
    """The whole register or a part by conditions (抽取方式)."""

    OPEN = "open", _("不定向")
    DIRECTED = "directed", _("定向")


class AnnualPlan(Stateful):
    """One department's plan of one year (年度计划), in one version."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="plans")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    number = models.CharField(max_length=32, blank=True)
    title = models.CharField(max_length=120)
    predecessor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    adjust_reason = models.CharField(max_length=200, blank=True)
    submitted_by_ref = models.CharField(max_length=80, blank=True)
    returned_reason = models.CharField(max_length=200, blank=True)
    filing_no = models.CharField(max_length=40, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    filed_late = models.BooleanField(default=False)

    states = PlanState
    reach = Reach(department="department", involved="lines__participants")

    class Meta:
        ordering = ["-year", "department__code", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "year", "version"], name="plan_version_once"
            ),
            models.UniqueConstraint(
                fields=["department", "year"],
                condition=models.Q(state="published"),
                name="one_published_plan",
            ),
            state_is_known(PlanState, "plan_state_known"),
        ]

    def __str__(self) -> str:
        return self.title


class PlanLine(models.Model):
    """One line of a plan (计划条目): what, whom, how many, when, with whom.

    target_kinds, industries, regions, licences: empty means all
    max_count         0 for no limit
    small_pool_count  at least so many when no more than ``small_pool_size`` are eligible
    """

    class JointMode(models.TextChoices):
        """How a joint inspection came about (联合方式, M70)."""

        LED = "led", _("牵头发起")
        AGREED = "agreed", _("共同确定")

    class Rounding(models.TextChoices):
        """Which way a ratio is rounded (取整方式)."""

        UP = "up", _("向上取整（不低于）")
        DOWN = "down", _("向下取整（不超过）")
        HALF = "half", _("四舍五入")

    public_id = PublicIdField()
    plan = models.ForeignKey(AnnualPlan, on_delete=models.PROTECT, related_name="lines")
    line_no = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    source_level = models.CharField(max_length=12, choices=SourceLevel.choices)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    joint_mode = models.CharField(max_length=8, choices=JointMode.choices, blank=True)
    items = models.ManyToManyField(InspectionItem, related_name="plan_lines")
    participants = models.ManyToManyField(Department, related_name="joint_plan_lines", blank=True)
    draw_scope = models.CharField(max_length=8, choices=DrawScope.choices)
    target_kinds = models.JSONField(default=list, blank=True)
    industries = models.JSONField(default=list, blank=True)
    regions = models.JSONField(default=list, blank=True)
    licences = models.JSONField(default=list, blank=True)
    target_scope = models.CharField(max_length=200)
    by_credit_class = models.BooleanField(default=False)
    ratio_bp = models.PositiveIntegerField(default=0)
    min_count = models.PositiveIntegerField(default=0)
    max_count = models.PositiveIntegerField(default=0)
    small_pool_size = models.PositiveSmallIntegerField(default=0)
    small_pool_count = models.PositiveSmallIntegerField(default=0)
    rounding = models.CharField(max_length=4, choices=Rounding.choices, default=Rounding.UP)
    n_base = models.PositiveIntegerField()
    n_planned = models.PositiveIntegerField()
    window_from_on = models.DateField()
    window_to_on = models.DateField()
    methods = models.JSONField(default=list)
    contact = models.CharField(max_length=80, blank=True)
    cancelled_reason = models.CharField(max_length=200, blank=True)

    reach = Reach(department="plan__department", involved="participants")

    class Meta:
        ordering = ["plan", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "line_no"], name="plan_line_no_once"),
            models.CheckConstraint(
                condition=models.Q(window_from_on__lte=models.F("window_to_on")),
                name="plan_window_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanRatio(models.Model):
    """The share, frequency and weight of one credit class in a line (差异化比例, M56)."""

    line = models.ForeignKey(PlanLine, on_delete=models.PROTECT, related_name="ratios")
    credit_class = models.CharField(max_length=1, choices=CreditClass.choices)
    ratio_bp = models.PositiveIntegerField()
    frequency_per_year = models.PositiveSmallIntegerField(default=1)
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["credit_class"]
        constraints = [
            models.UniqueConstraint(fields=["line", "credit_class"], name="ratio_per_class_once")
        ]

    def __str__(self) -> str:
        return f"{self.credit_class}: {self.ratio_bp} bp"


class OverlapAnswer(models.Model):
    """What was decided on two lines that would hit the same targets (交叉重复处理)."""

    class Decision(models.TextChoices):
        """The answer (处理方式)."""

        MERGED = "merged", _("合并为联合抽查")
        KEPT = "kept", _("分别实施")

    public_id = PublicIdField()
    line = models.ForeignKey(PlanLine, on_delete=models.PROTECT, related_name="overlaps")
    other_line = models.ForeignKey(PlanLine, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by_ref = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "other_line"], name="overlap_answered_once")
        ]

    def __str__(self) -> str:
        return f"{self.line} × {self.other_line}: {self.decision}"
