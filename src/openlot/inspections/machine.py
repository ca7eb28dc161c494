"""The life of one inspection (单个对象检查), rule-book 5.5 rows 6 to 8."""

from openlot.inspections import events as e
from openlot.inspections.models import InspectionState as S
from openlot.lifecycle.arrows import Machine, arrow
from openlot.rights.perms import Perm

INSPECTION = Machine(
    "inspections.Inspection",
    states=S,
    arrows=(
        arrow(
            "prepare",
            (),
            S.READY,
            Perm.INSPECTION_PREPARE,
            e.InspectionPrepared,
            law="JZF2020-9/2.4",
        ),
        arrow(
            "serve",
            (S.READY, S.INSPECTING),
            None,
            Perm.INSPECTION_VISIT,
            e.NoticeServed,
            law="GBF2024-54",
        ),
        arrow(
            "begin",
            (S.READY,),
            S.INSPECTING,
            Perm.INSPECTION_VISIT,
            e.InspectionBegan,
            law="APL-55",
        ),
        arrow("check_in", (S.INSPECTING,), None, Perm.INSPECTION_VISIT, e.CheckedIn, law="APL-55"),
        arrow(
            "end",
            (S.INSPECTING,),
            S.ENDED,
            Perm.INSPECTION_VISIT,
            e.InspectionEnded,
            law="JZF2020-9/2.5",
        ),
        arrow(
            "cancel",
            (S.READY,),
            S.CANCELLED,
            Perm.DRAW_CONSENT,
            e.InspectionCancelled,
            law="JZF2020-9/2.4",
        ),
    ),
)
