"""Departments, regions, regulatory fields, users, grants and named duties."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.kernel import clock
from openlot.kernel.actor import ROLE_NAMES, Actor, Role
from openlot.kernel.fields import PublicIdField
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.privacy.personal import Mask, PersonalField
from openlot.rights.access import Reach


class Region(models.Model):
    """A region of GB/T 2260 (行政区划) with the days it was valid."""

    code = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=40)
    parent_code = models.CharField(max_length=9, blank=True)
    valid_from_on = models.DateField(null=True, blank=True)
    valid_to_on = models.DateField(null=True, blank=True)

    reach = Reach(everyone=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class RegulatoryField(models.Model):
    """A field of supervision (监管领域): data, not code; five have priority."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    is_priority = models.BooleanField(default=False)

    reach = Reach(everyone=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


ROLE_CHOICES = [(role.value, name) for role, name in ROLE_NAMES.items()]


class Department(models.Model):
    """An organisation that inspects or oversees (部门).

    parent  the department whose branch it is (派出机构、乡镇街道站所 belong to a bureau); it sees its own
            rows only, the one above sees its branches' too
    closed  it takes part in nothing new any more; what it did stays its own
    """

    class Kind(models.TextChoices):
        """What kind of organisation it is (单位类型)."""

        BUREAU = "bureau", _("市直部门")
        TOWNSHIP = "township", _("乡镇街道")
        ZONE = "zone", _("开发区管委会")
        OFFICE = "office", _("派出机构")
        SUPERIOR = "superior", _("上级部门")
        ENTRUSTED = "entrusted", _("受委托组织")

    public_id = PublicIdField()
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=40)
    word = models.CharField(max_length=20, help_text=_("代字"))
    uscc = models.CharField(max_length=18, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BUREAU)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    field = models.ForeignKey(
        RegulatoryField, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="branches", null=True, blank=True
    )
    enforces = models.BooleanField(default=True)
    address = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    revision = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=200, blank=True)

    reach = Reach(department="pk")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


def branches_below(department_id: int) -> frozenset[int]:
    """Return the keys of the departments below one (下级机构), at any depth."""
    found: set[int] = set()
    above = {department_id}
    while above:
        rows = Department.objects.filter(parent_id__in=above).order_by()
        above = set(rows.values_list("pk", flat=True)) - found - {department_id}
        found |= above
    return frozenset(found)


