"""Setting passwords by the rule in force (口令)."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth import hashers, password_validation
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pypinyin import lazy_pinyin

from openlot.accounts.models import User, UserSession
from openlot.accounts.sessions import end_sessions
from openlot.kernel import clock
from openlot.kernel.errors import Invalid, StaleState
from openlot.kernel.marks import clauses
from openlot.rules import signin as rules
from openlot.signin import events
from openlot.signin.models import PasswordRecord
from openlot.signin.selectors import password_rule
from openlot.signin.services.proving import prove_by_password
from openlot.trail.writer import record

WORDS: dict[str, str | Promise] = {
    "short": _("至少 %(length)s 个字符"),
    "long": _("不超过 128 个字符"),
    "classes": _("大写字母、小写字母、数字、符号中至少 %(classes)s 类"),
    "name": _("不得含有账号、姓名、城市或平台名称"),
    "guessable": _("不得过于常见或有规律（如连续键位、重复字符、常见口令加数字）"),
    "history": _("不得与最近 %(history)s 次用过的口令相同"),
    "wrong": _("当前口令不正确"),
}


def password_faults(user: User, password: str) -> list[str]:
    """Return what is wrong with a new password (口令问题), in words."""
    rule = password_rule()
    names = rules.guessed_names(
        user.username,
        (user.name, "".join(lazy_pinyin(user.name))),
        (settings.CITY_NAME, "".join(lazy_pinyin(settings.CITY_NAME))),
    )
    common = bool(rules.cores(password) & _common())
    found = rules.faults(password, rule, names=names, common=common)
    if _had(user, password, rule.history):
        found.append("history")
    numbers = {"length": rule.length, "classes": rule.classes, "history": rule.history}
    return [str(WORDS[code]) % numbers for code in found]


def rule_words(rule: rules.PasswordRule) -> list[str]:
    """Return the rule in words (口令规则说明), as the page shows it."""
    numbers = {"length": rule.length, "classes": rule.classes, "history": rule.history}
    codes = ["short", "name", "guessable"]
    if rule.classes:
        codes.insert(1, "classes")
    if rule.history:
        codes.append("history")
    words = [str(WORDS[code]) % numbers for code in codes]
    if rule.days:
        words.append(_("每 %(days)s 天更换一次") % {"days": rule.days})
    return [str(word) for word in words]


def change_password(
    user: User, *, old: str, new: str, address: str, keep: UserSession | None = None
) -> None:
    """Change one's own password (修改口令); other sessions end.

    raises    Invalid beside the field that is to be mended, HeldUp after too many wrong old ones
    """
    if prove_by_password(user, old, address=address) is None:
        raise Invalid(fields={"old": WORDS["wrong"]})
    set_password(user, new, keep=keep)


@transaction.atomic
def set_password(user: User, new: str, *, keep: UserSession | None = None) -> None:
    """Set a password (设置口令) that keeps the rule; other sessions end.

    raises    Invalid, StaleState when it was set elsewhere at the same time
    """
    wrong = password_faults(user, new)
    if wrong:
        raise Invalid(fields={"new": clauses(wrong)})
    encoded = hashers.make_password(new)
    rows = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
    if rows.update(password=encoded) != 1:
        raise StaleState
    PasswordRecord.objects.create(user=user, encoded=encoded, set_at=clock.now())
    ended = end_sessions(user, why="password", keep=keep)
    fact = events.PasswordChanged(profile=password_rule().profile, n_sessions_ended=ended)
    record(fact, actor=user.as_actor(), subject=user, department=user.department.code)
    user.password = encoded


def _had(user: User, password: str, history: int) -> bool:
    recent = PasswordRecord.objects.filter(user=user)[:history]
    return any(hashers.check_password(password, row.encoded) for row in recent)


@cache
def _common() -> frozenset[str]:
    path = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return frozenset(line.strip() for line in stream)
