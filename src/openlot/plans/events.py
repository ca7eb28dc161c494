"""What happens to annual plans."""

from openlot.trail.changes import Changes
from openlot.trail.events import Event, IntInt, IntStr, PubInt, PubStr, event


@event("plan.drafted", v=1)
class PlanDrafted(Event):
    """A plan, or a new version of one, was drafted."""

    department: PubStr
    year: PubInt
    version: PubInt


@event("plan.amended", v=2)
class PlanAmended(Event):
    """A draft plan was changed."""

    line: IntInt
    changes: Changes


@event("plan.submitted", v=1)
class PlanSubmitted(Event):
    """A plan was handed in for approval."""


@event("plan.approved", v=1)
class PlanApproved(Event):
    """The head approved a plan."""


@event("plan.returned", v=1)
class PlanReturned(Event):
    """A plan was sent back."""

    reason: IntStr


@event("plan.overlap_answered", v=1)
class OverlapAnswered(Event):
    """The joint-conference office decided on two lines that overlap."""

    line: PubStr
    other_line: PubStr
    decision: PubStr
    reason: IntStr


@event("plan.published", v=1, seals=True)
class PlanPublished(Event):
    """A plan was filed and published in one act."""

    filing_no: PubStr
    number: PubStr
    is_late: PubInt


@event("plan.superseded", v=1)
class PlanSuperseded(Event):
    """An adjusted version took the plan's place."""

    by_version: PubInt


@event("plan.closed", v=1)
class PlanClosed(Event):
    """A plan was closed at the end of its year."""
