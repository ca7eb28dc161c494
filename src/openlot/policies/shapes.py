"""The shape that each kind of policy asks of its body."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from openlot.policies.models import Policy
from openlot.rules.outcomes import CodeTable
from openlot.rules.ratios import CLASSES
from openlot.rules.signin import PasswordRule
from openlot.rules.workdays import CalendarYear


def check_shape(kind: str, key: str, body: Any) -> None:
    """Refuse a body that nobody could read afterwards (参数格式核对).

    raises    ValueError, saying what is expected
    """
    try:
        CHECKS[Policy.Kind(kind)](key, body)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _calendar(key: str, body: Mapping[str, Any]) -> None:
    if CalendarYear.parse(body, version="", source="").year != int(key):
        raise ValueError(f"year: {key}")


def _deadline(_key: str, body: Mapping[str, Any]) -> None:
    if "days" in body:
        _whole(body["days"], 1, 400)
        if body["unit"] not in ("working", "calendar"):
            raise ValueError("unit: working | calendar")
    else:
        date(2024, _whole(body["month"], 1, 12), _whole(body["day"], 1, 31))


def _ratio(_key: str, body: Mapping[str, Any]) -> None:
    rows = [body["classes"][name] for name in CLASSES]
    shares = [_whole(bp, 1, 10_000) for bp, _times, _weight in rows]
    for _bp, times, weight in rows:
        _whole(times, 1, 12)
        _whole(weight, 1, 64)
    if shares != sorted(shares):
        raise ValueError("A ≤ B ≤ C ≤ D")


def _result_codes(_key: str, body: Any) -> None:
    if not CodeTable.parse(body, version="").codes:
        raise ValueError("codes: 1 …")


def _draw(key: str, body: Mapping[str, Any]) -> None:
    if key == "load_band":
        _whole(body["visits"], 1, 1_000)
    elif key == "simulations":
        _whole(body["draws"], 1, 100_000)
    elif key == "reserve_links":
        _whole(body["rule"]["least"], 1, 1_000)
        _whole(body["rule"]["per_hundred"], 1, 100)
    elif key.endswith("_reasons"):
        for code, words in body["reasons"].items():
            if not REASON.fullmatch(code) or not str(words).strip():
                raise ValueError('reasons: {"R1": "…"}')
    elif body["class"] not in CLASSES:
        raise ValueError("class: " + " | ".join(CLASSES))


def _account(key: str, body: Mapping[str, Any]) -> None:
    if key != "dormant":
        raise ValueError("key: dormant")
    _whole(body["days"], 1, 3_650)


def _sign_in(key: str, body: Mapping[str, Any]) -> None:
    if key == "password":
        PasswordRule.parse(body)
    elif key == "second_factor":
        date.fromisoformat(body["from"])
    else:
        for name, (low, high) in SIGN_IN_BOUNDS[key].items():
            _whole(body[name], low, high)


def _whole(value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{value!r}: {low} … {high}")
    return value


SIGN_IN_BOUNDS = {
    "throttle": {"account": (3, 10), "address": (10, 1_000), "minutes": (5, 1_440)},
    "session": {"idle_minutes": (5, 60), "absolute_hours": (1, 24)},
    "step_up": {"minutes": (1, 60)},
    "emergency": {"minutes": (5, 60), "reason": (5, 200)},
    "invitation": {"hours": (1, 336)},
}
REASON = re.compile(r"[A-Z][A-Z0-9]{0,7}")

CHECKS: dict[Policy.Kind, Callable[[str, Any], None]] = {
    Policy.Kind.CALENDAR: _calendar,
    Policy.Kind.DEADLINE: _deadline,
    Policy.Kind.RATIO: _ratio,
    Policy.Kind.RESULT_CODES: _result_codes,
    Policy.Kind.DRAW: _draw,
    Policy.Kind.ACCOUNT: _account,
    Policy.Kind.SIGN_IN: _sign_in,
}
