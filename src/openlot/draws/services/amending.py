"""Replacing a target, matching an officer again (递补、改派): asked, approved elsewhere, computed."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fairdraw.rematch import Rematch
from fairdraw.replace import Replacement
from fairdraw.sources import chain_length
from openlot.accounts.models import Department
from openlot.draws import events
from openlot.draws.computing import rematch_of, replacement_of
from openlot.draws.keeping import keep
from openlot.draws.machine import AMENDMENT
from openlot.draws.models import Amendment, AmendmentState, Draw, DrawnTarget, DrawState, Reserve
from openlot.draws.reserve import (
    chain_of,
    is_sealed,
    links_left,
    next_link,
    played_link,
    waiting,
)
from openlot.draws.selectors import as_line
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.kernel.uploads import Accept, Received, receive
from openlot.lifecycle.fire import create, fire, hold
from openlot.policies.selectors import draw_setting
from openlot.registers.models import InspectionTarget, Inspector
from openlot.tasks.selectors import pool

REPLACE, REMATCH = Amendment.Kind.REPLACE, Amendment.Kind.REMATCH
USED_UP = _("递补链值已用完，不能再递补；确需增加检查对象的，请申请补充抽取")


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
    paper = _grounds(REPLACE, reason_code, document)
    with transaction.atomic():
        hold(drawn.draw)
        standing = drawn.draw.amendments.filter(frame=drawn.frame, target=drawn.target).exclude(
            state=AmendmentState.REFUSED
        )
        if standing.exists():
            raise Conflict(_("该对象已申请递补"))
        if drawn.draw.reserve == Reserve.SEALED and links_left(drawn.draw) < 1:
            raise Conflict(USED_UP)
        return _request(
            drawn.draw,
            REPLACE,
            drawn.target,
            reason_code,
            reason,
            paper,
            actor,
            department=drawn.draw.task.department,
            frame=drawn.frame,
        )


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
    if draw.amendments.filter(kind=REPLACE, new_target__code=target.code).exists():
        raise Conflict(_("递补进入的对象随原对象的人员检查，抽取规程没有为其另行改派的记录"))
    paper = _grounds(REMATCH, reason_code, document)
    with transaction.atomic():
        hold(draw)
        return _request(
            draw,
            REMATCH,
            target,
            reason_code,
            reason,
            paper,
            actor,
            department=inspector.department,
            slot=slot,
            inspector=inspector,
        )


def _grounds(kind: str, reason_code: str, document: tuple[str, bytes]) -> Received:
    """Take the evidence in before the transaction: a scanner may take its time."""
    if reason_code not in draw_setting(f"{kind}_reasons", clock.today()):
        raise Invalid(fields={"reason_code": _("事由限于规定的范围，请选择其中一项")})
    return receive(*document, Accept.DOCUMENT, field="document")


def _request(
    draw: Draw,
    kind: str,
    target: InspectionTarget,
    reason_code: str,
    reason: str,
    paper: Received,
    actor: Actor,
    *,
    department: Department,
    **more: object,
) -> Amendment:
    if draw.state != DrawState.MATCHED or draw.void_requested_at is not None:
        raise Conflict(_("抽取尚未完成或正在作废，不能变更"))
    fact = events.AmendmentRequested(
        kind_of_amendment=kind, reason_code=reason_code, target=target.code, document=paper.sha256
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
        document=paper.content,
        document_name=paper.name,
        document_sha256=paper.sha256,
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
        **_decision(actor),
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
    if is_sealed(row):
        return _agree(row, actor)
    record = replacement_of(row) if row.kind == REPLACE else rematch_of(row)
    digest = keep_record(row, record)
    fact = events.AmendmentApproved(file=record.file, sha256=digest)
    return fire(
        row,
        AMENDMENT["approve"],
        fact,
        actor=actor,
        number=record.number,
        **newcomer(row, record),
        **_decision(actor),
    )


def _agree(row: Amendment, actor: Actor) -> Amendment:
    """Let a unit that does not know who would come in approve: not the holder of the chain."""
    chain = chain_of(row.draw)
    if chain is not None and chain.party_id == actor.department_id:
        raise Denied(_("保管递补链的单位可预知递补对象，须由其他单位批准"))
    following = waiting(row.draw)
    if links_left(row.draw) <= following:
        raise Conflict(USED_UP)
    fact = events.AmendmentAgreed(following=following)
    return fire(row, AMENDMENT["agree"], fact, actor=actor, **_decision(actor))


@transaction.atomic
def publish_link(row: Amendment, *, link: str, actor: Actor) -> Amendment:
    """Publish the next link of a sealed reserve (公布链值): it names who comes in.

    raises    Denied for anybody but the holder; Invalid for another link; Conflict when used up
    paper     vdr1 §7.4: link n-1-i, published by the holder, not by the replacing unit
    """
    hold(row.draw)
    hold(row)
    chain = chain_of(row.draw)
    if chain is None or (not actor.is_system and chain.party_id != actor.department_id):
        raise Denied(_("链值只能由保管单位公布"))
    if row.state != AmendmentState.LINK_DUE:
        raise Conflict(_("该递补尚未批准，或链值已公布"))
    if links_left(row.draw) < 1:
        raise Conflict(USED_UP)
    if len(link) != 64 or set(link) - set("0123456789abcdef"):
        raise Invalid(fields={"link": _("链值应为 64 位小写十六进制字符")})
    record = replacement_of(row, link)
    fact = events.LinkPublished(file=record.file, sha256=keep_record(row, record), link=link)
    return fire(
        row,
        AMENDMENT["publish_link"],
        fact,
        actor=actor,
        number=record.number,
        link=link,
        link_published_at=clock.now(),
        link_published_by_ref=actor.ref,
        **newcomer(row, record),
    )


def play_link(row: Amendment, *, actor: Actor) -> Amendment:
    """Let the server publish the next link of a chain that it plays (演示代为公布): demo only.

    raises    Denied outside the demo, or when the chain was made on a device
    """
    chain = chain_of(row.draw)
    if not settings.DEMO or chain is None or not chain.by_server:
        raise Denied
    link = played_link(row.draw, next_link(row.draw), chain_length(as_line(chain)))
    return publish_link(row, link=link, actor=actor)


def newcomer(row: Amendment, record: Replacement | Rematch) -> dict[str, Any]:
    """Return who came in by a record (换上者), as columns of the amendment."""
    if isinstance(record, Replacement):
        if record.into.target == "-":
            return {}
        entry = pool(row.draw.task, _frame_department(row)).get(code=record.into.target)
        return {"new_target": entry}
    if record.man.inspector == "-":
        raise Conflict(_("没有其他合格的可派人员，不能改派；请增补人员后作废重抽人员"))
    return {"new_inspector": Inspector.objects.get(number=record.man.inspector)}


def keep_record(row: Amendment, record: Replacement | Rematch) -> str:
    """Keep a record with its evidence (留存递补、改派记录) and return its digest."""
    data = record.to_bytes()
    keep(row.draw, record.file, data)
    keep(row.draw, f"docs/{record.file.removesuffix('.vdr')}", bytes(row.document))
    return hashlib.sha256(data).hexdigest()


def _decision(actor: Actor) -> dict[str, Any]:
    return {
        "decided_at": clock.now(),
        "decided_by_ref": actor.ref,
        "decided_by_department_id": actor.department_id,
    }


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
