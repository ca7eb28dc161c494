"""What is asked for accounts (账号申请表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department, User
from openlot.accounts.services.requests import may_give_everything
from openlot.kernel.actor import Actor, Role
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.rights.rules import GIVEN_BY_DEPARTMENTS
from openlot.web.forms import StaffForm
from openlot.web.registers.forms import DAY

NO_ROLE = ("", _("暂不授予角色"))


def why() -> forms.CharField:
    """Return the field for the reason (原因), always asked."""
    return forms.CharField(label=_("原因"), max_length=200)


def roles_for(actor: Actor) -> list[tuple[str, Any]]:
    """Return the roles that ``actor`` may ask for (可申请角色)."""
    wide = may_give_everything(actor)
    return [(r.value, r.label) for r in Role if wide or r in GIVEN_BY_DEPARTMENTS]


class AccountForm(StaffForm):
    """A form about one account; ``actor`` fills it in."""

    use_required_attribute = True

    def __init__(self, *args: Any, user: User, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.actor = user, actor
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices (选项)."""


class GrantForm(AccountForm):
    """A role and until when (申请授权)."""

    role = forms.ChoiceField(label=_("角色"))
    ends_on = forms.DateField(
        label=_("截止日期"), required=False, widget=DAY, help_text=_("临时授权填写；长期授权留空")
    )
    reason = why()

    def prepare(self) -> None:
        """Offer what the person may ask for and the user has not."""
        held = {grant.role for grant in self.user.grants.filter(revoked_at=None)}
        roles: Any = self.fields["role"]
        roles.choices = [row for row in roles_for(self.actor) if row[0] not in held]


class RevokeForm(AccountForm):
    """Which role is taken away, and why (撤销角色)."""

    role = forms.ChoiceField(label=_("角色"))
    reason = why()

    def prepare(self) -> None:
        """Offer the roles that the user holds."""
        roles: Any = self.fields["role"]
        held = self.user.grants.filter(revoked_at=None).order_by("pk")
        roles.choices = [(grant.role, Role(grant.role).label) for grant in held]


class MoveForm(AccountForm):
    """Where the person goes, and why (调动部门)."""

    to_department = forms.ModelChoiceField(label=_("调往部门"), queryset=Department.objects.none())
    reason = why()

    def prepare(self) -> None:
        """Offer every other department."""
        field: Any = self.fields["to_department"]
        others = Department.objects.exclude(pk=self.user.department_id)
        field.queryset = others.filter(closed_at=None).order_by("code")


class RenameForm(AccountForm):
    """The names that are asked for (变更账号名称)."""

    username = forms.CharField(label=_("新登录名"), max_length=40)
    name = forms.CharField(label=_("新姓名"), max_length=40)
    reason = why()

    def prepare(self) -> None:
        """Begin with the names as they are."""
        self.fields["username"].initial = self.user.username
        self.fields["name"].initial = self.user.name


class WhyForm(AccountForm):
    """Only the reason (原因)."""

    reason = why()


class OpenForm(StaffForm):
    """The account that is asked for (申请开通账号)."""

    department = forms.ModelChoiceField(label=_("部门"), queryset=Department.objects.none())
    username = forms.CharField(
        label=_("登录名"),
        max_length=40,
        help_text=_("5 至 40 位小写字母、数字或连字符；用过的登录名不能再用"),
    )
    name = forms.CharField(label=_("姓名"), max_length=40)
    role = forms.ChoiceField(label=_("角色"), required=False)
    ends_on = forms.DateField(
        label=_("截止日期"), required=False, widget=DAY, help_text=_("临时授权填写；长期授权留空")
    )
    reason = why()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments: Any = self.fields["department"]
        standing = Department.objects.filter(closed_at=None).order_by("code")
        rows = visible(actor, Perm.ACCOUNT_REQUEST, standing)
        departments.queryset = rows
        if actor.department_id and rows.count() == 1:
            departments.initial = actor.department_id
        roles: Any = self.fields["role"]
        roles.choices = [NO_ROLE, *roles_for(actor)]


class OpinionForm(StaffForm):
    """What the one who decides has to say (意见)."""

    opinion = forms.CharField(label=_("意见"), max_length=200, required=False)
