"""The two registers: inspection targets and inspectors (两库)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department, Region, User
from openlot.kernel.fields import PublicIdField
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.privacy.personal import Mask, PersonalField
from openlot.rights.access import Reach
from openlot.rights.perms import Perm

_SERVE = _("制发文书、联系检查")
_REGISTER = _("在名录库期间；出库后随检查档案保存")
_CERTIFY = _("核对执法资格、制发文书")
_DISPATCH = _("判断能否派出")


class TargetKind(models.TextChoices):
    """What can be inspected (检查对象种类, M45)."""

    ENTERPRISE = "enterprise", _("企业")
    SELF_EMPLOYED = "self_employed", _("个体工商户")
    COOPERATIVE = "cooperative", _("农民专业合作社")
    FOREIGN_OFFICE = "foreign_office", _("外国企业常驻代表机构")
    INSTITUTION = "institution", _("事业单位")
    SOCIAL = "social", _("社会组织")
    PRODUCT = "product", _("产品")
    PROJECT = "project", _("项目")
    BEHAVIOUR = "behaviour", _("行为")
    STANDARD = "standard", _("标准")
    PREMISES = "premises", _("场所")


class RegistrationStatus(models.TextChoices):
    """The state at the registration authority (登记状态)."""

    EXISTING = "existing", _("存续")
    IN_BUSINESS = "in_business", _("在业")
    DORMANT = "dormant", _("歇业")
    CANCELLED = "cancelled", _("注销")
    REVOKED = "revoked", _("吊销")
    ANNULLED = "annulled", _("撤销")
    MOVED_OUT = "moved_out", _("迁出")
    NOT_REGISTERED = "not_registered", _("无需登记")


class CreditClass(models.TextChoices):
    """The national credit-risk class (信用风险等级): internal, never public."""

    A = "A", _("A（低风险）")
    B = "B", _("B（一般风险）")
    C = "C", _("C（较高风险）")
    D = "D", _("D（高风险）")


class TargetState(models.TextChoices):
    """Where a target stands in the register (在库状态, rule-book 5.2)."""

    ACTIVE = "active", _("在库")
    DORMANT = "dormant", _("歇业")
    MOVED_OUT = "moved_out", _("出库")


class InspectionTarget(Stateful):
    """Somebody or something that can be inspected (检查对象), as one department keeps it.

    code is what draws call it: the credit code, else the registration number, else the platform's
    own number; ``key`` makes a second import of the same row a no-op.
    """

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="targets")
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=TargetKind.choices)
    name = models.CharField(max_length=120)
    name_initials = models.CharField(max_length=120, blank=True)
    search_words = models.TextField(blank=True, default="")
    uscc = models.CharField(max_length=18, blank=True)
    registration_no = models.CharField(max_length=15, blank=True)
    no_code_reason = models.CharField(max_length=80, blank=True)
    registration_status = models.CharField(max_length=16, choices=RegistrationStatus.choices)
    founded_on = models.DateField(null=True, blank=True)
    address = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    industry = models.CharField(max_length=8, blank=True)
    licence_name = models.CharField(max_length=80, blank=True)
    licence_no = models.CharField(max_length=60, blank=True)
    licence_valid_to_on = models.DateField(null=True, blank=True)
    legal_representative = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    credit_class = models.CharField(max_length=1, choices=CreditClass.choices, blank=True)
    needed_tags = models.JSONField(default=list)
    source = models.CharField(max_length=80, blank=True)
    updated_at = models.DateTimeField()

    states = TargetState
    reach = Reach(department="department")
    personal = {
        "legal_representative": PersonalField(
            _("法定代表人（负责人）"),
            Mask.NAME,
            (Perm.TARGET_REVEAL, Perm.INSPECTION_REVEAL),
            _SERVE,
            _REGISTER,
        ),
        "phone": PersonalField(
            _("联系电话"),
            Mask.PHONE,
            (Perm.TARGET_REVEAL, Perm.INSPECTION_REVEAL),
            _SERVE,
            _REGISTER,
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "code"], name="target_once_per_register"),
            state_is_known(TargetState, "target_state_known"),
        ]
        indexes = [
            models.Index(fields=["department", "state", "id"]),
            models.Index(fields=["department", "region", "id"]),
            models.Index(fields=["code"]),
            models.Index(fields=["name"]),
            models.Index(fields=["department", "name", "id"], name="target_by_name"),
            models.Index(fields=["department", "credit_class", "id"], name="target_by_class"),
            models.Index(
                fields=["department", "registration_status", "id"], name="target_by_status"
            ),
            models.Index(fields=["department", "kind", "id"], name="target_by_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_drawable(self) -> bool:
        """Whether the target may be drawn at all (可抽取)."""
        return self.state == TargetState.ACTIVE


class ImportBatch(models.Model):
    """One file that was read into a register (导入批次), and what came of it.

    n_rows    of the file, known when it has been read; n_done of its good rows are in the register
    refusal   why it ended before its end, in words
    """

    public_id = PublicIdField()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by_ref = models.CharField(max_length=80)
    n_rows = models.PositiveIntegerField(default=0)
    n_done = models.PositiveIntegerField(default=0)
    n_added = models.PositiveIntegerField(default=0)
    n_updated = models.PositiveIntegerField(default=0)
    n_unchanged = models.PositiveIntegerField(default=0)
    n_quarantined = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True)

    reach = Reach(department="department")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class ImportFile(models.Model):
    """The bytes of a large file (待导入文件) while it is taken in; emptied when that has ended."""

    batch = models.OneToOneField(ImportBatch, on_delete=models.PROTECT, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.batch)


class QuarantinedRow(models.Model):
    """A row that was not taken in (待核数据), with its fault and the mend."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="quarantined")
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=60)
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=300)
    mend = models.CharField(max_length=300)
    values = models.JSONField(default=dict)

    reach = Reach(department="batch__department")
    personal = {
        "values": PersonalField(
            _("待核数据原文"),
            Mask.HIDDEN,
            (),
            _("改正后重新导入"),
            _("随导入记录保存，页面不显示"),
        ),
    }

    class Meta:
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"{self.row} {self.field} {self.code}"


