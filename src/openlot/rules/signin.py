"""Signing in as the rules of protection ask for it (登录安全): defaults with their source, passwords."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DJBH = "GB/T 22239-2019 8.1.4.1"

# What holds until the city adopts its own version: technical defaults, each with its source.
DEFAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "throttle": (
        {"account": 5, "address": 50, "minutes": 15},
        f"{DJBH} b) 登录失败处理：限制非法登录次数",
    ),
    "session": (
        {"idle_minutes": 20, "absolute_hours": 12},
        f"{DJBH} b) 登录连接超时自动退出",
    ),
    "password": (
        {"profile": "djbh", "length": 12, "classes": 3, "history": 5, "days": 90},
        f"{DJBH} a) 身份鉴别信息具有复杂度要求并定期更换",
    ),
    "second_factor": (
        {"from": "2026-01-01"},
        f"{DJBH} d) 两种或两种以上组合的鉴别技术",
    ),
    "step_up": (
        {"minutes": 15},
        "OWASP ASVS 5.0 7.5.3 高敏感操作前再次鉴别",
    ),
    "emergency": (
        {"minutes": 60, "reason": 10},
        "GB/T 22239-2019 8.1.4.2 最小权限；8.1.5.3 集中审计",
    ),
    "invitation": (
        {"hours": 72},
        f"{DJBH} a) 鉴别信息初始化",
    ),
}
PROFILES = ("djbh", "asvs")


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """What a password must be (口令规则) under one profile.

    classes   kinds of characters needed of four; 0 asks for none
    history   how many old passwords may not come back
    days      the age at which it must change; 0 never
    """

    profile: str
    length: int
    classes: int
    history: int
    days: int

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> PasswordRule:
        """Return the rule of a policy's body; the ASVS profile asks no classes and no change.

        raises    ValueError, KeyError for a body of another shape
        """
        profile, length = body["profile"], body["length"]
        if profile not in PROFILES:
            raise ValueError("profile: " + " | ".join(PROFILES))
        strict = profile == "djbh"
        classes, history, days = (body[k] if strict else 0 for k in ("classes", "history", "days"))
        for value, low, high in (
            (length, 8, 64),
            (classes, 0, 4),
            (history, 0, 24),
            (days, 0, 730),
        ):
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise ValueError(f"{value!r}: {low} … {high}")
        return cls(profile, length, classes, history, days)

    def too_old(self, set_on: date, today: date) -> bool:
        """Say whether a password of that day must change (是否到期)."""
        return bool(self.days) and today - set_on >= timedelta(days=self.days)


def guessed_names(account: str, person: tuple[str, str], city: tuple[str, str]) -> set[str]:
    """Return the words that everybody would guess (易猜名称): account, person, city, product.

    person, city    as written and as spoken (pinyin)
    """
    short = [word for name in city for word in (name, name.removesuffix("市"), name[:-3])]
    return {account, *person, *short, "openlot", "mingqian", "shuangsuiji"}


LONGEST = 128
_KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_LOOKS = str.maketrans("@4301!$57", "aaeolisst")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
)
_SHIFTED = str.maketrans("!@#$%^&*()_+", "1234567890-=")


def faults(password: str, rule: PasswordRule, *, names: Collection[str], common: bool) -> list[str]:
    """Return what is wrong with a password (口令问题): codes, in the order people mend them.

    names    words that everybody would guess: the account, the person, the city, the product
    common   whether a list of leaked passwords has its core (see ``core``)
    """
    found = []
    if len(password) < rule.length:
        found.append("short")
    if len(password) > LONGEST:
        found.append("long")
    if sum(bool(re.search(kind, password)) for kind in _KINDS) < rule.classes:
        found.append("classes")
    low = password.lower()
    if any(
        len(name) > 2 and (name.lower() in low or name.lower() in _plain(low)) for name in names
    ):
        found.append("name")
    if common or _patterned(low):
        found.append("guessable")
    return found


def cores(password: str) -> set[str]:
    """Return what is left of a password without its decoration (口令核心): lower, plain, trimmed."""
    low = password.lower()
    trimmed = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", low)
    plain = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", _plain(low))
    return {part for part in (low, trimmed, plain, _plain(trimmed)) if part}


def _plain(text: str) -> str:
    return text.translate(_LOOKS)


def _patterned(low: str) -> bool:
    """Say whether a few characters, one unit again and again, or keys in a row make it up."""
    if len(set(low)) < 5:
        return True
    if any(low == (low[:n] * len(low))[: len(low)] for n in range(1, len(low) // 2 + 1)):
        return True
    return (
        _in_rows(low) * 3 >= len(low) * 2 or _in_rows(low.translate(_SHIFTED)) * 3 >= len(low) * 2
    )


def _in_rows(text: str) -> int:
    """Return how many characters stand in runs of four or more neighbours of a row."""
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    covered: set[int] = set()
    for start in range(len(text) - 3):
        if any(text[start : start + 4] in row for row in rows):
            covered.update(range(start, start + 4))
    return len(covered)
