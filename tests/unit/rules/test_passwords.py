"""Weak passwords are refused in both profiles, good ones are not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.contrib.auth import password_validation
from hypothesis import given
from hypothesis import strategies as st

from openlot.rules.signin import DEFAULTS, PasswordRule, cores, faults, guessed_names

LIST = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
COMMON = frozenset(gzip.decompress(LIST.read_bytes()).decode().split())
NAMES = guessed_names("scjg-task-clerk", ("张伟", "zhangwei"), ("界首市", "jieshoushi"))
WEAK = (
    "123456789012",
    "111111111111",
    "000000000000",
    "abcdefghijkl",
    "qwertyuiopas",
    "1234567890ab",
    "19900101abcd",
    "password1234",
    "Password1234!",
    "P@ssw0rd2026!",
    "Admin123456!",
    "admin@123456",
    "Administrator1!",
    "letmein12345",
    "Welcome2026!!",
    "iloveyou1234",
    "superman2026",
    "dragon123456",
    "football1234",
    "monkey!!!!!!",
    "test12345678",
    "Jieshou@2026!",
    "jieshou123456",
    "Openlot2026!!",
    "Mingqian@2026",
    "shuangsuiji2026",
    "zhangwei2026!",
    "scjg-task-clerk",
    "Scjg-Task-Clerk1",
    "1qaz2wsx3edc",
    "1qaz@WSX3edc",
    "!QAZ2wsx#EDC",
    "qazwsxedcrfv",
    "Qwer1234!@#$",
    "qwerty!@#$%^",
    "aaaaaaAA11!!",
    "abcabcabcabc",
    "Abc123Abc123",
    "Aa1!Aa1!Aa1!",
    "Short1!",
)
GOOD = (
    "Gorse-Lantern-58-Maple",
    "v9$Lk2#pQ8xz!Rt",
    "Correct-Horse-7-Battery",
    "淮河边上晒麦子-Ku7-看云",
)


def rule(profile: str) -> PasswordRule:
    return PasswordRule.parse({**DEFAULTS["password"][0], "profile": profile})


def found(password: str, profile: str) -> list[str]:
    common = bool(cores(password) & COMMON)
    return faults(password, rule(profile), names=NAMES, common=common)


@pytest.mark.parametrize("profile", ["djbh", "asvs"])
@pytest.mark.parametrize("password", WEAK)
def test_weak_passwords_are_refused(password: str, profile: str):
    """Common, patterned, named or short: neither profile takes it."""
    assert found(password, profile)


@pytest.mark.parametrize("profile", ["djbh", "asvs"])
@pytest.mark.parametrize("password", GOOD)
def test_good_passwords_are_taken(password: str, profile: str):
    """A long phrase and a random word are fine in both profiles."""
    assert found(password, profile) == []


def test_the_list_is_long_enough():
    """At least thirty weak ones."""
    assert len(set(WEAK)) >= 30


def test_classes_and_age_belong_to_one_profile():
    """ASVS asks neither for kinds of characters nor for a change."""
    assert "classes" in found("quiet harbour thistle", "djbh")
    assert found("quiet harbour thistle", "asvs") == []
    assert (rule("asvs").days, rule("asvs").history) == (0, 0)


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str):
    """No input makes a traceback; what is too short is always told."""
    told = found(text, "djbh")
    assert ("short" in told) == (len(text) < 12)
