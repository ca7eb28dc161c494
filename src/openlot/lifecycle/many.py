"""Moving many rows of one kind along their arrows (批量流转), as a file does: each with its event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F

from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied, StaleState
from openlot.lifecycle.arrows import Arrow
from openlot.lifecycle.models import Stateful
from openlot.rights.access import department_code, visible
from openlot.rights.perms import Perm
from openlot.trail.events import Event
from openlot.trail.writer import record_many

S = TypeVar("S", bound=Stateful)

AT_ONCE = 500


@transaction.atomic
def create_many(rows: Sequence[tuple[S, Arrow, Event]], *, actor: Actor) -> None:
    """Bring rows of one department into being along arrows (批量新建), as ``create`` does one.

    raises    Denied when the actor may not create one of them where its fields put it
    """
    if not rows:
        return
    for made, arrow, event in rows:
        if type(event) is not arrow.event or arrow.sources:
            raise TypeError(f"{arrow.name} is not a creation told by {type(event).__name__}")
        made.state = str(arrow.target)
    made_all = [made for made, _arrow, _event in rows]
    type(made_all[0])._default_manager.bulk_create(made_all, batch_size=AT_ONCE)
    for perm in {arrow.perm for _made, arrow, _event in rows}:
        _require_all(actor, perm, [made for made, arrow, _event in rows if arrow.perm == perm])
    facts = ((event, made) for made, _arrow, event in rows)
    record_many(facts, actor=actor, department=department_code(made_all[0]))


@transaction.atomic
def fire_many(
    rows: Sequence[tuple[S, Event, Mapping[str, Any]]], arrow: Arrow, *, actor: Actor
) -> None:
    """Move rows of one department along one arrow (批量流转), as ``fire`` does one.

    rows      each as it was read, its event, and the columns that change with the move
    raises    Denied, StaleState when one of them has moved since it was read
    """
    if not rows:
        return
    _require_all(actor, arrow.perm, [obj for obj, _event, _changes in rows])
    state = {} if arrow.target is None else {"state": arrow.target}
    for obj, event, changes in rows:
        if type(event) is not arrow.event:
            raise TypeError(f"{arrow.name} is told by {arrow.event.__name__}")
        as_read = type(obj)._default_manager.filter(
            pk=obj.pk, state__in=arrow.sources, revision=obj.revision
        )
        if as_read.update(revision=F("revision") + 1, **changes, **state) != 1:
            raise StaleState
    facts = ((event, obj) for obj, event, _changes in rows)
    record_many(facts, actor=actor, department=department_code(rows[0][0]))


def _require_all(actor: Actor, perm: Perm, rows: Sequence[Stateful]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        some = [row.pk for row in rows[start : start + AT_ONCE]]
        found = visible(actor, perm, type(rows[0])._default_manager.filter(pk__in=some))
        if not actor.is_system and found.count() != len(some):
            raise Denied
