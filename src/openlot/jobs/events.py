"""What happens to background jobs that needs somebody's eye."""

from openlot.trail.events import Event, IntStr, PubInt, PubStr, event


@event("jobs.failed", v=1)
class JobFailed(Event):
    """A job ended without having done its work."""

    task: PubStr
    attempts: PubInt
    key: IntStr
    reason: IntStr


@event("jobs.retried", v=1)
class JobRetried(Event):
    """Somebody let a failed job be tried again."""

    task: PubStr
    key: IntStr
