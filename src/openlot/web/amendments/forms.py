"""Asking for a replacement or a re-matching (递补、改派申请)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.draws.models import DrawnTarget
from openlot.inspections.models import Assignment
from openlot.kernel import clock
from openlot.kernel.uploads import Accept
from openlot.policies.selectors import draw_setting
from openlot.web.forms import StaffForm
from openlot.web.uploads import UploadField


class AmendmentForm(StaffForm):
    """Why, and what proves it (事由与证明)."""

    reason_code = forms.ChoiceField(label=_("事由"))
    reason = forms.CharField(
        label=_("情况说明"), max_length=200, widget=forms.Textarea({"rows": 2}), required=False
    )
    document = UploadField(
        label=_("证明材料"),
        help_text=_("照片、文书或截图；其校验码写入递补、改派记录"),
        accept=Accept.DOCUMENT,
    )

    def __init__(self, *args: Any, reasons: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = draw_setting(reasons, clock.today())
        self.fields["reason_code"].choices = list(found.items())  # type: ignore[attr-defined]  # a choice


class ReplacementForm(AmendmentForm):
    """Which of the lists the target stands on is meant (申请递补)."""

    drawn = forms.ModelChoiceField(
        label=_("名录"), queryset=DrawnTarget.objects.none(), empty_label=None
    )
    field_order = ("drawn", "reason_code", "reason", "document")

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, reasons="replace_reasons", **kwargs)
        self.fields["drawn"].queryset = rows  # type: ignore[attr-defined]  # a model choice
        self.fields["drawn"].label_from_instance = lambda row: row.frame.department.name  # type: ignore[attr-defined]  # a model choice


class RematchForm(AmendmentForm):
    """Which officer cannot go (申请改派)."""

    officer = forms.ModelChoiceField(
        label=_("人员"), queryset=Assignment.objects.none(), empty_label=None
    )
    field_order = ("officer", "reason_code", "reason", "document")

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, reasons="rematch_reasons", **kwargs)
        self.fields["officer"].queryset = rows  # type: ignore[attr-defined]  # a model choice
        self.fields["officer"].label_from_instance = lambda row: row.inspector.name  # type: ignore[attr-defined]  # a model choice
