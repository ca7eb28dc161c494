"""Every page asks few questions of the database, however many rows it shows; every list ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from web.people import PEOPLE, path_to, rows_of, screens

from openlot.accounts.models import User
from openlot.draws.models import Draw
from openlot.inspections.models import Inspection
from openlot.paperwork.filling import task_papers
from openlot.rights.access import holds, visible
from openlot.tasks.models import InspectionTask
from openlot.trail.models import Entry
from openlot.web.screens import Screen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SITTING = 1  # every page asks whether the session is still live
COMMON = 13
EXPORT_NOTED = 6  # an export counts its rows and writes its event with two private parts
THOUSAND = 8  # an export of the trail reads a thousand entries at a time, with what they are about
BUDGETS = {
    "account-erasure": 15,  # its names, requests, resets, emergency views and counts of guesses
    "account": 26,  # who decided on each right, the requests, and whose the roles are to take
    "account-request": 15,
    "department": 21,  # its duties, its people and its story
    "jobs": 16,
    "me": 18,
    "day": 20,
    "day-screen": 15,
    "desk": 33,
    "draw": 38,  # who leads it sees besides how far the task is: six counts
    "draw-announcement-paper": 21,
    "draw-comparison": 25,
    "draw-ledger": 17,  # a count for each kind of line, by department; who waits for officers
    "draw-record-paper": 21,
    "inspection": 23,
    "inspection-papers": 23,
    "inspector": 16,  # looking at an identity number is noted
    "item": 15,
    "my-acts": 64,  # one for each kind of object that the acts are about
    "plan": 22,
    "result": 24,
    "target": 17,  # its story with the imports it names, its inspections, its class is noted
    "task": 37,
    "task-papers": 21,
    "trail": 64,
}
MOST_ROWS = 520
OTHERS = ("wlty-task-clerk", "wlty-department-head", "nync-task-clerk", "scjg-entry-clerk")
LISTS = ("targets", "inspectors", "inspections", "results", "items", "published")


@contextmanager
def questions() -> Iterator[Callable[[], int]]:
    """Count the statements sent inside the block, but that a session was seen: once a minute."""
    sent = []

    def watch(execute, sql, params, many, context):
        if not sql.startswith('UPDATE "accounts_usersession"'):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield lambda: len(sent)


def addresses(screen: Screen, actor) -> list[str]:
    """Return where the person can open the screen."""
    if screen.source is None:
        path = path_to(screen)
        return [] if "code" in screen.route else [path, f"{path}?size=100", f"{path}?export=csv"]
    rows = visible(actor, screen.perm, rows_of(screen))
    return [path_to(screen, row) for row in rows.order_by("pk")[:6]]


@pytest.mark.parametrize("username", [*PEOPLE.values(), *OTHERS])
def test_every_page_keeps_its_budget(username: str, sign_in):
    """No page of anybody asks more than its budget, and none shows rows without end."""
    client, actor = sign_in(username), User.objects.get(username=username).as_actor()
    dear = {}
    for screen in screens():
        if not holds(actor, screen.perm):
            continue
        for path in addresses(screen, actor):
            if screen.log_reads:
                client.get(path)  # the first look writes that it happened; the budget is of a page
            with questions() as asked:
                answer = client.get(path)
            noted = EXPORT_NOTED if "export=" in path else 0
            if noted and screen.name == "trail":
                noted += THOUSAND * (Entry.objects.count() // 1_000)
            if asked() - noted - SITTING > BUDGETS.get(screen.name, COMMON):
                dear[screen.name] = max(asked(), dear.get(screen.name, 0))
            if answer["Content-Type"].startswith("text/html"):
                assert answer.content.count(b"<tr") <= MOST_ROWS, path
    assert dear == {}


@pytest.mark.parametrize("name", LISTS)
def test_more_rows_ask_no_more(name: str, sign_in):
    """A list of a hundred rows asks exactly what a list of twenty asks."""
    client = sign_in("sjj-auditor")
    client.get(f"/{name}/")  # the first look writes that it happened, once for any number of rows
    counts = []
    for size in (20, 100):
        with questions() as asked:
            page = client.get(f"/{name}/?size={size}").content
        counts.append((asked(), page.count(b"<tr")))
    (few, n_few), (many, n_many) = counts
    assert n_many > n_few, "the demo city has more than twenty of everything listed"
    assert many == few


@pytest.mark.parametrize("name", LISTS)
def test_no_list_is_without_end(name: str, sign_in):
    """Whatever size is asked for, a list shows a hundred rows at most."""
    page = sign_in("sjj-auditor").get(f"/{name}/?size=1000000").content
    assert page.count(b"<tr") <= 101


def test_papers_ask_the_same_for_three_times_the_targets():
    """The papers of nine targets ask what those of three ask."""
    counts = []
    for most in (3, 9):
        task = InspectionTask.objects.get(department__code="JTYS", origin="superior")
        with questions() as asked:
            papers = task_papers(task, Inspection.objects.filter(serial__lte=most))
        assert len(papers.inspections) == most
        counts.append(asked())
    assert counts[0] == counts[1] <= 20


def test_a_draw_asks_the_same_however_many_it_drew(sign_in):
    """The page of a draw of many targets asks what that of a small one asks."""
    client = sign_in("sjj-auditor")
    counts = {}
    for draw in Draw.objects.filter(disclosure="full", state="matched"):
        with questions() as asked:
            client.get(f"/draws/{draw.public_id}/")
        counts[draw.drawn_targets.count()] = asked()
    assert len(counts) > 1
    assert len(set(counts.values())) == 1, counts
