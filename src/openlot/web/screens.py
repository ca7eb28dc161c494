"""Screens (页面): each route says its permission, and nothing is served without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from openlot.accounts.models import UserSession
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied, DomainError, TooLarge
from openlot.privacy.services import note_view
from openlot.rights.access import get_for, holds, remembering
from openlot.rights.perms import Perm
from openlot.signin.models import EmergencyView
from openlot.signin.selectors import is_fresh
from openlot.web.keeping import keep

Source = type[Model] | Callable[[], QuerySet[Any]]
View = Callable[..., HttpResponse]
Note = Callable[[str], object]
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE")


class StaffRequest(HttpRequest):
    """A request of a signed-in person (工作人员请求)."""

    actor: Actor
    notes: list[Note]
    sitting: UserSession | None
    emergency: EmergencyView | None


LogReads = bool | Callable[[StaffRequest, Any], bool]


@dataclass(frozen=True, slots=True)
class Screen:
    """One registered route (页面登记)."""

    route: str
    name: str
    perm: Perm | None
    source: Source | None
    writes: bool
    anonymous: bool
    log_reads: LogReads
    early: bool
    step_up: str | Promise
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
    log_reads: LogReads = False,
    early: bool = False,
    step_up: str | Promise = "",
    ask_first: bool = False,
) -> Callable[[View], View]:
    """Register a view under ``route`` with the permission it needs (登记页面).

    obj       what ``<pid:pk>`` in the route names; it reaches the view already checked
    writes    a POST may change something; everything else runs read-only
    log_reads who looks leaves an event, always or where the object or list is not public
    early     open to a person who has yet to set up what the role asks for
    step_up   the act in words: whoever posts it proves first who acts (再次确认身份)
    ask_first that is asked before the page is shown, not only when it is posted
    """

    def register(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, **ids: str) -> HttpResponse:
            if request.method not in ("GET", "HEAD") and not (writes and request.method == "POST"):
                return HttpResponseNotAllowed(["GET", "POST"] if writes else ["GET"])
            try:
                arguments = _resolve(request, perm, obj, ids)
                binds = ask_first or request.method == "POST"
                if step_up and binds and not _proved(request):
                    return _ask_who(request, str(step_up))
                if request.method == "POST" or anonymous:
                    return view(request, **arguments)
                with reading_only():
                    response = view(request, **arguments)
                _note(request, name, log_reads, arguments.get("obj"), response)
                return response
            except DomainError as error:
                return refused(request, error)

        if name in SCREENS:
            raise ValueError(f"two screens are called {name}")
        SCREENS[name] = Screen(
            route, name, perm, obj, writes, anonymous, log_reads, early, step_up, guarded
        )
        return guarded

    return register


def when_shown(request: StaffRequest, note: Note) -> None:
    """Let something be recorded once a page that only reads is ready (查阅后留痕)."""
    request.notes = [*getattr(request, "notes", ()), note]


def _note(
    request: StaffRequest, name: str, log_reads: LogReads, obj: Any, response: HttpResponse
) -> None:
    """Record that the page is read: after it is made, before anybody sees it."""
    if response.status_code != HTTPStatus.OK or request.emergency is not None:
        return  # an emergency view writes down every page by itself
    for note in getattr(request, "notes", ()):
        note(name)
    if log_reads(request, obj) if callable(log_reads) else log_reads:
        seen = cast(Model, request.user) if obj is None else obj
        note_view(seen, screen=name, actor=request.actor, is_list=obj is None)


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


def _proved(request: StaffRequest) -> bool:
    return request.sitting is not None and is_fresh(request.sitting)


def _ask_who(request: StaffRequest, act: str) -> HttpResponse:
    """Keep the form and ask who acts; afterwards it is carried on."""
    if not keep(request, "step_up", act):
        raise TooLarge
    return redirect("confirm")


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

    with connection.execute_wrapper(guard), remembering():
        yield
