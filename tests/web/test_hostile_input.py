"""Whatever is typed into an address or a form, the answer has words: never a failure of the platform."""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from signing import signed_in
from web.hostile import HOSTILE
from web.people import PEOPLE, rows_of

from openlot.accounts.models import User
from openlot.kernel.actor import Actor
from openlot.rights.access import holds, visible
from openlot.web.screens import SCREENS, Screen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

ASKED = {"q", "page", "size", "sort", "export", "before", "story", "entry", "next", "year"}
NAME = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([\w.-]+)"')
KEY = re.compile(r"[?&](?:amp;)?(\w+)=")
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
ACTION = re.compile(r'action="([^"]*)"')
LEFT_OUT = {"sign-out", "my-session-end"}


class Undone(Exception):
    """Takes back what a request has changed."""


def ask(client: Client, method: str, path: str, values: dict[str, str]) -> tuple[int, str]:
    """Return the status and the page of a request, whose effects are taken back."""
    told = (0, "")
    with suppress(Undone), transaction.atomic():
        answer = getattr(client, method)(path, values)
        body = b"".join(answer) if answer.streaming else answer.content
        shown = "text/html" in answer.headers.get("Content-Type", "")
        told = answer.status_code, body.decode() if shown else ""
        if answer.status_code >= 500:
            kind, error, _trace = answer.exc_info or (None, "", None)
            told = answer.status_code, f"{kind}: {error}"[:300]
        raise Undone
    return told


def opened() -> dict[str, tuple[Client, Screen, str]]:
    """Return each screen with somebody who may open it, and the address."""
    from openlot.web import urls  # noqa: F401  # registers every screen

    people = {
        role: (User.objects.get(username=name), signed_in(User.objects.get(username=name)))
        for role, name in PEOPLE.items()
    }
    found: dict[str, tuple[Client, Screen, str]] = {}
    for screen in SCREENS.values():
        for user, client in people.values():
            actor = user.as_actor()
            if screen.perm is None or holds(actor, screen.perm):
                path = _path(screen, actor)
                if path and screen.name not in LEFT_OUT:
                    client.raise_request_exception = False
                    found[screen.name] = client, screen, path
                    break
    return found


def _path(screen: Screen, actor: Actor) -> str:
    names = re.findall(r"<\w+:(\w+)>", screen.route)
    if screen.source is None or screen.perm is None:
        return reverse(screen.name, kwargs=dict.fromkeys(names, "2" * 12))
    row = visible(actor, screen.perm, rows_of(screen)).order_by("-pk").first()
    return reverse(screen.name, kwargs=dict.fromkeys(names, row.public_id)) if row else ""


def forms_of(page: str, here: str) -> dict[str, set[str]]:
    """Return what the page's forms may post, by address."""
    found: dict[str, set[str]] = {}
    for attributes, inside in FORM.findall(page):
        if "post" in attributes.lower():
            action = ACTION.search(attributes)
            path = urlsplit(unescape(action[1])).path if action and action[1] else here
            found.setdefault(path, set()).update(NAME.findall(inside))
    return found


def test_no_hostile_word_breaks_a_page_or_a_form():
    """Every screen × hostile words in every field that its page shows, asked for and posted."""
    broken: set[tuple[str, str, str]] = set()
    posts: dict[str, tuple[Client, set[str]]] = {}
    n_asked = 0
    for client, screen, path in opened().values():
        status, page = ask(client, "get", path, {})
        names = ASKED | set(NAME.findall(page)) | set(KEY.findall(unescape(page)))
        for word in HOSTILE if names > ASKED else HOSTILE[:4]:
            n_asked += 1
            status, said = ask(client, "get", path, dict.fromkeys(names, word))
            if status >= 500:
                broken.add((screen.name, repr(word)[:20], said))
        for action, fields in {**forms_of(page, path), path: set()}.items():
            posts.setdefault(action, (client, set()))[1].update(fields)
    for path, (client, names) in posts.items():
        fields = (names | {"reason", "opinion", "code"}) - {"csrfmiddlewaretoken"}
        for word in HOSTILE:
            n_asked += 1
            status, said = ask(client, "post", path, dict.fromkeys(fields, word))
            if status >= 500:
                broken.add((path, repr(word)[:20], said))
    assert n_asked > 1_500
    assert not broken, "\n".join(map(str, sorted(broken)))
