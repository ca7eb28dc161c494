"""A shortage in words (人员缺口说明): which places compete, who could take them, what is missing."""

from __future__ import annotations

from fairdraw.eligible import Pool
from fairdraw.lines import join_tags
from fairdraw.match import Shortage
from fairdraw.roster import Roster
from fairdraw.words import Words

SHOWN = 3


def describe(shortage: Shortage, roster: Roster) -> Words:
    """Return Hall's condition (人员缺口) as a sentence that an official can act on."""
    targets = sorted({place.target for place in shortage.places})
    kinds = sorted({f"{p.slot.dept} {join_tags(p.slot.tags)}" for p in shortage.places})
    pool = Pool(roster)
    barred = {n for place in shortage.places for n in pool.choice(place).barred}
    caps = [person.cap for person in roster.inspectors if person.id in set(shortage.inspectors)]
    return Words(
        "{n_targets} targets ({targets}) have {n_places} places for {kinds}; {n_people} people may"
        " take them ({n_recused} are recused from some), each at most {cap}; {n_missing} too few",
        {
            "n_targets": len(targets),
            "targets": ", ".join(targets[:SHOWN]) + (", …" if len(targets) > SHOWN else ""),
            "n_places": len(shortage.places),
            "kinds": ", ".join(kinds),
            "n_people": len(shortage.inspectors),
            "n_recused": len(barred),
            "cap": max(caps, default=0),
            "n_missing": len(shortage.places) - shortage.capacity,
        },
    )
