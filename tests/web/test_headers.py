"""Every route of both sites answers with the same safe headers; live settings pass Django's check."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from copies import Copies, copies, db  # noqa: F401  # fixtures of this module
from django.db import connection
from django.test import Client
from signing import signed_in
from web.people import path_to, rows_of

from openlot.accounts.models import User
from openlot.web.screens import SCREENS

ROOT = Path(__file__).parent.parent.parent
STRICT = ("script-src 'self'", "style-src 'self'", "object-src 'none'", "frame-ancestors 'none'")
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)"
)


def faults(headers: dict[str, str], text: str, *, stored: bool) -> list[str]:
    """Return what is wrong with an answer."""
    policy = headers.get("Content-Security-Policy", "")
    found = [part for part in STRICT if part not in policy]
    found += [word for word in ("unsafe-inline", "unsafe-eval") if word in policy]
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        if headers.get(name) != value:
            found.append(f"{name}: {headers.get(name)}")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    if not stored and not re.search("no-store|private", headers.get("Cache-Control", "")):
        found.append(f"Cache-Control: {headers.get('Cache-Control')}")
    if headers.get("Content-Type", "").startswith("text/html"):
        found += INLINE.findall(text)[:1]
    return found


@pytest.mark.django_db
def test_every_route_of_the_staff_site(today):
    """As the auditor and as a stranger: pages, refusals, redirections and files."""
    from openlot.web import urls  # noqa: F401  # registers every screen

    wrong, n = {}, 0
    for client in (signed_in(User.objects.get(username="sjj-auditor")), Client()):
        for screen in list(SCREENS.values()):
            if screen.name == "sign-out":  # it sends GET back and has a test of its own
                continue
            row = rows_of(screen).first() if screen.source is not None else None
            answer = client.get(path_to(screen, row))
            text = "" if answer.streaming else answer.content.decode(errors="replace")
            found = faults(dict(answer.headers), text, stored=False)
            wrong |= {screen.name: found} if found else {}
            n += 1
        answer = client.get("/no/such/page/")
        assert faults(dict(answer.headers), answer.content.decode(), stored=False) == []
    assert wrong == {}
    assert n == 2 * (len(SCREENS) - 1) > 200


PORTAL = r"""
import json, re
import django
django.setup()
from django.test import Client
LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"')
client, waiting, found = Client(), ["/", "/search/?q=x", "/no/such/page/"], {}
while waiting:
    path = waiting.pop()
    if path in found or path.startswith("/static/"):
        continue
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="replace") if "html" in answer["Content-Type"] else ""
    found[path] = [dict(answer.headers), text]
    waiting += [link.replace("&amp;", "&") for link in LINK.findall(text)]
print(json.dumps(found))
"""


def test_every_page_of_the_portal(copies: Copies):  # noqa: F811  # the fixture
    """Every address that a link of the portal leads to."""
    name = copies.take()
    known = connection.settings_dict
    address = (
        f"sqlite:///{name}"
        if connection.vendor == "sqlite"
        else f"postgresql://{known['USER']}@/{name}?host={known['HOST']}"
    )
    done = subprocess.run(
        [sys.executable, "-c", PORTAL],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "openlot.settings.portal_demo",
            "DATABASE_URL": address,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = json.loads(done.stdout)
    wrong = {path: found for path, (h, t) in pages.items() if (found := faults(h, t, stored=True))}
    assert wrong == {}
    assert len(pages) > 40


def live(site: str, tmp_path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the settings of a live site."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": f"openlot.settings.{site}",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "DATABASE_URL": f"sqlite:///{tmp_path}/live.sqlite3",
            "LOG_KEY_FILE": f"{tmp_path}/log.key",
            "LOG_STATE_FILE": f"{tmp_path}/log.state",
            "PYTHONPATH": str(ROOT / "src"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("site", ["prod", "portal"])
def test_live_settings_pass_the_check_for_deployment(site: str, tmp_path: Path):
    """``check --deploy`` has nothing to say about either site."""
    done = live(site, tmp_path, "-m", "openlot", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_live_site_counts_visitors_and_not_its_own_proxy(tmp_path: Path):
    """Else fifty wrong guesses of one stranger would keep the whole city from signing in."""
    asked = "from django.conf import settings; print(settings.PROXIES)"
    assert live("prod", tmp_path, "-c", asked).stdout.strip() == "1"


BREAKING = """
import django
django.setup()
from django.test import Client
from django.conf import settings
from django.db import IntegrityError
from django.urls import resolve
from openlot.kernel import words
def broken(get_response):
    def middleware(request):
        raise IntegrityError("duplicate key\\nDETAIL:  Key (name)=(CANARY) already exists.")
    return middleware
words.words_middleware = broken
settings.ALLOWED_HOSTS = ["testserver"]
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"  # nothing was collected here
settings.STORAGES["staticfiles"] = {"BACKEND": plain}
client = Client(raise_request_exception=False)
print(client.get("/?q=CANARY", secure=True).status_code)
"""


@pytest.mark.parametrize("site", ["prod", "portal"])
def test_a_failure_is_written_down_without_query_or_row(site: str, tmp_path: Path):
    """Whoever runs a live site reads where it broke, and nothing of what was asked or kept."""
    done = live(site, tmp_path, "-W", "ignore", "-c", BREAKING)
    assert done.stdout.strip() == "500", done.stderr
    assert "Internal Server Error: /" in done.stderr
    assert "IntegrityError: duplicate key" in done.stderr
    assert "CANARY" not in done.stderr
