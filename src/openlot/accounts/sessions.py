"""Ending the sessions of an account at once."""

from __future__ import annotations

from openlot.accounts.models import User, UserSession
from openlot.kernel import clock


def end_sessions(user: User, *, why: str, keep: UserSession | None = None) -> int:
    """End the live sessions (会话) of a user at once, all but ``keep``; return how many.

    why    one word: closed, password, factor, user, admin; the caller's event tells the rest
    """
    rows = UserSession.objects.filter(user=user, ended_at=None)
    if keep is not None:
        rows = rows.exclude(pk=keep.pk)
    return rows.update(ended_at=clock.now(), ended_by=why)
