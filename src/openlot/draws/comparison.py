"""The freeze diff (封存对照): what is sealed, against the register and against the last draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from fairdraw.frame import Frame
from openlot.draws.framing import frames_of, listing_departments
from openlot.draws.models import Draw
from openlot.draws.selectors import evidence
from openlot.registers.models import InspectionTarget
from openlot.trail.selectors import newest

MOST = 200
UNLISTED, ELIGIBLE = "-", "E"

Entry = tuple[str, str]


class Change(NamedTuple):
    """One entry that stands otherwise than at the last draw (变动对象).

    before, after  ``E`` drawable, ``X…`` not drawable and why, ``-`` not in the list
    """

    department: str
    code: str
    name: str
    before: str
    after: str
    by_ref: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the lists hold and how they differ from the last ones (封存对照)."""

    n_register: int
    n_entries: int
    n_eligible: int
    exclusions: Mapping[str, int]
    previous: Draw | None
    counts: Mapping[tuple[str, str], int]
    changes: list[Change]

    @property
    def n_lost(self) -> int:
        """How many could be drawn the last time and cannot now (新排除)."""
        return sum(n for (before, _), n in self.counts.items() if before == ELIGIBLE)


def comparison(draw: Draw) -> Comparison:
    """Return the freeze diff of a draw (封存对照): of the sealed lists, else of the registers now.

    Entries that lost their place come first: a friend left out the day before is at the top.
    """
    now = _lists_of(draw)
    previous = None if draw.matches_again else last_draw(draw)
    before = _sealed(previous) if previous is not None else {}
    changed = {
        entry: (before.get(entry, UNLISTED), now.get(entry, UNLISTED))
        for entry in before.keys() | now.keys()
        if previous is not None and before.get(entry) != now.get(entry)
    }
    tally = Counter(now.values())
    registers = {department.pk for department in listing_departments(draw.task).values()}
    return Comparison(
        n_register=InspectionTarget.objects.filter(department__in=registers).count(),
        n_entries=len(now),
        n_eligible=tally.pop(ELIGIBLE, 0),
        exclusions=dict(sorted(tally.items())),
        previous=previous,
        counts=Counter(changed.values()),
        changes=_changes(changed),
    )


def last_draw(draw: Draw) -> Draw | None:
    """Return the last list the department sealed for the same items (上一次抽取), voided or not."""
    items = draw.task.task_items.values("item__code")
    rows = Draw.objects.filter(
        task__department=draw.task.department,
        task__task_items__item__code__in=items,
        frozen_at__isnull=False,
        pk__lt=draw.pk,
    )
    return rows.order_by("-frozen_at").first()


def _lists_of(draw: Draw) -> dict[Entry, str]:
    if draw.frozen_at is not None:
        return _sealed(draw)
    return {
        (framed.department.code, leaf.target): leaf.disp
        for framed in frames_of(draw)
        for leaf in framed.frame.leaves
    }


def _sealed(draw: Draw) -> dict[Entry, str]:
    found = {}
    for row in draw.frames.select_related("department"):
        frame = Frame.parse(row.fid, row.lane, evidence(draw, f"frame-{row.fid}.vdr"))
        found.update({(row.department.code, leaf.target): leaf.disp for leaf in frame.leaves})
    return found


def _changes(changed: Mapping[Entry, tuple[str, str]]) -> list[Change]:
    ordered = sorted(changed, key=lambda entry: (changed[entry][1] == ELIGIBLE, entry))[:MOST]
    kept = InspectionTarget.objects.filter(
        department__code__in={department for department, _ in ordered},
        code__in={code for _, code in ordered},
    ).select_related("department")
    rows = {(row.department.code, row.code): row for row in kept}
    entries = newest(rows.values())
    found = []
    for entry in ordered:
        row = rows.get(entry)
        told = entries.get(row.pk) if row is not None else None
        found.append(
            Change(
                row.department.short_name if row is not None else entry[0],
                entry[1],
                row.name if row is not None else "",
                *changed[entry],
                told.actor_ref if told is not None else "",
                told.at if told is not None else None,
            )
        )
    return found
