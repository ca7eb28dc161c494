"""Signing in and out, as the trail tells it."""

from __future__ import annotations

from django.db import transaction

from openlot.accounts import events
from openlot.accounts.models import User
from openlot.kernel import clock
from openlot.trail.writer import record


@transaction.atomic
def record_sign_in(user: User, *, method: str, address: str) -> None:
    """Write down that a user signed in (登录留痕)."""
    User.objects.filter(pk=user.pk).update(last_login=clock.now())
    fact = events.SignedIn(method=method, address=address)
    record(fact, actor=user.as_actor(), subject=user, department=user.department.code)


@transaction.atomic
def record_sign_out(user: User) -> None:
    """Write down that a user signed out (退出留痕)."""
    fact = events.SignedOut()
    record(fact, actor=user.as_actor(), subject=user, department=user.department.code)
