"""The life of a request about an account (账号申请), rule-book 5.9: one asks, another decides."""

from openlot.accounts import events as e
from openlot.accounts.models import RequestState as S
from openlot.lifecycle.arrows import Machine, arrow
from openlot.rights.perms import Perm

ORDER, SEATS = "JZF2020-9/2.1", "GBT22239-8.1.5"

REQUEST = Machine(
    "accounts.AccountRequest",
    states=S,
    arrows=(
        arrow("ask", (), S.REQUESTED, Perm.ACCOUNT_REQUEST, e.AccountRequested, law=SEATS),
        arrow("ask_name", (), S.REQUESTED, Perm.RENAME_REQUEST, e.AccountRequested, law=ORDER),
        arrow(
            "approve", (S.REQUESTED,), S.APPROVED, Perm.ACCOUNT_DECIDE, e.RequestApproved, law=SEATS
        ),
        arrow(
            "approve_name",
            (S.REQUESTED,),
            S.APPROVED,
            Perm.RENAME_DECIDE,
            e.RequestApproved,
            law=ORDER,
        ),
        arrow(
            "refuse", (S.REQUESTED,), S.REFUSED, Perm.ACCOUNT_DECIDE, e.RequestRefused, law=SEATS
        ),
        arrow(
            "refuse_name",
            (S.REQUESTED,),
            S.REFUSED,
            Perm.RENAME_DECIDE,
            e.RequestRefused,
            law=ORDER,
        ),
        arrow(
            "withdraw",
            (S.REQUESTED,),
            S.WITHDRAWN,
            Perm.ACCOUNT_REQUEST,
            e.RequestWithdrawn,
            law=SEATS,
        ),
        arrow(
            "withdraw_name",
            (S.REQUESTED,),
            S.WITHDRAWN,
            Perm.RENAME_REQUEST,
            e.RequestWithdrawn,
            law=ORDER,
        ),
    ),
)
