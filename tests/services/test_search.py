"""A target is found by any part of its name, by initials and by its code, through the index."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from openlot.registers.models import InspectionTarget
from openlot.registers.search import find_targets, grams, searchable

pytestmark = pytest.mark.django_db


def found(text: str) -> set[int]:
    """Return the keys of what the search finds."""
    return set(find_targets(InspectionTarget.objects.all(), text).values_list("pk", flat=True))


def scanned(**condition: str) -> set[int]:
    """Return the keys of what a scan of all rows finds."""
    return set(InspectionTarget.objects.filter(**condition).values_list("pk", flat=True))


@pytest.mark.parametrize("take", [(0, 1), (0, 2), (3, 5), (2, 6), (-2, None), (0, None)])
def test_any_part_of_a_name_is_found(take: tuple[int, int | None]):
    """The index finds exactly what a scan finds."""
    for target in InspectionTarget.objects.order_by("code")[:40:4]:
        part = target.name[slice(*take)]
        assert target.pk in found(part)
        assert found(part) == scanned(name__icontains=part) | scanned(name_initials__icontains=part)


def test_initials_and_codes_are_found():
    """`jsslq` finds by initials, a code by its beginning, in either case."""
    target = InspectionTarget.objects.exclude(uscc="").first()
    assert target.pk in found(target.name_initials[:4])
    assert target.pk in found(target.code.lower())
    assert target.pk in found(target.code[:9])
    assert found(target.code[:9]) == scanned(code__startswith=target.code[:9])


@pytest.mark.parametrize("text", ["", " ", '"', "'", "*", "AND OR", "a b", "（）", "%_", "餐饮 店"])
def test_odd_words_harm_nothing(text: str):
    """Quotes, operators and signs are words like others."""
    list(find_targets(InspectionTarget.objects.all(), text)[:5])


@given(st.text(max_size=20), st.data())
def test_the_words_of_a_part_are_among_the_words_of_the_whole(name: str, data: st.DataObject):
    """Whatever part of whatever text is typed, the index was given its words."""
    start = data.draw(st.integers(0, len(name)))
    part = name[start : data.draw(st.integers(start, len(name)))]
    asked = set(grams(part, 1 if len(part) == 1 else 2))
    assert asked <= set(searchable(name)["search_words"].split(" "))


def test_changed_names_are_found_anew():
    """The index follows a change of the name."""
    target = InspectionTarget.objects.first()
    for column, text in {"name": "珠穆朗玛旅社", **searchable("珠穆朗玛旅社")}.items():
        setattr(target, column, text)
    target.save()
    assert found("穆朗") == {target.pk}


def test_the_index_agrees_with_the_rows():
    """SQLite's separate index passes its own check; PostgreSQL has its index on the column."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "INSERT INTO registers_targetwords(registers_targetwords)"
                " VALUES ('integrity-check')"
            )
        else:
            cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'registers_targetwords'")
            assert cursor.fetchone() == (1,)
