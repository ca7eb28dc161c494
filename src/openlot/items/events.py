"""What happens to items of the list."""

from openlot.trail.changes import Changes
from openlot.trail.events import Event, IntStr, PubInt, PubStr, event


@event("item.drafted", v=1)
class ItemDrafted(Event):
    """A version of an item was drafted."""

    code: PubStr
    version: PubInt
    name: PubStr


@event("item.amended", v=2)
class ItemAmended(Event):
    """A draft item was changed."""

    changes: Changes


@event("item.submitted", v=1)
class ItemSubmitted(Event):
    """An item was handed in for approval."""


@event("item.confirmed", v=1)
class ItemConfirmed(Event):
    """A participant agreed to a joint item."""

    department: PubStr


@event("item.approved", v=1)
class ItemApproved(Event):
    """The head approved an item."""


@event("item.returned", v=1)
class ItemReturned(Event):
    """An item was sent back."""

    reason: IntStr


@event("item.filed", v=1, seals=True)
class ItemFiled(Event):
    """The joint-conference office took an item on file."""

    filing_no: PubStr


@event("item.published", v=1)
class ItemPublished(Event):
    """An item was published and took effect."""

    code: PubStr
    version: PubInt


@event("item.superseded", v=1)
class ItemSuperseded(Event):
    """A newer version took the item's place."""

    by_version: PubInt


@event("item.suspended", v=1)
class ItemSuspended(Event):
    """An item was suspended."""

    reason: PubStr


@event("item.repealed", v=1)
class ItemRepealed(Event):
    """An item was repealed."""

    reason: PubStr
