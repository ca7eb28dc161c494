"""Keeping the two registers by hand: single entry, certificates, leave, recusal."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.lifecycle.fire import create, fire, hold
from openlot.registers import events
from openlot.registers.machine import INSPECTOR, TARGET
from openlot.registers.models import (
    InspectionTarget,
    Inspector,
    InspectorCategory,
    InspectorState,
    Leave,
    Recusal,
    TargetState,
)
from openlot.registers.search import searchable
from openlot.registers.services.placing import place, state_for
from openlot.rights.access import require
from openlot.rights.perms import Perm
from openlot.rules.credit_code import code_fault, registration_fault
from openlot.trail.writer import record


@transaction.atomic
def add_target(*, department: Department, values: dict[str, Any], actor: Actor) -> InspectionTarget:
    """Enter one target by hand (单户录入).

    values    the columns of a target; without any code a reason must be given
    raises    Invalid, Conflict, Denied
    """
    faults = _target_faults(values)
    if faults:
        raise Invalid(fields=faults)
    hold(department)
    code = values.get("code") or values.get("uscc") or values.get("registration_no")
    if not code:
        number = InspectionTarget.objects.filter(department=department).count() + 1
        code = f"{department.code}-{values['kind'][:4].upper()}-{number:06d}"
    if InspectionTarget.objects.filter(department=department, code=code).exists():
        raise Conflict(_("名录库中已有代码为 %(code)s 的对象"), code=code)
    fact = events.TargetAdded(code=code, name=values["name"])
    target = create(
        InspectionTarget,
        TARGET["add"],
        fact,
        actor=actor,
        department=department,
        **{
            **values,
            "code": code,
            **searchable(values["name"]),
            "updated_at": clock.now(),
            "source": "manual",
        },
    )
    if state_for(target.registration_status) != TargetState.ACTIVE:
        target = place(target, target.registration_status, actor)
    return target


@transaction.atomic
def add_inspector(*, department: Department, values: dict[str, Any], actor: Actor) -> Inspector:
    """Enter an inspector or an assistant (录入执法检查人员).

    raises    Invalid when somebody who is to inspect has no certificate, or an account is not of
              the department; Conflict for a person or a number that is in a register; Denied
    """
    user = values.get("user")
    if user is not None:
        hold(user)  # a person who is just leaving is not entered
        if not user.is_active or user.department_id != department.pk:
            raise Invalid(fields={"user": _("只能选择本部门正常使用的账号")})
        if user.inspectors.exclude(state=InspectorState.MOVED_OUT).exists():
            raise Conflict(_("该账号的人员已在名录库中；调入人员须先由原部门办理出库"))
    hold(department)
    if Inspector.objects.filter(number=values["number"]).exists():
        raise Conflict(_("人员编号 %(number)s 已被使用，请另取一个"), number=values["number"])
    assistant = values["category"] == InspectorCategory.ASSISTANT
    if not assistant and not values.get("certificate_no"):
        raise Invalid(
            fields={"certificate_no": _("执法人员须填写执法证号；无证人员请登记为协助人员")}
        )
    fact = events.InspectorAdded(
        category=values["category"], number=values["number"], name=values["name"]
    )
    arrow = INSPECTOR["add_assistant" if assistant else "add_inspector"]
    return create(Inspector, arrow, fact, actor=actor, department=department, **values)


@transaction.atomic
def enter_leave(
    inspector: Inspector, *, from_on: date, to_on: date, reason: str, actor: Actor
) -> Leave:
    """Enter days on which an inspector cannot be sent (登记请假), before the freeze.

    raises    Invalid, Denied
    """
    require(actor, Perm.INSPECTOR_EDIT, inspector)
    if from_on > to_on:
        raise Invalid(fields={"to_on": _("结束日期不能早于开始日期")})
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明请假事由")})
    leave = Leave.objects.create(inspector=inspector, from_on=from_on, to_on=to_on, reason=reason)
    fact = events.LeaveEntered(from_on=from_on.isoformat(), to_on=to_on.isoformat(), reason=reason)
    record(fact, actor=actor, subject=inspector, department=inspector.department.code)
    return leave


def lapse_certificate(inspector: Inspector, *, actor: Actor) -> Inspector:
    """Record that a certificate no longer holds (证件失效); nobody is sent on it any more."""
    fact = events.CertificateLapsed(on=clock.today().isoformat())
    return fire(inspector, INSPECTOR["lapse"], fact, actor=actor)


def lapse_expired(*, actor: Actor) -> int:
    """Lapse the certificates (证件到期) whose last day has passed; return how many."""
    expired = Inspector.objects.filter(
        state=InspectorState.ACTIVE, certificate_to_on__lt=clock.today()
    )
    return len([lapse_certificate(inspector, actor=actor) for inspector in expired])


def move_inspector_out(inspector: Inspector, *, reason: str, actor: Actor) -> Inspector:
    """Take an inspector who has left out of the register (调离出库).

    raises    Invalid without a reason
    """
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明原因")})
    fact = events.InspectorMovedOut(reason=reason.strip())
    return fire(inspector, INSPECTOR["move_out"], fact, actor=actor)


@transaction.atomic
def declare_recusal(
    inspector: Inspector, *, target_code: str, reason: str, actor: Actor
) -> Recusal:
    """Declare that an inspector must not inspect a target (申报回避)."""
    require(actor, Perm.INSPECTOR_EDIT, inspector)
    recusal, _made = Recusal.objects.get_or_create(
        inspector=inspector, target_code=target_code, defaults={"reason": reason}
    )
    fact = events.RecusalDeclared(target=target_code, reason=reason)
    record(fact, actor=actor, subject=inspector, department=inspector.department.code)
    return recusal


def _target_faults(values: dict[str, Any]) -> dict[str, Any]:
    faults: dict[str, Any] = {}
    if not values.get("name", "").strip():
        faults["name"] = _("请填写名称")
    uscc, number = values.get("uscc", ""), values.get("registration_no", "")
    if uscc and code_fault(uscc):
        faults["uscc"] = _("统一社会信用代码不符合校验规则，请对照营业执照核对")
    if number and registration_fault(number):
        faults["registration_no"] = _("注册号不符合校验规则，请核对")
    if not (uscc or number or values.get("code") or values.get("no_code_reason")):
        faults["no_code_reason"] = _("没有代码的对象请说明原因")
    return faults
