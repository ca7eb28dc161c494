"""Drafting a plan and its lines (年度计划表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.items.models import InspectionItem, Method
from openlot.items.selectors import plannable_items
from openlot.plans.models import DrawScope, OverlapAnswer, PlanLine, Scope, SourceLevel
from openlot.plans.services import LineDraft
from openlot.policies.selectors import default_ratios
from openlot.registers.models import TargetKind
from openlot.rules.industry import SECTIONS, parse_industry
from openlot.web.forms import StaffForm
from openlot.web.registers.forms import DAY, townships

BOXES = forms.CheckboxSelectMultiple
COUNTS = ("min_count", "max_count", "small_pool_size", "small_pool_count")


class PlanForm(StaffForm):
    """Year and title (年度与名称)."""

    year = forms.IntegerField(label=_("年度"), min_value=2020, max_value=2100)
    title = forms.CharField(label=_("计划名称"), max_length=120)


class OverlapForm(StaffForm):
    """The office's word on an overlap (交叉重复答复)."""

    decision = forms.ChoiceField(label=_("处理"), choices=OverlapAnswer.Decision.choices)
    reason = forms.CharField(label=_("理由"), max_length=200)


class LineForm(StaffForm):
    """One line of a plan (计划条目)."""

    name = forms.CharField(label=_("任务名称"), max_length=120)
    source_level = forms.ChoiceField(label=_("任务来源"), choices=SourceLevel.choices)
    scope = forms.ChoiceField(label=_("抽查类型"), choices=Scope.choices)
    items = forms.ModelMultipleChoiceField(
        label=_("抽查事项（仅已公示生效）"), queryset=InspectionItem.objects.none(), widget=BOXES
    )
    participants = forms.ModelMultipleChoiceField(
        label=_("参与部门"), queryset=Department.objects.none(), required=False, widget=BOXES
    )
    draw_scope = forms.ChoiceField(label=_("抽取方式"), choices=DrawScope.choices)
    target_scope = forms.CharField(label=_("抽查范围（文字）"), max_length=200)
    target_kinds = forms.MultipleChoiceField(
        label=_("对象种类"), choices=TargetKind.choices, required=False, widget=BOXES
    )
    industries = forms.CharField(
        label=_("行业代码"),
        required=False,
        help_text=_("可填多个，用空格分隔，如 H62 F52；空为不限"),
    )
    regions = forms.MultipleChoiceField(label=_("乡镇街道"), required=False, widget=BOXES)
    by_credit_class = forms.BooleanField(label=_("按信用风险等级差异化"), required=False)
    ratio = forms.DecimalField(
        label=_("抽查比例（%）"), max_value=100, min_value=0, decimal_places=2, required=False
    )
    ratio_a = forms.DecimalField(label="A (%)", max_value=100, min_value=0, required=False)
    ratio_b = forms.DecimalField(label="B (%)", max_value=100, min_value=0, required=False)
    ratio_c = forms.DecimalField(label="C (%)", max_value=100, min_value=0, required=False)
    ratio_d = forms.DecimalField(label="D (%)", max_value=100, min_value=0, required=False)
    min_count = forms.IntegerField(label=_("最少抽取数"), min_value=0, initial=0, required=False)
    max_count = forms.IntegerField(
        label=_("最多抽取数"), min_value=0, initial=0, required=False, help_text=_("0 为不限")
    )
    small_pool_size = forms.IntegerField(
        label=_("小基数：可抽取不超过（户）"),
        min_value=0,
        max_value=1000,
        initial=0,
        required=False,
        help_text=_("如“10 户以下至少抽 2 户”，填 10 和 2；0 为不用"),
    )
    small_pool_count = forms.IntegerField(
        label=_("小基数：至少抽取（户）"), min_value=0, max_value=1000, initial=0, required=False
    )
    window_from_on = forms.DateField(label=_("检查时间从"), widget=DAY)
    window_to_on = forms.DateField(label=_("至"), widget=DAY)
    methods = forms.MultipleChoiceField(label=_("检查方式"), choices=Method.choices, widget=BOXES)

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["items"].queryset = plannable_items(department).order_by("code")
        fields["participants"].queryset = Department.objects.filter(
            enforces=True, closed_at=None
        ).exclude(pk=department.pk)
        fields["regions"].choices = [(r.code, r.name) for r in townships()]
        self._defaults = default_ratios()
        for name, (bp, _times, _weight) in self._defaults.items():
            fields[f"ratio_{name.lower()}"].initial = bp / 100

    def clean_industries(self) -> list[str]:
        """Return the industry codes (行业代码)."""
        found = []
        for word in str(self.cleaned_data["industries"]).replace(",", " ").split():
            try:
                found.append(word.upper() if word.upper() in SECTIONS else parse_industry(word))
            except ValueError:
                raise forms.ValidationError(
                    _("“%(word)s”不在 GB/T 4754-2017 中"), params={"word": word}
                ) from None
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a window that ends before it begins (时间窗)."""
        values: dict[str, Any] = super().clean() or {}
        start, end = values.get("window_from_on"), values.get("window_to_on")
        if start and end and start > end:
            self.add_error("window_to_on", _("结束日期不能早于开始日期"))
        least, most = values.get("min_count") or 0, values.get("max_count") or 0
        if most and least > most:
            self.add_error("max_count", _("最多抽取数不能小于最少抽取数"))
        return values

    def draft(self) -> LineDraft:
        """Return the line as the service takes it."""
        values = dict(self.cleaned_data)
        ratios = {
            name: (int((values.pop(f"ratio_{name.lower()}") or 0) * 100), times, weight)
            for name, (_bp, times, weight) in self._defaults.items()
        }
        items, participants = values.pop("items"), values.pop("participants")
        ratio = values.pop("ratio")
        joint = values["scope"] == Scope.JOINT
        fields = {
            **values,
            "ratio_bp": int((ratio or 0) * 100),
            "n_base": 0,
            "n_planned": 0,
            **{name: values[name] or 0 for name in COUNTS},
            "joint_mode": PlanLine.JointMode.LED if joint else "",
        }
        return LineDraft(
            fields=fields,
            items=list(items),
            participants=list(participants) if joint else [],
            ratios=ratios if values["by_credit_class"] else {},
        )
