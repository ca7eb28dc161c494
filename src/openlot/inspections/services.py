"""From the draw to the shop door: numbers, notices, check-in, end of the visit."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openlot.draws import services as draws
from openlot.draws.framing import LEAD
from openlot.draws.models import Amendment, Draw, DrawState, MatchedOfficer
from openlot.draws.selectors import visited_targets
from openlot.inspections import events
from openlot.inspections.machine import INSPECTION
from openlot.inspections.models import (
    Assignment,
    Inspection,
    InspectionState,
    ServiceReceipt,
    Visit,
)
from openlot.inspections.selectors import departments_of, living, own_officer
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.lifecycle.fire import create, fire, hold
from openlot.lifecycle.many import fire_many
from openlot.registers.models import InspectionTarget, Recusal
from openlot.rules.document_numbers import notice_number
from openlot.tasks import events as task_events
from openlot.tasks.machine import TASK
from openlot.tasks.models import InspectionTask


@transaction.atomic
def prepare_inspections(draw: Draw, *, actor: Actor) -> list[Inspection]:
    """Make one inspection per drawn target (制发检查文书) with its number, notice and officers.

    A target that several departments' lists drew is visited once, by all of them (进一次门).
    raises    Conflict when the draw has no complete matching, or they are made already
    """
    hold(draw)
    if draw.state != DrawState.MATCHED or draw.void_requested_at is not None:
        raise Conflict(_("抽取尚未完成人员匹配，不能制发文书"))
    if draw.inspections.exists():
        raise Conflict(_("检查文书已制发"))
    men: dict[int, list[MatchedOfficer]] = defaultdict(list)
    for man in draw.matched_officers.order_by("slot"):
        men[man.target_id].append(man)
    made: list[Inspection] = []
    follows = draw.task.inspections.count() + 1
    for serial, target in enumerate(visited_targets(draw), start=follows):
        inspection = _prepare(draw, target, serial, actor)
        _assign(inspection, men[target.pk])
        made.append(inspection)
    return made


def _prepare(draw: Draw, target: InspectionTarget, serial: int, actor: Actor) -> Inspection:
    task = draw.task
    notice = notice_number(task.department.word, task.window_from_on.year, task.number, serial)
    number = f"{task.number}-{serial:05d}"
    fact = events.InspectionPrepared(number=number, notice_no=notice)
    return create(
        Inspection,
        INSPECTION["prepare"],
        fact,
        actor=actor,
        task=task,
        draw=draw,
        target=target,
        serial=serial,
        number=number,
        notice_no=notice,
    )


def _assign(inspection: Inspection, men: list[MatchedOfficer]) -> None:
    led: set[int] = set()
    for man in men:
        leads = man.department_id not in led
        led.add(man.department_id)
        Assignment.objects.create(
            inspection=inspection,
            department_id=man.department_id,
            inspector_id=man.inspector_id,
            slot=man.slot,
            is_leader=leads,
        )


@transaction.atomic
def carry_out_amendment(amendment: Amendment, *, actor: Actor) -> Inspection | None:
    """Carry a replacement or a re-matching out (执行递补、改派) and return the inspection it makes.

    A replacement is visited by the officers of the department whose list it stands on; one that
    is visited already gets them besides. The replaced target keeps its inspection and its result.
    raises    Conflict before the papers are made, or when an officer may not go to the newcomer
    """
    hold(amendment.draw)
    known = {row.target.code: row for row in _inspections(amendment.draw)}
    old = known.get(amendment.target.code)
    if old is None:
        raise Conflict(_("请先制发检查文书"))
    done = draws.carry_out_amendment(amendment, actor=actor)
    if done.kind == Amendment.Kind.REMATCH:
        rows = Assignment.objects.filter(inspection=old, slot=done.slot)
        if old.state != InspectionState.READY or rows.update(inspector=done.new_inspector) != 1:
            raise Conflict(_("该对象已开始检查，不能改派"))
        return old
    if done.new_target is None:
        return None
    made = known.get(done.new_target.code) or _prepare(
        done.draw, done.new_target, done.draw.task.inspections.count() + 1, actor
    )
    _send(old, made, done)
    return made


def _inspections(draw: Draw) -> QuerySet[Inspection]:
    return Inspection.objects.filter(draw=draw).select_related("target")


def _send(old: Inspection, made: Inspection, amendment: Amendment) -> None:
    """Send the officers of the replaced target's list to who came in."""
    rows = [row for row in old.assignments.all() if row.department_id in _senders(amendment)]
    barred = Recusal.objects.filter(
        inspector__in=[row.inspector_id for row in rows],
        target_code=made.target.code,
        ended_at=None,
    ).select_related("inspector")
    if found := barred.first():
        raise Conflict(_("%(name)s 须回避递补对象，请先改派"), name=found.inspector.name)
    there = set(made.assignments.values_list("inspector_id", flat=True))
    Assignment.objects.bulk_create(
        Assignment(
            inspection=made,
            department_id=row.department_id,
            inspector_id=row.inspector_id,
            slot=row.slot,
            is_leader=row.is_leader,
        )
        for row in rows
        if row.inspector_id not in there
    )


