"""The acts of a drawing day: each reaches all of its draws, or none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.drawing_days import events
from openlot.drawing_days.machine import DAY
from openlot.drawing_days.models import DayParty, DayState, DrawingDay
from openlot.drawing_days.selectors import chains_of, draws_of, refusable, sheet_digest, sources_of
from openlot.draws import services as draws
from openlot.draws.models import SEALED, Draw, DrawState, Extension, SeedSource
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.lifecycle.fire import create, fire, hold
from openlot.publication.services import announce_draw
from openlot.rules.document_numbers import drawing_day_number
from openlot.tasks.models import InspectionTask

ORGANS = 2


@transaction.atomic
def open_day(
    *,
    department: Department,
    held_at: datetime,
    place: str,
    parties: Sequence[Department],
    actor: Actor,
) -> DrawingDay:
    """Open a drawing day (开设抽签日): when, where, and which organs bring random values.

    raises    Invalid with fewer than two organs
    paper     vdr1 §5.4: a ritual may serve several announcements
    """
    if len({party.pk for party in parties}) < ORGANS:
        raise Invalid(fields={"parties": _("请至少选择两个不同单位各自密封随机数")})
    hold(department.region)
    day = clock.local(held_at)
    region = department.region.code[:6]
    serial = DrawingDay.objects.filter(number__startswith=f"{region}-{day.year}-").count() + 1
    number = drawing_day_number(region, day.year, serial)
    made = create(
        DrawingDay,
        DAY["open"],
        events.DayOpened(
            number=number,
            held_at=day.isoformat(timespec="minutes"),
            parties=", ".join(party.code for party in parties),
        ),
        actor=actor,
        number=number,
        department=department,
        held_at=held_at,
        place=place,
        opened_by_ref=actor.ref,
    )
    DayParty.objects.bulk_create(
        DayParty(day=made, index=index, department=party)
        for index, party in enumerate(parties, start=1)
    )
    return made


@transaction.atomic
def join_day(
    task: InspectionTask,
    day: DrawingDay,
    *,
    embargo_at: datetime | None,
    reserve: str | None = None,
    extension: Extension | None = None,
    actor: Actor,
) -> Draw:
    """Prepare the draw of a task for a drawing day (报名抽签日): its organs and the lead bring values.

    raises    Conflict when the day takes no more draws
    """
    hold(day)
    if day.state != DayState.GATHERING:
        raise Conflict(_("该抽签日已截止收签，请选择其他抽签日"))
    lead = task.department
    organs = [row.department for row in day.parties.select_related("department")]
    parties = [lead, *(organ for organ in organs if organ != lead)]
    return draws.prepare_draw(
        task,
        parties=[draws.Party(organ, organ.name) for organ in parties],
        embargo_at=embargo_at,
        day_number=day.number,
        reserve=reserve,
        extension=extension,
        actor=actor,
    )


@transaction.atomic
def close_day(day: DrawingDay, *, actor: Actor) -> DrawingDay:
    """Take no more draws (截止收签); those whose lists are not frozen yet leave the day.

    raises    Conflict when no draw is frozen
    """
    hold(day)
    rows = list(draws_of(day))
    ready = [row for row in rows if row.state == DrawState.FROZEN]
    if not ready:
        raise Conflict(_("还没有已封存的抽取，不能截止"))
    late = [row for row in rows if row not in ready]
    for row in late:
        draws.leave_day(row, actor=actor)
    fact = events.DayClosed(
        draws=", ".join(map(str, ready)), left_out=", ".join(map(str, late)) or "-"
    )
    return fire(day, DAY["close"], fact, actor=actor, closed_at=clock.now())


@transaction.atomic
def seal_values(day: DrawingDay, *, sealed: Mapping[str, str], actor: Actor) -> None:
    """Take an organ's commitments for all draws of a day (密封随机数), made in one act.

    sealed    session of the draw to commitment
    raises    Conflict before the day is closed, Denied for an organ that is none of its parties,
              Invalid when one is missing
    """
    if day.state != DayState.CLOSED:
        raise Conflict(_("截止收签之后、公告之前才能密封"))
    _seal_all(_own_sources(day, actor), sealed, actor)


@transaction.atomic
def seal_chains(day: DrawingDay, *, sealed: Mapping[str, str], actor: Actor) -> None:
    """Take the chains of all sealed reserves of a day (密封递补链), made from one secret.

    sealed    session of the draw to ``n:top``
    raises    Conflict before the day is closed, Denied for anybody but the holder, Invalid
    """
    if day.state != DayState.CLOSED:
        raise Conflict(_("截止收签之后、公告之前才能密封"))
    _seal_all(_own_chains(day, actor), sealed, actor)


def _seal_all(rows: list[SeedSource], sealed: Mapping[str, str], actor: Actor) -> None:
    for source in rows:
        if source.draw.session not in sealed:
            raise Invalid(
                fields={"sealed": _("缺少 %(draw)s 的密封值") % {"draw": source.draw.session}}
            )
        draws.commit_value(source, sealed=sealed[source.draw.session], actor=actor)


@transaction.atomic
def play_day(day: DrawingDay, *, actor: Actor) -> None:
    """Let the server seal for all organs (演示代封): demo only, and every draw says so."""
    if not settings.DEMO:
        raise Denied
    rows = SeedSource.objects.filter(draw__in=draws_of(day), type__in=SEALED, param="")
    for source in rows.select_related("draw"):
        draws.play_party(source, actor=actor)


@transaction.atomic
def announce_day(day: DrawingDay, *, actor: Actor) -> DrawingDay:
    """Announce all draws of a day at once (统一公告): no value is open before the last of them.

    raises    Conflict while an organ has not sealed
    """
    hold(day)
    if day.state != DayState.CLOSED:
        raise Conflict(_("请先截止收签"))
    rows = [row for row in draws_of(day) if row.state == DrawState.FROZEN]
    for row in rows:
        announce_draw(row, actor=actor)
    digest = sheet_digest(day)
    fact = events.DayAnnounced(n_draws=len(rows), sheet_digest=digest)
    return fire(
        day, DAY["announce"], fact, actor=actor, announced_at=clock.now(), sheet_digest=digest
    )


@transaction.atomic
def open_values(day: DrawingDay, *, value: str, read_back: str, actor: Actor) -> None:
    """Open an organ's value in all draws of a day (启封)."""
    rows = [source for source in _own_sources(day, actor) if not source.opened_at]
    if not rows:
        raise Conflict(_("该来源已启封"))
    for source in rows:
        draws.open_value(source, value=value, read_back=read_back, actor=actor)


