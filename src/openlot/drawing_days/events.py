"""What happens to drawing days."""

from openlot.trail.events import Event, PubInt, PubStr, event


@event("day.opened", v=1)
class DayOpened(Event):
    """A drawing day was opened for the departments to join."""

    number: PubStr
    held_at: PubStr
    parties: PubStr


@event("day.closed", v=1)
class DayClosed(Event):
    """No more draws are taken; those not frozen are left to another day."""

    draws: PubStr
    left_out: PubStr


@event("day.announced", v=1, seals=True)
class DayAnnounced(Event):
    """All draws of the day were announced at once."""

    n_draws: PubInt
    sheet_digest: PubStr


@event("day.drawn", v=1, seals=True)
class DayDrawn(Event):
    """All draws of the day were carried out."""

    n_draws: PubInt


@event("day.cancelled", v=1)
class DayCancelled(Event):
    """A drawing day was given up before anything was announced."""

    reason: PubStr
