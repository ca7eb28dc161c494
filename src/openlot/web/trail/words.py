"""The kinds of events in words (事件名称)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.trail.selectors import story

WORDS: dict[str, str | Promise] = {
    "account.opened": _("开通账号"),
    "account.role_granted": _("授予角色"),
    "account.signed_in": _("登录"),
    "account.sign_in_failed": _("登录失败"),
    "account.signed_out": _("退出"),
    "department.registered": _("登记部门"),
    "policy.adopted": _("发布政策参数"),
    "register.targets_imported": _("批量导入检查对象"),
    "register.target_added": _("录入检查对象"),
    "register.target_moved_out": _("检查对象出库"),
    "register.target_rested": _("检查对象歇业"),
    "register.target_returned": _("检查对象回库"),
    "register.inspector_added": _("录入执法检查人员"),
    "register.certificate_invalid": _("证件失效"),
    "register.leave_entered": _("登记请假"),
    "register.leave_cancelled": _("取消请假"),
    "register.recusal_declared": _("申报回避"),
    "item.drafted": _("拟定事项"),
    "item.amended": _("修改事项"),
    "item.submitted": _("提交审定"),
    "item.confirmed": _("参与部门确认"),
    "item.approved": _("审定"),
    "item.returned": _("退回"),
    "item.filed": _("报备登记"),
    "item.published": _("公示生效"),
    "item.superseded": _("被新版本取代"),
    "item.suspended": _("停用"),
    "item.repealed": _("废止"),
    "plan.drafted": _("拟定计划"),
    "plan.amended": _("修改计划"),
    "plan.submitted": _("提交审定"),
    "plan.approved": _("审定"),
    "plan.returned": _("退回"),
    "plan.overlap_answered": _("答复交叉重复"),
    "plan.published": _("备案并公开"),
    "plan.superseded": _("被调整版本取代"),
    "plan.closed": _("执行完毕"),
    "task.drafted": _("发起任务"),
    "task.amended": _("修改方案"),
    "task.submitted": _("提交方案"),
    "task.participant_invited": _("邀请参与"),
    "task.participation_accepted": _("接受方案"),
    "task.participation_declined": _("不接受方案"),
    "task.approved": _("批准方案"),
    "task.returned": _("退回方案"),
    "task.roster_confirmed": _("确认可派人员"),
    "task.rosters_sealed": _("人员名单封存"),
    "task.rosters_unsealed": _("人员名单解封"),
    "task.list_imported": _("导入外部抽取任务"),
    "task.closed": _("办结"),
    "task.voided": _("作废"),
    "draw.prepared": _("准备抽取"),
    "draw.seal_requested": _("提请封存"),
    "draw.frozen": _("名单封存"),
    "draw.value_committed": _("随机数密封"),
    "draw.announced": _("抽取公告"),
    "draw.value_opened": _("启封"),
    "draw.drawn": _("抽取并匹配"),
    "draw.void_requested": _("提请作废"),
    "draw.void_refused": _("不同意作废"),
    "draw.voided": _("作废"),
    "publication.receipt_issued": _("出具抽取回执"),
    "draw.attested": _("核验签署"),
    "draw.chances_stated": _("概率说明"),
    "draw.amendment_requested": _("申请递补、改派"),
    "draw.amendment_refused": _("不同意递补、改派"),
    "draw.amendment_approved": _("批准递补、改派"),
    "draw.amendment_carried_out": _("执行递补、改派"),
    "draw.day_left": _("退出抽签日"),
    "day.opened": _("开设抽签日"),
    "day.closed": _("截止收签"),
    "day.announced": _("统一公告"),
    "day.drawn": _("统一抽取完成"),
    "day.cancelled": _("取消抽签日"),
    "draw.list_viewed": _("调取未公开名单"),
    "inspection.prepared": _("制发检查文书"),
    "inspection.served": _("送达通知书"),
    "inspection.checked_in": _("扫码入企"),
    "inspection.began": _("开始检查"),
    "inspection.ended": _("检查结束"),
    "result.opened": _("建立结果待办"),
    "result.clock_moved": _("计算公示时限"),
    "result.recorded": _("录入结果"),
    "result.evidence_added": _("上传证据"),
    "result.approved": _("审核通过"),
    "result.returned": _("审核退回"),
    "result.published": _("公示结果"),
    "result.follow_up_opened": _("建立后续处置"),
    "result.follow_up_done": _("后续处置完结"),
    "publication.recorded": _("发布公示"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a story (留痕条目) in words."""

    at: datetime
    words: str | Promise
    actor: str


def tell(*objects: models.Model) -> list[Told]:
    """Return the story of objects (办理留痕) with people's names."""
    entries = list(story(*objects))
    return [
        Told(e.at, WORDS.get(e.kind, e.kind), name)
        for e, name in zip(entries, names([e.actor_ref for e in entries]), strict=True)
    ]


def names(refs: Iterable[str]) -> list[str]:
    """Return who is behind references (操作人): name and department, or the platform."""
    wanted = list(refs)
    people = {
        f"user:{u.username}": f"{u.name}（{u.department.short_name}）"
        for u in User.objects.filter(
            username__in={r.removeprefix("user:") for r in wanted}
        ).select_related("department")
    }
    return [people.get(ref, str(_("系统"))) for ref in wanted]
