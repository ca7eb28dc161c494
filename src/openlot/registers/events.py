"""What happens to the two registers."""

from openlot.trail.changes import Changes, PersonalChanges
from openlot.trail.events import Event, IntInt, IntStr, PerStr, PubInt, PubStr, event


@event("register.targets_imported", v=1)
class TargetsImported(Event):
    """A file was read into the register of targets."""

    file_sha256: PubStr
    n_rows: PubInt
    n_added: PubInt
    n_updated: PubInt
    n_quarantined: PubInt
    file_name: IntStr


@event("register.import_begun", v=1)
class ImportBegun(Event):
    """A large file was handed in, to be taken into the register part by part."""

    file_sha256: PubStr
    n_bytes: PubInt
    file_name: IntStr


@event("register.rows_imported", v=1)
class RowsImported(Event):
    """A part of a large file was taken into the register."""

    first: PubInt
    n_rows: PubInt
    n_added: PubInt
    n_updated: PubInt


@event("register.import_refused", v=1)
class ImportRefused(Event):
    """A large file could not be taken in to its end."""

    n_rows: PubInt
    reason: IntStr


@event("register.target_added", v=1)
class TargetAdded(Event):
    """One target was entered by hand."""

    code: IntStr
    name: PerStr


@event("register.target_taken_in", v=1)
class TargetTakenIn(Event):
    """A file brought a target into the register, as it then stood there.

    batch     the import's public id
    """

    batch: IntStr
    code: IntStr
    changes: Changes
    personal_changes: PersonalChanges


@event("register.target_changed", v=1)
class TargetChanged(Event):
    """A file changed what the register says of a target."""

    batch: IntStr
    code: IntStr
    changes: Changes
    personal_changes: PersonalChanges


@event("register.target_moved_out", v=1)
class TargetMovedOut(Event):
    """A target left the register."""

    status: IntStr


@event("register.target_rested", v=1)
class TargetRested(Event):
    """A target rests by its own filing."""

    status: IntStr


@event("register.target_returned", v=1)
class TargetReturned(Event):
    """A target came back into the register."""

    status: IntStr


@event("register.inspector_added", v=1)
class InspectorAdded(Event):
    """An inspector or assistant was entered."""

    category: PubStr
    number: IntStr
    name: PerStr


@event("register.certificate_invalid", v=1)
class CertificateLapsed(Event):
    """A certificate ran out or was withdrawn."""

    on: IntStr


@event("register.inspector_moved_out", v=1)
class InspectorMovedOut(Event):
    """An inspector left the department or the register."""

    reason: IntStr


@event("register.leave_entered", v=1)
class LeaveEntered(Event):
    """Days of absence were entered."""

    from_on: IntStr
    to_on: IntStr
    reason: PerStr


@event("register.leave_cancelled", v=1)
class LeaveCancelled(Event):
    """Days of absence were taken back."""

    n_days: IntInt


@event("register.recusal_declared", v=1)
class RecusalDeclared(Event):
    """An inspector declared that a target is not for them."""

    target: IntStr
    reason: PerStr
