"""Accounts, departments, grants, duties and signing in."""

from openlot.accounts.services.departments import (
    AMENDABLE,
    amend_department,
    end_department,
    register_department,
)
from openlot.accounts.services.duties import name_for_duty, relieve_of_duty
from openlot.accounts.services.granting import end_expired_grants, grant_role, revoke_role
from openlot.accounts.services.life import (
    close_account,
    lock_dormant,
    open_account,
)
from openlot.accounts.services.requests import (
    approve_request,
    refuse_request,
    request_grant,
    request_move,
    request_opening,
    request_placing,
    request_renaming,
    request_reopening,
    withdraw_request,
)
from openlot.accounts.services.signing import record_sign_in, record_sign_out

__all__ = [
    "AMENDABLE",
    "amend_department",
    "approve_request",
    "close_account",
    "end_department",
    "end_expired_grants",
    "grant_role",
    "lock_dormant",
    "name_for_duty",
    "open_account",
    "record_sign_in",
    "record_sign_out",
    "refuse_request",
    "register_department",
    "relieve_of_duty",
    "request_grant",
    "request_move",
    "request_opening",
    "request_placing",
    "request_renaming",
    "request_reopening",
    "revoke_role",
    "withdraw_request",
]
