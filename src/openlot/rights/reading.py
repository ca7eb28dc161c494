"""Which fields of the trail a person reads (留痕字段可见范围)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openlot.kernel.actor import Actor
from openlot.rights.access import holds
from openlot.rights.perms import Perm
from openlot.trail.models import Entry
from openlot.trail.selectors import Parts

# Before the embargo ends these give the drawn list away: only who may take the bundle reads them.
SEALED = frozenset({"seed", "value"})
# How a business is judged (信用风险等级) is for those who may read it on the business itself.
JUDGED = frozenset({"credit_class"})


@dataclass(frozen=True, slots=True)
class Readable:
    """What of an entry a person reads (可见字段): values by name.

    hidden    the personal fields that are there for others
    erased    those that are there for nobody any more
    """

    values: dict[str, Any]
    changes: dict[str, tuple[str, str]]
    hidden: tuple[str, ...]
    erased: tuple[str, ...]


def readable(entry: Entry, parts: Parts, actor: Actor) -> Readable:
    """Return what ``actor`` reads of an entry (可见字段).

    Public fields are for everybody who may see the entry at all; internal ones for the department
    that it belongs to and those who oversee the trail; personal ones for whoever acted.
    """
    values = dict(parts.public)
    changes = _pairs(values.pop("changes", {}))
    own = bool(entry.department_code) and entry.department_code == actor.department_code
    if own or holds(actor, Perm.TRAIL_VIEW):
        inside = dict(parts.internal)
        changes |= _pairs(inside.pop("changes", {}))
        if not holds(actor, Perm.CREDIT_VIEW):
            changes = {name: pair for name, pair in changes.items() if name not in JUDGED}
        sealed = () if holds(actor, Perm.BUNDLE_VIEW) else SEALED
        values |= {name: value for name, value in inside.items() if name not in sealed}
    personal = dict(parts.personal)
    personal_changes = _pairs(personal.pop("personal_changes", {}))
    if entry.actor_ref == actor.ref:
        return Readable(values | personal, changes | personal_changes, (), parts.erased)
    return Readable(values, changes, (*personal, *personal_changes), parts.erased)


def _pairs(changes: dict[str, list[str]]) -> dict[str, tuple[str, str]]:
    return {name: (old, new) for name, (old, new) in changes.items()}
