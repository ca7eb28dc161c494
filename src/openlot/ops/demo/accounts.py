"""What the demo city's people have lately asked for, decided and left (账号与授权演示)."""

from __future__ import annotations

from datetime import date, timedelta

from openlot.accounts.models import User
from openlot.accounts.services import (
    approve_request,
    close_account,
    record_sign_in,
    relieve_of_duty,
    request_grant,
    request_opening,
    request_renaming,
)
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.ops.demo.city import as_role, at

UNUSED = ("scjg-inspector-006", "xfjy-inspector-006")


def leave_accounts(today: date) -> None:
    """Let everybody but two have signed in lately; leave requests and a vacant duty to be seen."""
    with clock.travel(at(today - timedelta(days=6), 8, 30)):
        for user in User.objects.exclude(username__in=UNUSED).select_related("department"):
            record_sign_in(user, method="demo", address="")
    with clock.travel(at(today - timedelta(days=4), 10)):
        _decided(today)
        _left()
    with clock.travel(at(today - timedelta(days=1), 16)):
        _waiting(today)


def _user(username: str) -> User:
    return User.objects.select_related("department").get(username=username)


def _decided(today: date) -> None:
    request = request_grant(
        _user("scjg-inspector-002"),
        Role.REVIEWER,
        reason="审核岗休假，临时代办结果审核",
        ends_on=today + timedelta(days=26),
        actor=as_role("SCJG", Role.ACCOUNT_CLERK),
    )
    security = as_role("SCJG", Role.SECURITY_ADMIN)
    approve_request(request, opinion="已核实代办安排，同意", actor=security)


def _left() -> None:
    publication = _user("gxq-publication-clerk")
    head = as_role("GXQ", Role.DEPARTMENT_HEAD)
    relieve_of_duty(publication, "publication", reason="岗位调整，另行明确", actor=head)
    clerk = as_role("GXQ", Role.ACCOUNT_CLERK)
    close_account(publication, reason="调离本单位", actor=clerk)


def _waiting(today: date) -> None:
    request_grant(
        _user("wlty-reviewer"),
        Role.TASK_CLERK,
        reason="经办人外出培训，代办抽查任务",
        ends_on=today + timedelta(days=40),
        actor=as_role("WLTY", Role.ACCOUNT_CLERK),
    )
    director = _user("wsjk-reviewer")
    request_renaming(
        director,
        username="wsjk-law-review",
        name=director.name,
        reason="岗位名称调整为法制审核",
        actor=as_role("WSJK", Role.ACCOUNT_CLERK),
    )
    request_opening(
        department=director.department,
        username="wsjk-task-clerk-2",
        name="顾明月",
        role=Role.TASK_CLERK,
        reason="新增抽查经办人一名",
        actor=as_role("WSJK", Role.ACCOUNT_CLERK),
    )
