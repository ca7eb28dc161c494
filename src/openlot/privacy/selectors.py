"""What personal information the trail still holds, and what of it was erased (留存与销毁)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, Model, OuterRef, QuerySet

from openlot.kernel.actor import Actor
from openlot.rights.access import require_any
from openlot.rights.perms import Perm
from openlot.trail.events import PersonalPartShredded
from openlot.trail.models import Entry, PrivatePart
from openlot.trail.searching import ORDER, Wanted, found, numbered
from openlot.trail.selectors import parts_of
from openlot.trail.subjects import subject_of

PAGE = 100
_PERSONAL = PrivatePart.objects.filter(entry=OuterRef("pk"), kind=PrivatePart.Kind.PERSONAL)


@dataclass(frozen=True, slots=True)
class Held:
    """An entry that holds personal information (留存的个人信息): which fields, never what they say."""

    entry: Entry
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A stretch of what is held about somebody (留存清单), newest first.

    total     how many entries hold something in all
    older     the number before which the next stretch lies, None at the end
    """

    rows: Sequence[Held]
    total: int
    older: int | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """One entry that lost its personal part (销毁记录).

    told      the entry that tells of it, entry the one that lost it
    """

    told: Entry
    entry: Entry
    reason: str


def held(actor: Actor, objects: Iterable[Model], *, before: int | None = None) -> HeldPage:
    """Return which entries about these objects hold personal information (留存的个人信息).

    raises    Denied
    """
    require_any(actor, Perm.TRAIL_SHRED)
    rows = _holding(objects)
    older = rows if before is None else rows.filter(pk__lt=before)
    # The order is that of a sum, for which no database walks the whole trail along its key.
    some = list(older.order_by(ORDER.desc()).values_list("pk", flat=True)[: PAGE + 1])
    shown = _entries(some[:PAGE])
    names = _names(shown)
    return HeldPage(
        [Held(entry, names[entry.pk]) for entry in shown],
        rows.count(),
        shown[-1].pk if len(some) > PAGE else None,
    )


def _holding(objects: Iterable[Model]) -> QuerySet[Entry]:
    subjects = [subject_of(obj) for obj in objects]
    return Entry.objects.filter(Exists(_PERSONAL), subject__in=subjects)


def _entries(numbers: Sequence[int]) -> list[Entry]:
    return [entry for some in numbered(numbers) for entry in some]


def _names(entries: Sequence[Entry]) -> dict[int, tuple[str, ...]]:
    """Return which fields the personal parts of entries have; of changes, which fields changed."""
    rows = PrivatePart.objects.filter(entry__in=entries, kind=PrivatePart.Kind.PERSONAL)
    found: dict[int, tuple[str, ...]] = {}
    for part in rows:
        fields = json.loads(bytes(part.payload))
        changed = fields.pop("personal_changes", {})
        found[part.entry_id] = tuple(sorted({*fields, *changed}))
    return found


def erasures(actor: Actor, *, before: int | None = None) -> tuple[list[Erasure], int | None]:
    """Return what was erased (销毁记录), newest first, and the number before which older ones lie.

    raises    Denied
    """
    require_any(actor, Perm.TRAIL_SHRED)
    numbers = found(Wanted(PersonalPartShredded.kind), most=PAGE + 1, before=before)
    told = _entries(numbers[:PAGE])
    parts = parts_of(told)
    gone = Entry.objects.defer("body").in_bulk([_erased(entry) for entry in told])
    rows = [
        Erasure(entry, gone[_erased(entry)], str(parts[entry.pk].internal["reason"]))
        for entry in told
    ]
    return rows, told[-1].pk if len(numbers) > PAGE else None


def _erased(told: Entry) -> int:
    """Return the number of the entry of which an erasure tells."""
    return int(told.subject.rpartition(":")[2])
