"""Whoever reads English meets no Chinese mark that the product wrote: only data of the city holds any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from django.apps import apps
from django.db import models
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override

from openlot.kernel.marks import aside, clauses, listed, told_as
from openlot.ops.demo import city
from openlot.rules.law import CLAUSES
from openlot.web.page import days

MARKS = re.compile("[、；：，（）《》]")
SHOWN = re.compile(r'(?:placeholder|aria-label|title|data-title|data-confirm)="([^"]*)"')
LINK = re.compile(r'href="(/[^"#]*)"')
FILES = re.compile(r"\.(pdf|zip)$|/bundle/|/proof/|\bexport=|/document/|/photo|/template")
PEOPLE = ("scjg-task-clerk", "sjj-auditor", "scjg-platform-admin", "wlty-account-clerk")


def leaves(value: object) -> Iterator[str]:
    """Yield the texts in a value of the database."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(key)
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)


def data() -> list[str]:
    """Return all that the city holds with such marks, longest first, and the law's own headings."""
    held = {f"{clause.document} {clause.section}" for clause in CLAUSES.values()}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            kept = isinstance(field, models.CharField | models.TextField | models.JSONField)
            if kept and not field.choices:
                rows = model._default_manager.values_list(field.name, flat=True)
                held |= {text for value in rows.distinct() for text in leaves(value)}
    return sorted(filter(MARKS.search, held), key=len, reverse=True)


def marks_of_ours(page: str, known: list[str]) -> list[str]:
    """Return what a page says with a Chinese mark once the data of the city is taken out."""
    page = re.sub(r"(?s)<(script|style|textarea)\b.*?</\1>", "", page)
    found = []
    for text in (*re.split(r"<[^>]*>", page), *SHOWN.findall(page)):
        left = unescape(text).strip()
        for held in known:
            if not MARKS.search(left):
                break
            left = left.replace(held, "")
            if left.endswith("…") and held.startswith(left[:-1]):  # a heading that was cut
                left = ""
        if MARKS.search(left):
            found.append(left)
    return found


def walk(client: Client, known: list[str]) -> tuple[set[str], list[str]]:
    """Follow links to one page of every kind; return the kinds and what is wrong."""
    seen: set[str] = set()
    wrong: list[str] = []
    waiting = ["/desk/"]
    while waiting:
        path = waiting.pop(0)
        kind = re.sub(r"/([2-9a-z]{12}|[0-9]+)(?=/)", "/*", path.split("?")[0])
        if kind in seen or FILES.search(path) or path.startswith("/static/"):
            continue
        seen.add(kind)
        answer = client.get(path)
        if answer.streaming or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        page = answer.content.decode()
        wrong += [f"{path}: {text}" for text in marks_of_ours(page, known)]
        waiting += [unescape(link) for link in LINK.findall(page)]
    return seen, wrong


@pytest.mark.parametrize("person", PEOPLE)
def test_no_page_in_english_has_a_chinese_mark(person: str, sign_in):
    """Lists, clauses and brackets are joined by the language of the reader."""
    client = sign_in(person)
    client.cookies["django_language"] = "en"
    with override("en"):  # a request leaves its language behind
        assert 'lang="en"' in client.get("/desk/").content.decode()
        seen, wrong = walk(client, data())
    assert wrong == []
    assert len(seen) > 20, seen


def test_a_mark_that_a_page_wrote_itself_is_found():
    """The walk tells two names that a page joined from a name that holds the mark."""
    known = ["甲、乙商行"]
    assert marks_of_ours("<td>甲、乙商行</td>", known) == []
    assert marks_of_ours("<td>甲、乙商行、丙店</td>", known) == ["、丙店"]
    assert marks_of_ours('<p aria-label="Draw（1）"></p>', known) == ["Draw（1）"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_days_and_times_are_written_in_one_way(language: str):
    """Pages write a day as papers, forms and the trail do, in either language."""
    with override(language):
        shown = Template("{{ day }}, {{ at }}").render(
            Context({"day": date(2026, 10, 27), "at": city.at(date(2026, 10, 27), 9)})
        )
        assert days(date(2026, 10, 27), date(2026, 12, 16)).count("2026-1") == 2
    assert shown == "2026-10-27, 2026-10-27 09:00"


def test_marks_follow_the_reader():
    """The same words are joined in Chinese and in English."""
    said = {}
    for language in ("zh-hans", "en"):
        with override(language):
            said[language] = (
                listed(["甲", "乙"]),
                clauses(["甲", 2]),
                aside("甲", "乙"),
                told_as("甲", "乙"),
            )
    assert said["zh-hans"] == ("甲、乙", "甲；2", "甲（乙）", "甲：乙")
    assert said["en"] == ("甲, 乙", "甲; 2", "甲 (乙)", "甲: 乙")
