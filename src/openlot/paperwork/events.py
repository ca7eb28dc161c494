"""What happens to papers."""

from openlot.trail.events import Event, IntInt, PubStr, event


@event("task.pack_taken", v=1)
class PackTaken(Event):
    """Somebody took the due-diligence pack of a task."""

    sha256: PubStr
    n_files: IntInt
