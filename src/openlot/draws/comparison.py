"""The freeze diff (封存对照): what is sealed, against the register and against the last draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from fairdraw.frame import Frame
from openlot.draws.framing import frame_of
from openlot.draws.models import Draw
from openlot.draws.selectors import evidence
from openlot.registers.models import InspectionTarget
from openlot.trail.selectors import newest

MOST = 200
UNLISTED, ELIGIBLE = "-", "E"


class Change(NamedTuple):
    """One entry that stands otherwise than at the last draw (变动对象).

    before, after  ``E`` drawable, ``X…`` not drawable and why, ``-`` not in the list
    """

    code: str
    name: str
    before: str
    after: str
    by_ref: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a list holds and how it differs from the last one (封存对照)."""

    n_register: int
    n_entries: int
    n_eligible: int
    exclusions: Mapping[str, int]
    previous: Draw | None
    counts: Mapping[tuple[str, str], int]
    changes: list[Change]


def comparison(draw: Draw) -> Comparison:
    """Return the freeze diff of a draw (封存对照): of the sealed list, else of the register now.

    Entries that lost their place come first: a friend left out the day before is at the top.
    """
    now = _list_of(draw)
    previous = last_draw(draw)
    before = _dispositions(_sealed(previous)) if previous is not None else {}
    changed = {
        code: (before.get(code, UNLISTED), now.get(code, UNLISTED))
        for code in before.keys() | now.keys()
        if previous is not None and before.get(code) != now.get(code)
    }
    tally = Counter(now.values())
    return Comparison(
        n_register=InspectionTarget.objects.filter(department=draw.task.department).count(),
        n_entries=len(now),
        n_eligible=tally.pop(ELIGIBLE, 0),
        exclusions=dict(sorted(tally.items())),
        previous=previous,
        counts=Counter(changed.values()),
        changes=_changes(draw, changed),
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


def _list_of(draw: Draw) -> dict[str, str]:
    if draw.frozen_at is not None:
        return _dispositions(_sealed(draw))
    return _dispositions([frame_of(draw).frame])


def _sealed(draw: Draw) -> list[Frame]:
    return [
        Frame.parse(row.fid, row.lane, evidence(draw, f"frame-{row.fid}.vdr"))
        for row in draw.frames.all()
    ]


def _dispositions(frames: Iterable[Frame]) -> dict[str, str]:
    return {leaf.target: leaf.disp for frame in frames for leaf in frame.leaves}


def _changes(draw: Draw, changed: Mapping[str, tuple[str, str]]) -> list[Change]:
    ordered = sorted(changed, key=lambda code: (changed[code][1] == ELIGIBLE, code))[:MOST]
    kept = InspectionTarget.objects.filter(department=draw.task.department, code__in=ordered)
    rows = {row.code: row for row in kept}
    entries = newest(rows.values())
    found = []
    for code in ordered:
        row = rows.get(code)
        entry = entries.get(row.pk) if row is not None else None
        found.append(
            Change(
                code,
                row.name if row is not None else "",
                *changed[code],
                entry.actor_ref if entry is not None else "",
                entry.at if entry is not None else None,
            )
        )
    return found
