"""The lives of resets and emergency views."""

from __future__ import annotations

from openlot.lifecycle.arrows import Machine, arrow
from openlot.rights.perms import Perm
from openlot.signin import events
from openlot.signin.models import EmergencyState, ResetState

LAW = "GBT22239-8.1.4"
_R, _E = ResetState, EmergencyState

FACTOR_RESET = Machine(
    "signin.FactorReset",
    states=_R,
    arrows=(
        arrow("request", (), _R.REQUESTED, Perm.FACTOR_RESET_ASK, events.ResetRequested, law=LAW),
        arrow(
            "reset", {_R.REQUESTED}, _R.DONE, Perm.FACTOR_RESET_DECIDE, events.ResetDone, law=LAW
        ),
        arrow(
            "request_password",
            (),
            _R.REQUESTED,
            Perm.FACTOR_RESET_ASK,
            events.PasswordResetRequested,
            law=LAW,
        ),
        arrow(
            "reset_password",
            {_R.REQUESTED},
            _R.DONE,
            Perm.FACTOR_RESET_DECIDE,
            events.PasswordResetDone,
            law=LAW,
        ),
        arrow(
            "refuse",
            {_R.REQUESTED},
            _R.REFUSED,
            Perm.FACTOR_RESET_DECIDE,
            events.ResetRefused,
            law=LAW,
        ),
    ),
)

EMERGENCY = Machine(
    "signin.EmergencyView",
    states=_E,
    arrows=(
        arrow("ask", (), _E.ASKED, Perm.EMERGENCY_ASK, events.EmergencyAsked, law=LAW),
        arrow(
            "confirm",
            {_E.ASKED},
            _E.OPEN,
            Perm.EMERGENCY_CONFIRM,
            events.EmergencyOpened,
            law=LAW,
        ),
        arrow(
            "open_alone", {_E.ASKED}, _E.OPEN, Perm.EMERGENCY_ASK, events.EmergencyOpened, law=LAW
        ),
        arrow(
            "refuse",
            {_E.ASKED},
            _E.REFUSED,
            Perm.EMERGENCY_CONFIRM,
            events.EmergencyRefused,
            law=LAW,
        ),
        arrow(
            "end",
            {_E.ASKED, _E.OPEN},
            _E.ENDED,
            Perm.EMERGENCY_ASK,
            events.EmergencyEnded,
            law=LAW,
        ),
    ),
)
