"""What happens to accounts."""

from openlot.trail.changes import PublicChanges
from openlot.trail.events import Event, IntStr, PerStr, PubInt, PubStr, event


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


@event("department.amended", v=1)
class DepartmentAmended(Event):
    """What is said of a department was changed."""

    changes: PublicChanges


@event("department.placed", v=1)
class DepartmentPlaced(Event):
    """A department became the branch of another, or of none."""

    parent_before: PubStr
    parent_after: PubStr


@event("department.closed", v=1)
class DepartmentClosed(Event):
    """A department was closed; what it did stays its own."""

    reason: PubStr


@event("account.requested", v=1)
class AccountRequested(Event):
    """Something was asked for an account; the other side decides."""

    asked: PubStr
    department: PubStr
    role: PubStr
    to_department: PubStr
    ends_on: PubStr
    username: IntStr
    reason: IntStr
    name: PerStr


@event("account.request_approved", v=1)
class RequestApproved(Event):
    """A request was approved, and what it asks for came into force."""

    asked: PubStr
    opinion: IntStr


@event("account.request_refused", v=1)
class RequestRefused(Event):
    """A request was refused."""

    asked: PubStr
    reason: IntStr


@event("account.request_withdrawn", v=1)
class RequestWithdrawn(Event):
    """A request was withdrawn before anybody decided."""

    asked: PubStr
    reason: IntStr


@event("account.role_revoked", v=1)
class RoleRevoked(Event):
    """A role was taken away, at once."""

    role: PubStr
    username: IntStr
    reason: IntStr


@event("account.closed", v=1)
class AccountClosed(Event):
    """An account was closed, at once: its person has left."""

    username: IntStr
    reason: IntStr


@event("account.reopened", v=1)
class AccountReopened(Event):
    """A closed or locked account may sign in again."""

    username: IntStr


@event("account.locked", v=1)
class AccountLocked(Event):
    """An account that nobody used was locked."""

    username: IntStr
    idle_days: PubInt


@event("account.moved", v=1)
class AccountMoved(Event):
    """A person went to another department, without roles and duties of the old one."""

    username: IntStr
    department_before: PubStr
    department_after: PubStr


@event("account.renamed", v=1)
class AccountRenamed(Event):
    """The names of an account were changed."""

    username_before: IntStr
    username_after: IntStr
    name_before: PerStr
    name_after: PerStr


@event("duty.named", v=1)
class DutyNamed(Event):
    """A department named a person for one of the three duties."""

    duty: PubStr
    username: IntStr


@event("duty.ended", v=1)
class DutyEnded(Event):
    """A duty ended, or was passed on."""

    duty: PubStr
    username: IntStr
    reason: IntStr
