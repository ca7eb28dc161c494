"""The fields of events in words (留痕字段): what they are called, and how their values read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openlot.accounts.models import AccountRequest, Department, Duty
from openlot.draws.models import Amendment, Anchor, Attestation
from openlot.inspections.models import ServiceReceipt
from openlot.items.models import ItemKind, KeyGround, ListKind, Method
from openlot.kernel import clock
from openlot.kernel.actor import ROLE_NAMES
from openlot.kernel.marks import listed
from openlot.plans.models import DrawScope, OverlapAnswer, PlanLine, Scope, SourceLevel
from openlot.policies.models import Policy
from openlot.privacy.personal import declared
from openlot.publication.models import PublicRecord
from openlot.registers.models import (
    CreditClass,
    InspectorCategory,
    Recusal,
    RegistrationStatus,
    TargetKind,
)
from openlot.results.models import InspectionResult
from openlot.tasks.models import Disclosure, Origin, Stratify
from openlot.web.jobs.names import NAMES
from openlot.web.trail.labels import LABELS

Text = str | Promise

_KINDS: tuple[type[models.TextChoices], ...] = (
    ItemKind,
    Amendment.Kind,
    Anchor.Kind,
    PublicRecord.Kind,
    Policy.Kind,
    TargetKind,
)
CHOICES: Mapping[str, tuple[type[models.TextChoices], ...]] = {
    "asked": (AccountRequest.Kind,),
    "category": (InspectorCategory,),
    "credit_class": (CreditClass,),
    "decision": (OverlapAnswer.Decision,),
    "disclosure": (Disclosure,),
    "draw_scope": (DrawScope,),
    "duty": (Duty.Kind,),
    "key_ground": (KeyGround,),
    "kind": _KINDS,
    "kind_of_amendment": _KINDS,
    "kind_of_anchor": _KINDS,
    "kind_of_record": _KINDS,
    "list_kind": (ListKind,),
    "manner": (ServiceReceipt.Manner,),
    "methods": (Method,),
    "origin": (Origin,),
    "policy": _KINDS,
    "reason": (Recusal.Reason,),
    "rounding": (PlanLine.Rounding,),
    "scope": (Scope,),
    "signed_by": (InspectionResult.SignedBy,),
    "source_level": (SourceLevel,),
    "status": (RegistrationStatus,),
    "stratify": (Stratify,),
    "target_kind": (TargetKind,),
    "target_kinds": (TargetKind,),
    "verdict": (Attestation.Verdict,),
}
_YES_NO = ("alone", "is_late", "passed", "provisional")
_UNITS = (
    "department",
    "department_after",
    "department_before",
    "departments",
    "own_lists",
    "parent_after",
    "parent_before",
    "participants",
    "to_department",
)
PAGES: dict[str, Text] = {
    "amendments": _("递补与改派"),
    "departments": pgettext_lazy("list", "部门"),
    "account-erasure": _("账号留存的个人信息"),
    "account-request-erasure": _("账号申请留存的个人信息"),
    "draw": _("抽取"),
    "draw-erasure": _("抽取留存的个人信息"),
    "draw-comparison": _("封存对照"),
    "imports": _("导入记录"),
    "inspection": _("单个对象检查"),
    "inspection-erasure": _("检查留存的个人信息"),
    "inspection-papers": _("单户文书"),
    "inspections": _("检查"),
    "inspector": _("执法检查人员"),
    "inspector-erasure": _("执法检查人员留存的个人信息"),
    "inspectors": _("执法检查人员名录库"),
    "items": _("抽查事项"),
    "plans": _("年度抽查工作计划"),
    "results": pgettext_lazy("list", "检查结果"),
    "roster": _("可派人员"),
    "target": _("检查对象"),
    "target-erasure": _("检查对象留存的个人信息"),
    "targets": _("检查对象名录库"),
    "task-papers": _("任务全套文书"),
    "tasks": pgettext_lazy("list", "抽查任务"),
    "trail": _("全程留痕"),
}
PLAIN: Mapping[str, Mapping[str, Text]] = {
    "method": {
        "password": _("口令"),
        "demo": _("演示登录"),
        "invitation": _("首次登录链接"),
    },
    "factor": {
        "totp": _("动态口令"),
        "passkey": _("通行密钥"),
        "webauthn": _("通行密钥"),
        "recovery": _("恢复码"),
        "code": _("验证码"),
        "password": _("口令"),
        "demo": _("演示登录"),
    },
    "profile": {"djbh": _("等级保护"), "asvs": _("ASVS")},
    "file": {"bundle": _("证据包")},
    "what": {"account": _("账号"), "address": _("网络地址"), "code": _("验证码")},
    "why": {
        "idle": _("较长时间没有操作"),
        "absolute": _("到最长时限"),
        "user": _("本人结束"),
    },
}


def label(name: str) -> Text:
    """Return what a field is called on the screen (字段名称)."""
    return LABELS[name]


def value_words(name: str, value: Any, units: Mapping[str, str]) -> str:
    """Return how a value reads on the screen (字段值).

    units     department code to its short name
    """
    text = "" if value is None else str(value)
    if name in _YES_NO:
        return str(_("是") if value else _("否"))
    if name in _UNITS:
        return listed(units.get(code, code) for code in _split(text))
    if name in _READINGS:
        return str(_READINGS[name](text))
    return _plain(name, text)


def _plain(name: str, text: str) -> str:
    if name in PLAIN:
        return str(PLAIN[name].get(text, text))
    if name == "role":
        return role_words(text)
    if name in CHOICES:
        return listed(_choice(name, part) for part in text.split("、"))
    return text


def role_words(text: str) -> str:
    """Return a role or a named duty in words (角色、专人)."""
    if text.startswith("duty:"):
        kind = text.removeprefix("duty:")
        return str(Duty.Kind(kind).label) if kind in Duty.Kind.values else text
    return str(next((name for role, name in ROLE_NAMES.items() if role == text), text))


def _personal(text: str) -> str:
    """Return what a revealed field is called: the trail keeps ``app.Model:number.field``."""
    where, _dot, name = text.rpartition(".")
    try:
        found = declared(apps.get_model(where.partition(":")[0])).get(name)
    except (LookupError, ValueError):
        return text
    return str(found.label) if found else text


def _revealed(text: str) -> str:
    return listed(dict.fromkeys(map(_personal, text.split("、"))))


def _moment(text: str) -> str:
    """Return an instant as people write it (时刻), in the city's time."""
    try:
        return clock.local(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return text


_READINGS: dict[str, Callable[[str], Text]] = {
    "anchored_at": _moment,
    "held_at": _moment,
    "until": _moment,
    "fields": _revealed,
    "role": role_words,
    "task": lambda text: NAMES.get(text, text),
    "screen": lambda text: PAGES.get(text, text),
}


def units_by_code() -> dict[str, str]:
    """Return the short names of all departments by code (部门简称)."""
    return dict(Department.objects.values_list("code", "short_name"))


def _choice(name: str, text: str) -> str:
    for kind in CHOICES[name]:
        if text in kind.values:
            return str(kind(text).label)
    return text


def _split(text: str) -> list[str]:
    return [one for one in text.replace("、", " ").replace(",", " ").split() if one]
