"""Replacing a target, matching an officer again (递补、改派): asked, approved elsewhere, computed."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fairdraw.errors import FairdrawError
from fairdraw.rematch import Rematch, Standing
from fairdraw.replace import Replacement, Reserve
from fairdraw.result import draw as run_protocol
from fairdraw.seed import Opening
from fairdraw.selection import Lists, Selection
from openlot.accounts.models import Department
from openlot.draws import events
from openlot.draws.keeping import keep, sealed_inputs
from openlot.draws.machine import AMENDMENT
from openlot.draws.models import Amendment, AmendmentState, Draw, DrawnTarget, DrawState
from openlot.draws.selectors import evidence
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid, TooLarge
from openlot.lifecycle.fire import create, fire, hold
from openlot.policies.selectors import draw_setting
from openlot.registers.models import InspectionTarget, Inspector
from openlot.tasks.selectors import pool

REPLACE, REMATCH = Amendment.Kind.REPLACE, Amendment.Kind.REMATCH
DOCUMENT_LIMIT = 20 * 1024 * 1024


@transaction.atomic
def request_replacement(
    drawn: DrawnTarget,
    *,
    reason_code: str,
    reason: str,
    document: tuple[str, bytes],
    actor: Actor,
) -> Amendment:
    """Ask for a drawn target to be replaced (申请递补), with evidence.

    document  name and bytes
    raises    Invalid for a reason outside the closed list or without evidence, Denied, Conflict
    paper     vdr1 §7.4
    """
    if not actor.is_system and actor.department_id != drawn.draw.task.department_id:
        raise Denied(_("递补由牵头部门申请"))
    standing = drawn.draw.amendments.filter(frame=drawn.frame, target=drawn.target).exclude(
        state=AmendmentState.REFUSED
    )
    if standing.exists():
        raise Conflict(_("该对象已申请递补"))
    return _request(
        drawn.draw,
        REPLACE,
        drawn.target,
        reason_code,
        reason,
        document,
        actor,
        department=drawn.draw.task.department,
        frame=drawn.frame,
    )


@transaction.atomic
def request_rematch(
    draw: Draw,
    *,
    target: InspectionTarget,
    slot: str,
    inspector: Inspector,
    reason_code: str,
    reason: str,
    document: tuple[str, bytes],
    actor: Actor,
) -> Amendment:
    """Ask for an officer to be matched again (申请改派): the officer may not, or cannot, go.

    raises    Denied for another department's officer; Invalid, Conflict
    paper     vdr1 §9.5
    """
    if not actor.is_system and inspector.department_id != actor.department_id:
        raise Denied(_("只能申请改派本部门人员"))
    return _request(
        draw,
        REMATCH,
        target,
        reason_code,
        reason,
        document,
        actor,
        department=inspector.department,
        slot=slot,
        inspector=inspector,
    )


def _request(
    draw: Draw,
    kind: str,
    target: InspectionTarget,
    reason_code: str,
    reason: str,
    document: tuple[str, bytes],
    actor: Actor,
    *,
    department: Department,
    **more: object,
) -> Amendment:
    hold(draw)
    name, data = document
    faults: dict[str, str | Promise] = {}
    if reason_code not in draw_setting(f"{kind}_reasons", clock.today()):
        faults["reason_code"] = _("事由限于规定的范围，请选择其中一项")
    if not data:
        faults["document"] = _("请上传证明材料")
    if faults:
        raise Invalid(fields=faults)
    if len(data) > DOCUMENT_LIMIT:
        raise TooLarge(_("证明材料超过 20 MB，请压缩后上传"))
    if draw.state != DrawState.MATCHED or draw.void_requested_at is not None:
        raise Conflict(_("抽取尚未完成或正在作废，不能变更"))
    digest = hashlib.sha256(data).hexdigest()
    fact = events.AmendmentRequested(
        kind_of_amendment=kind, reason_code=reason_code, target=target.code, document=digest
    )
    return create(
        Amendment,
        AMENDMENT["request"],
        fact,
        actor=actor,
        draw=draw,
        kind=kind,
        target=target,
        department=department,
        reason_code=reason_code,
        reason=reason.strip(),
        document=data,
        document_name=name[:120],
        document_sha256=digest,
        requested_at=clock.now(),
        requested_by_ref=actor.ref,
        **more,
    )


@transaction.atomic
def refuse_amendment(row: Amendment, *, reason: str, actor: Actor) -> Amendment:
    """Refuse a replacement or re-matching (不同意), with a reason."""
    _from_elsewhere(row, actor)
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明不同意的原因")})
    fact = events.AmendmentRefused(reason=reason.strip())
    return fire(
        row,
        AMENDMENT["refuse"],
        fact,
        actor=actor,
        refused_reason=reason.strip(),
        decided_at=clock.now(),
        decided_by_ref=actor.ref,
        decided_by_department_id=actor.department_id,
    )


@transaction.atomic
def approve_amendment(row: Amendment, *, actor: Actor) -> Amendment:
    """Approve, and let the rule of the draw name who comes in (批准递补、改派).

    raises    Denied for a department of the task; Conflict when nobody is left
    paper     vdr1 §7.4, §9.5
    """
    _from_elsewhere(row, actor)
    hold(row.draw)
    hold(row)
    done = row.draw.amendments.filter(kind=row.kind, number__isnull=False)
    number = done.count() + 1
    record = _replacement(row) if row.kind == REPLACE else _rematch(row)
    changes: dict[str, Any] = {}
    if isinstance(record, Replacement):
        if record.into.target != "-":
            entry = pool(row.draw.task, _frame_department(row)).get(code=record.into.target)
            changes["new_target"] = entry
    elif record.man.inspector == "-":
        raise Conflict(_("没有其他合格的可派人员，不能改派；请增补人员后作废重抽人员"))
    else:
        changes["new_inspector"] = Inspector.objects.get(number=record.man.inspector)
    data = record.to_bytes()
    keep(row.draw, record.file, data)
    keep(row.draw, f"docs/{record.file.removesuffix('.vdr')}", bytes(row.document))
    fact = events.AmendmentApproved(file=record.file, sha256=hashlib.sha256(data).hexdigest())
    return fire(
        row,
        AMENDMENT["approve"],
        fact,
        actor=actor,
        number=number,
        decided_at=clock.now(),
        decided_by_ref=actor.ref,
        decided_by_department_id=actor.department_id,
        **changes,
    )


def carry_out_amendment(row: Amendment, *, actor: Actor) -> Amendment:
    """Mark a replacement or re-matching as carried out (执行递补、改派)."""
    return fire(row, AMENDMENT["carry_out"], events.AmendmentCarriedOut(), actor=actor)


def _frame_department(row: Amendment) -> Department:
    if row.frame is None:
        raise LookupError(row)
    return row.frame.department


def _from_elsewhere(row: Amendment, actor: Actor) -> None:
    """Refuse a decision by a department of the task itself (批准人须为其他单位)."""
    if actor.is_system:
        return
    involved = row.draw.task.participations.filter(department_id=actor.department_key)
    if involved.exists():
        raise Denied(_("须由参与部门以外的单位批准"))


def _replacement(row: Amendment) -> Replacement:
    draw = row.draw
    sealed, opening = sealed_inputs(draw), Opening.parse(evidence(draw, "opening.vdr"))
    result = run_protocol(sealed.announcement, sealed.frames, sealed.roster, opening)
    selection = Selection(result.hits, result.spares, result.cuts)
    reserve = Reserve(
        Lists(sealed.announcement, sealed.frames), opening, result.seed, selection, result.digest
    )
    for file in _files(draw, REPLACE):
        reserve.check(Replacement.parse(evidence(draw, file), file), file)
    fid = row.frame.fid if row.frame else ""
    try:
        return reserve.replace(
            fid, row.target.code, reason=row.reason_code, doc=row.document_sha256
        )
    except FairdrawError as error:
        raise Conflict(_("无法递补：%(reason)s"), reason=error.words.say("zh")) from error


def _rematch(row: Amendment) -> Rematch:
    draw = row.draw
    sealed, opening = sealed_inputs(draw), Opening.parse(evidence(draw, "opening.vdr"))
    announcement, frames, roster = sealed.announcement, sealed.frames, sealed.roster
    result = run_protocol(announcement, frames, roster, opening)
    if result.matching is None or announcement.roster is None:
        raise Conflict(_("抽取尚未完成人员匹配，不能改派"))
    standing = Standing(
        result.seed,
        Lists(announcement, frames).places(result.hits),
        result.matching,
        roster,
        announcement.roster.slack,
        result.suite,
        result.digest,
    )
    for file in _files(draw, REMATCH):
        standing.check(Rematch.parse(evidence(draw, file), file), file)
    try:
        return standing.rematch(
            row.target.code, row.slot, reason=row.reason_code, doc=row.document_sha256
        )
    except FairdrawError as error:
        raise Conflict(_("无法改派：%(reason)s"), reason=error.words.say("zh")) from error


def _files(draw: Draw, kind: str) -> list[str]:
    done = draw.amendments.filter(kind=kind, number__isnull=False)
    return [f"{kind}-{number}.vdr" for number in range(1, done.count() + 1)]
