"""The life of a draw (随机抽取), protocol 5.4 and rule-book 5.5 rows 3 to 5."""

from openlot.draws import events as e
from openlot.draws.models import AmendmentState as A
from openlot.draws.models import AnchorState as N
from openlot.draws.models import DrawState as S
from openlot.draws.models import ExtensionState as X
from openlot.lifecycle.arrows import Machine, arrow
from openlot.rights.perms import Perm

LAW = "JZF2020-9/2.4"
EARLY = (S.PREPARED, S.SEAL_REQUESTED, S.FROZEN)
LIVE = (S.FROZEN, S.ANNOUNCED, S.DRAWN, S.MATCHED)

DRAW = Machine(
    "draws.Draw",
    states=S,
    arrows=(
        arrow("prepare", (), S.PREPARED, Perm.DRAW_PREPARE, e.DrawPrepared, law=LAW),
        arrow(
            "request_seal",
            (S.PREPARED,),
            S.SEAL_REQUESTED,
            Perm.DRAW_PREPARE,
            e.SealRequested,
            law=LAW,
        ),
        arrow("freeze", (S.SEAL_REQUESTED,), S.FROZEN, Perm.DRAW_CONFIRM, e.FrameFrozen, law=LAW),
        arrow("commit_value", (S.FROZEN,), None, Perm.DRAW_CONTRIBUTE, e.ValueCommitted, law=LAW),
        arrow("announce", (S.FROZEN,), S.ANNOUNCED, Perm.DRAW_RUN, e.DrawAnnounced, law=LAW),
        arrow("open_value", (S.ANNOUNCED,), None, Perm.DRAW_CONTRIBUTE, e.ValueOpened, law=LAW),
        arrow(
            "refuse_opening",
            (S.ANNOUNCED,),
            None,
            Perm.DRAW_CONTRIBUTE,
            e.OpeningRefused,
            law=LAW,
        ),
        arrow("draw_matched", (S.ANNOUNCED,), S.MATCHED, Perm.DRAW_RUN, e.TargetsDrawn, law=LAW),
        arrow("draw_unmatched", (S.ANNOUNCED,), S.DRAWN, Perm.DRAW_RUN, e.TargetsDrawn, law=LAW),
        arrow("leave_day", EARLY, None, Perm.DAY_RUN, e.DayLeft, law=LAW),
        arrow("request_void", LIVE, None, Perm.DRAW_VOID, e.VoidRequested, law=LAW),
        arrow("refuse_void", LIVE, None, Perm.DRAW_CONSENT, e.VoidRefused, law=LAW),
        arrow("void", LIVE, S.VOIDED, Perm.DRAW_CONSENT, e.DrawVoided, law=LAW),
    ),
)

AMENDMENT = Machine(
    "draws.Amendment",
    states=A,
    arrows=(
        arrow("request", (), A.REQUESTED, Perm.AMEND_REQUEST, e.AmendmentRequested, law=LAW),
        arrow(
            "refuse",
            (A.REQUESTED, A.LINK_DUE),
            A.REFUSED,
            Perm.AMEND_DECIDE,
            e.AmendmentRefused,
            law=LAW,
        ),
        arrow("agree", (A.REQUESTED,), A.LINK_DUE, Perm.AMEND_DECIDE, e.AmendmentAgreed, law=LAW),
        arrow(
            "publish_link", (A.LINK_DUE,), A.APPROVED, Perm.RESERVE_HOLD, e.LinkPublished, law=LAW
        ),
        arrow(
            "approve", (A.REQUESTED,), A.APPROVED, Perm.AMEND_DECIDE, e.AmendmentApproved, law=LAW
        ),
        arrow(
            "carry_out",
            (A.APPROVED,),
            A.CARRIED_OUT,
            Perm.AMEND_REQUEST,
            e.AmendmentCarriedOut,
            law=LAW,
        ),
    ),
)

EXTENSION = Machine(
    "draws.Extension",
    states=X,
    arrows=(
        arrow("request", (), X.REQUESTED, Perm.DRAW_PREPARE, e.ExtensionRequested, law=LAW),
        arrow("refuse", (X.REQUESTED,), X.REFUSED, Perm.AMEND_DECIDE, e.ExtensionRefused, law=LAW),
        arrow(
            "approve", (X.REQUESTED,), X.APPROVED, Perm.AMEND_DECIDE, e.ExtensionApproved, law=LAW
        ),
    ),
)

ANCHOR = Machine(
    "draws.Anchor",
    states=N,
    arrows=(
        arrow("record", (), N.RECORDED, Perm.ANCHOR_RECORD, e.AnchorRecorded, law=LAW),
        arrow(
            "confirm", (N.RECORDED,), N.CONFIRMED, Perm.ANCHOR_CONFIRM, e.AnchorConfirmed, law=LAW
        ),
        arrow("reject", (N.RECORDED,), N.REJECTED, Perm.ANCHOR_CONFIRM, e.AnchorRejected, law=LAW),
    ),
)
