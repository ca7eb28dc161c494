"""What becomes public."""

from openlot.trail.events import Event, IntStr, PubInt, PubStr, event


@event("publication.recorded", v=1, seals=True)
class RecordPublished(Event):
    """A snapshot went to the portal."""

    kind_of_record: PubStr
    key: PubStr
    version: PubInt
    body_sha256: PubStr


@event("publication.receipt_issued", v=1)
class ReceiptIssued(Event):
    """A business proved who it is and got the code that opens its own row of a draw."""

    draw: PubStr
    target: IntStr
    shown: IntStr
