"""The permission table (权限表): which role may do what, and how far it reaches."""

from __future__ import annotations

from enum import Enum

from openlot.kernel.actor import THREE_ADMINISTRATORS, Role
from openlot.rights.perms import Perm as P


class Scope(Enum):
    """How far a right reaches (数据范围).

    ANYWHERE    every row
    DEPARTMENT  rows of the person's own department
    BRANCHES    those, and the rows of the departments below it
    INVOLVED    rows of the own department, and those in which it takes part
    WATCHED     rows of the own department and those below it, and those in which one of them takes part
    FIELD       rows of the departments of the same regulatory field, and those in which one takes part
    ASSIGNED    rows to which the person is sent, by the department the person belongs to
    """

    ANYWHERE = "anywhere"
    DEPARTMENT = "department"
    BRANCHES = "branches"
    INVOLVED = "involved"
    WATCHED = "watched"
    FIELD = "field"
    ASSIGNED = "assigned"


_EVERYWHERE_READ = (
    P.DEPARTMENT_VIEW,
    P.POLICY_VIEW,
    P.ITEM_VIEW,
    P.DESK_VIEW,
)
_OVERSEEN = (
    P.PLAN_VIEW,
    P.TASK_VIEW,
    P.DRAW_VIEW,
    P.DAY_VIEW,
    P.AMEND_VIEW,
    P.INSPECTION_VIEW,
    P.RESULT_VIEW,
)
_WATCHED_READ = (
    P.PLAN_VIEW,
    P.TASK_VIEW,
    P.DRAW_VIEW,
    P.DAY_VIEW,
    P.AMEND_VIEW,
    P.INSPECTION_VIEW,
    P.RESULT_VIEW,
)

_A, _D, _B = Scope.ANYWHERE, Scope.DEPARTMENT, Scope.BRANCHES
_I, _W, _F, _S = Scope.INVOLVED, Scope.WATCHED, Scope.FIELD, Scope.ASSIGNED

_TABLE: dict[Role, dict[Scope, tuple[P, ...]]] = {
    Role.CONFERENCE_OFFICE: {
        _A: (
            *_OVERSEEN,
            P.ITEM_FILE,
            P.PLAN_COORDINATE,
            P.DRAW_CONSENT,
            P.AMEND_DECIDE,
            P.DRAW_CONTRIBUTE,
            P.RESERVE_HOLD,
            P.ANCHOR_RECORD,
            P.ANCHOR_CONFIRM,
            P.DRAW_RUN,
            P.DAY_RUN,
            P.ROSTER_VIEW,
            P.POLICY_ADOPT,
            P.PACK_TAKE,
            # The office answers for the personal data on the platform (PIPL art. 47); who runs the
            # machines or watches them may not erase what tells of themselves.
            P.TRAIL_SHRED,
        ),
    },
    Role.PLATFORM_ADMIN: {
        _A: (
            P.ACCOUNT_VIEW,
            P.REQUEST_VIEW,
            P.ACCOUNT_REQUEST,
            P.RENAME_DECIDE,
            P.DEPARTMENT_REGISTER,
            P.FACTOR_RESET_VIEW,
            P.FACTOR_RESET_ASK,
            P.EMERGENCY_ASK,
            P.JOB_VIEW,
            P.JOB_RETRY,
        ),
    },
    Role.SECURITY_ADMIN: {
        _A: (
            P.ACCOUNT_VIEW,
            P.REQUEST_VIEW,
            P.ACCOUNT_DECIDE,
            P.FACTOR_RESET_VIEW,
            P.FACTOR_RESET_DECIDE,
            P.SIGN_IN_GUARD,
            P.EMERGENCY_VIEW,
            P.EMERGENCY_CONFIRM,
        ),
    },
    Role.AUDIT_ADMIN: {_A: (P.ACCOUNT_VIEW, P.REQUEST_VIEW, P.TRAIL_VIEW, P.EMERGENCY_VIEW)},
    Role.DEPARTMENT_HEAD: {
        _D: (
            P.DUTY_NAME,
            P.ITEM_APPROVE,
            P.PLAN_APPROVE,
            P.TASK_APPROVE,
            P.DRAW_CONFIRM,
            P.ANCHOR_CONFIRM,
            P.DRAW_VOID,
        ),
        _B: (
            P.TARGET_VIEW,
            P.TARGET_EXPORT,
            P.CREDIT_VIEW,
            P.INSPECTOR_VIEW,
            P.ACCOUNT_VIEW,
            P.REQUEST_VIEW,
            P.ROSTER_VIEW,
        ),
        _I: (P.ITEM_CONFIRM, P.TASK_ACCEPT, P.DRAW_CONTRIBUTE, P.PAPER_PRINT, P.PACK_TAKE),
        _W: _WATCHED_READ,
    },
    Role.ACCOUNT_CLERK: {
        _D: (P.ACCOUNT_REQUEST, P.RENAME_REQUEST, P.FACTOR_RESET_VIEW, P.FACTOR_RESET_ASK),
        _B: (P.ACCOUNT_VIEW, P.REQUEST_VIEW, P.INSPECTOR_VIEW),
    },
    Role.ENTRY_CLERK: {
        _D: (
            P.TARGET_EDIT,
            P.TARGET_REVEAL,
            P.INSPECTOR_EDIT,
            P.INSPECTOR_REVEAL,
            P.RECEIPT_ISSUE,
            P.ITEM_DRAFT,
            P.PLAN_DRAFT,
        ),
        _B: (P.TARGET_VIEW, P.TARGET_EXPORT, P.CREDIT_VIEW, P.INSPECTOR_VIEW),
        _W: _WATCHED_READ,
    },
    Role.PUBLICATION_CLERK: {
        _D: (P.ITEM_PUBLISH, P.RESULT_PUBLISH),
        _W: _WATCHED_READ,
    },
    Role.TASK_CLERK: {
        _D: (
            P.INSPECTOR_EDIT,
            P.TARGET_REVEAL,
            P.INSPECTOR_REVEAL,
            P.PLAN_DRAFT,
            P.TASK_DRAFT,
            P.DRAW_PREPARE,
            P.ANCHOR_RECORD,
            P.DRAW_RUN,
            P.RECEIPT_ISSUE,
            P.INSPECTION_PREPARE,
            P.ROSTER_CONFIRM,
            P.FOLLOW_UP,
        ),
        _B: (P.TARGET_VIEW, P.CREDIT_VIEW, P.INSPECTOR_VIEW, P.ROSTER_VIEW),
        _I: (P.DRAW_CONTRIBUTE, P.AMEND_REQUEST, P.PAPER_PRINT, P.INSPECTION_REVEAL),
        _W: _WATCHED_READ,
    },
    Role.INSPECTOR: {
        _S: (
            P.TASK_VIEW,
            P.INSPECTION_VIEW,
            P.INSPECTION_VISIT,
            P.INSPECTION_REVEAL,
            P.RESULT_VIEW,
            P.RESULT_RECORD,
            P.PAPER_PRINT,
        ),
    },
    Role.GROUP_LEADER: {
        _S: (
            P.TASK_VIEW,
            P.INSPECTION_VIEW,
            P.INSPECTION_VISIT,
            P.INSPECTION_REVEAL,
            P.RESULT_VIEW,
            P.RESULT_RECORD,
            P.PAPER_PRINT,
        ),
    },
    Role.EXPERT: {_S: (P.INSPECTION_VIEW,)},
    Role.REVIEWER: {_D: (P.RESULT_REVIEW, P.INSPECTION_REVEAL), _W: _WATCHED_READ},
    Role.LEGAL_REVIEWER: {_W: (P.TASK_VIEW, P.RESULT_VIEW, P.INSPECTION_VIEW)},
    Role.SUPERVISOR: {
        _A: (
            *_OVERSEEN,
            P.DRAW_CONTRIBUTE,
            P.ANCHOR_CONFIRM,
            P.AMEND_DECIDE,
            P.BUNDLE_VIEW,
            P.TRAIL_VIEW,
            P.PACK_TAKE,
        )
    },
    Role.GOVERNMENT: {_A: (P.PLAN_VIEW, P.TASK_VIEW)},
    Role.AUDITOR: {
        _A: (
            *_OVERSEEN,
            P.TARGET_VIEW,
            P.TARGET_EXPORT,
            P.CREDIT_VIEW,
            P.INSPECTOR_VIEW,
            P.ACCOUNT_VIEW,
            P.ROSTER_VIEW,
            P.BUNDLE_VIEW,
            P.DRAW_CONTRIBUTE,
            P.TRAIL_VIEW,
            P.PACK_TAKE,
            P.EMERGENCY_VIEW,
        ),
    },
    Role.SUPERIOR: {_F: (P.PLAN_VIEW, P.TASK_VIEW)},
}

