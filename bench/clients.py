"""Somebody of the demo city at the platform: pages are measured as a signed-in person gets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Person:
    """A person who signed in with a second factor."""

    def __init__(self, username: str) -> None:
        from django.test import Client

        from openlot.accounts.models import User
        from openlot.signin.services import begin_session

        user = User.objects.get(username=username)
        self._client = Client()
        self._client.force_login(user, backend="openlot.accounts.backends.PasswordBackend")
        begin_session(
            user,
            key=str(self._client.session.session_key),
            device="bench",
            agent="bench",
            address="127.0.0.1",
            factor="totp",
            proved=True,
        )

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return a page; anything but the page itself, such as the way to sign in, is an error."""
        answer = self._client.get(path, query)
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {answer.status_code}")
        return answer
