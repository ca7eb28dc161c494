"""What becomes public."""

from openlot.trail.events import Event, PubInt, PubStr, event


@event("publication.recorded", v=1)
class RecordPublished(Event):
    """A snapshot went to the portal."""

    kind_of_record: PubStr
    key: PubStr
    version: PubInt
    body_sha256: PubStr
