"""What an anchor is worth (外部存证的效力): only before the public event, only when confirmed."""

from __future__ import annotations

from django.db.models import QuerySet

from openlot.draws.models import Anchor, AnchorState, Draw
from openlot.kernel import clock


def counts(row: Anchor) -> bool:
    """Say whether an anchor lifts the level (是否计入等级).

    A second person confirmed it, and it was fixed after the announcement and before the event.
    """
    draw = row.draw
    if row.state != AnchorState.CONFIRMED or draw.event_at is None or draw.announced_at is None:
        return False
    if row.kind != Anchor.Kind.TIMESTAMP and row.at < draw.announced_at:
        return False
    return row.at < draw.event_at


def anchors_of(draw: Draw) -> QuerySet[Anchor]:
    """Return the anchors of a draw (外部存证列表), the earliest first."""
    rows = draw.anchors.defer("document").select_related("draw", "decided_by_department")
    return rows.order_by("at", "pk")


def confirmed(draw: Draw) -> QuerySet[Anchor]:
    """Return the anchors that a second person confirmed (已复核的外部存证)."""
    return anchors_of(draw).filter(state=AnchorState.CONFIRMED)


def is_anchored(draw: Draw) -> bool:
    """Say whether the announcement stood outside the city before the event (是否已外部存证)."""
    return any(counts(row) for row in confirmed(draw))


def line(row: Anchor) -> str:
    """Return an anchor in one line (存证说明), as papers and the public record have it."""
    when = clock.local(row.at)
    if row.kind == Anchor.Kind.TIMESTAMP:
        return f"{row.get_kind_display()} {row.authority} {when:%Y-%m-%d %H:%M:%S}"
    place = " ".join(part for part in (row.title, row.issue, row.page, row.address) if part)
    return f"{row.get_kind_display()} {place} {when:%Y-%m-%d}"
