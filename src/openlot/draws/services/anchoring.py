"""Fixing the announcement outside the city (外部存证): recorded by one person, confirmed by another."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.draws import events
from openlot.draws.anchoring import confirmed
from openlot.draws.keeping import keep
from openlot.draws.machine import ANCHOR
from openlot.draws.models import Anchor, Draw, DrawState
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.kernel.uploads import Accept, receive
from openlot.lifecycle.fire import create, fire, hold
from openlot.rules.timestamps import read_timestamp

Kind = Anchor.Kind


def record_anchor(
    draw: Draw,
    *,
    kind: str,
    document: tuple[str, bytes],
    published_on: date | None = None,
    title: str = "",
    issue: str = "",
    page: str = "",
    address: str = "",
    actor: Actor,
) -> Anchor:
    """Record where the announcement's digest was fixed outside the city (登记外部存证).

    A time-stamp is read: its imprint must be the digest, its signature must hold.

    raises    Conflict before the announcement or without a public event, Invalid
    paper     vdr1 §1 L3
    """
    is_stamp = kind == Kind.TIMESTAMP
    paper = receive(*document, Accept.STAMP if is_stamp else Accept.DOCUMENT, field="document")
    with transaction.atomic():
        hold(draw)
        if not draw.adigest or draw.state == DrawState.VOIDED:
            raise Conflict(_("公告之后才能登记外部存证"))
        if draw.event_at is None:
            raise Conflict(_("该次抽取没有写明开奖时间的公共事件，外部存证不能提高等级"))
        printed = (kind, published_on, title, issue, page, address)
        known = _stamp(draw, paper.content) if is_stamp else _printed(*printed)
        fact = events.AnchorRecorded(
            kind_of_anchor=kind,
            anchored_at=clock.local(known["at"]).isoformat(),
            document=paper.sha256,
        )
        return create(
            Anchor,
            ANCHOR["record"],
            fact,
            actor=actor,
            draw=draw,
            kind=kind,
            document=paper.content,
            document_name=paper.name,
            document_sha256=paper.sha256,
            recorded_at=clock.now(),
            recorded_by_ref=actor.ref,
            **known,
        )


def _stamp(draw: Draw, data: bytes) -> dict[str, Any]:
    """Read a time-stamp and refuse one of anything but this announcement."""
    try:
        found = read_timestamp(data)
    except (ValueError, IndexError, StopIteration, LookupError) as error:
        words = _("不是有效的 RFC 3161 时间戳，请上传时间戳机构返回的 .tsr 原始文件")
        raise Invalid(fields={"document": words}) from error
    if found.imprint != draw.adigest:
        words = _("时间戳的内容不是本次公告校验码，而是 %(found)s；请用公告文件重新申请")
        raise Invalid(fields={"document": words % {"found": found.imprint}})
    return {"at": found.at, "authority": found.authority[:300], "is_signed": found.is_signed}


def _printed(
    kind: str,
    published_on: date | None,
    title: str,
    issue: str,
    page: str,
    address: str,
) -> dict[str, Any]:
    faults: dict[str, str | Promise] = {}
    if kind == Kind.NEWSPAPER and not (title.strip() and issue.strip() and page.strip()):
        faults["title"] = _("请写明报刊名称、期号和版面")
    if kind == Kind.WEBSITE and not address.strip().startswith(("http://", "https://")):
        faults["address"] = _("请填写完整网址")
    if published_on is None:
        faults["published_on"] = _("请填写刊登日期")
    if faults or published_on is None:
        raise Invalid(fields=faults)
    zone = clock.local(clock.now()).tzinfo
    ends = datetime.combine(published_on + timedelta(days=1), time(), zone)
    return {
        "at": ends - timedelta(seconds=1),
        "title": title.strip(),
        "issue": issue.strip(),
        "page": page.strip(),
        "address": address.strip(),
    }


@transaction.atomic
def confirm_anchor(row: Anchor, *, actor: Actor) -> Anchor:
    """Confirm an anchor (复核外部存证) after looking for the digest in it oneself.

    raises    Denied for the one who recorded it
    """
    _second_person(row, actor)
    hold(row.draw)
    number = confirmed(row.draw).count() + 1
    suffix = "tsr" if row.kind == Kind.TIMESTAMP else "dat"
    file = f"anchor-{number}.{suffix}"
    keep(row.draw, file, bytes(row.document))
    fact = events.AnchorConfirmed(file=file, sha256=row.document_sha256)
    return _decide(row, "confirm", fact, actor)


@transaction.atomic
def reject_anchor(row: Anchor, *, reason: str, actor: Actor) -> Anchor:
    """Reject an anchor that does not show the digest (复核不符), with a reason."""
    _second_person(row, actor)
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明原因")})
    fact = events.AnchorRejected(reason=reason.strip())
    return _decide(row, "reject", fact, actor, rejected_reason=reason.strip())


def _second_person(row: Anchor, actor: Actor) -> None:
    if row.recorded_by_ref == actor.ref:
        raise Denied(_("复核须由登记人以外的人操作"))


def _decide(
    row: Anchor,
    arrow: str,
    fact: events.AnchorConfirmed | events.AnchorRejected,
    actor: Actor,
    **changes: str,
) -> Anchor:
    return fire(
        row,
        ANCHOR[arrow],
        fact,
        actor=actor,
        decided_at=clock.now(),
        decided_by_ref=actor.ref,
        decided_by_department_id=actor.department_id,
        **changes,  # type: ignore[arg-type]  # columns, none of them called at_revision
    )
