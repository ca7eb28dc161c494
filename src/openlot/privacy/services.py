"""Looking, revealing, taking away (查阅、查看完整信息、导出): each leaves a trace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied, Invalid
from openlot.privacy import events
from openlot.privacy.models import Reading
from openlot.privacy.personal import declared
from openlot.rights.access import department_code, require
from openlot.rights.perms import Perm
from openlot.trail.subjects import subject_of
from openlot.trail.writer import record

QUIET = timedelta(minutes=10)


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
