"""Clients that are signed in as a person would be: with a session that is kept."""

from __future__ import annotations

from django.test import Client


def signed_in(user, *, factor: str = "totp", proved: bool = True) -> Client:
    """Return a client of ``user`` whose session has shown ``factor``, a moment ago if ``proved``."""
    from openlot.signin.services import begin_session

    client = Client()
    client.force_login(user, backend="openlot.accounts.backends.PasswordBackend")
    begin_session(
        user,
        key=client.session.session_key,
        device=f"device of {user.username}",
        agent="Chrome · Linux",
        address="127.0.0.1",
        factor=factor,
        proved=proved,
    )
    return client
