"""What happens to results."""

from openlot.trail.events import Event, IntStr, PerStr, PubInt, PubStr, event


@event("result.opened", v=1)
class ResultOpened(Event):
    """A department's result at a target is expected."""

    department: PubStr
    due_on: PubStr


@event("result.cancelled", v=1)
class ResultCancelled(Event):
    """Nothing is expected any more: the draw was voided before anybody went there."""

    draw: PubStr
    reason: PubStr


@event("result.clock_moved", v=1)
class ClockMoved(Event):
    """The publication clock was computed again."""

    from_on: PubStr
    due_on: PubStr
    provisional: PubInt


@event("result.recorded", v=1)
class ResultRecorded(Event):
    """Officers recorded their result and signed."""

    codes: IntStr
    codes_version: PubStr
    signed_by: IntStr
    signer: PerStr
    officers: IntStr


@event("result.evidence_added", v=1)
class EvidenceAdded(Event):
    """A photo or paper was added to a result."""

    sha256: PubStr
    name: IntStr


@event("result.approved", v=1)
class ResultApproved(Event):
    """The own department's reviewer approved a result."""

    opinion: IntStr


@event("result.returned", v=1)
class ResultReturned(Event):
    """The own department's reviewer returned a result."""

    reason: IntStr


@event("result.published", v=1, seals=True)
class ResultPublished(Event):
    """A result was published."""

    is_late: PubInt


@event("result.follow_up_opened", v=1)
class FollowUpOpened(Event):
    """A negative result demanded a follow-up."""

    kind_of_follow_up: PubStr
    code: PubStr


@event("result.follow_up_done", v=1)
class FollowUpDone(Event):
    """A follow-up was finished."""

    note: IntStr
