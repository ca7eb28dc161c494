"""Masks show enough to recognise, and never enough to know."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openlot.rules import masking
from openlot.rules.masking import mask_all, mask_name, mask_number, mask_phone

TEXT = st.text(max_size=40)


def test_the_examples_hold():
    """The docstrings' examples are true."""
    assert doctest.testmod(masking).failed == 0


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ("张三", "张*"),
        ("欧阳修文", "欧*"),
        ("𠮷野", "𠮷*"),
        (" 李 ", "李*"),
        ("王", "王*"),
        ("", ""),
    ],
)
def test_a_name_shows_one_letter(whole: str, shown: str):
    """The surname's first letter stays, the length does not."""
    assert mask_name(whole) == shown


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ("13812341234", "138****1234"),
        ("138 1234 1234", "138****1234"),
        ("0558-7012345", "055****45"),
        ("12345", "******"),
        ("CANARY", "******"),
        ("", ""),
    ],
)
def test_a_phone_hides_its_middle(whole: str, shown: str):
    """Four digits at least are hidden, and a short number altogether."""
    assert mask_phone(whole) == shown


@given(st.integers(10**10, 10**11 - 1))
def test_no_number_shows_more_than_seven_of_eleven(number: int):
    """Whatever the digits, at most seven of eleven are shown."""
    assert sum(c.isdigit() for c in mask_phone(str(number))) <= 7


@given(TEXT)
def test_masks_hide(text: str):
    """What is longer than a mask leaves is never in what is shown; nothing stays nothing."""
    for mask, most in ((mask_name, 1), (mask_number, 4), (mask_phone, 7), (mask_all, 0)):
        shown = mask(text)
        assert (shown == "") == (text.strip() == "")
        assert len(shown.replace("*", "")) <= most
        if len(text.strip()) > most and "*" not in text:
            assert text.strip() not in shown
