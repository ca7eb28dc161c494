"""Accounts, departments, grants and signing in."""

from openlot.accounts.services.granting import (
    grant_role,
    name_for_duty,
    open_account,
    register_department,
)
from openlot.accounts.services.signing import record_sign_in, record_sign_out

__all__ = [
    "grant_role",
    "name_for_duty",
    "open_account",
    "record_sign_in",
    "record_sign_out",
    "register_department",
]
