"""What happens around signing in."""

from openlot.trail.events import Event, IntInt, IntStr, PerStr, PubInt, PubStr, event


@event("signin.held_up", v=1)
class HeldUp(Event):
    """Too many guesses: nothing is checked for a while."""

    what: PubStr
    minutes: PubInt
    key: PerStr
    address: PerStr


@event("signin.unlocked", v=1)
class Unlocked(Event):
    """Guesses at an account count from zero again."""

    username: PerStr
    reason: IntStr


@event("signin.new_device", v=1)
class NewDeviceSeen(Event):
    """Somebody signed in from a device never seen before."""

    agent: PerStr
    address: PerStr


@event("signin.session_ended", v=1)
class SessionEnded(Event):
    """A session ended otherwise than by signing out."""

    why: PubStr
    n: PubInt


@event("signin.password_changed", v=1)
class PasswordChanged(Event):
    """A person set a password."""

    profile: PubStr
    n_sessions_ended: IntInt


@event("signin.invited", v=1)
class Invited(Event):
    """A link for the first password was made."""

    username: PerStr


@event("signin.invitation_used", v=1)
class InvitationUsed(Event):
    """A person set the first password with the link."""


@event("signin.factor_added", v=1)
class FactorAdded(Event):
    """A person set up a second factor."""

    factor: PubStr
    label: IntStr


@event("signin.factor_dropped", v=1)
class FactorDropped(Event):
    """A person gave up one of several second factors."""

    factor: PubStr
    label: IntStr


@event("signin.codes_made", v=1)
class CodesMade(Event):
    """New recovery codes replaced the old ones."""

    n: PubInt


@event("signin.confirmed", v=1)
class IdentityConfirmed(Event):
    """A person proved again to be the one who signed in."""

    factor: PubStr


@event("signin.confirm_failed", v=1)
class ConfirmFailed(Event):
    """A code, passkey or password for a confirmation was wrong."""

    factor: PubStr


@event("factor_reset.requested", v=1)
class ResetRequested(Event):
    """Somebody asked to take a lost second factor away."""

    username: PerStr
    reason: IntStr


@event("factor_reset.done", v=1)
class ResetDone(Event):
    """A lost second factor was taken away; the person sets up a new one."""

    n_factors: PubInt
    opinion: IntStr


@event("password_reset.requested", v=1)
class PasswordResetRequested(Event):
    """Somebody asked to take a forgotten password away."""

    username: PerStr
    reason: IntStr


@event("password_reset.done", v=1)
class PasswordResetDone(Event):
    """A forgotten password was taken away; a link lets the person set a new one."""

    opinion: IntStr


@event("factor_reset.refused", v=1)
class ResetRefused(Event):
    """A lost second factor or a forgotten password stays."""

    opinion: IntStr


@event("emergency.asked", v=1)
class EmergencyAsked(Event):
    """Somebody asked to read everything for a limited time."""

    reason: IntStr


@event("emergency.opened", v=1)
class EmergencyOpened(Event):
    """Everything can be read by one person until then."""

    until: PubStr
    alone: PubInt


@event("emergency.refused", v=1)
class EmergencyRefused(Event):
    """The emergency view was not allowed."""


@event("emergency.ended", v=1)
class EmergencyEnded(Event):
    """The emergency view is over."""

    n_pages: PubInt


@event("emergency.page_viewed", v=2)
class EmergencyPageViewed(Event):
    """A page was read in an emergency view; what was looked for there may be somebody's name."""

    path: PerStr