class UserManager(BaseUserManager["User"]):
    """The manager that the sign-in backends ask (用户查询)."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of that sign-in name (按账号取用户)."""
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person with an account (用户); what they may do is in their grants.

    handle     how the trail names the person for ever: the first sign-in name, whatever it is changed to
    is_active  false while the account is closed or locked
    """

    public_id = PublicIdField()
    username = models.CharField(max_length=40, unique=True)
    handle = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="users")
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=200, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, default="zh-hans")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()
    reach = Reach(department="department")
    personal = {
        "name": PersonalField(
            _("工作人员姓名"), Mask.COLLEAGUES, (), _("责任可溯"), _("账号停用后随留痕保存")
        ),
        "username": PersonalField(
            _("账号"), Mask.COLLEAGUES, (), _("登录与责任可溯"), _("账号停用后随留痕保存")
        ),
    }

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    def as_actor(self) -> Actor:
        """Return the actor (操作主体) that this user is now."""
        roles = frozenset(
            Role(code) for code in self.grants.filter(in_force()).values_list("role", flat=True)
        )
        return Actor(
            ref=f"user:{self.handle}",
            name=self.name,
            user_id=self.pk,
            department_id=self.department_id,
            department_code=self.department.code,
            roles=roles,
            branch_ids=branches_below(self.department_id),
            field_id=self.department.field_id,
        )

    @property
    def standing(self) -> str:
        """How the account stands (账号状态): open, locked or closed."""
        if self.is_active:
            return "open"
        return "closed" if self.closed_at else "locked"


class LoginName(models.Model):
    """A sign-in name that somebody has or had (登录名); none is ever given to another person."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="login_names")
    name = models.CharField(max_length=40, unique=True)
    since_at = models.DateTimeField()

    reach = Reach(department="user__department")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class RequestState(models.TextChoices):
    """Where a request about an account stands (申请状态)."""

    REQUESTED = "requested", _("待决定")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("不同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class AccountRequest(Stateful):
    """What one person asks for an account and another decides (账号申请).

    department     whose people it concerns; for opening, where the account will be
    user           whom it concerns; None until an account to be opened exists, and for a department
    to_department  where a person goes, or under which a department comes; None for the top
    username name  the names asked for, in requests to open or to rename
    ends_on        the last day of a temporary grant
    """

    class Kind(models.TextChoices):
        """What is asked for (申请事项)."""

        OPEN = "open", _("开通账号")
        GRANT = "grant", _("授予角色")
        MOVE = "move", _("调动部门")
        REOPEN = "reopen", _("恢复账号")
        RENAME = "rename", _("变更账号名称")
        PLACE = "place", _("变更上级机构")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="requests", null=True, blank=True
    )
    username = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=24, choices=ROLE_CHOICES, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    to_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    requested_by_ref = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_ref = models.CharField(max_length=80, blank=True)
    opinion = models.CharField(max_length=200, blank=True)

    states = RequestState
    reach = Reach(department="department")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "role"],
                condition=models.Q(state="requested"),
                name="one_open_request",
            ),
            state_is_known(RequestState, "account_request_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.user or self.username or self.department}"


class Grant(models.Model):
    """A role given to a user (授权); revoked, never deleted.

    request   what was asked, by whom and why, and who decided; None where the platform was set up
    ends_on   the last day of a temporary grant
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=24, choices=ROLE_CHOICES)
    request = models.OneToOneField(
        AccountRequest, on_delete=models.PROTECT, related_name="grant", null=True, blank=True
    )
    granted_at = models.DateTimeField()
    granted_by_ref = models.CharField(max_length=80)
    ends_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by_ref = models.CharField(max_length=80, blank=True)
    revoked_reason = models.CharField(max_length=200, blank=True)

    reach = Reach(department="user__department")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(revoked_at=None), name="one_live_grant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


def in_force(path: str = "") -> models.Q:
    """Return the condition of grants that count today (有效授权), seen from ``path``."""
    endless = models.Q(**{f"{path}ends_on": None})
    running = models.Q(**{f"{path}ends_on__gte": clock.today()})
    return models.Q(**{f"{path}revoked_at": None}) & (endless | running)


class Duty(models.Model):
    """A person named for accounts, data entry or publication (专人, M20)."""

    class Kind(models.TextChoices):
        """The three duties of the order (三类专人)."""

        ACCOUNTS = "accounts", _("账号管理")
        ENTRY = "entry", _("数据录入")
        PUBLICATION = "publication", _("信息公示")

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    named_at = models.DateTimeField(null=True, blank=True)
    named_by_ref = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_ref = models.CharField(max_length=80, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    reach = Reach(department="department")

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "kind", "user"],
                condition=models.Q(ended_at=None),
                name="one_live_duty",
            )
        ]

    def __str__(self) -> str:
        return f"{self.department}: {self.kind}"


class UserSession(models.Model):
    """One signed-in session on one device (会话); it ends, and stays on record.

    key           the key of the browser's session; it changes at sign-in and at each confirmation
    factor        how the second factor was shown; empty where the password alone was
    confirmed_at  when the person last proved to be the one who signed in
    ends_at       the absolute end; ``idle_seconds`` without a request end it earlier
    """

    public_id = PublicIdField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=64)
    agent = models.CharField(max_length=160, blank=True)
    address = models.CharField(max_length=45, blank=True)
    factor = models.CharField(max_length=12, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField()
    idle_seconds = models.PositiveIntegerField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=16, blank=True)

    reach = Reach(department="user__department", assigned="user")

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["user", "ended_at"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_live(self) -> bool:
        """Whether nothing has ended it: no person, no clock."""
        now, idle = clock.now(), timedelta(seconds=self.idle_seconds)
        return self.ended_at is None and now < self.ends_at and now - self.seen_at < idle
