"""The forms of the ceremony (公开抽取表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.drawing_days.models import DrawingDay
from openlot.drawing_days.selectors import open_days
from openlot.draws.models import Attestation, Reserve
from openlot.kernel import clock
from openlot.kernel.marks import aside
from openlot.rules.public_events import EVENTS, ISSUE
from openlot.web.forms import StaffForm

VOID_CODES = (
    ("V1", _("参与方缺席或不启封")),
    ("V2", _("名录有误")),
    ("V3", _("随机数来源失败")),
    ("V4", _("设备故障")),
    ("V9", _("其他")),
)


def day_label(day: DrawingDay) -> str:
    """Return how a drawing day is chosen (抽签日选项): when, where, its number."""
    return aside(f"{clock.local(day.held_at):%Y-%m-%d %H:%M} {day.place}", day.number)


class PrepareForm(StaffForm):
    """On which day, who brings a sealed value, and until when the list stays closed (准备抽取)."""

    day = forms.ModelChoiceField(
        label=_("抽签日"),
        queryset=DrawingDay.objects.none(),
        required=False,
        empty_label=_("单独举行"),
        help_text=_("参加抽签日的，由该日的参与方统一密封随机数，一次掷骰"),
    )
    parties = forms.ModelMultipleChoiceField(
        label=_("随机数参与方（至少两个不同单位）"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("仅单独举行时选择"),
    )
    reserve = forms.ChoiceField(
        label=_("递补方式"),
        choices=Reserve.choices,
        required=False,
        help_text=_(
            "抽中对象注销、迁出、无法联系时由谁递补。公开递补的数量以批准的方案为准；"
            "密封递补由联席会议办公室保管凭据，事先无人知道下一个是谁"
        ),
    )
    game = forms.ChoiceField(
        label=_("具名公共事件"),
        required=False,
        choices=[("", _("不使用")), *((e.code, e.name) for e in EVENTS.values())],
        help_text=_("公告后开奖的彩票号码，全城无人能左右；仅单独举行时选择"),
    )
    issue = forms.CharField(
        label=_("期号"), required=False, max_length=8, help_text=_("如 2026311，须晚于公告开奖")
    )
    event_at = forms.DateTimeField(
        label=_("开奖时间"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("写入公告；此前在本市以外存证公告校验码的，可信等级可达 L3"),
    )
    embargo_at = forms.DateTimeField(
        label=_("名单公布时间"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("此前名单与随机数不公开；留空为抽取后即可公布"),
    )

    field_order = ("day", "parties", "reserve", "embargo_at", "game", "issue", "event_at")

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].queryset = choices  # type: ignore[attr-defined]  # a model choice
        days = open_days()
        self.fields["day"].queryset = days  # type: ignore[attr-defined]  # a model choice
        self.fields["day"].label_from_instance = day_label  # type: ignore[attr-defined]  # a model choice
        if not days.exists():
            del self.fields["day"]

    def clean(self) -> dict[str, Any]:
        """Put game and issue together (具名公共事件)."""
        values: dict[str, Any] = super().clean() or {}
        game, issue = EVENTS.get(values.get("game", "")), values.get("issue", "")
        if game is not None and not ISSUE.fullmatch(issue):
            self.add_error("issue", _("请填写期号，如 2026311"))
        if game is not None and not values.get("event_at"):
            self.add_error("event_at", _("请填写开奖时间"))
        values["event"] = (game, issue) if game is not None else None
        return values


class SealForm(StaffForm):
    """A sealed value, made on the party's own device (随机数密封)."""

    sealed = forms.CharField(label=_("密封值（64 位）"), max_length=64)


class ChainForm(StaffForm):
    """The chain of a sealed reserve, made on the office's own device (密封递补链)."""

    sealed = forms.CharField(label=_("递补链（链长:链顶）"), max_length=80)


class LinkForm(StaffForm):
    """A link of a chain, computed on the office's own device (链值)."""

    link = forms.CharField(label=_("链值（64 位）"), max_length=64)


class OpenForm(StaffForm):
    """An opened value or the dice, typed twice (启封)."""

    value = forms.CharField(label=_("录入"), max_length=200)
    read_back = forms.CharField(label=_("再次录入（读回核对）"), max_length=200)


class RefuseForm(StaffForm):
    """Why a party does not open, and who was present (声明不启封)."""

    reason = forms.CharField(
        label=_("原因（记入抽取记录）"), max_length=200, widget=forms.Textarea({"rows": 2})
    )
    witness = forms.CharField(
        label=_("在场见证人及其单位"),
        max_length=80,
        required=False,
        help_text=_("代其他参与方记录时必填"),
    )


class VoidForm(StaffForm):
    """Why a draw should be void (提请作废)."""

    use_required_attribute = True

    code = forms.ChoiceField(label=_("作废事由"), choices=VOID_CODES)
    reason = forms.CharField(
        label=_("原因（向社会公开）"), max_length=200, widget=forms.Textarea({"rows": 2})
    )


class AttestForm(StaffForm):
    """What an auditing organ computed (核验签署)."""

    rdigest = forms.CharField(label=_("本单位算得的结果校验码（64 位）"), max_length=80)
    verdict = forms.ChoiceField(label=_("结论"), choices=Attestation.Verdict.choices)
    note = forms.CharField(
        label=_("说明（公开）"), max_length=200, required=False, widget=forms.Textarea({"rows": 2})
    )
