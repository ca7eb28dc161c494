"""The life of a session (会话): begun, seen, confirmed, ended."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction

from openlot.accounts.models import User, UserSession
from openlot.accounts.sessions import end_sessions
from openlot.kernel import clock
from openlot.kernel.errors import NotFound
from openlot.signin import events
from openlot.signin.selectors import setting
from openlot.trail.writer import record

SEEN_EVERY = timedelta(seconds=60)


@transaction.atomic
def begin_session(
    user: User, *, key: str, device: str, agent: str, address: str, factor: str, proved: bool
) -> UserSession:
    """Begin a session (开始会话) and say when the device is new to the person.

    key       the browser's session key, fresh
    device    the random name that the browser keeps; only its hash is stored
    proved    signing in was itself a proof of who acts, as a confirmation is
    """
    limits, now = setting("session"), clock.now()
    hashed = hashlib.sha256(device.encode()).hexdigest()
    known = UserSession.objects.filter(user=user)
    new = known.exists() and not known.filter(device=hashed).exists()
    session = UserSession.objects.create(
        user=user,
        key=key,
        device=hashed,
        agent=agent[:160],
        address=address[:45],
        factor=factor,
        started_at=now,
        seen_at=now,
        confirmed_at=now if proved else None,
        ends_at=now + timedelta(hours=int(limits["absolute_hours"])),
        idle_seconds=int(limits["idle_minutes"]) * 60,
    )
    if new:
        fact = events.NewDeviceSeen(agent=agent[:160], address=address)
        record(fact, actor=user.as_actor(), subject=user, department=user.department.code)
    return session


def touch(session: UserSession) -> None:
    """Note that the session was used (会话活动), at most once a minute."""
    now = clock.now()
    if now - session.seen_at >= SEEN_EVERY:
        UserSession.objects.filter(pk=session.pk, ended_at=None).update(seen_at=now)


@transaction.atomic
def confirm_session(session: UserSession, *, key: str, factor: str) -> None:
    """Note that the person proved again who acts (确认身份); the browser's key has changed."""
    user = session.user
    UserSession.objects.filter(pk=session.pk, ended_at=None).update(
        key=key, confirmed_at=clock.now(), factor=session.factor or _strong(factor)
    )
    fact = events.IdentityConfirmed(factor=factor)
    record(fact, actor=user.as_actor(), subject=user, department=user.department.code)


def rekey(session: UserSession, *, key: str) -> None:
    """Follow the browser's new session key (会话换钥)."""
    UserSession.objects.filter(pk=session.pk, ended_at=None).update(key=key)


def _strong(factor: str) -> str:
    return "" if factor == "password" else factor


@transaction.atomic
def expire(session: UserSession, why: str) -> None:
    """End a session whose time is over (会话超时), once."""
    rows = UserSession.objects.filter(pk=session.pk, ended_at=None)
    if rows.update(ended_at=clock.now(), ended_by=why):
        _tell(session.user, why, 1)


@transaction.atomic
def end_session(user: User, public_id: str, *, why: str = "user") -> None:
    """End one session of one's own (结束会话): from the list, or by signing out.

    raises    NotFound for another's or one that is over
    """
    rows = UserSession.objects.filter(user=user, public_id=public_id, ended_at=None)
    if not rows.update(ended_at=clock.now(), ended_by=why):
        raise NotFound
    if why == "user":
        _tell(user, why, 1)


@transaction.atomic
def end_others(user: User, *, keep: UserSession) -> int:
    """End all one's other sessions (结束其他会话); return how many."""
    ended = end_sessions(user, why="user", keep=keep)
    if ended:
        _tell(user, "user", ended)
    return ended


def _tell(user: User, why: str, n: int) -> None:
    fact = events.SessionEnded(why=why, n=n)
    record(fact, actor=user.as_actor(), subject=user, department=user.department.code)
