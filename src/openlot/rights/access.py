"""The three questions about rights: which rows, may I, and give me this one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied, NotFound
from openlot.rights.perms import Perm
from openlot.rights.rules import EMERGENCY_READ, RULES, Scope

M = TypeVar("M", bound=Model)

Question = tuple[Actor, frozenset[Scope], type[Model], Any]
_answers: ContextVar[dict[Question, bool] | None] = ContextVar("answers", default=None)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a model keeps what a scope asks for (数据范围路径): look-up paths from its row.

    department  to the department that owns the row
    involved    to the departments that take part
    assigned    to the user who is assigned
    sent_by     to the department that sent that user: who has left it is not assigned any more
    everyone    true for rows that belong to no department
    """

    department: str = ""
    involved: str = ""
    assigned: str = ""
    sent_by: str = ""
    everyone: bool = False


def scopes(actor: Actor, perm: Perm) -> set[Scope]:
    """Return the scopes (数据范围) in which ``actor`` holds ``perm``."""
    if actor.emergency:
        return {Scope.ANYWHERE} if perm in EMERGENCY_READ else set()
    return {RULES[role, perm] for role in actor.roles if (role, perm) in RULES}


def holds(actor: Actor, perm: Perm) -> bool:
    """Say whether ``actor`` holds ``perm`` over anything at all (是否具有该权限)."""
    return actor.is_system or bool(scopes(actor, perm))


def visible(actor: Actor, perm: Perm, queryset: QuerySet[M]) -> QuerySet[M]:
    """Return the rows of ``queryset`` on which ``actor`` holds ``perm`` (可见范围)."""
    if actor.is_system:
        return queryset
    held = scopes(actor, perm)
    if Scope.ANYWHERE in held:
        return queryset
    where = [_condition(actor, scope, queryset.model) for scope in held]
    conditions = [q for q in where if q is not None]
    if not conditions:
        return queryset.none()
    allowed = conditions[0]
    for q in conditions[1:]:
        allowed |= q
    return queryset.filter(allowed)


def may(actor: Actor, perm: Perm, obj: Model) -> bool:
    """Say whether ``actor`` holds ``perm`` on ``obj`` (能否操作)."""
    held = scopes(actor, perm)
    if actor.is_system or Scope.ANYWHERE in held:
        return True
    if not held:
        return False
    known = _answers.get()
    question = (actor, frozenset(held), type(obj), obj.pk)
    if known is not None and question in known:
        return known[question]
    answer = visible(actor, perm, type(obj)._default_manager.filter(pk=obj.pk)).exists()
    if known is not None:
        known[question] = answer
    return answer


@contextmanager
def remembering() -> Iterator[None]:
    """Ask the database once (同一页面只问一次) for each right on an object while the block lasts.

    Only for a block that writes nothing: nothing it does can change an answer.
    """
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def require(actor: Actor, perm: Perm, obj: Model) -> None:
    """Refuse unless ``actor`` holds ``perm`` on ``obj`` (校验权限).

    raises    Denied
    """
    if not may(actor, perm, obj):
        raise Denied


def require_one(actor: Actor, perms: tuple[Perm, ...], obj: Model) -> None:
    """Refuse unless ``actor`` holds one of ``perms`` on ``obj`` (校验权限, either of two sides).

    raises    Denied
    """
    if not any(may(actor, perm, obj) for perm in perms):
        raise Denied


def require_any(actor: Actor, perm: Perm) -> None:
    """Refuse unless ``actor`` holds ``perm`` over something (校验权限, no object yet).

    raises    Denied
    """
    if not holds(actor, perm):
        raise Denied


def get_for(actor: Actor, perm: Perm, source: type[M] | QuerySet[M], public_id: str) -> M:
    """Return the row that ``actor`` may reach with ``perm`` (按权限取数).

    raises    NotFound also when the row exists: its existence is nobody's business
    """
    rows: QuerySet[M] = source if isinstance(source, QuerySet) else source._default_manager.all()
    found = visible(actor, perm, rows.filter(public_id=public_id)).first()
    if found is None:
        raise NotFound
    return found


def department_code(obj: Model) -> str:
    """Return the code of the department that owns ``obj`` (归属部门), or an empty text."""
    path = _reach(type(obj)).department
    value: Any = obj
    for part in path.split("__") if path else ():
        value = getattr(value, part) if value is not None else None
    return getattr(value, "code", "") if path else ""


def _reach(model: type[Model]) -> Reach:
    reach = getattr(model, "reach", None)
    if not isinstance(reach, Reach):
        raise TypeError(f"{model.__name__} does not say how far rights reach")
    return reach


def _condition(actor: Actor, scope: Scope, model: type[Model]) -> Q | None:
    """Return the condition of one scope, or None where the model knows no such scope."""
    reach = _reach(model)
    if reach.everyone:
        return Q()
    if scope is Scope.ASSIGNED:
        return _sent(model, reach, actor)
    if actor.department_id is None:
        return None
    look, value = _units(actor, scope)
    own = Q(**{f"{reach.department}__{look}": value}) if reach.department else None
    if scope not in _TAKING_PART:
        return own
    involved = _among(model, **{f"{reach.involved}__{look}": value}) if reach.involved else None
    if own is None or involved is None:
        return own or involved
    return own | involved


_TAKING_PART = (Scope.INVOLVED, Scope.WATCHED, Scope.FIELD)


def _units(actor: Actor, scope: Scope) -> tuple[str, object]:
    """Return which departments a scope means, as a look-up from a department and its value."""
    if scope is Scope.FIELD:
        return "field", actor.field_id or 0
    if scope in (Scope.BRANCHES, Scope.WATCHED):
        return "in", sorted(actor.unit_ids)
    return "exact", actor.department_id


def _sent(model: type[Model], reach: Reach, actor: Actor) -> Q | None:
    if not reach.assigned or actor.user_id is None:
        return None
    unit = {reach.sent_by: actor.department_key} if reach.sent_by else {}
    return _among(model, **{reach.assigned: actor.user_id}, **unit)


def _among(model: type[Model], **conditions: object) -> Q:
    """Look through a to-many path without multiplying rows."""
    return Q(pk__in=model._default_manager.filter(**conditions).values("pk"))
