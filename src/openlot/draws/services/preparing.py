"""Preparing and sealing (准备抽取、名单封存)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.draws import events
from openlot.draws.documents import parties_document, rules_document, strata_document
from openlot.draws.framing import frames_of, roster_of
from openlot.draws.keeping import keep, keep_frame
from openlot.draws.machine import DRAW
from openlot.draws.models import (
    Draw,
    DrawState,
    Extension,
    ExtensionState,
    Reserve,
    SeedSource,
)
from openlot.draws.reserve import SOURCE as CHAIN
from openlot.draws.reserve import holder_of
from openlot.draws.selectors import live_draw
from openlot.draws.services.stages import at_stage
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.kernel.record import recorded
from openlot.lifecycle.fire import create, fire, hold
from openlot.registers.selectors import is_importing
from openlot.rules.document_numbers import draw_number
from openlot.rules.public_events import PublicEvent
from openlot.tasks.models import InspectionTask, TaskState
from openlot.tasks.services import seal_rosters

DICE = "0-9:20"


@dataclass(frozen=True, slots=True)
class Party:
    """Who brings a sealed random value (随机数参与方)."""

    department: Department
    name: str


@transaction.atomic
def prepare_draw(
    task: InspectionTask,
    *,
    parties: Sequence[Party],
    embargo_at: datetime | None,
    day_number: str = "",
    event: tuple[PublicEvent, str] | None = None,
    event_at: datetime | None = None,
    reserve: str | None = None,
    extension: Extension | None = None,
    actor: Actor,
) -> Draw:
    """Open an attempt to draw for an approved task (准备抽取).

    A second attempt is possible only after the first was voided, and names it.
    Where the targets stand but nobody could be matched, the next draw only matches again.
    event     a lottery and its issue, whose numbers come after the dice (L3)
    event_at  when those numbers are drawn; L3 needs an anchor from before it
    extension an approved request to draw more targets: a draw of its own over the rest (§7.5)
    reserve   none, open or sealed; None follows the scheme: open where it has spares

    raises    Conflict, Invalid
    """
    hold(task)
    if task.state != TaskState.APPROVED:
        raise Conflict(_("方案尚未批准，不能抽取"))
    if extension is not None and extension.state != ExtensionState.APPROVED:
        raise Conflict(_("补充抽取尚未批准"))
    live = live_draw(task, extension)
    if live is not None and live.state != DrawState.DRAWN:
        raise Conflict(_("该任务已有抽取；抽取只进行一次，确有错误须作废后另行编号"))
    if live is not None and task.rosters_sealed_at is not None:
        raise Conflict(_("请先由联席会议办公室解封人员名册，各部门更正后再另行匹配"))
    if len({party.department.pk for party in parties}) < 2:
        raise Invalid(fields={"parties": _("请至少选择两个不同单位各自密封随机数")})
    draw_id, attempt, previous, matched = _place_in_line(task, live, extension)
    chosen = Reserve.NONE if matched else _reserve(task, reserve)
    holder = _holder(task) if chosen == Reserve.SEALED else None
    fact = events.DrawPrepared(draw_id=draw_id, attempt=attempt)
    draw = create(
        Draw,
        DRAW["prepare"],
        fact,
        actor=actor,
        task=task,
        draw_id=draw_id,
        attempt=attempt,
        predecessor=previous,
        matches_again=matched,
        extension=extension,
        session=f"{draw_id}-{attempt}",
        day_number=day_number,
        disclosure=task.disclosure,
        reserve=chosen,
        is_demo=settings.DEMO,
        as_of_on=clock.today(),
        embargo_at=embargo_at,
        event_at=event_at if event is not None else None,
        frame_key=secrets.token_bytes(32),
    )
    _put_sources(draw, parties, holder, event)
    return draw


def _reserve(task: InspectionTask, wanted: str | None) -> Reserve:
    """Return the kind of reserve (递补方式): one kind per draw, spares only as the scheme says."""
    if wanted is None:
        return Reserve.OPEN if task.n_reserve else Reserve.NONE
    if wanted == Reserve.OPEN and not task.n_reserve:
        raise Invalid(
            fields={"reserve": _("批准的方案没有设递补对象，不能选公开递补；请选密封递补或不设")}
        )
    return Reserve(wanted)


def _holder(task: InspectionTask) -> Department:
    """Return who holds the chain (保管单位): never a department that inspects."""
    found = holder_of(task)
    if found is None:
        words = _("联席会议办公室所在单位参与本任务，不能保管递补链；请选公开递补或不设")
        raise Invalid(fields={"reserve": words})
    return found


def _put_sources(
    draw: Draw,
    parties: Sequence[Party],
    holder: Department | None,
    event: tuple[PublicEvent, str] | None,
) -> None:
    """Lay out the sources in their order: sealed values, the chain, the dice, the public event."""
    rows: list[dict[str, Any]] = [
        {
            "source_id": f"party-{party.department.code}",
            "type": "commit",
            "party": party.department,
            "party_name": party.name,
        }
        for party in parties
    ]
    if holder is not None:
        name = recorded(_("密封递补链（%s联席会议办公室保管）")) % holder.short_name
        rows.append({"source_id": CHAIN, "type": "chain", "party": holder, "party_name": name})
    dice = recorded(_("现场掷骰（十面骰二十次）"))
    rows.append({"source_id": "dice", "type": "digits", "param": DICE, "party_name": dice})
    if event is not None:
        game, issue = event
        named = {"param": game.param(issue), "party_name": f"{game.name} {issue}"}
        rows.append({"source_id": "public", "type": "numbers", **named})
    for index, row in enumerate(rows, start=1):
        SeedSource.objects.create(draw=draw, index=index, **row)


def _place_in_line(
    task: InspectionTask, live: Draw | None, extension: Extension | None
) -> tuple[str, int, Draw | None, Draw | None]:
    """Return number, attempt, the voided attempt before, and the draw that is matched again.

    paper     vdr1 §5.5, §9.5: a re-matching has an id of its own and names the first result
    """
    if live is not None:
        first = live.matches_again or live
        serial = first.rematchings.values("draw_id").distinct().count() + 1
        return f"{first.draw_id}-M{serial}", 1, None, live
    previous = task.draws.filter(extension=extension).order_by("-pk").first()
    if previous is None:
        return str(extension or draw_number(task.number)), 1, None, None
    return previous.draw_id, previous.attempt + 1, previous, previous.matches_again


def request_seal(draw: Draw, *, actor: Actor) -> Draw:
    """Ask for lists and rosters to be sealed (提请封存): the first of two persons."""
    return fire(
        draw, DRAW["request_seal"], events.SealRequested(), actor=actor, requested_by_ref=actor.ref
    )


@transaction.atomic
def freeze(draw: Draw, *, actor: Actor) -> Draw:
    """Seal the lists and the rosters (名单封存): the second person, before any randomness exists.

    raises    Denied for the person who asked; Conflict when a roster is open or nobody is eligible
    law       rule-book 5.5 row 3: two persons
    """
    at_stage(draw, "freeze")
    if draw.requested_by_ref == actor.ref:
        raise Denied(_("封存须由提请人以外的负责人确认"))
    seal_rosters(draw.task, actor=actor)
    framed = frames_of(draw)
    roster = roster_of(draw)
    for row in framed:
        if not row.rules:
            raise Conflict(
                _("%(department)s 的待抽取对象名单为空，请检查抽查范围"),
                department=row.department.name,
            )
        if is_importing(row.department):  # asked after the list was read: no half a file is in it
            raise Conflict(
                _("%(department)s 的名录库正在导入文件，请待导入结束后再封存"),
                department=row.department.name,
            )
        keep_frame(draw, row)
    keep(draw, "roster.vdr", roster.to_bytes())
    keep(draw, "docs/rules", rules_document(draw))
    keep(draw, "docs/strata", strata_document(draw, framed))
    keep(draw, "docs/parties", parties_document(draw))
    fact = events.FrameFrozen(
        frames=" ".join(row.frame.root(draw.suite) for row in framed),
        roster=hashlib.sha256(roster.to_bytes()).hexdigest(),
    )
    return fire(
        draw, DRAW["freeze"], fact, actor=actor, frozen_at=clock.now(), frozen_by_ref=actor.ref
    )


def leave_day(draw: Draw, *, actor: Actor) -> Draw:
    """Take a draw out of its drawing day (退出抽签日): it goes on by itself, or joins another."""
    fact = events.DayLeft(day=draw.day_number)
    return fire(draw, DRAW["leave_day"], fact, actor=actor, day_number="")
