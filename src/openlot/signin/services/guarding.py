"""Guarding against guesses (登录失败处理): each guess is counted before it is checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TypeVar

from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from openlot.accounts.events import SignInFailed
from openlot.accounts.models import User
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import DomainError, Invalid
from openlot.rights.access import require_any
from openlot.rights.perms import Perm
from openlot.signin import events
from openlot.signin.models import Attempt
from openlot.signin.selectors import setting
from openlot.trail.writer import record

T = TypeVar("T")
ANYBODY = Actor(ref="public", name="")

_RESERVE = """
INSERT INTO signin_attempt (key, began, n) VALUES (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET
  n = CASE WHEN signin_attempt.began <= %s THEN 1 ELSE signin_attempt.n + 1 END,
  began = CASE WHEN signin_attempt.began <= %s THEN excluded.began ELSE signin_attempt.began END
RETURNING n, began
"""


class HeldUp(DomainError):
    """Too many guesses in a short time (尝试次数过多)."""

    code, status = "held_up", 429
    default = _(
        "尝试次数过多，为保护账号已暂停核验，请在 %(minutes)s 分钟后再试，或请安全管理员解除限制"
    )


@dataclass(frozen=True, slots=True)
class Bound:
    """What is counted (计数对象): a word for what is guessed, whose, and how many may be checked."""

    what: str
    name: str
    limit: int

    @property
    def key(self) -> str:
        """The key of the count: names are hashed, so that a count tells nobody's typing."""
        return f"{self.what}:{hashlib.sha256(self.name.encode()).hexdigest()[:40]}"


def reserve(bounds: Sequence[Bound], *, address: str) -> None:
    """Count one guess for each bound before anything is checked (先占后核).

    One statement per bound adds and answers, so that guesses at the same instant count one
    after the other whatever else happens.

    raises    HeldUp when a bound is used up
    """
    window = int(setting("throttle")["minutes"]) * 60
    now = int(clock.now().timestamp())
    for bound in bounds:
        with connection.cursor() as cursor:
            cursor.execute(_RESERVE, [bound.key, now, now - window, now - window])
            n, began = cursor.fetchone()
        if n > bound.limit:
            wait = max(1, -(-(began + window - now) // 60))
            if n == bound.limit + 1:
                _tell(bound, wait, address)
            raise HeldUp(minutes=wait)


def release(bounds: Sequence[Bound]) -> None:
    """Give a reservation back (退还计数): the guess was right and counts for nothing."""
    keys = [bound.key for bound in bounds]
    Attempt.objects.filter(key__in=keys, n__gt=0).update(n=F("n") - 1)


def guess(bounds: Sequence[Bound], check: Callable[[], T | None], *, address: str) -> T | None:
    """Run ``check`` within the bounds and return what it returns (受限核验).

    raises    HeldUp without running it
    """
    reserve(bounds, address=address)
    found = check()
    if found is not None:
        release(bounds)
    return found


def check_password(username: str, password: str, *, address: str) -> User | None:
    """Return the user whose password this is (口令核验), counted by account and by address.

    raises    HeldUp
    """
    limits = setting("throttle")
    bounds = (
        Bound("account", username.lower(), int(limits["account"])),
        Bound("address", network_of(address), int(limits["address"])),
    )

    def check() -> User | None:
        found = authenticate(None, username=username, password=password)
        return found if isinstance(found, User) else None

    user = guess(bounds, check, address=address)
    if user is None:
        _record_failure(bounds[0], username, address)
    return user


def network_of(address: str) -> str:
    """Return what counts as one address (计数地址): of IPv6 the first half, which one house has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found) >> 64 << 64, 64)))


def code_bounds(user: User) -> tuple[Bound, ...]:
    """Return the bound of a person's one-time codes (动态口令计数)."""
    return (Bound("code", user.username, int(setting("throttle")["account"])),)


def counts_of(names: Iterable[str]) -> QuerySet[Attempt]:
    """Return the counts of guesses at sign-in names (登录名的尝试计数): passwords and codes."""
    keys = [
        Bound(what, name, 0).key
        for known in names
        for what, name in (("account", known.lower()), ("code", known))
    ]
    return Attempt.objects.filter(key__in=keys)


@transaction.atomic
def unlock(username: str, *, reason: str, actor: Actor) -> int:
    """Let an account's guesses count from zero again (解除登录限制); return how many were counted.

    raises    Denied; Invalid for a name that no account has
    """
    require_any(actor, Perm.SIGN_IN_GUARD)
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Invalid(fields={"username": _("没有这个账号，请核对登录名")})
    rows = counts_of([username])
    counted = sum(row.n for row in rows)
    rows.update(n=0)
    fact = events.Unlocked(username=username, reason=reason)
    record(fact, actor=actor, subject=user, department=user.department.code)
    return counted


@transaction.atomic
def _tell(bound: Bound, minutes: int, address: str) -> None:
    fact = events.HeldUp(what=bound.what, minutes=minutes, key=bound.name, address=address)
    record(fact, actor=ANYBODY, subject=Attempt.objects.get(key=bound.key))


@transaction.atomic
def _record_failure(bound: Bound, username: str, address: str) -> None:
    fact = SignInFailed(username=username[:80], address=address)
    record(fact, actor=ANYBODY, subject=Attempt.objects.get(key=bound.key))
