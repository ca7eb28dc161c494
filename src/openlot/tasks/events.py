"""What happens to tasks before anything is drawn."""

from openlot.trail.changes import Changes
from openlot.trail.events import Event, IntInt, IntStr, PubInt, PubStr, event


@event("task.drafted", v=1)
class TaskDrafted(Event):
    """A task was drafted from a plan line or a superior's list."""

    number: PubStr
    origin: PubStr


@event("task.amended", v=2)
class TaskAmended(Event):
    """A draft scheme was changed."""

    changes: Changes


@event("task.submitted", v=1)
class TaskSubmitted(Event):
    """The scheme was handed in to the participants and the head."""

    departments: PubStr


@event("task.participant_invited", v=1)
class ParticipantInvited(Event):
    """A department was asked to take part."""

    department: PubStr


@event("task.participation_accepted", v=1)
class ParticipationAccepted(Event):
    """A department accepted the scheme."""

    department: PubStr


@event("task.participation_declined", v=1)
class ParticipationDeclined(Event):
    """A department declined the scheme."""

    department: PubStr
    reason: IntStr


@event("task.approved", v=1)
class TaskApproved(Event):
    """The head approved the scheme."""


@event("task.returned", v=1)
class TaskReturned(Event):
    """The scheme was sent back."""

    reason: IntStr


@event("task.roster_confirmed", v=1)
class RosterConfirmed(Event):
    """A department confirmed which of its inspectors can be sent."""

    department: PubStr
    n_members: PubInt
    n_on_leave: IntInt


@event("task.rosters_sealed", v=1)
class RostersSealed(Event):
    """The rosters were sealed with the lists."""


@event("task.rosters_unsealed", v=1)
class RostersUnsealed(Event):
    """The rosters were opened again after a void draw."""


@event("task.list_imported", v=1)
class ListImported(Event):
    """A superior's list of targets was taken in."""

    n_targets: PubInt
    evidence: IntStr


@event("task.closed", v=1)
class TaskClosed(Event):
    """All results are public and all follow-ups done."""


@event("task.voided", v=1)
class TaskVoided(Event):
    """The task was given up before any inspection."""

    reason: PubStr
