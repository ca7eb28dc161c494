"""The lives of results and follow-ups (检查结果与后续处置), rule-book 5.5 rows 8 to 12."""

from openlot.lifecycle.arrows import Machine, arrow
from openlot.results import events as e
from openlot.results.models import FollowUpState as F
from openlot.results.models import ResultState as S
from openlot.rights.perms import Perm

LAW = "JZF2020-9/2.5"

RESULT = Machine(
    "results.InspectionResult",
    states=S,
    arrows=(
        arrow("open", (), S.NOT_RECORDED, Perm.RESULT_VIEW, e.ResultOpened, law=LAW),
        arrow(
            "move_clock",
            (S.NOT_RECORDED, S.IN_REVIEW, S.RETURNED, S.APPROVED),
            None,
            Perm.RESULT_VIEW,
            e.ClockMoved,
            law=LAW,
        ),
        arrow(
            "add_evidence",
            (S.NOT_RECORDED, S.RETURNED),
            None,
            Perm.RESULT_RECORD,
            e.EvidenceAdded,
            law=LAW,
        ),
        arrow(
            "record",
            (S.NOT_RECORDED, S.RETURNED),
            S.IN_REVIEW,
            Perm.RESULT_RECORD,
            e.ResultRecorded,
            law=LAW,
        ),
        arrow("approve", (S.IN_REVIEW,), S.APPROVED, Perm.RESULT_REVIEW, e.ResultApproved, law=LAW),
        arrow(
            "send_back", (S.IN_REVIEW,), S.RETURNED, Perm.RESULT_REVIEW, e.ResultReturned, law=LAW
        ),
        arrow(
            "publish", (S.APPROVED,), S.PUBLISHED, Perm.RESULT_PUBLISH, e.ResultPublished, law=LAW
        ),
        arrow(
            "cancel",
            (S.NOT_RECORDED,),
            S.CANCELLED,
            Perm.DRAW_CONSENT,
            e.ResultCancelled,
            law="JZF2020-9/2.4",
        ),
    ),
)

FOLLOW_UP = Machine(
    "results.FollowUp",
    states=F,
    arrows=(
        arrow("open", (), F.OPEN, Perm.RESULT_REVIEW, e.FollowUpOpened, law=LAW),
        arrow("finish", (F.OPEN,), F.DONE, Perm.FOLLOW_UP, e.FollowUpDone, law=LAW),
    ),
)
