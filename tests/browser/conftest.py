"""The real sites, each in its own process, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_setup():
    """Leave the test database alone: the sites have their own."""


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Use Debian's Chromium."""
    return {"executable_path": shutil.which("chromium"), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args():
    """Speak Chinese, and wait for no animation."""
    return {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def sites(tmp_path_factory):
    """Build a small city and serve both sites; yield their addresses."""
    folder = tmp_path_factory.mktemp("sites")
    ports = _free_port(), _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/city.sqlite3",
        "BASE_URL": f"http://127.0.0.1:{ports[0]}",
        "PORTAL_URL": f"http://127.0.0.1:{ports[1]}",
        "DJANGO_SETTINGS_MODULE": "openlot.settings.demo",
    }
    for command in (
        ["migrate", "-v0"],
        ["seed_demo", "--targets", "6000", "--evidence", str(folder)],
    ):
        subprocess.run(
            [sys.executable, "tests/chance.py", *command],
            check=True,
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
    servers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                module,
                "--bind",
                f"127.0.0.1:{port}",
                "--threads",
                "4",
                "--log-level",
                "error",
                "--no-control-socket",
            ],
            cwd=ROOT,
            env={**environment, "DJANGO_SETTINGS_MODULE": chosen},
        )
        for port, module, chosen in (
            (ports[0], "openlot.wsgi:application", "openlot.settings.demo"),
            (ports[1], "openlot.portal.wsgi:application", "openlot.settings.portal_demo"),
        )
    ]
    try:
        for port in ports:
            _wait(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
    finally:
        for server in servers:
            server.terminate()
            server.wait(20)


def _wait(address: str) -> None:
    for _attempt in range(100):
        try:
            urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"{address} does not answer")


@pytest.fixture
def enter(page, sites):
    """Return a way to sign in as somebody of the city."""

    def sign_in(username: str):
        page.context.clear_cookies()
        page.goto(f"{sites[0]}/sign-in/")
        button = page.locator(f"button[name=username][value={username}]")
        if button.count() == 0:
            page.evaluate(
                "name => { const b = document.querySelector('button[name=username]');"
                " b.value = name; }",
                username,
            )
            button = page.locator("button[name=username]").first
        button.click()
        page.wait_for_url("**/desk/")
        return page

    return sign_in


@pytest.fixture
def look(page, axe):
    """Return a look at the page on a phone and on a desk: axe finds nothing, nothing scrolls sideways."""

    def at_both_widths() -> None:
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
            axe()

    return at_both_widths


@pytest.fixture
def axe(page):
    """Return a check that axe finds nothing wrong with the page."""
    source = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def findings() -> list[str]:
        page.evaluate(source)
        return page.evaluate(
            "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
            ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))"
        )

    def check() -> None:
        assert findings() == [], page.url

    check.findings = findings
    return check
