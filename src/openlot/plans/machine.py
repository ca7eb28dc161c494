"""The life of an annual plan (年度抽查工作计划), rule-book 5.4."""

from openlot.lifecycle.arrows import Machine, arrow
from openlot.plans import events as e
from openlot.plans.models import PlanState as S
from openlot.rights.perms import Perm

PLAN = Machine(
    "plans.AnnualPlan",
    states=S,
    arrows=(
        arrow("draft", (), S.DRAFT, Perm.PLAN_DRAFT, e.PlanDrafted, law="JZF2020-9/2.3"),
        arrow("amend", (S.DRAFT,), None, Perm.PLAN_DRAFT, e.PlanAmended, law="JZF2020-9/2.3"),
        arrow(
            "submit", (S.DRAFT,), S.SUBMITTED, Perm.PLAN_DRAFT, e.PlanSubmitted, law="JZF2020-9/2.3"
        ),
        arrow(
            "approve",
            (S.SUBMITTED,),
            S.APPROVED,
            Perm.PLAN_APPROVE,
            e.PlanApproved,
            law="JZF2020-9/2.3",
        ),
        arrow(
            "send_back",
            (S.SUBMITTED,),
            S.DRAFT,
            Perm.PLAN_APPROVE,
            e.PlanReturned,
            law="JZF2020-9/2.3",
        ),
        arrow(
            "answer_overlap",
            (S.APPROVED,),
            None,
            Perm.PLAN_COORDINATE,
            e.OverlapAnswered,
            law="JZF2020-9/2.3",
        ),
        arrow(
            "publish",
            (S.APPROVED,),
            S.PUBLISHED,
            Perm.PLAN_COORDINATE,
            e.PlanPublished,
            law="JZF2020-9/2.3",
        ),
        arrow(
            "supersede",
            (S.PUBLISHED,),
            S.SUPERSEDED,
            Perm.PLAN_COORDINATE,
            e.PlanSuperseded,
            law="JZF2020-9/2.3",
        ),
        arrow(
            "close",
            (S.PUBLISHED,),
            S.CLOSED,
            Perm.PLAN_COORDINATE,
            e.PlanClosed,
            law="JZF2020-9/2.3",
        ),
    ),
)
