"""The draws of a day in one table (参加的抽取)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from openlot.drawing_days.models import DrawingDay
from openlot.drawing_days.selectors import draws_of
from openlot.draws.models import Draw, DrawFrame, DrawStratum
from openlot.kernel.actor import Actor
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.web.page import link


@dataclass(frozen=True, slots=True)
class Row:
    """One draw of the day (一项抽取)."""

    draw: Draw
    department: str
    name: str
    eligible: int
    n: int
    state: str
    adigest: str
    rdigest: str

    is_open: bool

    @property
    def shown(self) -> Any:
        """The draw's number, as a link where the person may see it (抽取编号)."""
        if self.is_open:
            return link("draw", str(self.draw), pid=self.draw.public_id)
        return str(self.draw)


def rows_of(day: DrawingDay, actor: Actor) -> list[Row]:
    """Return the draws of a day with their numbers (各抽取汇总); no list and no class is in it."""
    draws = list(draws_of(day))
    opened = set(visible(actor, Perm.DRAW_VIEW, draws_of(day)).values_list("pk", flat=True))
    eligible = _sums(DrawFrame.objects.filter(draw__in=draws), "draw_id", "n_eligible")
    drawn = _sums(DrawStratum.objects.filter(frame__draw__in=draws), "frame__draw_id", "n_drawn")
    return [
        Row(
            draw=draw,
            department=draw.task.department.short_name,
            name=draw.task.name,
            eligible=eligible.get(draw.pk, 0),
            n=drawn.get(draw.pk, 0),
            state=draw.get_state_display(),
            adigest=draw.adigest,
            rdigest=draw.rdigest,
            is_open=draw.pk in opened,
        )
        for draw in draws
    ]


def _sums(rows: Any, key: str, column: str) -> dict[int, int]:
    found = rows.order_by().values_list(key).annotate(total=Sum(column))
    return dict(found)
