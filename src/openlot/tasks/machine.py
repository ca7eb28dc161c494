"""The life of a task's scheme (抽查任务方案), rule-book 5.5 rows 1 and 2."""

from openlot.lifecycle.arrows import Machine, arrow
from openlot.rights.perms import Perm
from openlot.tasks import events as e
from openlot.tasks.models import ParticipationState as PS
from openlot.tasks.models import TaskState as S

TASK = Machine(
    "tasks.InspectionTask",
    states=S,
    arrows=(
        arrow("draft", (), S.DRAFT, Perm.TASK_DRAFT, e.TaskDrafted, law="JZF2020-9/2.4"),
        arrow("amend", (S.DRAFT,), None, Perm.TASK_DRAFT, e.TaskAmended, law="JZF2020-9/2.4"),
        arrow(
            "import_list", (S.DRAFT,), None, Perm.TASK_DRAFT, e.ListImported, law="JZF2020-9/2.3"
        ),
        arrow(
            "submit", (S.DRAFT,), S.SUBMITTED, Perm.TASK_DRAFT, e.TaskSubmitted, law="JZF2020-9/2.4"
        ),
        arrow(
            "approve",
            (S.SUBMITTED,),
            S.APPROVED,
            Perm.TASK_APPROVE,
            e.TaskApproved,
            law="GBF2024-54",
        ),
        arrow(
            "send_back",
            (S.SUBMITTED,),
            S.DRAFT,
            Perm.TASK_APPROVE,
            e.TaskReturned,
            law="GBF2024-54",
        ),
        arrow(
            "seal_rosters",
            (S.APPROVED,),
            None,
            Perm.DRAW_CONFIRM,
            e.RostersSealed,
            law="JZF2020-9/2.4",
        ),
        arrow(
            "unseal_rosters",
            (S.APPROVED,),
            None,
            Perm.DRAW_CONSENT,
            e.RostersUnsealed,
            law="JZF2020-9/2.4",
        ),
        arrow("close", (S.APPROVED,), S.CLOSED, Perm.TASK_DRAFT, e.TaskClosed, law="JZF2020-9/2.5"),
        arrow(
            "void",
            (S.DRAFT, S.SUBMITTED, S.APPROVED),
            S.VOIDED,
            Perm.TASK_APPROVE,
            e.TaskVoided,
            law="JZF2020-9/2.4",
        ),
    ),
)

PARTICIPATION = Machine(
    "tasks.Participation",
    states=PS,
    arrows=(
        arrow("invite", (), PS.INVITED, Perm.TASK_VIEW, e.ParticipantInvited, law="JZF2020-9/2.4"),
        arrow(
            "accept",
            (PS.INVITED, PS.DECLINED),
            PS.ACCEPTED,
            Perm.TASK_ACCEPT,
            e.ParticipationAccepted,
            law="JZF2020-9/2.4",
        ),
        arrow(
            "decline",
            (PS.INVITED,),
            PS.DECLINED,
            Perm.TASK_ACCEPT,
            e.ParticipationDeclined,
            law="JZF2020-9/2.4",
        ),
        arrow(
            "confirm_roster",
            (PS.ACCEPTED,),
            None,
            Perm.ROSTER_CONFIRM,
            e.RosterConfirmed,
            law="JZF2020-9/2.4",
        ),
    ),
)
