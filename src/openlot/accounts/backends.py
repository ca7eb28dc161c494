"""Signing in by password (口令登录)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from openlot.accounts.models import User


class PasswordBackend:
    """Checks a password; costs the same for a name that does not exist or is closed."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_more: Any
    ) -> User | None:
        """Return the user (认证) whose password this is."""
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)
            return None
        is_right = user.check_password(password)
        return user if is_right and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """Return the user of a session (会话用户), None once the account is closed."""
        return User.objects.select_related("department").filter(pk=user_id, is_active=True).first()
