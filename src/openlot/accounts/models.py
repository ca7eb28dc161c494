"""Departments, regions, regulatory fields, users, grants and named duties."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.kernel.actor import ROLE_NAMES, Actor, Role
from openlot.kernel.fields import PublicIdField
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


class Department(models.Model):
    """An organisation that inspects or oversees (部门)."""

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
    enforces = models.BooleanField(default=True)
    address = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    reach = Reach(everyone=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """The manager that the sign-in backends ask (用户查询)."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of that sign-in name (按账号取用户)."""
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person with an account (用户); what they may do is in their grants."""

    public_id = PublicIdField()
    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="users")
    is_active = models.BooleanField(default=True)
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
            Role(code)
            for code in self.grants.filter(revoked_at__isnull=True).values_list("role", flat=True)
        )
        return Actor(
            ref=f"user:{self.username}",
            name=self.name,
            user_id=self.pk,
            department_id=self.department_id,
            department_code=self.department.code,
            roles=roles,
        )


class Grant(models.Model):
    """A role given to a user (授权); revoked, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=24, choices=[(r.value, n) for r, n in ROLE_NAMES.items()])
    granted_at = models.DateTimeField()
    granted_by_ref = models.CharField(max_length=80)
    revoked_at = models.DateTimeField(null=True, blank=True)

    reach = Reach(department="user__department")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(revoked_at=None), name="one_live_grant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Duty(models.Model):
    """A person named for accounts, data entry or publication (专人, M20)."""

    class Kind(models.TextChoices):
        """The three duties of the order (三类专人)."""

        ACCOUNTS = "accounts", _("账号管理")
        ENTRY = "entry", _("数据录入")
        PUBLICATION = "publication", _("信息公示")

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    reach = Reach(department="department")

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