def _senders(amendment: Amendment) -> set[int]:
    """Return the departments that go to the targets of a list (随名单检查的部门)."""
    frame, draw = amendment.frame, amendment.draw
    listed = dict(draw.frames.values_list("fid", "department_id"))
    if frame is None or frame.fid != LEAD:
        return {frame.department_id} if frame is not None else set()
    others = {pk for fid, pk in listed.items() if fid != LEAD}
    return set(draw.task.participations.values_list("department_id", flat=True)) - others


@transaction.atomic
def cancel_inspections(draw: Draw, *, actor: Actor) -> list[Inspection]:
    """Cancel what a voided draw sent people to (随抽取作废); nothing of it is deleted.

    raises    Denied, Conflict for a draw that stands, or once an inspection of it has begun
    paper     rule-book 5.5 x: a void comes before anybody has entered
    """
    hold(draw)
    if draw.state != DrawState.VOIDED:
        raise Conflict(_("只有已作废的抽取才能取消其检查"))
    rows = list(draw.inspections.select_related("task__department").order_by("pk"))
    if any(row.state != InspectionState.READY for row in rows):
        raise Conflict(_("已有对象开始检查，不能作废"))
    fact = events.InspectionCancelled(
        draw=str(draw), void_digest=draw.void_digest, reason=draw.void_reason
    )
    fire_many([(row, fact, {}) for row in rows], INSPECTION["cancel"], actor=actor)
    return list(draw.inspections.order_by("pk"))


@transaction.atomic
def serve_notice(
    inspection: Inspection, *, manner: str, received_by: str, witness: str, actor: Actor
) -> ServiceReceipt:
    """Record how the notice was served (送达): refused service needs a witness.

    raises    Invalid, Conflict when it was served already
    """
    faults = {}
    if manner == ServiceReceipt.Manner.REFUSED and not witness.strip():
        faults["witness"] = _("留置送达须填写见证人")
    if manner == ServiceReceipt.Manner.IN_PERSON and not received_by.strip():
        faults["received_by"] = _("请填写签收人")
    if faults:
        raise Invalid(fields=faults)
    _hold_open(inspection)
    if ServiceReceipt.objects.filter(inspection=inspection).exists():
        raise Conflict(_("通知书已送达"))
    fact = events.NoticeServed(manner=manner, received_by=received_by)
    fire(inspection, INSPECTION["serve"], fact, actor=actor)
    return ServiceReceipt.objects.create(
        inspection=inspection,
        manner=manner,
        received_by=received_by,
        witness=witness,
        served_at=clock.now(),
        served_by_ref=actor.ref,
    )


@transaction.atomic
def check_in(
    inspection: Inspection,
    *,
    certificates_shown: bool,
    actor: Actor,
    point: str = "",
    exception: str = "",
) -> Visit:
    """Check in at the premises (扫码入企) for the own department, certificates shown.

    raises    Invalid without showing certificates, NotFound for who was not matched to it
    law       APL-55
    """
    if not certificates_shown:
        raise Invalid(fields={"certificates_shown": _("进入前须主动出示执法证件")})
    officer = own_officer(actor, inspection)
    _hold_open(inspection)
    known = inspection.visits.filter(department=officer.department).first()
    if known is not None:
        return known
    current = inspection
    if inspection.state == InspectionState.READY:
        fact = events.InspectionBegan(n_departments=len(departments_of(inspection)))
        current = fire(inspection, INSPECTION["begin"], fact, actor=actor, started_at=clock.now())
    entered = events.CheckedIn(department=officer.department.code, point=point, exception=exception)
    fire(current, INSPECTION["check_in"], entered, actor=actor)
    return Visit.objects.create(
        inspection=inspection,
        department=officer.department,
        checked_in_by=officer,
        checked_in_at=clock.now(),
        certificates_shown=True,
        point=point,
        exception=exception,
    )


def _hold_open(inspection: Inspection) -> None:
    """Hold draw and inspection; what comes of a voided draw is not carried out."""
    hold(inspection.draw)
    hold(inspection)
    if inspection.draw.state == DrawState.VOIDED:
        raise Conflict(_("该次抽取已作废，不能继续检查"))


def end_inspection(inspection: Inspection, *, actor: Actor) -> Inspection:
    """End the visit (结束检查); the day starts the publication clocks."""
    today = clock.today()
    fact = events.InspectionEnded(ended_on=today.isoformat())
    return fire(
        inspection, INSPECTION["end"], fact, actor=actor, ended_at=clock.now(), ended_on=today
    )


@transaction.atomic
def void_task(task: InspectionTask, *, reason: str, actor: Actor) -> InspectionTask:
    """Give a task up (任务作废) before any target is drawn for it.

    raises    Invalid without a reason, Conflict while a draw of it counts: that is voided first
    """
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明原因")})
    if task.draws.exclude(state=DrawState.VOIDED).exists() or living(task).exists():
        raise Conflict(_("任务已有有效抽取，请先按程序作废抽取"))
    fact = task_events.TaskVoided(reason=reason.strip())
    return fire(task, TASK["void"], fact, actor=actor)
