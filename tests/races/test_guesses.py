"""Sixty guesses at the same instant: at most five are checked, whichever of them is right."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from copies import Copies, act_on, race

from openlot.accounts.models import User
from openlot.kernel import clock
from openlot.signin.models import Attempt
from openlot.signin.services import (
    HeldUp,
    add_totp,
    check_password,
    guarding,
    prove_by_code,
    set_password,
)
from openlot.trail.models import Entry

WORD = "Gorse-Lantern-58-Maple"
GUESSES = 60
LIMIT = 5


def victims() -> list[str]:
    rows = User.objects.filter(username__contains="-inspector-").order_by("username")[:20]
    names = [user.username for user in rows]
    for user in rows:
        set_password(user, WORD)
    return names


def storm(copies: Copies, begun: str, username: str, right: int) -> tuple[int, int]:
    """Guess all at once, the right word as one of them; return how many were checked and got in."""
    name = copies.take(begun)

    def act(n: int):
        word = WORD if n == right else f"wrong-{n}"
        return lambda: check_password(username, word, address=f"10.0.0.{n}")

    outcomes = race(name, [lambda n=n: act(n) for n in range(GUESSES)])
    odd = [o.error for o in outcomes if o.error and not isinstance(o.error, HeldUp)]
    assert odd == []
    entered = sum(o.value is not None for o in outcomes if o.error is None)
    failed = act_on(name, lambda: Entry.objects.filter(kind="account.sign_in_failed").count())
    copies.drop(name)
    return entered + failed, entered


def test_no_more_than_five_are_checked(copies: Copies):
    """Twenty users, sixty guesses each: five checked at most, so rarely the right one."""
    begun = copies.take()
    names = act_on(begun, victims)
    assert len(names) == 20
    checked = [storm(copies, begun, name, right=n * 3)[0] for n, name in enumerate(names)]
    assert max(checked) <= LIMIT + 1  # one right guess gives its place back


def test_after_the_limit_the_right_word_never_gets_in(copies: Copies):
    """Five wrong guesses before: none of sixty enters, though each types the right word."""
    begun = copies.take()
    (name, *_rest) = act_on(begun, victims)

    def fail() -> None:
        for _n in range(LIMIT):
            check_password(name, "wrong", address="a")

    act_on(begun, fail)
    outcomes = race(
        copies.take(begun),
        [
            lambda n=n: lambda: check_password(name, WORD, address=f"10.0.1.{n}")
            for n in range(GUESSES)
        ],
    )
    assert all(isinstance(o.error, HeldUp) for o in outcomes)


def count_afterwards(bounds, check, *, address):
    """The control: look at the count, check, and count a failure afterwards."""
    rows = {row.key: row for row in Attempt.objects.filter(key__in=[b.key for b in bounds])}
    if any(b.key in rows and rows[b.key].n >= b.limit for b in bounds):
        raise HeldUp(minutes=15)
    found = check()
    if found is None:
        try:
            guarding.reserve(bounds, address=address)
        except HeldUp:
            return None
    return found


def test_counting_afterwards_breaks(copies: Copies, monkeypatch: pytest.MonkeyPatch):
    """With the count after the check the same storm checks far more than five."""
    begun = copies.take()
    (name, *_rest) = act_on(begun, victims)
    monkeypatch.setattr(guarding, "guess", count_afterwards)
    checked, _entered = storm(copies, begun, name, right=GUESSES - 1)
    assert checked > LIMIT + 1


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_a_code_shown_eight_times_at_once_is_good_once(copies: Copies, kind: str):
    """Whoever reads a code over a shoulder is too late, be it by nothing at all."""
    begun = copies.take()
    (name, *_rest) = act_on(begun, victims)

    def set_up() -> str:
        user, secret = User.objects.get(username=name), generate_totp_secret()
        step = int(clock.now().timestamp()) // 30
        codes = [format_hotp_value(hotp_value(secret, step + n)) for n in (-1, 0)]
        kept = add_totp(user, secret=secret, code=codes[0], address="")
        return kept[0] if kind == "recovery" else codes[1]

    with clock.travel(clock.now()):
        code = act_on(begun, set_up)
        outcomes = race(
            copies.take(begun),
            [
                lambda: lambda: prove_by_code(User.objects.get(username=name), code, address="")
                for _n in range(8)
            ],
        )
    told = [o.value for o in outcomes if o.error is None]
    assert all(isinstance(o.error, HeldUp) for o in outcomes if o.error)
    assert told.count(kind) == 1
