"""The acts around signing in, by what they guard."""

from openlot.signin.services.emergencies import (
    ask_emergency,
    confirm_emergency,
    end_emergency,
    end_lapsed,
    open_alone,
    record_page,
    refuse_emergency,
)
from openlot.signin.services.guarding import HeldUp, check_password, guess, unlock
from openlot.signin.services.inviting import accept_invitation, invite, invited
from openlot.signin.services.passwords import change_password, password_faults, set_password
from openlot.signin.services.proving import (
    add_passkey,
    add_totp,
    drop_factor,
    new_codes,
    prove_by_code,
    prove_by_passkey,
    prove_by_password,
)
from openlot.signin.services.resetting import do_reset, refuse_reset, request_reset
from openlot.signin.services.sitting import (
    begin_session,
    confirm_session,
    end_others,
    end_session,
    expire,
    rekey,
    touch,
)

__all__ = [
    "HeldUp",
    "accept_invitation",
    "add_passkey",
    "add_totp",
    "ask_emergency",
    "begin_session",
    "change_password",
    "check_password",
    "confirm_emergency",
    "confirm_session",
    "do_reset",
    "drop_factor",
    "end_emergency",
    "end_lapsed",
    "end_others",
    "end_session",
    "expire",
    "guess",
    "invite",
    "invited",
    "new_codes",
    "open_alone",
    "password_faults",
    "prove_by_code",
    "prove_by_passkey",
    "prove_by_password",
    "record_page",
    "refuse_emergency",
    "refuse_reset",
    "rekey",
    "request_reset",
    "set_password",
    "touch",
    "unlock",
]
