"""The forms of a drawing day (抽签日表单)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.web.draws.forms import RefuseForm
from openlot.web.forms import StaffForm

LINE = re.compile(r"(\S+)\s+((?:[1-9][0-9]{0,8}:)?[0-9a-f]{64})")


class DayForm(StaffForm):
    """When and where a drawing day is held, and who brings random values (开设抽签日)."""

    held_at = forms.DateTimeField(
        label=_("时间"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label=_("地点"), max_length=80)
    parties = forms.ModelMultipleChoiceField(
        label=_("随机数参与方（至少两个不同单位）"),
        queryset=Department.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].queryset = choices  # type: ignore[attr-defined]  # a model choice


class DayRefuseForm(RefuseForm):
    """Who does not open in any draw of the day, why, and who was present (声明不启封)."""

    party = forms.ModelChoiceField(label=_("参与方"), queryset=Department.objects.none())

    field_order = ("party", "reason", "witness")

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = choices  # type: ignore[attr-defined]  # a model choice


class DaySealForm(StaffForm):
    """One sealed value per draw of the day, made on the party's own device (随机数密封)."""

    sealed = forms.CharField(
        label=_("密封值（每行一项：会话编号 空格 64 位密封值）"),
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
    )

    def clean_sealed(self) -> dict[str, str]:
        """Return session to sealed value (各会话密封值)."""
        found: dict[str, str] = {}
        for number, line in enumerate(str(self.cleaned_data["sealed"]).splitlines(), start=1):
            if not line.strip():
                continue
            read = LINE.fullmatch(line.strip())
            if read is None:
                raise forms.ValidationError(
                    _("第 %(row)s 行应为“会话编号 空格 64 位小写十六进制”"), params={"row": number}
                )
            found[read[1]] = read[2]
        return found


class DayChainForm(DaySealForm):
    """Length and top of one chain per draw of the day (密封递补链)."""

    sealed = forms.CharField(
        label=_("递补链（每行一项：会话编号 空格 链长:链顶）"),
        widget=forms.Textarea({"rows": 4, "spellcheck": "false"}),
    )


class DayLinkForm(DaySealForm):
    """The first link of each chain of the day (启封递补链)."""

    sealed = forms.CharField(
        label=_("链值（每行一项：会话编号 空格 64 位链值）"),
        widget=forms.Textarea({"rows": 4, "spellcheck": "false"}),
    )