RULES: dict[tuple[Role, P], Scope] = {
    **{(role, perm): Scope.ANYWHERE for role in Role for perm in _EVERYWHERE_READ},
    **{
        (role, perm): scope
        for role, scopes in _TABLE.items()
        for scope, perms in scopes.items()
        for perm in perms
    },
}

GIVEN_BY_DEPARTMENTS = frozenset(
    {
        Role.DEPARTMENT_HEAD,
        Role.ACCOUNT_CLERK,
        Role.ENTRY_CLERK,
        Role.PUBLICATION_CLERK,
        Role.TASK_CLERK,
        Role.INSPECTOR,
        Role.GROUP_LEADER,
        Role.EXPERT,
        Role.REVIEWER,
        Role.LEGAL_REVIEWER,
    }
)


def may_stand_together(held: Role, wanted: Role) -> bool:
    """Say whether one person may hold both roles (三员互斥): an administrator holds no other."""
    return held is wanted or THREE_ADMINISTRATORS.isdisjoint({held, wanted})


# Whoever holds one of these shows a second factor; each such act asks again who acts (再次确认身份).
STRONG: frozenset[P] = frozenset(
    {
        P.ACCOUNT_REQUEST,
        P.ACCOUNT_DECIDE,
        P.RENAME_DECIDE,
        P.FACTOR_RESET_ASK,
        P.FACTOR_RESET_DECIDE,
        P.SIGN_IN_GUARD,
        P.EMERGENCY_ASK,
        P.EMERGENCY_CONFIRM,
        P.EMERGENCY_VIEW,
        P.POLICY_ADOPT,
        P.PLAN_COORDINATE,
        P.ITEM_PUBLISH,
        P.RESULT_PUBLISH,
        P.DRAW_CONFIRM,
        P.DRAW_RUN,
        P.DRAW_VOID,
        P.DRAW_CONSENT,
        P.DAY_RUN,
        P.TRAIL_SHRED,
    }
)

# What an emergency view (应急查看) reads, everywhere, and nothing else.
EMERGENCY_READ: frozenset[P] = frozenset(
    perm for perm in P if perm.value.endswith(".view") and perm is not P.EMERGENCY_VIEW
)
