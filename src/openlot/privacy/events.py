"""Who looked at, revealed or took away what is not public."""

from openlot.trail.events import Event, IntInt, IntStr, PerStr, event


@event("privacy.undisclosed_viewed", v=1)
class UndisclosedViewed(Event):
    """Somebody looked at a list or record that is not public."""

    screen: IntStr


@event("privacy.personal_revealed", v=1)
class PersonalRevealed(Event):
    """Somebody read personal fields whole, and said why."""

    fields: IntStr
    reason: IntStr


@event("privacy.list_exported", v=1)
class ListExported(Event):
    """Somebody took a list away as a file; the words searched for may be a person's."""

    screen: IntStr
    format: IntStr
    n_rows: IntInt
    narrowed_by: PerStr