class InspectorCategory(models.TextChoices):
    """The three kinds of people of the register (人员类别, M48)."""

    CIVIL_SERVANT = "civil_servant", _("行政执法类公务员")
    QUALIFIED = "qualified", _("具有行政执法资格的工作人员")
    ASSISTANT = "assistant", _("从事日常监管工作的人员")


class InspectorState(models.TextChoices):
    """Where an inspector stands (人员状态, rule-book 5.3)."""

    ACTIVE = "active", _("在库")
    ASSIST_ONLY = "assist_only", _("仅协助")
    CERTIFICATE_INVALID = "certificate_invalid", _("证件失效")
    MOVED_OUT = "moved_out", _("调离出库")


class Qualification(models.TextChoices):
    """What an inspector is qualified for (执法资质与专长, M51); the codes stand in rosters."""

    LEAD = "lead", _("检查组组长")
    FOOD = "food", _("食品检查员")
    SPECIAL = "special", _("特种设备安全监察员")
    DRUG = "drug", _("药品检查员")
    DEVICE = "device", _("医疗器械检查员")
    COSMETIC = "cosmetic", _("保化检查员")
    FIRE = "fire", _("消防监督检查员")
    ENVIRONMENT = "environment", _("生态环境执法")
    TRANSPORT = "transport", _("交通运输执法")
    AGRICULTURE = "agriculture", _("农业执法")
    SAFETY = "safety", _("安全生产执法")


class Inspector(Stateful):
    """A person who inspects or assists (执法检查人员), as one department keeps them.

    user    one account stands in the register once; rows of departments it has left stay
    """

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="inspectors")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="inspectors", null=True, blank=True
    )
    number = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=40)
    category = models.CharField(max_length=16, choices=InspectorCategory.choices)
    certificate_no = models.CharField(max_length=40, blank=True)
    certificate_authority = models.CharField(max_length=80, blank=True)
    certificate_from_on = models.DateField(null=True, blank=True)
    certificate_to_on = models.DateField(null=True, blank=True)
    post = models.CharField(max_length=40, blank=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    tags = models.JSONField(default=list)

    states = InspectorState
    reach = Reach(department="department", assigned="user", sent_by="department")
    personal = {
        "name": PersonalField(_("执法人员姓名"), Mask.COLLEAGUES, (), _CERTIFY, _REGISTER),
        "certificate_no": PersonalField(
            _("执法证号"),
            Mask.NUMBER,
            (Perm.INSPECTOR_REVEAL, Perm.INSPECTION_REVEAL),
            _CERTIFY,
            _REGISTER,
        ),
    }

    class Meta:
        ordering = ["number"]
        constraints = [
            state_is_known(InspectorState, "inspector_state_known"),
            models.UniqueConstraint(
                fields=["user"],
                condition=~models.Q(state="moved_out"),
                name="inspector_once_in_register",
            ),
        ]
        indexes = [models.Index(fields=["department", "state", "id"])]

    def __str__(self) -> str:
        return self.name


class Leave(models.Model):
    """Days on which an inspector cannot be sent (请假), entered before the freeze."""

    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="leaves")
    from_on = models.DateField()
    to_on = models.DateField()
    reason = models.CharField(max_length=80)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    reach = Reach(department="inspector__department")
    personal = {
        "reason": PersonalField(
            _("请假事由"), Mask.HIDDEN, (Perm.INSPECTOR_REVEAL,), _DISPATCH, _REGISTER
        ),
    }

    def __str__(self) -> str:
        return f"{self.inspector} {self.from_on}–{self.to_on}"


class Recusal(models.Model):
    """An inspector who must not inspect a target (回避), and why."""

    class Reason(models.TextChoices):
        """The closed list of reasons (回避事由)."""

        KIN = "kin", _("亲属关系")
        INVESTMENT = "invest", _("投资或任职")
        PRIOR = "prior", _("曾任职该单位")
        OTHER = "other", _("其他可能影响公正的情形")

    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="recusals")
    target_code = models.CharField(max_length=40)
    reason = models.CharField(max_length=8, choices=Reason.choices)
    ended_at = models.DateTimeField(null=True, blank=True)

    reach = Reach(department="inspector__department")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspector", "target_code"], name="recusal_once")
        ]

    def __str__(self) -> str:
        return f"{self.inspector} ⊘ {self.target_code}"
