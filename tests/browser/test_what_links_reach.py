"""axe finds nothing on any kind of page of either site, wide and narrow, and nothing scrolls sideways."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error

pytestmark = pytest.mark.browser

PEOPLE = (
    "scjg-task-clerk",
    "scjg-department-head",
    "scjg-entry-clerk",
    "scjg-conference-office",
    "scjg-reviewer",
    "scjg-publication-clerk",
    "wlty-task-clerk",
    "sjj-auditor",
    "scjg-inspector-002",
    "scjg-platform-admin",
    "scjg-security-admin",
    "scjg-audit-admin",
    "wlty-account-clerk",
    "sfj-supervisor",
)
WIDTHS = (360, 1440)
FILES = r"\.(pdf|zip|vdr|pyz|tlog-proof)$|/bundle/|/proof/|/log/(checkpoint|tile)|\bexport="
LOOSE = """() => {
    const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
    const named = [...document.querySelectorAll('[aria-describedby], label[for]')]
        .flatMap(e => (e.getAttribute('aria-describedby') ?? e.htmlFor).split(' '));
    return [...ids.filter((id, n) => ids.indexOf(id) < n).map(id => id + ' stands twice'),
        ...named.filter(id => !ids.includes(id)).map(id => id + ' is named and missing')];
}"""


def kind(path: str) -> str:
    """Return what kind of page an address is: identifiers left out."""
    return re.sub(
        r"/([2-9a-z]{12}|[0-9]+|[A-Z0-9-]{8,})(?=/|$)", "/*", path.split("?", maxsplit=1)[0]
    )


def walk(page, start: str, checked: set[str], check) -> list[str]:
    """Visit one page of every kind that links lead to; return what is wrong with the new ones."""
    wrong: list[str] = []
    site = start.split("/", 3)[2]
    seen: set[str] = set()
    waiting = [(start, "")]
    while waiting:
        address, origin = waiting.pop(0)
        name = kind(address.split(site)[1])
        if name in seen or re.search(FILES, address):
            continue
        seen.add(name)
        try:
            answer = page.goto(address)
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            continue
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        if answer.status != 200:
            wrong.append(f"{address}: {answer.status}, linked from {origin}")
        links = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
        waiting += [(link, address) for link in links if f"//{site}/" in link and "#" not in link]
        if name in checked:
            continue
        checked.add(name)
        wrong += [f"{address}: {finding}" for finding in page.evaluate(LOOSE)]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{address}: wider than {width}")
            wrong += [f"{address} at {width}: {finding}" for finding in check.findings()]
    return wrong


def test_no_page_of_the_staff_site_has_a_finding(enter, sites, axe, page):
    """Every kind of page that the main roles reach, at 360 and 1440 pixels."""
    page.goto(f"{sites[0]}/sign-in/")
    axe()
    checked: set[str] = set()
    wrong: list[str] = []
    for person in PEOPLE:
        page.set_viewport_size({"width": 1440, "height": 900})
        enter(person)
        checked.discard("/desk/")
        found = walk(page, f"{sites[0]}/desk/", checked, axe)
        wrong += [f"{person}: {finding}" for finding in found]
    assert not wrong, "\n".join(wrong)
    assert len(checked) > 30, " ".join(sorted(checked))


def test_no_page_of_the_portal_has_a_finding(sites, axe, page):
    """Every kind of page of the portal."""
    checked: set[str] = set()
    wrong = walk(page, f"{sites[1]}/", checked, axe)
    assert not wrong, "\n".join(wrong)
    assert len(checked) > 5
