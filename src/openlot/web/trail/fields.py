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
from openlot.plans.models import DrawScope, OverlapAnswer, PlanLine, Scope, SourceLevel
from openlot.policies.models import Policy
from openlot.privacy.personal import declared
from openlot.publication.models import PublicRecord
from openlot.registers.models import InspectorCategory, Recusal, RegistrationStatus, TargetKind
from openlot.results.models import InspectionResult
from openlot.tasks.models import Disclosure, Origin, Stratify

Text = str | Promise

LABELS: dict[str, Text] = {
    "address": _("网络地址"),
    "adigest": _("公告校验码"),
    "agent": _("设备"),
    "alone": _("独自开启"),
    "anchored_at": _("存证时间"),
    "answer": _("答复"),
    "archive_bytes": _("备份大小（字节）"),
    "archive_sha256": _("备份校验码"),
    "area": _("抽查领域"),
    "asked": _("申请事项"),
    "attempt": _("第几次抽取"),
    "attempts": _("执行次数"),
    "backup_ms": _("备份用时（毫秒）"),
    "body_sha256": _("内容校验码"),
    "by_credit_class": _("按信用风险等级差异化"),
    "by_version": _("新版本"),
    "category": _("人员类别"),
    "ceiling": _("每人名额上限"),
    "changes": _("变更"),
    "check_ms": _("核验用时（毫秒）"),
    "code": _("代码"),
    "codes": _("结果代码"),
    "codes_version": _("代码表版本"),
    "commitment": _("密封值"),
    "contact": _("联系方式"),
    "content": _("检查内容"),
    "day": _("抽签日"),
    "decided_by": _("决定人"),
    "decision": _("处理"),
    "department": _("部门"),
    "department_after": _("调入部门"),
    "department_before": _("调出部门"),
    "departments": _("部门"),
    "disclosure": _("公开方式"),
    "document": _("证明材料校验码"),
    "draw": _("抽取"),
    "draw_id": _("抽取编号"),
    "draw_scope": _("抽取方式"),
    "draws": _("参加的抽取"),
    "due_on": _("最迟公示日"),
    "duty": _("职责"),
    "ended_on": _("检查结束日"),
    "ends_on": _("截止日期"),
    "entry": _("留痕"),
    "evidence": _("外部抽取依据"),
    "exception": _("例外情形"),
    "extends": _("首次抽取"),
    "factor": _("认证因子"),
    "fault": _("故障"),
    "fields": _("查看的字段"),
    "file": _("文件"),
    "file_name": _("文件名"),
    "file_sha256": _("文件校验码"),
    "filing_no": _("备案号"),
    "first": _("起始"),
    "following": _("排在前面的递补"),
    "format": _("格式"),
    "frames": _("名单校验码"),
    "frequency_per_year": _("每年频次"),
    "from_on": _("起始日"),
    "held_at": _("举行时间"),
    "idle_days": _("未使用天数"),
    "industries": _("行业代码"),
    "is_late": _("逾期"),
    "items": _("抽查事项"),
    "key": _("标识"),
    "key_ground": _("重点事项依据"),
    "kind": _("类别"),
    "kind_of_amendment": _("变更种类"),
    "kind_of_anchor": _("存证方式"),
    "kind_of_follow_up": _("处置种类"),
    "kind_of_record": _("公示种类"),
    "label": _("名称"),
    "last_checkpoint": _("原日志最后检查点"),
    "left_out": _("未参加的抽取"),
    "legal_basis": _("抽查依据"),
    "line": _("计划条目"),
    "link": _("链值"),
    "list_kind": _("清单类型"),
    "load_ms": _("载入用时（毫秒）"),
    "manner": _("送达方式"),
    "max_count": _("最多抽取数"),
    "max_per_inspector": _("每人最多户数"),
    "method": _("方式"),
    "methods": _("检查方式"),
    "min_count": _("最少抽取数"),
    "min_officers": _("每部门每户执法人员"),
    "minutes": _("等待分钟数"),
    "more": _("补充抽取对象数"),
    "n": _("数量"),
    "n_added": _("新增"),
    "n_assistants": _("协助人数"),
    "n_base": _("名录基数"),
    "n_bytes": _("字节数"),
    "n_days": _("天数"),
    "n_departments": _("部门数"),
    "n_drawn": _("抽取对象数"),
    "n_draws": _("抽取数"),
    "n_entries": _("留痕条数"),
    "n_factors": _("因子数"),
    "n_files": _("文件数"),
    "n_members": _("可派人数"),
    "n_on_leave": _("请假人数"),
    "n_pages": _("查看页数"),
    "n_planned": _("计划抽取数"),
    "n_quarantined": _("待核"),
    "n_replayed": _("补回条数"),
    "n_reserve": _("每层递补对象"),
    "n_rows": _("总行数"),
    "n_sessions_ended": _("结束会话数"),
    "n_targets": _("对象数"),
    "n_updated": _("更新"),
    "name": _("名称"),
    "name_after": _("新姓名"),
    "name_before": _("原姓名"),
    "narrowed_by": _("筛选条件"),
    "no_superior_reason": _("上级未制定清单的说明"),
    "note": _("说明"),
    "notice_no": _("通知书文号"),
    "number": _("编号"),
    "officers": _("检查人员"),
    "on": _("日期"),
    "only_one": _("只有一人可派的名额"),
    "opinion": _("意见"),
    "origin": _("任务来源"),
    "other_line": _("另一计划条目"),
    "own_lists": _("以本部门名录抽取的参与部门"),
    "participants": _("参与部门"),
    "parties": _("参与方"),
    "passed": _("是否通过"),
    "path": _("页面地址"),
    "party": _("参与方"),
    "point": _("位置"),
    "policy": _("参数"),
    "procedure": _("程序"),
    "profile": _("口令规则"),
    "provisional": _("暂定"),
    "questions": _("检查要点"),
    "ratio_bp": _("抽查比例（万分之）"),
    "ratio_cap_bp": _("抽查比例上限（万分之）"),
    "ratio_note": _("比例说明"),
    "ratios": _("分级抽查比例"),
    "rdigest": _("结果校验码"),
    "reason": _("原因"),
    "reason_code": _("原因代码"),
    "received_by": _("签收人"),
    "region_rule": _("区域规则"),
    "regions": _("乡镇街道"),
    "required_tags": _("资质要求"),
    "role": _("角色"),
    "roster": _("人员名册校验码"),
    "rounding": _("取整方式"),
    "scheme_text": _("方案说明"),
    "scope": _("抽查类型"),
    "screen": _("页面"),
    "seed": _("抽取随机数"),
    "sha256": _("文件校验码"),
    "sheet_digest": _("签字单校验码"),
    "shown": _("核验的证件"),
    "signed_by": _("签字情况"),
    "signer": _("签字人"),
    "simulations": _("模拟次数"),
    "size": _("日志条数"),
    "slack": _("负荷余量"),
    "small_pool_count": _("小基数：至少抽取（户）"),
    "small_pool_size": _("小基数：可抽取不超过（户）"),
    "source": _("来源"),
    "source_level": _("任务来源"),
    "stage": _("环节"),
    "status": _("登记状态"),
    "stratify": _("分层方式"),
    "superior_item": _("上级事项"),
    "target": _("检查对象"),
    "target_kinds": _("对象种类"),
    "target_scope": _("抽查范围"),
    "task": _("任务"),
    "to_department": _("调往部门"),
    "to_on": _("截止日"),
    "until": _("截止时刻"),
    "username": _("账号"),
    "username_after": _("新登录名"),
    "username_before": _("原登录名"),
    "value": _("随机数"),
    "verdict": _("核验结论"),
    "version": _("版本"),
    "void_digest": _("作废记录校验码"),
    "warnings": _("概率过高的配对"),
    "what": _("计数对象"),
    "why": _("缘由"),
    "window_from_on": _("检查时间从"),
    "window_to_on": _("检查时间至"),
    "witness": _("见证人"),
    "year": _("年度"),
}

