"""The forms of the ceremony (公开抽取表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.web.forms import StaffForm

VOID_CODES = (
    ("V1", _("参与方缺席")),
    ("V2", _("名录有误")),
    ("V3", _("随机数来源失败")),
    ("V4", _("设备故障")),
    ("V9", _("其他")),
)


class PrepareForm(StaffForm):
    """Who brings a sealed value, and until when the list stays closed (准备抽取)."""

    parties = forms.ModelMultipleChoiceField(
        label=_("随机数参与方（至少两个不同单位）"),
        queryset=Department.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    embargo_at = forms.DateTimeField(
        label=_("名单公布时间"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("此前名单与随机数不公开；留空为抽取后即可公布"),
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].queryset = choices  # type: ignore[attr-defined]  # a model choice


class SealForm(StaffForm):
    """A sealed value, made on the party's own device (随机数密封)."""

    sealed = forms.CharField(label=_("密封值（64 位）"), max_length=64)


class OpenForm(StaffForm):
    """An opened value or the dice, typed twice (启封)."""

    value = forms.CharField(label=_("录入"), max_length=200)
    read_back = forms.CharField(label=_("再次录入（读回核对）"), max_length=200)


class VoidForm(StaffForm):
    """Why a draw should be void (提请作废)."""

    code = forms.ChoiceField(label=_("作废事由"), choices=VOID_CODES)
    reason = forms.CharField(
        label=_("原因（向社会公开）"), max_length=200, widget=forms.Textarea({"rows": 2})
    )
