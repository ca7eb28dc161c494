"""The life of a drawing day (抽签日), protocol 5.4 for many announcements."""

from openlot.drawing_days import events as e
from openlot.drawing_days.models import DayState as S
from openlot.lifecycle.arrows import Machine, arrow
from openlot.rights.perms import Perm

LAW = "JZF2020-9/2.4"
EARLY = (S.GATHERING, S.CLOSED)

DAY = Machine(
    "drawing_days.DrawingDay",
    states=S,
    arrows=(
        arrow("open", (), S.GATHERING, Perm.DAY_RUN, e.DayOpened, law=LAW),
        arrow("close", (S.GATHERING,), S.CLOSED, Perm.DAY_RUN, e.DayClosed, law=LAW),
        arrow("announce", (S.CLOSED,), S.ANNOUNCED, Perm.DAY_RUN, e.DayAnnounced, law=LAW),
        arrow("finish", (S.ANNOUNCED,), S.DRAWN, Perm.DAY_RUN, e.DayDrawn, law=LAW),
        arrow("cancel", EARLY, S.CANCELLED, Perm.DAY_RUN, e.DayCancelled, law=LAW),
    ),
)
