"""Voiding an attempt (作废): asked for by the department, decided by the office."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fairdraw.void import VoidRecord
from openlot.draws import events
from openlot.draws.keeping import keep
from openlot.draws.machine import DRAW
from openlot.draws.models import Draw, DrawState
from openlot.draws.selectors import live_draw, refused_values
from openlot.draws.services.stages import at_stage
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.lifecycle.fire import fire, hold
from openlot.tasks.services import unseal_rosters

ABSENT = "V1"


@transaction.atomic
def request_void(draw: Draw, *, code: str, reason: str, actor: Actor) -> Draw:
    """Ask for a draw to be voided (提请作废), with a reason that becomes public.

    raises    Invalid without a reason, or with another code than V1 while a party refuses to open
    """
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明作废原因，该原因将向社会公开")})
    hold(draw)
    if code != ABSENT and refused_values(draw).exists():
        raise Invalid(fields={"code": _("有参与方声明不启封，作废事由应为“参与方缺席或不启封”")})
    if draw.void_requested_at is not None:
        raise Conflict(_("已提请作废，等待联席会议办公室决定"))
    if draw.rematchings.exclude(state=DrawState.VOIDED).exists():
        raise Conflict(_("该次抽取已另行匹配人员，请先作废另行匹配的那一次"))
    more = Draw.objects.filter(extension__first=draw).exclude(state=DrawState.VOIDED)
    if more.exists():
        raise Conflict(_("该次抽取已补充抽取，请先作废补充抽取的那一次"))
    stage = {DrawState.FROZEN: "T1", DrawState.ANNOUNCED: "T3"}.get(DrawState(draw.state), "T5")
    fact = events.VoidRequested(stage=stage, code=code, reason=reason)
    return fire(
        draw,
        DRAW["request_void"],
        fact,
        actor=actor,
        void_stage=stage,
        void_code=code,
        void_reason=reason,
        void_requested_by_ref=actor.ref,
        void_requested_at=clock.now(),
    )


def refuse_void(draw: Draw, *, reason: str, actor: Actor) -> Draw:
    """Refuse to void a draw (不同意作废)."""
    if draw.void_requested_at is None:
        raise Conflict(_("没有待决定的作废申请"))
    return fire(
        draw,
        DRAW["refuse_void"],
        events.VoidRefused(reason=reason),
        actor=actor,
        void_stage="",
        void_code="",
        void_reason="",
        void_requested_by_ref="",
        void_requested_at=None,
    )


@transaction.atomic
def void_draw(draw: Draw, *, actor: Actor) -> Draw:
    """Void a draw with the office's consent (作废): numbered, reasoned, public, chained.

    raises    Conflict when nobody of the department asked for it
    paper     vdr1 §5.5
    """
    at_stage(draw, "void")
    if draw.void_requested_at is None:
        raise Conflict(_("须先由牵头部门负责人提请作废"))
    reason = draw.void_reason.encode()
    keep(draw, "docs/void", reason)
    record_of_void = VoidRecord(
        adigest=draw.adigest or "0" * 64,
        stage=draw.void_stage,
        reason=draw.void_code,
        doc=hashlib.sha256(reason).hexdigest(),
        rdigest=draw.rdigest or "-",
    )
    keep(draw, "void.vdr", record_of_void.to_bytes())
    digest = record_of_void.digest(draw.suite)
    unseal_rosters(draw.task, actor=actor)
    fact = events.DrawVoided(void_digest=digest, reason=draw.void_reason)
    return fire(
        draw,
        DRAW["void"],
        fact,
        actor=actor,
        void_digest=digest,
        voided_at=clock.now(),
        voided_by_ref=actor.ref,
    )


@transaction.atomic
def reopen_rosters(draw: Draw, *, actor: Actor) -> Draw:
    """Open the rosters of a draw without a complete matching (解封名册): its targets stand.

    raises    Denied, Conflict when the draw is matched, matched again since, or being voided
    paper     vdr1 §9.5: an infeasible matching never voids the targets
    """
    hold(draw)
    if draw.state != DrawState.DRAWN or draw.void_requested_at is not None:
        raise Conflict(_("只有人员未匹配的抽取才能解封名册"))
    if live_draw(draw.task, draw.extension) != draw:
        raise Conflict(_("该次抽取已另行匹配人员，请在最近一次抽取的页面办理"))
    unseal_rosters(draw.task, actor=actor)
    return draw
