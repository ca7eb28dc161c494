"""Moving a thing along an arrow: permission, compare-and-set and trail in one transaction."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Model

from openlot.kernel.actor import Actor
from openlot.kernel.errors import StaleState
from openlot.lifecycle.arrows import Arrow
from openlot.lifecycle.models import Stateful
from openlot.rights.access import department_code, require
from openlot.trail.events import Event
from openlot.trail.writer import record

S = TypeVar("S", bound=Stateful)


@transaction.atomic
def fire(
    obj: S,
    arrow: Arrow,
    event: Event,
    *,
    actor: Actor,
    at_revision: int | None = None,
    **changes: Any,
) -> S:
    """Move ``obj`` along ``arrow`` and return it as it now is (状态流转).

    at_revision  the revision that the actor saw; None when the state alone decides
    changes      columns that change with the move
    raises       Denied, StaleState
    """
    if type(event) is not arrow.event:
        raise TypeError(f"{arrow.name} is told by {arrow.event.__name__}")
    require(actor, arrow.perm, obj)
    rows = type(obj)._default_manager.filter(pk=obj.pk, state__in=arrow.sources)
    if at_revision is not None:
        rows = rows.filter(revision=at_revision)
    if arrow.target is not None:
        changes["state"] = arrow.target
    if rows.update(revision=F("revision") + 1, **changes) != 1:
        raise StaleState
    record(event, actor=actor, subject=obj, department=department_code(obj))
    return type(obj)._default_manager.get(pk=obj.pk)


def hold(obj: Model) -> None:
    """Lock the row of ``obj`` until the transaction ends and read it anew (锁定).

    A guard that reads other rows holds their parent first: what it saw stays true, and whoever
    was slower reads what the faster one has done.
    """
    rows = type(obj)._default_manager.select_for_update(of=("self",), no_key=True)
    obj.refresh_from_db(from_queryset=rows)


@transaction.atomic
def create(model: type[S], arrow: Arrow, event: Event, *, actor: Actor, **fields: Any) -> S:
    """Bring a row into being along ``arrow`` (新建); nothing exists without its event.

    raises    Denied when the actor may not create it where its fields put it
    """
    if type(event) is not arrow.event or arrow.sources:
        raise TypeError(f"{arrow.name} is not a creation told by {type(event).__name__}")
    made = model._default_manager.create(state=arrow.target, **fields)
    require(actor, arrow.perm, made)
    record(event, actor=actor, subject=made, department=department_code(made))
    return made