@transaction.atomic
def open_chains(day: DrawingDay, *, links: Mapping[str, str], actor: Actor) -> None:
    """Open the chains of all sealed reserves of a day (启封递补链), each with its own first link.

    links     session of the draw to link n-1
    """
    rows = [source for source in _own_chains(day, actor) if not source.opened_at]
    if not rows:
        raise Conflict(_("该来源已启封"))
    for source in rows:
        link = links.get(source.draw.session, "")
        draws.open_value(source, value=link, read_back=link, actor=actor)


@transaction.atomic
def refuse_values(
    day: DrawingDay, *, party: Department, reason: str, witness: str = "", actor: Actor
) -> int:
    """Declare that a party opens none of its values of a day (声明不启封), or note it for it.

    Return how many draws wait for it; when they are voided the others go on with one roll.

    raises    Conflict when it has nothing closed, and as ``refuse_opening``
    """
    rows = refusable(day).filter(party=party).select_related("draw")
    found = list(rows.order_by("draw__draw_id", "index"))
    if not found:
        raise Conflict(_("该方没有待启封的随机数，或已声明不启封"))
    for source in found:
        draws.refuse_opening(source, reason=reason, witness=witness, actor=actor)
    return len(found)


@transaction.atomic
def open_played(day: DrawingDay, *, actor: Actor) -> None:
    """Open all values that the server sealed (演示代启封): demo only."""
    rows = SeedSource.objects.filter(draw__in=draws_of(day), by_server=True, opened_at=None)
    for source in rows.select_related("draw").order_by("index"):
        draws.open_played(source, actor=actor)


@transaction.atomic
def roll_dice(day: DrawingDay, *, value: str, read_back: str, actor: Actor) -> None:
    """Enter the one roll that serves all draws of a day (录入骰数), typed twice."""
    for source in sources_of(day, None):
        draws.open_value(source, value=value, read_back=read_back, actor=actor)


def draw_day(day: DrawingDay, *, actor: Actor, seconds: float = 20.0) -> int:
    """Draw what is not drawn yet (统一抽取), each draw whole; return how many are left.

    A power cut loses nothing: pressed again, it goes on with the next. The day is finished with
    the last of them.
    """
    until = monotonic() + seconds
    rows = draws_of(day).filter(state=DrawState.ANNOUNCED)
    while (row := rows.first()) is not None and monotonic() < until:
        draws.draw_targets(row, actor=actor)
    left = rows.count()
    if not left:
        _finish(day, actor)
    return left


@transaction.atomic
def _finish(day: DrawingDay, actor: Actor) -> None:
    hold(day)
    if day.state != DayState.ANNOUNCED:
        raise Conflict(_("该抽签日没有待抽取的项目"))
    fact = events.DayDrawn(n_draws=draws_of(day).count())
    fire(day, DAY["finish"], fact, actor=actor, drawn_at=clock.now())


@transaction.atomic
def cancel_day(day: DrawingDay, *, reason: str, actor: Actor) -> DrawingDay:
    """Give a drawing day up before it is announced (取消抽签日); its draws go on by themselves."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明原因")})
    for row in draws_of(day):
        draws.leave_day(row, actor=actor)
    return fire(
        day,
        DAY["cancel"],
        events.DayCancelled(reason=reason.strip()),
        actor=actor,
        cancelled_reason=reason.strip(),
    )


def _own_sources(day: DrawingDay, actor: Actor) -> list[SeedSource]:
    rows = list(sources_of(day, actor.department_key))
    if not rows:
        raise Denied(_("只能由该参与方本单位操作"))
    return rows


def _own_chains(day: DrawingDay, actor: Actor) -> list[SeedSource]:
    rows = list(chains_of(day, actor.department_key))
    if not rows:
        raise Denied(_("本次抽签日没有由本单位保管的递补链"))
    return rows
