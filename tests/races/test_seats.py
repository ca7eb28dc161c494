"""Two roles that exclude each other, given to one person at the same instant: one of them holds."""

from __future__ import annotations

import pytest
from copies import Copies, act_on, race
from django.db import IntegrityError, connection

from openlot.accounts import services
from openlot.accounts.guards import seat_faults
from openlot.accounts.models import AccountRequest, Grant, User
from openlot.accounts.services import granting
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict
from openlot.ops.demo.city import as_role

ROUNDS = 5
PAIR = (Role.AUDIT_ADMIN, Role.TASK_CLERK)
DROP = {
    "sqlite": ("DROP TRIGGER accounts_grant_seat_given",),
    "postgresql": ("DROP TRIGGER accounts_grant_seat ON accounts_grant",),
}


def person() -> User:
    return User.objects.select_related("department").get(username="scjg-expert")


def second_administrator() -> None:
    """Open an account for another security administrator."""
    user = services.open_account(
        username="scjg-security-two",
        name="安二",
        department=person().department,
        password=None,
        actor=Actor.system("setup"),
    )
    services.grant_role(user, Role.SECURITY_ADMIN, actor=Actor.system("setup"))


def free() -> None:
    """Take the expert's role away, and ask for two that exclude each other."""
    second_administrator()
    services.revoke_role(
        person(), Role.EXPERT, reason="腾退", actor=as_role("SCJG", Role.SECURITY_ADMIN)
    )
    for role in PAIR:
        asker = as_role("SCJG", Role.PLATFORM_ADMIN)
        services.request_grant(person(), role, reason="并发", actor=asker)


def approving(role: Role):
    """Return one of two administrators, who looks at one request and then approves it."""

    def look():
        request = AccountRequest.objects.get(user=person(), role=role, state="requested")
        actor = as_role("SCJG", Role.SECURITY_ADMIN)
        if role == PAIR[1]:
            actor = User.objects.get(username="scjg-security-two").as_actor()
        return lambda: services.approve_request(request, opinion="", actor=actor)

    return look


def writing(role: Role):
    """Return somebody who goes past the services, straight to the table."""

    def look():
        user = person()
        return lambda: Grant.objects.create(
            user=user, role=role, granted_at=clock.now(), granted_by_ref="nobody"
        )

    return look


def held() -> set[str]:
    return set(person().grants.filter(revoked_at=None).values_list("role", flat=True))


def drop_guard() -> None:
    with connection.cursor() as cursor:
        for statement in DROP[connection.vendor]:
            cursor.execute(statement)


@pytest.mark.parametrize("act", [approving, writing])
def test_one_of_two_exclusive_roles_holds(copies: Copies, act):
    """Services and table alike let exactly one through, whoever was slower is refused."""
    for _round in range(ROUNDS):
        name = copies.take()
        act_on(name, free)
        outcomes = race(name, [act(role) for role in PAIR])
        errors = [type(o.error) for o in outcomes if o.error is not None]
        assert errors in ([Conflict], [IntegrityError]), outcomes
        assert len(act_on(name, held)) == 1
        assert act_on(name, seat_faults) == []


def test_without_look_and_guard_two_administrators_give_both(copies: Copies, monkeypatch):
    """Each approves by right and in order: only the look at what is held keeps the two apart."""
    monkeypatch.setattr(granting, "refuse_two_seats", lambda _user, _role: None)
    name = copies.take()
    act_on(name, free)
    act_on(name, drop_guard)
    outcomes = race(name, [approving(role) for role in PAIR])
    assert [o.error for o in outcomes] == [None, None]
    assert act_on(name, held) == {role.value for role in PAIR}


def test_without_the_guard_both_would_hold(copies: Copies):
    """The same race without the database's guard gives one person both: the test can see it."""
    name = copies.take()
    act_on(name, free)
    act_on(name, drop_guard)
    race(name, [writing(role) for role in PAIR])
    assert act_on(name, held) == {role.value for role in PAIR}
    faults = act_on(name, seat_faults)
    assert faults[-1] == "scjg-expert: an administrator holds 2 roles"
    assert "guard is missing" in faults[0]
