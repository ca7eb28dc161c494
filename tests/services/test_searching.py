"""A search of the trail finds exactly what is asked for, and never reads the whole table for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openlot.draws.models import Draw
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.trail import searching
from openlot.trail.models import Entry
from openlot.trail.places import newest_of, waiting_since
from openlot.trail.searching import Wanted, found, midnight, numbered
from openlot.trail.selectors import counts_since, has_told, newest, story
from openlot.trail.sequencer import sequence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
SYSTEM = Actor.system("t")


def looked_through(wanted: Wanted, before: int | None) -> list[int]:
    """The same search by looking at every entry in turn."""
    names = set(wanted.actors or ()), set(wanted.subjects or ())
    asked = wanted.actors is not None or wanted.subjects is not None
    return [
        entry.pk
        for entry in Entry.objects.order_by("-pk").defer("body", "salt")
        if (not wanted.kind or entry.kind == wanted.kind)
        and (not wanted.department or entry.department_code == wanted.department)
        and (not asked or entry.actor_ref in names[0] or entry.subject in names[1])
        and (wanted.number is None or entry.pk == wanted.number)
        and (wanted.from_on is None or entry.at >= midnight(wanted.from_on))
        and (wanted.to_on is None or entry.at < midnight(wanted.to_on + timedelta(days=1)))
        and (before is None or entry.pk < before)
    ]


def some_of(column: str) -> list[str]:
    """A few values of a column, the commonest and the rarest among them, and one that is none."""
    known = Entry.objects.order_by().values_list(column).annotate(n=Count("pk")).order_by("-n")
    common = [value for value, _n in known]
    return [*common[:3], common[-1], "none"]


@pytest.fixture
def values():
    """What the city's trail holds, to ask for."""
    days = [clock.local(e.at).date() for e in Entry.objects.order_by("pk")[::400]]
    return {
        "kind": ["", *some_of("kind")],
        "department": ["", *some_of("department_code")],
        "actor": some_of("actor_ref"),
        "subject": [Entry.objects.order_by("pk")[k].subject for k in (0, 700, 1_500)] + ["none"],
        "day": [None, *days],
        "number": [None, None, None, Entry.objects.order_by("pk")[5].pk, 0],
    }


@pytest.mark.parametrize("near", [7, 400, 20_000])
def test_every_combination_finds_what_looking_at_all_entries_finds(near: int, values, monkeypatch):
    """Whatever is asked for, wherever a page begins and however much is near: the same numbers."""
    monkeypatch.setattr(searching, "NEAR", near)
    numbers = list(Entry.objects.order_by("pk").values_list("pk", flat=True)[::150])

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def search(data: st.DataObject) -> None:
        def one(name: str) -> st.SearchStrategy:
            return st.sampled_from(values[name])

        who = st.none() | st.lists(one("actor"), max_size=3)
        what = st.none() | st.lists(one("subject"), max_size=3)
        wanted = Wanted(
            kind=data.draw(one("kind")),
            department=data.draw(one("department")),
            actors=data.draw(who),
            subjects=data.draw(what),
            number=data.draw(one("number")),
            from_on=data.draw(one("day")),
            to_on=data.draw(one("day")),
        )
        before = data.draw(st.none() | st.sampled_from(numbers))
        most = data.draw(st.sampled_from([1, 3, 101, 100_000]))
        assert found(wanted, most=most, before=before) == looked_through(wanted, before)[:most]

    search()


def test_pages_hang_together_down_to_the_oldest():
    """Page by page each entry comes once, newest first."""
    whole = list(Entry.objects.order_by("-pk").values_list("pk", flat=True))
    seen: list[int] = []
    while page := found(Wanted(), most=700, before=seen[-1] if seen else None):
        seen += page
    assert seen == whole


def test_entries_come_in_the_order_in_which_they_were_asked_for():
    """Some at a time, none twice, and what is no entry is left out."""
    asked = [*Entry.objects.order_by("-pk").values_list("pk", flat=True)[:1_500], 0]
    batches = list(numbered(asked))
    assert [len(batch) for batch in batches] == [1_000, 500]
    assert [entry.pk for batch in batches for entry in batch] == asked[:-1]


def test_the_newest_of_each_object_is_its_last_entry():
    """One entry for each object, however long its story is."""
    draws = list(Draw.objects.order_by("pk")[:5])
    assert newest(draws) == {
        draw.pk: Entry.objects.filter(subject=f"draws.Draw:{draw.public_id}").latest("pk")
        for draw in draws
    }


def searches() -> list[Wanted]:
    """One search of every shape."""
    entry = Entry.objects.order_by("pk")[9]
    day = clock.local(entry.at).date()
    return [
        Wanted(kind=kind, department=department, actors=who, subjects=what, from_on=on, to_on=on)
        for kind in ("", entry.kind)
        for department in ("", entry.department_code)
        for who, what in ((None, None), ([entry.actor_ref], []), ([], [entry.subject]))
        for on in (None, day)
    ]


def readings() -> dict[str, Callable[[], object]]:
    """What pages and the worker read of the trail again and again."""
    draw = Draw.objects.filter(state="matched").order_by("pk")[0]
    last, asked = Entry.objects.latest("pk").pk, searches()
    return {
        "search": lambda: [found(wanted, most=101) for wanted in asked],
        "older": lambda: [found(wanted, most=101, before=last) for wanted in asked],
        "story": lambda: story(draw, before=last),
        "newest": lambda: newest([draw]),
        "newest of a kind": lambda: newest_of(draw, "draw.drawn"),
        "has told": lambda: has_told(SYSTEM, "draw.list_viewed", draw),
        "counts": lambda: counts_since(["draw.drawn", "task.pack_taken"], clock.today()),
        "waiting": waiting_since,
        "sequencer": sequence,
    }


def read_through(statement: str) -> bool:
    """Whether the database reads the table of entries from one end to the other for a statement."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + statement)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    wrong = r"SCAN (trail_entry|U0)(?! USING COVERING)" if sqlite else r"Seq Scan on trail_entry"
    return re.search(wrong, plan) is not None


NAMES = [
    "search",
    "older",
    "story",
    "newest",
    "newest of a kind",
    "has told",
    "counts",
    "waiting",
    "sequencer",
]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_is_read_again_and_again_reads_the_whole_table(name: str):
    """An index answers, or the newest entries: a million others cost nothing."""
    readings_of_all = readings()
    assert set(readings_of_all) == set(NAMES)
    dear_to_read()
    with CaptureQueriesContext(connection) as captured:
        readings_of_all[name]()
    told = [query["sql"] for query in captured]
    asked = [sql for sql in told if sql.startswith("SELECT") and "trail_entry" in sql]
    assert asked
    assert [sql for sql in asked if read_through(sql)] == []


def dear_to_read() -> None:
    """Let PostgreSQL plan for a small city as for a large one, until the test is taken back."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")


def test_a_filter_without_an_index_would_be_noticed():
    """Negative control: what no index answers reads the whole table."""
    with CaptureQueriesContext(connection) as captured:
        list(Entry.objects.filter(salt=b"x").order_by("at"))
    assert read_through(captured[0]["sql"])


def test_a_story_is_asked_by_its_object_alone():
    """SQLite keeps no statistics: it would count through all entries of a kind for one object's."""
    draw = Draw.objects.order_by("pk")[0]
    with CaptureQueriesContext(connection) as captured:
        has_told(SYSTEM, "draw.list_viewed", draw)
    (statement,) = [query["sql"] for query in captured]
    assert """("trail_entry"."kind" || '') =""" in statement
    assert """("trail_entry"."actor_ref" || '') =""" in statement