_KINDS: tuple[type[models.TextChoices], ...] = (
    ItemKind,
    Amendment.Kind,
    Anchor.Kind,
    PublicRecord.Kind,
    Policy.Kind,
)
CHOICES: Mapping[str, tuple[type[models.TextChoices], ...]] = {
    "asked": (AccountRequest.Kind,),
    "category": (InspectorCategory,),
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
    "participants",
    "to_department",
)
PAGES: dict[str, Text] = {
    "amendments": _("递补与改派"),
    "departments": pgettext_lazy("list", "部门"),
    "draw": _("抽取"),
    "draw-comparison": _("封存对照"),
    "imports": _("导入记录"),
    "inspection": _("单个对象检查"),
    "inspection-papers": _("单户文书"),
    "inspections": _("检查"),
    "inspector": _("执法检查人员"),
    "inspectors": _("执法检查人员名录库"),
    "items": _("抽查事项"),
    "plans": _("年度抽查工作计划"),
    "results": pgettext_lazy("list", "检查结果"),
    "roster": _("可派人员"),
    "target": _("检查对象"),
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
        return "、".join(units.get(code, code) for code in _split(text))
    if name in _READINGS:
        return str(_READINGS[name](text))
    return _plain(name, text)


def _plain(name: str, text: str) -> str:
    if name in PLAIN:
        return str(PLAIN[name].get(text, text))
    if name == "role":
        return role_words(text)
    if name in CHOICES:
        return "、".join(_choice(name, part) for part in text.split("、"))
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
    found = declared(apps.get_model(where.partition(":")[0])).get(name)
    return str(found.label) if found else text


def _revealed(text: str) -> str:
    return "、".join(dict.fromkeys(map(_personal, text.split("、"))))


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
