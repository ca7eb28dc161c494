"""Keeping what was typed (保留已填内容) while the person signs in or proves who acts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import resolve

LIMIT = 60_000
AGE = 86_400


@dataclass(frozen=True, slots=True)
class Kept:
    """What waits (待续表单): where it goes and what it says; files cannot wait.

    posted    false for a page that was only asked for
    """

    path: str
    fields: dict[str, list[str]]
    act: str = ""
    files: bool = False
    posted: bool = True


def keep(request: HttpRequest, slot: str, act: str = "") -> bool:
    """Keep a request in the session under ``slot``, signed (保留表单); False when it is too large."""
    fields = {k: request.POST.getlist(k) for k in request.POST if k != "csrfmiddlewaretoken"}
    posted = request.method == "POST"
    waiting = Kept(request.path, fields, act, files=bool(request.FILES), posted=posted)
    kept = signing.dumps(asdict(waiting), salt=slot, compress=True)
    if len(kept) >= LIMIT:
        return False
    request.session[slot] = kept
    return True


def look(request: HttpRequest, slot: str) -> Kept | None:
    """Return what is kept under ``slot`` (查看保留表单)."""
    kept = request.session.get(slot, "")
    if not kept:
        return None
    found: dict[str, Any] = signing.loads(kept, salt=slot, max_age=AGE)
    return Kept(**found)


def take(request: HttpRequest, slot: str) -> Kept | None:
    """Return what is kept under ``slot`` and keep it no longer (取回保留表单)."""
    found = look(request, slot)
    request.session.pop(slot, None)
    return found


def carry_on(request: HttpRequest, kept: Kept) -> HttpResponse:
    """Do what was asked before the person had to prove who acts (继续办理), as if posted now."""
    query = QueryDict(mutable=True)
    for name, values in kept.fields.items():
        query.setlist(name, values)
    request.POST = query  # type: ignore[assignment]  # what the person posted, word for word
    request.path = request.path_info = kept.path
    request.META["HTTP_REFERER"] = kept.path  # a refusal leads back to the act, not to the question
    match = resolve(kept.path)
    answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return answer
