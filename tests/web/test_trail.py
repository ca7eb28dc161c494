"""The trail on the screen: found by person, object, kind and day; everybody finds their own acts."""

from __future__ import annotations

import re

import pytest

from openlot.accounts.models import User
from openlot.tasks.models import InspectionTask
from openlot.trail.models import Entry
from openlot.trail.subjects import subject_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
AUDITOR = "sjj-auditor"


def numbers(response) -> list[int]:
    """The numbers of the entries on a page, as they stand there."""
    assert response.status_code == 200
    return [int(n) for n in re.findall(r'class="index">(\d+)<', response.content.decode())]


def test_a_task_is_found_by_its_number_with_all_that_was_done_under_it(sign_in):
    """The number of a task brings its own entries and those of its draws."""
    task = InspectionTask.objects.filter(draws__state="matched").order_by("pk")[0]
    client = sign_in(AUDITOR)
    for obj, kind in (
        (task, "task.approved"),
        (task.draws.get(state="matched"), "draw.drawn"),
        (task.inspections.order_by("pk")[0], "inspection.prepared"),
    ):
        found = numbers(client.get("/trail/", {"q": task.number, "kind": kind}))
        kept = Entry.objects.filter(subject=subject_of(obj), kind=kind)
        assert set(kept.values_list("pk", flat=True)) <= set(found) != set()


def test_a_person_is_found_by_name_and_by_account(sign_in):
    """Both give the acts of that person."""
    clerk = User.objects.get(username="scjg-task-clerk")
    client = sign_in(AUDITOR)
    by_account = numbers(client.get("/trail/", {"q": clerk.username, "kind": "task.drafted"}))
    assert by_account
    acts = Entry.objects.filter(pk__in=by_account)
    assert {entry.kind for entry in acts} == {"task.drafted"}
    assert set(by_account) <= set(
        numbers(client.get("/trail/", {"q": clerk.name, "kind": "task.drafted"}))
    )


def test_pages_hang_together(sign_in):
    """Older pages follow the last entry shown: none twice, none left out."""
    client = sign_in(AUDITOR)
    first = client.get("/trail/")
    shown = numbers(first)
    assert len(shown) == 100
    older = numbers(client.get("/trail/", {"before": str(shown[-1])}))
    expected = Entry.objects.filter(pk__lt=shown[-1]).order_by("-pk")[:100]
    assert older == list(expected.values_list("pk", flat=True))


def test_an_entry_is_found_by_its_number_and_a_day_narrows(sign_in):
    """A short number is that of an entry; a day without acts shows the empty state."""
    client = sign_in(AUDITOR)
    entry = Entry.objects.order_by("pk")[3]
    assert numbers(client.get("/trail/", {"q": str(entry.pk)})) == [entry.pk]
    empty = client.get("/trail/", {"from_on": "2031-01-01"})
    assert numbers(empty) == []
    assert "没有符合条件的记录" in empty.content.decode()


def test_a_day_that_is_none_is_told_beside_its_field(sign_in):
    """Bad input gets words, not a traceback and not everything."""
    response = sign_in(AUDITOR).get("/trail/", {"from_on": "昨天"})
    assert response.status_code == 422
    assert 'id="id_from_on_error"' in response.content.decode()


def test_everybody_finds_their_own_acts_and_nobody_elses(sign_in):
    """The page of one's own acts holds exactly one's own entries."""
    clerk = User.objects.get(username="wlty-task-clerk")
    found = numbers(sign_in(clerk.username).get("/my-acts/"))
    expected = Entry.objects.filter(actor_ref=f"user:{clerk.username}").order_by("-pk")[:100]
    assert found == list(expected.values_list("pk", flat=True))
    assert found


def test_what_was_found_is_taken_along_and_that_is_an_event(sign_in):
    """The export holds the lines of the page, no formula, and is told in the trail."""
    client = sign_in(AUDITOR)
    asked = {"q": "wlty-task-clerk", "kind": "task.drafted"}
    shown = numbers(client.get("/trail/", asked))
    answer = client.get("/trail/", {**asked, "export": "csv"})
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [int(row.split(",")[0]) for row in rows[1:]] == shown
    told = Entry.objects.order_by("-pk")[0]
    assert told.kind == "privacy.list_exported"


def test_an_entry_leads_to_its_proof_or_back(sign_in):
    """Who waits for a place has no proof yet; a number that is none leads back."""
    client = sign_in(AUDITOR)
    for number in (str(Entry.objects.order_by("-pk")[0].pk), "x", ""):
        answer = client.get("/trail/proof/", {"entry": number})
        assert answer.status_code == 302
        assert answer["Location"] == "/trail/"


def test_the_auditors_desk_counts_what_is_telling(sign_in):
    """Looks at undisclosed lists and exports of the last week are counted with a way to them."""
    client = sign_in(AUDITOR)
    b"".join(client.get("/trail/", {"export": "csv", "kind": "day.opened"}).streaming_content)
    page = client.get("/desk/").content.decode()
    assert "近七日留痕关注" in page
    (address,) = set(re.findall(r'href="(/trail/\?kind=privacy.list_exported[^"]*)"', page))
    found = numbers(client.get(address.replace("&amp;", "&")))
    assert Entry.objects.get(pk=found[0]).kind == "privacy.list_exported"
    assert "近七日留痕关注" not in sign_in("wlty-task-clerk").get("/desk/").content.decode()


def test_more_than_one_export_holds_is_told_with_the_way_out(sign_in, monkeypatch):
    """The page says before how much an export takes; asked for more, it says what to narrow."""
    client = sign_in(AUDITOR)
    assert "一次最多导出 100,000 条" in client.get("/trail/").content.decode()
    monkeypatch.setattr("openlot.web.trail.views.EXPORT_LIMIT", 3)
    answer = client.get("/trail/", {"export": "csv"})
    assert answer.status_code == 413
    assert "超过 3 条，一次导不完：请缩短起止日期" in answer.content.decode()
