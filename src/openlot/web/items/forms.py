"""Drafting an item (拟定事项)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.items.models import InspectionItem, ItemKind, KeyGround, ListKind, Method
from openlot.registers.models import TargetKind
from openlot.web.forms import StaffForm

BOXES = forms.CheckboxSelectMultiple


class ItemForm(StaffForm):
    """What an item says (事项内容); check points one per line."""

    code = forms.CharField(label=_("事项编号"), max_length=32)
    name = forms.CharField(label=_("事项名称"), max_length=120)
    area = forms.CharField(label=_("抽查领域"), max_length=80)
    list_kind = forms.ChoiceField(label=_("清单类型"), choices=ListKind.choices)
    kind = forms.ChoiceField(label=_("事项类别"), choices=ItemKind.choices, initial="general")
    key_ground = forms.ChoiceField(
        label=_("重点事项依据"), choices=[("", "—"), *KeyGround.choices], required=False
    )
    legal_basis = forms.CharField(label=_("抽查依据"), max_length=200)
    target_scope = forms.CharField(label=_("检查对象"), max_length=200)
    target_kinds = forms.MultipleChoiceField(
        label=_("对象种类"), choices=TargetKind.choices, widget=BOXES
    )
    methods = forms.MultipleChoiceField(label=_("检查方式"), choices=Method.choices, widget=BOXES)
    content = forms.CharField(label=_("检查内容"), widget=forms.Textarea({"rows": 3}))
    questions = forms.CharField(
        label=_("检查要点"), widget=forms.Textarea({"rows": 5}), help_text=_("每行一条")
    )
    ratio_cap = forms.DecimalField(
        label=_("抽查比例上限（%）"),
        max_value=100,
        min_value=0,
        decimal_places=2,
        required=False,
        help_text=_("一般检查事项必填"),
    )
    frequency_per_year = forms.IntegerField(
        label=_("每年频次"), min_value=1, max_value=50, required=False
    )
    superior_item = forms.CharField(label=_("上级事项"), max_length=80, required=False)
    no_superior_reason = forms.CharField(
        label=_("上级未制定清单的说明"), max_length=200, required=False
    )
    participants = forms.ModelMultipleChoiceField(
        label=_("参与部门"),
        queryset=Department.objects.filter(enforces=True, closed_at=None),
        required=False,
        widget=BOXES,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the source of the item (上级事项或说明)."""
        values: dict[str, Any] = super().clean() or {}
        if not values.get("superior_item") and not values.get("no_superior_reason"):
            self.add_error("superior_item", _("请填写上级事项，或说明上级未制定清单"))
        return values

    def service_values(self) -> dict[str, Any]:
        """Return the values as the service takes them."""
        values = dict(self.cleaned_data)
        cap = values.pop("ratio_cap")
        lines = [line.strip() for line in values.pop("questions").splitlines() if line.strip()]
        return {
            **values,
            "ratio_cap_bp": None if cap is None else int(cap * 100),
            "questions": [{"content": line} for line in lines],
            "participants": list(values["participants"]),
        }

    @staticmethod
    def initial_of(item: InspectionItem) -> dict[str, Any]:
        """Return an item as the form shows it."""
        names = (
            "code",
            "name",
            "area",
            "list_kind",
            "kind",
            "key_ground",
            "legal_basis",
            "target_scope",
            "target_kinds",
            "methods",
            "content",
            "frequency_per_year",
            "superior_item",
            "no_superior_reason",
        )
        return {
            **{name: getattr(item, name) for name in names},
            "ratio_cap": None if item.ratio_cap_bp is None else item.ratio_cap_bp / 100,
            "questions": "\n".join(q.content for q in item.questions.all()),
            "participants": [p.department_id for p in item.participations.all()],
        }
