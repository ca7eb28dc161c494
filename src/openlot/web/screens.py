"""Screens (页面): each route says its permission, and nothing is served without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied, DomainError
from openlot.rights.access import get_for, holds
from openlot.rights.perms import Perm

Source = type[Model] | Callable[[], QuerySet[Any]]
View = Callable[..., HttpResponse]
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE")


class StaffRequest(HttpRequest):
    """A request of a signed-in person (工作人员请求)."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class Screen:
    """One registered route (页面登记)."""

    route: str
    name: str
    perm: Perm | None
    source: Source | None
    writes: bool
    anonymous: bool
    view: View


SCREENS: dict[str, Screen] = {}


class ReadOnlyScreen(RuntimeError):
    """A screen that only reads has tried to write (只读页面写库)."""


def screen(
    route: str,
    *,
    name: str,
    perm: Perm | None = None,
    obj: Source | None = None,
    writes: bool = False,
    anonymous: bool = False,
) -> Callable[[View], View]:
    """Register a view under ``route`` with the permission it needs (登记页面).

    obj       what ``<pid:pk>`` in the route names; it reaches the view already checked
    writes    a POST may change something; everything else runs read-only
    """

    def register(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, **ids: str) -> HttpResponse:
            if request.method not in ("GET", "HEAD") and not (writes and request.method == "POST"):
                return HttpResponseNotAllowed(["GET", "POST"] if writes else ["GET"])
            try:
                arguments = _resolve(request, perm, obj, ids)
                if request.method == "POST" or anonymous:
                    return view(request, **arguments)
                with reading_only():
                    return view(request, **arguments)
            except DomainError as error:
                return refused(request, error)

        if name in SCREENS:
            raise ValueError(f"two screens are called {name}")
        SCREENS[name] = Screen(route, name, perm, obj, writes, anonymous, guarded)
        return guarded

    return register


def _resolve(
    request: StaffRequest, perm: Perm | None, obj: Source | None, ids: dict[str, str]
) -> dict[str, Any]:
    if perm is not None and not holds(request.actor, perm):
        raise Denied
    if obj is None or perm is None:
        return dict(ids)
    if isinstance(obj, type):
        rows: QuerySet[Any] = cast(type[Model], obj)._default_manager.all()
    else:
        rows = obj()
    found = get_for(request.actor, perm, rows, ids["pid"])
    return {**{k: v for k, v in ids.items() if k != "pid"}, "obj": found}


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Tell a refusal in words (拒绝页面), with the way back."""
    fields = getattr(error, "fields", {})
    context = {"error": error, "fields": [str(text) for text in fields.values()]}
    return render(request, "web/refused.html", context, status=error.status)


@contextmanager
def reading_only() -> Iterator[None]:
    """Refuse any statement that writes (只读保护), but sessions."""

    def guard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(_WRITES) and "django_session" not in sql:
            raise ReadOnlyScreen(sql[:80])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield
