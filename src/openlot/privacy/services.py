"""Looking, revealing, taking away, erasing (查阅、查看完整信息、导出、销毁): each leaves a trace."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.privacy import events
from openlot.privacy.models import Reading
from openlot.privacy.personal import declared
from openlot.rights.access import department_code, require, require_any
from openlot.rights.perms import Perm
from openlot.trail.events import PersonalPartShredded
from openlot.trail.models import Entry, PrivatePart
from openlot.trail.subjects import subject_of
from openlot.trail.writer import record

QUIET = timedelta(minutes=10)
REASON_AT_LEAST = 10  # characters: a basis and a reason are more than a word


def note_view(subject: Model, *, screen: str, actor: Actor, is_list: bool = False) -> bool:
    """Record that somebody looked at what is not public (记录查阅); say whether it was new.

    subject   the object, or who looked where a list has none
    is_list   what was seen is the list of the screen, not the subject
    """
    seen = f"screen:{screen}" if is_list else subject_of(subject)
    rows = Reading.objects.filter(actor_ref=actor.ref, seen=seen)
    if rows.filter(at__gt=clock.now() - QUIET).exists():
        return False
    with transaction.atomic():
        now = clock.now()
        if not rows.filter(at__lte=now - QUIET).update(at=now):
            _row, is_new = Reading.objects.get_or_create(
                actor_ref=actor.ref, seen=seen, defaults={"at": now}
            )
            if not is_new:
                return False
        fact = events.UndisclosedViewed(screen=screen)
        owner = actor.department_code if is_list else department_code(subject)
        record(fact, actor=actor, subject=subject, department=owner)
    return True


@transaction.atomic
def reveal(
    subject: Model,
    rows: Sequence[tuple[Model, str]],
    *,
    perm: Perm,
    reason: str,
    actor: Actor,
) -> list[str]:
    """Return personal fields whole (查看完整信息), once, with a reason; that is an event.

    subject   on which the right is asked and in whose story it stands
    rows      the objects and the names of their declared fields
    raises    Denied, Invalid without a reason
    """
    require(actor, perm, subject)
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明查看原因")})
    for obj, name in rows:
        if perm not in declared(type(obj))[name].reveal:
            raise Denied
    fact = events.PersonalRevealed(
        fields="、".join(f"{subject_of(obj)}.{name}" for obj, name in rows), reason=reason.strip()
    )
    record(fact, actor=actor, subject=subject, department=department_code(subject))
    return [str(getattr(obj, name) or "") for obj, name in rows]


@transaction.atomic
def note_export(
    subject: Model,
    *,
    screen: str,
    kind: str,
    n_rows: int,
    narrowed_by: Mapping[str, str],
    actor: Actor,
) -> None:
    """Record that a list was taken away as a file (记录导出): who, which, how many rows."""
    fact = events.ListExported(
        screen=screen,
        format=kind,
        n_rows=n_rows,
        narrowed_by=json.dumps(dict(narrowed_by), ensure_ascii=False, sort_keys=True),
    )
    record(fact, actor=actor, subject=subject, department=actor.department_code)


@transaction.atomic
def shred(
    entries: Collection[int], reason: str, *, about: Iterable[Model], actor: Actor
) -> list[int]:
    """Erase the personal parts of entries (销毁个人信息); what is public and proven stays.

    entries   their numbers; all of them lose their personal part, or none
    about     whose or what they are about: another's entry among them is a mistake
    returns   the numbers of the entries that tell of it, one for each
    raises    Denied; Invalid without entries or a reason; Conflict when one of them does not exist,
              is about something else, or holds nothing personal any more
    law       PIPL art. 47
    """
    require_any(actor, Perm.TRAIL_SHRED)
    if len(reason.strip()) < REASON_AT_LEAST:
        words = _("请写明销毁的依据和理由，不少于 %(limit_value)s 字") % {
            "limit_value": REASON_AT_LEAST
        }
        raise Invalid(fields={"reason": words})
    if not entries:
        raise Invalid(fields={"entries": _("请至少勾选一条")})
    subjects = {subject_of(obj) for obj in about}
    found = Entry.objects.in_bulk(set(entries))
    told = []
    # In the order of their numbers, so that two people who press at once wait and never lock up.
    for number in sorted(set(entries)):
        entry = found.get(number)
        if entry is None or entry.subject not in subjects or not _erase(entry):
            gone = _("第 %(number)s 条留痕没有可销毁的个人信息，或已被他人销毁；请刷新后重新核对")
            raise Conflict(gone, number=number)
        fact = PersonalPartShredded(entry=str(entry.uuid), reason=reason.strip())
        row = record(fact, actor=actor, subject=entry, department=entry.department_code)
        told.append(row.number)
    return told


def _erase(entry: Entry) -> bool:
    """Take away the personal part of an entry, and say whether there was one."""
    parts = PrivatePart.objects.filter(entry=entry, kind=PrivatePart.Kind.PERSONAL)
    return bool(parts.delete()[0])
