"""The permission table (权限表): which role may do what, and how far it reaches."""

from __future__ import annotations

from enum import Enum

from openlot.kernel.actor import Role
from openlot.rights.perms import Perm as P


class Scope(Enum):
    """How far a right reaches (数据范围)."""

    ANYWHERE = "anywhere"
    DEPARTMENT = "department"
    INVOLVED = "involved"
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
_INVOLVED_READ = (
    P.PLAN_VIEW,
    P.TASK_VIEW,
    P.DRAW_VIEW,
    P.DAY_VIEW,
    P.AMEND_VIEW,
    P.INSPECTION_VIEW,
    P.RESULT_VIEW,
)

_A, _D, _I, _S = Scope.ANYWHERE, Scope.DEPARTMENT, Scope.INVOLVED, Scope.ASSIGNED

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
            P.DRAW_RUN,
            P.DAY_RUN,
            P.ROSTER_VIEW,
            P.POLICY_ADOPT,
            P.PACK_TAKE,
        ),
    },
    Role.PLATFORM_ADMIN: {_A: (P.ACCOUNT_VIEW, P.ACCOUNT_GRANT, P.JOB_VIEW, P.JOB_RETRY)},
    Role.DEPARTMENT_HEAD: {
        _D: (
            P.TARGET_VIEW,
            P.TARGET_EXPORT,
            P.CREDIT_VIEW,
            P.INSPECTOR_VIEW,
            P.ACCOUNT_VIEW,
            P.ITEM_APPROVE,
            P.PLAN_APPROVE,
            P.TASK_APPROVE,
            P.DRAW_CONFIRM,
            P.DRAW_VOID,
            P.ROSTER_VIEW,
        ),
        _I: (
            *_INVOLVED_READ,
            P.ITEM_CONFIRM,
            P.TASK_ACCEPT,
            P.DRAW_CONTRIBUTE,
            P.PAPER_PRINT,
            P.PACK_TAKE,
        ),
    },
    Role.ACCOUNT_CLERK: {_D: (P.ACCOUNT_VIEW, P.INSPECTOR_VIEW)},
    Role.ENTRY_CLERK: {
        _D: (
            P.TARGET_VIEW,
            P.TARGET_EDIT,
            P.TARGET_EXPORT,
            P.TARGET_REVEAL,
            P.CREDIT_VIEW,
            P.INSPECTOR_VIEW,
            P.INSPECTOR_EDIT,
            P.INSPECTOR_REVEAL,
            P.RECEIPT_ISSUE,
            P.ITEM_DRAFT,
            P.PLAN_DRAFT,
        ),
        _I: _INVOLVED_READ,
    },
    Role.PUBLICATION_CLERK: {
        _D: (P.ITEM_PUBLISH, P.RESULT_PUBLISH),
        _I: _INVOLVED_READ,
    },
    Role.TASK_CLERK: {
        _D: (
            P.TARGET_VIEW,
            P.CREDIT_VIEW,
            P.INSPECTOR_VIEW,
            P.INSPECTOR_EDIT,
            P.TARGET_REVEAL,
            P.INSPECTOR_REVEAL,
            P.PLAN_DRAFT,
            P.TASK_DRAFT,
            P.DRAW_PREPARE,
            P.DRAW_RUN,
            P.RECEIPT_ISSUE,
            P.INSPECTION_PREPARE,
            P.ROSTER_VIEW,
            P.ROSTER_CONFIRM,
            P.FOLLOW_UP,
        ),
        _I: (
            *_INVOLVED_READ,
            P.DRAW_CONTRIBUTE,
            P.AMEND_REQUEST,
            P.PAPER_PRINT,
            P.INSPECTION_REVEAL,
        ),
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
    Role.REVIEWER: {_D: (P.RESULT_REVIEW, P.INSPECTION_REVEAL), _I: _INVOLVED_READ},
    Role.LEGAL_REVIEWER: {_I: (P.TASK_VIEW, P.RESULT_VIEW, P.INSPECTION_VIEW)},
    Role.SUPERVISOR: {
        _A: (
            *_OVERSEEN,
            P.DRAW_CONTRIBUTE,
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
            P.CREDIT_VIEW,
            P.INSPECTOR_VIEW,
            P.ACCOUNT_VIEW,
            P.ROSTER_VIEW,
            P.BUNDLE_VIEW,
            P.DRAW_CONTRIBUTE,
            P.TRAIL_VIEW,
            P.PACK_TAKE,
        ),
    },
    Role.SUPERIOR: {_A: (P.PLAN_VIEW, P.TASK_VIEW)},
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
