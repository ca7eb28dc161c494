"""The item list (随机抽查事项清单)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department, RegulatoryField
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.rights.access import Reach


class ItemState(models.TextChoices):
    """Where an item stands (事项状态, rule-book 5.1)."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审定")
    APPROVED = "approved", _("已审定")
    FILED = "filed", _("已报备")
    EFFECTIVE = "effective", _("已公示生效")
    SUPERSEDED = "superseded", _("已被新版本取代")
    SUSPENDED = "suspended", _("停用")
    REPEALED = "repealed", _("废止")


class ListKind(models.TextChoices):
    """Which list an item stands on (清单类型)."""

    DEPARTMENT = "department", _("部门清单")
    JOINT = "joint", _("联合清单")


class ItemKind(models.TextChoices):
    """Key or general (事项类别)."""

    KEY = "key", _("重点检查事项")
    GENERAL = "general", _("一般检查事项")


class KeyGround(models.TextChoices):
    """Why an item is key (重点事项依据)."""

    SAFETY = "safety", _("安全")
    QUALITY = "quality", _("质量")
    PUBLIC_INTEREST = "public_interest", _("公共利益")


class Method(models.TextChoices):
    """How it is inspected (检查方式)."""

    ON_SITE = "on_site", _("实地核查")
    DOCUMENTARY = "documentary", _("书面检查")
    ONLINE = "online", _("网络监测")
    COMMISSIONED = "commissioned", _("委托专业机构检查")
    EXPERT_CONCLUSION = "expert_conclusion", _("采用鉴定结论")
    SAMPLING = "sampling", _("抽样检测")


class InspectionItem(Stateful):
    """One version of one item (抽查事项): what may be inspected, by whom, on what basis."""

    code = models.CharField(max_length=32)
    version = models.PositiveIntegerField(default=1)
    list_kind = models.CharField(max_length=12, choices=ListKind.choices)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="items")
    participants = models.ManyToManyField(
        Department, through="ItemParticipation", related_name="joint_items"
    )
    field = models.ForeignKey(RegulatoryField, on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    content = models.TextField()
    kind = models.CharField(max_length=8, choices=ItemKind.choices)
    key_ground = models.CharField(max_length=16, choices=KeyGround.choices, blank=True)
    target_kinds = models.JSONField(default=list)
    target_scope = models.CharField(max_length=200)
    methods = models.JSONField(default=list)
    legal_basis = models.CharField(max_length=200)
    ratio_cap_bp = models.PositiveIntegerField(null=True, blank=True)
    ratio_note = models.CharField(max_length=80, blank=True)
    frequency_per_year = models.PositiveSmallIntegerField(null=True, blank=True)
    procedure = models.CharField(max_length=200, blank=True)
    required_tags = models.JSONField(default=list)
    superior_item = models.CharField(max_length=80, blank=True)
    no_superior_reason = models.CharField(max_length=200, blank=True)
    submitted_by_ref = models.CharField(max_length=80, blank=True)
    filing_no = models.CharField(max_length=40, blank=True)
    filed_on = models.DateField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    returned_reason = models.CharField(max_length=200, blank=True)

    states = ItemState
    reach = Reach(department="department", involved="participations__department", everyone=False)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="item_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(state="effective"), name="one_effective_version"
            ),
            state_is_known(ItemState, "item_state_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ItemParticipation(models.Model):
    """A department that takes part in a joint item (参与部门), and its word on it."""

    item = models.ForeignKey(
        InspectionItem, on_delete=models.PROTECT, related_name="participations"
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by_ref = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "department"], name="item_participant_once")
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.department}"


class CheckQuestion(models.Model):
    """One check point of an item (检查要点) as officers read it in the shop."""

    item = models.ForeignKey(InspectionItem, on_delete=models.PROTECT, related_name="questions")
    order = models.PositiveSmallIntegerField()
    content = models.CharField(max_length=200)
    how = models.CharField(max_length=300, blank=True)
    standard = models.CharField(max_length=300, blank=True)
    problem_text = models.CharField(max_length=200, blank=True)
    needs_evidence = models.BooleanField(default=False)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["item", "order"], name="question_order_once")
        ]

    def __str__(self) -> str:
        return self.content
