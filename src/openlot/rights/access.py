"""The three questions about rights: which rows, may I, and give me this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied, NotFound
from openlot.rights.perms import Perm
from openlot.rights.rules import RULES, Scope

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a model keeps what a scope asks for (数据范围路径): look-up paths from its row.

    department  to the department that owns the row
    involved    to the departments that take part
    assigned    to the user who is assigned
    everyone    true for rows that belong to no department
    """

    department: str = ""
    involved: str = ""
    assigned: str = ""
    everyone: bool = False


def scopes(actor: Actor, perm: Perm) -> set[Scope]:
    """Return the scopes (数据范围) in which ``actor`` holds ``perm``."""
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
    if actor.is_system or Scope.ANYWHERE in scopes(actor, perm):
        return True
    if not holds(actor, perm):
        return False
    return visible(actor, perm, type(obj)._default_manager.filter(pk=obj.pk)).exists()


def require(actor: Actor, perm: Perm, obj: Model) -> None:
    """Refuse unless ``actor`` holds ``perm`` on ``obj`` (校验权限).

    raises    Denied
    """
    if not may(actor, perm, obj):
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
        return _among(model, reach.assigned, actor.user_id)
    own = Q(**{reach.department: actor.department_id}) if reach.department else None
    if actor.department_id is None:
        return None
    if scope is Scope.DEPARTMENT:
        return own
    involved = _among(model, reach.involved, actor.department_id)
    if own is None or involved is None:
        return own or involved
    return own | involved


def _among(model: type[Model], path: str, value: int | None) -> Q | None:
    """Look through a to-many path without multiplying rows."""
    if not path or value is None:
        return None
    return Q(pk__in=model._default_manager.filter(**{path: value}).values("pk"))
