"""The record in the shop doorway (检查记录): per item, point by point."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.inspections.selectors import items_of
from openlot.kernel.marks import aside
from openlot.policies.selectors import result_codes
from openlot.registers.models import Inspector
from openlot.results.models import InspectionResult
from openlot.results.selectors import current_rows
from openlot.results.services import RowDraft, Signing
from openlot.web.forms import StaffForm

MET = (("1", _("符合")), ("0", _("不符合")))


class OpinionForm(StaffForm):
    """The reviewer's word (审核意见)."""

    opinion = forms.CharField(label=_("审核意见"), max_length=200, initial=_("同意"))


class RecordForm(StaffForm):
    """All of one department's items at one target (本部门检查记录)."""

    added_codes = forms.MultipleChoiceField(
        label=_("总体情况（如有）"), required=False, widget=forms.CheckboxSelectMultiple
    )
    statement = forms.CharField(
        label=_("被检查单位意见"), widget=forms.Textarea({"rows": 2}), required=False
    )
    signed_by = forms.ChoiceField(
        label=_("签章方式"),
        choices=[("", "—"), *InspectionResult.SignedBy.choices],
        required=False,
    )
    signer_name = forms.CharField(label=_("签章人"), max_length=40, required=False)
    witness_name = forms.CharField(label=_("见证人（拒签时）"), max_length=40, required=False)
    officers = forms.ModelMultipleChoiceField(
        label=_("执法人员签名（两名以上）"),
        queryset=Inspector.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, result: InspectionResult, **kwargs: Any) -> None:
        self.task_items = items_of(result.inspection, result.department_id)
        super().__init__(*args, **kwargs)
        table = result_codes()
        item_codes = [(c.code, c.name) for c in table.codes.values() if c.scope in ("item", "both")]
        fields: dict[str, Any] = self.fields
        for task_item in self.task_items:
            self._add_item(task_item.item, item_codes)
        fields["added_codes"].choices = [
            (c.code, c.name) for c in table.codes.values() if c.scope == "overall"
        ]
        matched = result.inspection.assignments.filter(department_id=result.department_id)
        fields["officers"].queryset = Inspector.objects.filter(
            pk__in=matched.values("inspector_id")
        )
        fields["officers"].label_from_instance = lambda i: aside(i.name, i.number)
        self._fill(result)

    def _add_item(self, item: Any, codes: list[tuple[str, str]]) -> None:
        key = f"item-{item.pk}"
        for question in item.questions.all():
            self.fields[f"{key}-q-{question.pk}"] = forms.ChoiceField(
                label=question.content,
                choices=MET,
                widget=forms.RadioSelect,
                required=False,
                help_text=question.how,
            )
        self.fields[f"{key}-codes"] = forms.MultipleChoiceField(
            label=_("检查结果"),
            choices=codes,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields[f"{key}-unchecked"] = forms.BooleanField(label=_("本次未检查"), required=False)
        self.fields[f"{key}-problem"] = forms.CharField(
            label=_("问题情况"),
            required=False,
            widget=forms.Textarea({"rows": 2, "class": "form-control"}),
        )
        self.fields[f"{key}-disposal"] = forms.CharField(
            label=_("处置情况"), required=False, widget=forms.TextInput({"class": "form-control"})
        )

    def _fill(self, result: InspectionResult) -> None:
        """Show a returned record as it was typed."""
        for row in current_rows(result):
            key = f"item-{row.item_id}"
            self.initial.update(
                {
                    f"{key}-codes": row.codes,
                    f"{key}-problem": row.problem,
                    f"{key}-disposal": row.disposal,
                    f"{key}-unchecked": not row.is_checked,
                    **{
                        f"{key}-q-{a.question_id}": "1" if a.is_met else "0"
                        for a in row.answers.all()
                    },
                }
            )

    def sheets(self) -> list[dict[str, Any]]:
        """Return the fields item by item (按事项分组)."""
        found = []
        for task_item in self.task_items:
            key = f"item-{task_item.item_id}"
            found.append(
                {
                    "item": task_item.item,
                    "questions": [self[n] for n in self.fields if n.startswith(f"{key}-q-")],
                    "rest": [
                        self[f"{key}-{part}"]
                        for part in ("codes", "problem", "disposal", "unchecked")
                    ],
                }
            )
        return found

    def foot(self) -> list[Any]:
        """Return the fields of statement and signatures (意见与签章)."""
        return [
            self[name]
            for name in (
                "added_codes",
                "statement",
                "signed_by",
                "signer_name",
                "witness_name",
                "officers",
            )
        ]

    def drafts(self) -> list[RowDraft]:
        """Return the rows as the service takes them."""
        values = self.cleaned_data
        rows = []
        for task_item in self.task_items:
            key = f"item-{task_item.item_id}"
            answers = {
                q.pk: (values[f"{key}-q-{q.pk}"] == "1", "")
                for q in task_item.item.questions.all()
                if values[f"{key}-q-{q.pk}"]
            }
            rows.append(
                RowDraft(
                    item=task_item.item,
                    is_checked=not values[f"{key}-unchecked"],
                    codes=values[f"{key}-codes"],
                    problem=values[f"{key}-problem"],
                    disposal=values[f"{key}-disposal"],
                    answers=answers,
                )
            )
        return rows

    def signing(self) -> Signing:
        """Return how it was signed."""
        values = self.cleaned_data
        return Signing(
            values["statement"],
            values["signed_by"],
            values["signer_name"],
            values["witness_name"],
            list(values["officers"]),
        )
