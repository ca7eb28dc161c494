"""Schemes, rosters and superiors' lists (任务表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.items.models import InspectionItem, Method
from openlot.items.selectors import plannable_items
from openlot.kernel.marks import aside
from openlot.kernel.uploads import Accept
from openlot.plans.models import PlanLine
from openlot.registers.models import Inspector
from openlot.tasks.models import Disclosure, InspectionTask, Participation, Stratify
from openlot.tasks.selectors import sendable
from openlot.web.forms import StaffForm
from openlot.web.registers.forms import DAY
from openlot.web.uploads import UploadField

BOXES = forms.CheckboxSelectMultiple
REGIONS = (
    ("any", _("不限")),
    ("prefer-outside", _("尽量异地")),
    ("prefer-same", _("尽量本地")),
    ("outside", _("必须异地")),
    ("same", _("必须本地")),
)


class SchemeForm(StaffForm):
    """The scheme of a task (检查方案)."""

    name = forms.CharField(label=_("任务名称"), max_length=120)
    window_from_on = forms.DateField(label=_("检查时间从"), widget=DAY)
    window_to_on = forms.DateField(label=_("至"), widget=DAY)
    stratify = forms.ChoiceField(label=_("分层方式"), choices=Stratify.choices)
    disclosure = forms.ChoiceField(label=_("公开方式"), choices=Disclosure.choices)
    min_officers = forms.IntegerField(
        label=_("每部门每户执法人员"), min_value=2, max_value=6, initial=2
    )
    region_rule = forms.ChoiceField(label=_("区域规则"), choices=REGIONS, initial="prefer-outside")
    slack = forms.IntegerField(label=_("负荷余量"), min_value=0, max_value=10, initial=1)
    max_per_inspector = forms.IntegerField(
        label=_("每人最多户数"), min_value=1, max_value=500, initial=40
    )
    n_reserve = forms.IntegerField(label=_("每层递补对象"), min_value=0, max_value=50, initial=0)
    n_assistants = forms.IntegerField(label=_("协助人数"), min_value=0, max_value=10, initial=0)
    scheme_text = forms.CharField(
        label=_("方案说明"), widget=forms.Textarea({"rows": 3}), required=False
    )


class EditSchemeForm(SchemeForm):
    """The scheme, and whose register each department's share comes from (修改方案)."""

    own_lists = forms.ModelMultipleChoiceField(
        label=_("以本部门名录抽取的参与部门"),
        queryset=Department.objects.none(),
        required=False,
        widget=BOXES,
        help_text=_(
            "选中的部门与牵头部门同签抽取各自名录，对象重合的一次上门；其余部门随牵头部门的抽取名单检查。"
        ),
    )

    def __init__(self, *args: Any, task: InspectionTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = task.participations.filter(is_lead=False)
        choices = Department.objects.filter(pk__in=others.values("department_id"))
        self.fields["own_lists"].queryset = choices.order_by("code")  # type: ignore[attr-defined]  # a model choice
        if not choices:
            del self.fields["own_lists"]


class NewTaskForm(SchemeForm):
    """A task from a plan line (由计划条目发起)."""

    line = forms.ModelChoiceField(label=_("计划条目"), queryset=PlanLine.objects.none())
    field_order = ("line", "name")

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines  # type: ignore[attr-defined]  # a model choice


class SuperiorForm(StaffForm):
    """A superior's list (导入外部抽取任务)."""

    name = forms.CharField(label=_("任务名称"), max_length=120)
    items = forms.ModelMultipleChoiceField(
        label=_("抽查事项"), queryset=InspectionItem.objects.none(), widget=BOXES
    )
    file = UploadField(
        label=_("下发名单（含代码列）"), help_text=_("Excel 或 CSV"), accept=Accept.TABLE
    )
    system = forms.CharField(label=_("抽取系统"), max_length=80)
    document = forms.CharField(label=_("下发文号"), max_length=80)
    drawn_on = forms.DateField(label=_("抽取日期"), widget=DAY)
    window_from_on = forms.DateField(label=_("检查时间从"), widget=DAY)
    window_to_on = forms.DateField(label=_("至"), widget=DAY)
    methods = forms.MultipleChoiceField(label=_("检查方式"), choices=Method.choices, widget=BOXES)

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = plannable_items(department).order_by("code")  # type: ignore[attr-defined]  # a model choice


class RosterForm(StaffForm):
    """Who of the department can be sent (可派人员)."""

    inspectors = forms.ModelMultipleChoiceField(
        label=_("可派人员"), queryset=Inspector.objects.none(), widget=BOXES
    )

    def __init__(self, *args: Any, row: Participation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        task = row.task
        people = sendable(row.department, task.window_from_on, task.window_to_on)
        self.fields["inspectors"].queryset = people  # type: ignore[attr-defined]  # a model choice
        self.fields["inspectors"].label_from_instance = (  # type: ignore[attr-defined]  # a model choice
            lambda i: aside(i.name, i.number)
        )
