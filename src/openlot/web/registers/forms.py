"""Entering targets, inspectors and leave (两库录入)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Region, User
from openlot.kernel.uploads import Accept
from openlot.registers.models import (
    CreditClass,
    InspectorCategory,
    Qualification,
    Recusal,
    RegistrationStatus,
    TargetKind,
)
from openlot.web.forms import StaffForm
from openlot.web.uploads import UploadField

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def townships() -> Any:
    """Return the townships to choose from (乡镇街道)."""
    return Region.objects.filter(code__regex=r"^\d{9}$")


class ImportForm(StaffForm):
    """A register file (名录文件)."""

    file = UploadField(
        label=_("名录文件"), help_text=_("Excel（.xlsx）或 CSV，首行为列名"), accept=Accept.TABLE
    )


class TargetForm(StaffForm):
    """One target by hand (单户录入)."""

    name = forms.CharField(label=_("名称"), max_length=120)
    kind = forms.ChoiceField(label=_("种类"), choices=TargetKind.choices)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    registration_no = forms.CharField(label=_("注册号（15 位）"), max_length=15, required=False)
    no_code_reason = forms.CharField(
        label=_("无代码原因"),
        max_length=80,
        required=False,
        help_text=_("产品、项目、标准等没有代码的对象须说明"),
    )
    registration_status = forms.ChoiceField(label=_("登记状态"), choices=RegistrationStatus.choices)
    region = forms.ModelChoiceField(label=_("乡镇街道"), queryset=Region.objects.none())
    address = forms.CharField(label=_("住所"), max_length=200, required=False)
    industry = forms.CharField(label=_("行业代码"), max_length=8, required=False)
    licence_name = forms.CharField(label=_("许可证名称"), max_length=80, required=False)
    licence_no = forms.CharField(label=_("许可证编号"), max_length=60, required=False)
    legal_representative = forms.CharField(label=_("法定代表人"), max_length=40, required=False)
    phone = forms.CharField(label=_("联系电话"), max_length=40, required=False)
    credit_class = forms.ChoiceField(
        label=_("信用风险等级"), choices=[("", _("未评定")), *CreditClass.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = townships()  # type: ignore[attr-defined]  # a model choice

    def clean_uscc(self) -> str:
        """Return the code in capitals, without spaces."""
        return str(self.cleaned_data["uscc"]).replace(" ", "").upper()


class LeaveForm(StaffForm):
    """Days of absence (请假)."""

    from_on = forms.DateField(label=_("从"), widget=DAY)
    to_on = forms.DateField(label=_("至"), widget=DAY)
    reason = forms.CharField(label=_("事由"), max_length=80)


class RecusalForm(StaffForm):
    """Whom an inspector must not inspect (回避)."""

    target_code = forms.CharField(label=_("对象代码"), max_length=20)
    reason = forms.ChoiceField(label=_("回避事由"), choices=Recusal.Reason.choices)


class InspectorForm(StaffForm):
    """An inspector or assistant (执法检查人员)."""

    number = forms.CharField(label=_("人员编号"), max_length=32)
    user = forms.ModelChoiceField(
        label=_("平台账号"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("本部门尚未入库的账号；调入人员在此重新登记，原部门的记录保留。"),
    )
    user = forms.ModelChoiceField(
        label=_("平台账号"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("本部门尚未入库的账号；调入人员在此重新登记，原部门的记录保留。"),
    )
    name = forms.CharField(label=_("姓名"), max_length=40)
    category = forms.ChoiceField(label=_("人员类别"), choices=InspectorCategory.choices)
    certificate_no = forms.CharField(label=_("执法证号"), max_length=40, required=False)
    certificate_authority = forms.CharField(label=_("发证机关"), max_length=80, required=False)
    certificate_from_on = forms.DateField(label=_("有效期自"), widget=DAY, required=False)
    certificate_to_on = forms.DateField(label=_("有效期至"), widget=DAY, required=False)
    post = forms.CharField(label=_("岗位"), max_length=40, required=False)
    region = forms.ModelChoiceField(
        label=_("所属乡镇街道"), queryset=Region.objects.none(), required=False
    )
    tags = forms.MultipleChoiceField(
        label=_("执法资质与专长"),
        choices=Qualification.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = townships()  # type: ignore[attr-defined]  # a model choice
        self.fields["user"].queryset = people  # type: ignore[attr-defined]  # a model choice
