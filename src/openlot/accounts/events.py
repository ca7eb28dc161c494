"""What happens to accounts."""

from openlot.trail.events import Event, IntStr, PerStr, PubStr, event


@event("account.opened", v=1)
class AccountOpened(Event):
    """An account was opened."""

    department: PubStr
    username: IntStr
    name: PerStr


@event("account.role_granted", v=1)
class RoleGranted(Event):
    """A role was given to a user."""

    role: PubStr
    username: IntStr


@event("account.signed_in", v=1)
class SignedIn(Event):
    """A user signed in."""

    method: PubStr
    address: PerStr


@event("account.sign_in_failed", v=1)
class SignInFailed(Event):
    """Somebody failed to sign in."""

    username: PerStr
    address: PerStr


@event("account.signed_out", v=1)
class SignedOut(Event):
    """A user signed out."""


@event("department.registered", v=1)
class DepartmentRegistered(Event):
    """A department was registered."""

    code: PubStr
    name: PubStr
