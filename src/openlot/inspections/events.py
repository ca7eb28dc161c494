"""What happens at one target of a task."""

from openlot.trail.events import Event, IntStr, PerStr, PubInt, PubStr, event


@event("inspection.prepared", v=1)
class InspectionPrepared(Event):
    """An inspection got its number, its notice and its officers."""

    number: PubStr
    notice_no: PubStr


@event("inspection.cancelled", v=1)
class InspectionCancelled(Event):
    """The draw that sent it was voided before anybody went there."""

    draw: PubStr
    void_digest: PubStr
    reason: PubStr


@event("inspection.served", v=1)
class NoticeServed(Event):
    """The notice reached the business."""

    manner: PubStr
    received_by: PerStr


@event("inspection.checked_in", v=1)
class CheckedIn(Event):
    """A department's officers entered, certificates shown."""

    department: PubStr
    point: PerStr
    exception: IntStr


@event("inspection.began", v=1)
class InspectionBegan(Event):
    """The first department began."""

    n_departments: PubInt


@event("inspection.ended", v=1)
class InspectionEnded(Event):
    """The visit ended; the publication clocks run from this day."""

    ended_on: PubStr
