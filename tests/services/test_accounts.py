"""Accounts and roles: two people give, one takes away at once, nothing is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from openlot.accounts import services
from openlot.accounts.guards import seat_faults
from openlot.accounts.models import (
    AccountRequest,
    Department,
    Duty,
    Grant,
    LoginName,
    RequestState,
    User,
)
from openlot.accounts.selectors import missing_duties, without_all_duties
from openlot.kernel import clock
from openlot.kernel.actor import THREE_ADMINISTRATORS, Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid, StaleState
from openlot.ops.demo.city import as_role
from openlot.rights.perms import Perm
from openlot.rights.rules import RULES, Scope
from openlot.signin.services import invite
from openlot.trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def clerk() -> Actor:
    return as_role("SCJG", Role.ACCOUNT_CLERK)


def platform() -> Actor:
    return as_role("SCJG", Role.PLATFORM_ADMIN)


def security() -> Actor:
    return as_role("SCJG", Role.SECURITY_ADMIN)


def somebody(username: str = "scjg-reviewer") -> User:
    return User.objects.select_related("department").get(username=username)


def told(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


@pytest.mark.law("GBT22239-8.1.5")
def test_one_asks_another_decides_and_the_role_holds():
    """A clerk asks, the security administrator decides; the grant says who, why and until when."""
    last_day = clock.today() + timedelta(days=3)
    asked = services.request_grant(
        somebody(), Role.TASK_CLERK, reason="代办", ends_on=last_day, actor=clerk()
    )
    assert Role.TASK_CLERK not in somebody().as_actor().roles
    before = told("account.role_granted")
    done = services.approve_request(asked, opinion="同意", actor=security())
    assert done.state == RequestState.APPROVED
    assert told("account.role_granted") == before + 1
    grant = somebody().grants.get(role=Role.TASK_CLERK)
    assert (grant.request, grant.ends_on) == (done, last_day)
    assert Role.TASK_CLERK in somebody().as_actor().roles
    with clock.travel(clock.now() + timedelta(days=4)):
        assert Role.TASK_CLERK not in somebody().as_actor().roles
        assert services.end_expired_grants(actor=Actor.system("nightly")) >= 1
    grant.refresh_from_db()
    assert grant.revoked_reason == "临时授权到期"


def test_a_grant_whose_day_is_over_can_be_given_again():
    """A temporary role that ran out, not yet written down as ended, stands in nobody's way."""
    user = somebody("scjg-inspector-002")
    with clock.travel(clock.now() + timedelta(days=60)):
        assert Role.REVIEWER not in somebody(user.username).as_actor().roles
        asked = services.request_grant(user, Role.REVIEWER, reason="再次代办", actor=clerk())
        services.approve_request(asked, opinion="", actor=security())
        assert Role.REVIEWER in somebody(user.username).as_actor().roles


def test_nobody_decides_on_an_own_request_or_about_oneself():
    """Whoever asked, and whom it concerns, are refused even where the right would reach."""
    asked = services.request_grant(somebody(), Role.TASK_CLERK, reason="代办", actor=clerk())
    both = Actor(
        ref=clerk().ref,
        name="",
        user_id=clerk().user_id,
        department_id=clerk().department_id,
        roles=frozenset({Role.ACCOUNT_CLERK, Role.SECURITY_ADMIN}),
    )
    concerned = Actor(
        ref="user:other", name="", user_id=somebody().pk, roles=frozenset({Role.SECURITY_ADMIN})
    )
    for actor in (both, concerned):
        with pytest.raises(Denied):
            services.approve_request(asked, opinion="", actor=actor)
        with pytest.raises(Denied):
            services.refuse_request(asked, reason="不同意", actor=actor)
    for role in (Role.PLATFORM_ADMIN, Role.AUDIT_ADMIN, Role.ACCOUNT_CLERK):
        with pytest.raises(Denied):
            services.approve_request(asked, opinion="", actor=as_role("SCJG", role))


def test_a_request_is_decided_once():
    """Who comes second is told that it is decided; a second equal request is refused."""
    asked = services.request_grant(somebody(), Role.TASK_CLERK, reason="代办", actor=clerk())
    with pytest.raises(Conflict):
        services.request_grant(somebody(), Role.TASK_CLERK, reason="代办", actor=platform())
    services.refuse_request(asked, reason="无此必要", actor=security())
    with pytest.raises(StaleState):
        services.approve_request(asked, opinion="", actor=security())
    with pytest.raises(StaleState):
        services.withdraw_request(asked, reason="不用了", actor=clerk())
    assert not somebody().grants.filter(role=Role.TASK_CLERK).exists()


def test_a_department_asks_for_its_own_people_and_its_own_roles():
    """Another department's people, the city's roles and SUPERIOR are beyond a department's clerk."""
    with pytest.raises(Denied):
        services.request_grant(
            somebody("nync-reviewer"), Role.TASK_CLERK, reason="代办", actor=clerk()
        )
    for role in (Role.SUPERVISOR, Role.SECURITY_ADMIN, Role.SUPERIOR):
        with pytest.raises(Invalid):
            services.request_grant(somebody(), role, reason="代办", actor=clerk())
    with pytest.raises(Invalid):
        services.request_grant(somebody(), Role.SUPERIOR, reason="代办", actor=platform())
    with pytest.raises(Invalid):
        services.request_grant(somebody(), Role.TASK_CLERK, reason=" ", actor=clerk())


def test_nobody_gives_rights_alone():
    """Opening an account or giving a role directly is refused to every person of the city."""
    for role in (Role.PLATFORM_ADMIN, Role.SECURITY_ADMIN, Role.ACCOUNT_CLERK):
        actor = as_role("SCJG", role)
        with pytest.raises(Denied):
            services.grant_role(somebody(), Role.TASK_CLERK, actor=actor)
        with pytest.raises(Denied):
            services.open_account(
                username="scjg-alone",
                name="某",
                department=somebody().department,
                password=None,
                actor=actor,
            )


@pytest.mark.law("GBT22239-8.1.5")
@pytest.mark.parametrize("seat", sorted(THREE_ADMINISTRATORS))
def test_an_administrator_holds_no_other_role(seat: Role):
    """Service and database refuse a second seat, and a seat beside a business role."""
    holder = somebody(f"scjg-{seat.value.replace('_', '-')}")
    others = [role for role in Role if role is not seat and role is not Role.SUPERIOR]
    for role in others:
        with pytest.raises(Conflict):
            services.grant_role(holder, role, actor=Actor.system("test"))
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(
                user=holder, role=role, granted_at=clock.now(), granted_by_ref="system:test"
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(user=somebody(), revoked_at=None).update(user=holder)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(user=holder).update(user=somebody())
    assert seat_faults() == []


def test_administration_is_shared_out_among_the_three():
    """No right to act belongs to two of the three, and none of them has a right of business."""
    reading = {
        Perm.ACCOUNT_VIEW,
        Perm.REQUEST_VIEW,
        Perm.FACTOR_RESET_VIEW,
        Perm.EMERGENCY_VIEW,
        Perm.DESK_VIEW,
        Perm.DEPARTMENT_VIEW,
        Perm.POLICY_VIEW,
        Perm.ITEM_VIEW,
    }
    held = {seat: {p for r, p in RULES if r is seat} for seat in THREE_ADMINISTRATORS}
    acting = [perm for perms in held.values() for perm in perms - reading]
    assert len(acting) == len(set(acting))
    assert held[Role.AUDIT_ADMIN] - reading == {Perm.TRAIL_VIEW}
    business = {
        perm for role, perm in RULES if role not in {*THREE_ADMINISTRATORS, Role.ACCOUNT_CLERK}
    }
    assert set(acting) & business == {Perm.TRAIL_VIEW}


def test_revoking_takes_one_person_and_is_immediate():
    """The asking side and the deciding side may each take a role away; others may not."""
    user = somebody()
    for actor in (as_role("NYNC", Role.ACCOUNT_CLERK), as_role("SCJG", Role.AUDIT_ADMIN)):
        with pytest.raises(Denied):
            services.revoke_role(user, Role.REVIEWER, reason="不再承担", actor=actor)
    with pytest.raises(Invalid):
        services.revoke_role(user, Role.REVIEWER, reason="", actor=security())
    services.revoke_role(user, Role.REVIEWER, reason="不再承担", actor=security())
    assert somebody().as_actor().roles == frozenset()
    with pytest.raises(Conflict):
        services.revoke_role(user, Role.REVIEWER, reason="不再承担", actor=clerk())


@pytest.mark.law("GBT22239-8.1.4")
def test_a_leaver_is_cut_the_same_moment(client):
    """Roles, duties, open requests and sessions end with the account; the warning appears."""
    user = somebody("scjg-account-clerk")
    asked = services.request_grant(
        somebody(), Role.TASK_CLERK, reason="代办", actor=user.as_actor()
    )
    about = services.request_grant(user, Role.REVIEWER, reason="代办", actor=platform())
    client.force_login(user, backend="openlot.accounts.backends.PasswordBackend")
    with pytest.raises(Conflict):
        services.close_account(user, reason="离岗", actor=user.as_actor())
    services.close_account(user, reason="调离", actor=security())
    assert client.get("/desk/").status_code == 302
    assert somebody(user.username).as_actor().roles == frozenset()
    for request in (asked, about):
        request.refresh_from_db()
        assert request.state == RequestState.WITHDRAWN
    assert missing_duties(user.department) == ["账号管理"]
    assert user.department in without_all_duties()
    with pytest.raises(Conflict):
        services.close_account(user, reason="调离", actor=platform())
    again = services.request_reopening(user, reason="返岗", actor=platform())
    services.approve_request(again, opinion="", actor=security())
    back = somebody(user.username)
    assert (back.is_active, back.as_actor().roles) == (True, frozenset())


@pytest.mark.parametrize(
    "username",
    ["scjg-platform-admin", "scjg-security-admin", "scjg-audit-admin", "scjg-conference-office"],
)
def test_a_departments_clerk_does_not_unseat_whoever_acts_for_the_city(username: str):
    """Who keeps the accounts of the bureau closes none of the city's, and takes no such role."""
    user = somebody(username)
    (role,) = user.as_actor().roles
    User.objects.filter(pk=user.pk).update(password="!")
    for act in (
        lambda: services.close_account(user, reason="调离", actor=clerk()),
        lambda: services.revoke_role(user, role, reason="调离", actor=clerk()),
        lambda: invite(somebody(username), actor=clerk()),
    ):
        with pytest.raises(Denied):
            act()
    other = platform() if role is not Role.PLATFORM_ADMIN else security()
    assert services.revoke_role(user, role, reason="调离", actor=other).revoked_at
    services.close_account(user, reason="调离", actor=clerk())


@pytest.mark.law("JZF2020-9/2.1")
def test_names_change_only_by_request_to_the_bureau():
    """The department's clerk asks, the platform administrator approves; old names stay taken."""
    user = somebody("nync-reviewer")
    ask = {"username": "nync-law-review", "name": "", "reason": "岗位调整"}
    for actor in (platform(), clerk(), as_role("NYNC", Role.DEPARTMENT_HEAD)):
        with pytest.raises(Denied):
            services.request_renaming(user, actor=actor, **ask)
    asked = services.request_renaming(user, actor=as_role("NYNC", Role.ACCOUNT_CLERK), **ask)
    with pytest.raises(Denied):
        services.approve_request(asked, opinion="", actor=security())
    ref = user.as_actor().ref
    services.approve_request(asked, opinion="同意", actor=platform())
    user.refresh_from_db()
    assert (user.username, user.as_actor().ref) == ("nync-law-review", ref)
    assert told("account.renamed") == 1
    for name in ("nync-reviewer", "nync-law-review"):
        assert LoginName.objects.get(name=name).user == user
        with pytest.raises(Conflict):
            services.request_opening(
                department=user.department,
                username=name,
                name="他人",
                role=None,
                reason="新进",
                actor=platform(),
            )


def test_an_account_is_opened_by_two():
    """The account and its first role come into being with the decision, without a password."""
    department = Department.objects.get(code="NYNC")
    with pytest.raises(Invalid):
        services.request_opening(
            department=department,
            username="X Y",
            name="新",
            role=None,
            reason="新",
            actor=platform(),
        )
    asked = services.request_opening(
        department=department,
        username="nync-new-clerk",
        name="新来的",
        role=Role.TASK_CLERK,
        reason="新进人员",
        actor=as_role("NYNC", Role.ACCOUNT_CLERK),
    )
    assert not User.objects.filter(username="nync-new-clerk").exists()
    services.approve_request(asked, opinion="同意", actor=security())
    user = somebody("nync-new-clerk")
    assert user.as_actor().roles == {Role.TASK_CLERK}
    assert not user.has_usable_password()
    assert AccountRequest.objects.get(pk=asked.pk).user == user


@pytest.mark.law("JZF2020-9/2.2.2")
def test_who_moves_leaves_roles_and_duties_behind():
    """After a move the person holds nothing of the old department, whose tasks stay its own."""
    user = somebody("scjg-entry-clerk")
    to = Department.objects.get(code="NYNC")
    asked = services.request_move(user, to, reason="机构调整", actor=platform())
    services.approve_request(asked, opinion="", actor=security())
    moved = somebody(user.username)
    assert (moved.department, moved.as_actor().roles) == (to, frozenset())
    assert not Duty.objects.filter(user=moved, ended_at=None).exists()
    with pytest.raises(Denied):
        services.request_grant(moved, Role.TASK_CLERK, reason="新岗", actor=clerk())


def test_duties_are_named_passed_on_and_remembered():
    """The head names and relieves; the same person once; history stays."""
    head = as_role("NYNC", Role.DEPARTMENT_HEAD)
    user = somebody("nync-reviewer")
    duty = services.name_for_duty(user, Duty.Kind.ENTRY, actor=head)
    with pytest.raises(Conflict):
        services.name_for_duty(user, Duty.Kind.ENTRY, actor=head)
    with pytest.raises(Denied):
        services.name_for_duty(somebody(), Duty.Kind.ENTRY, actor=head)
    with pytest.raises(Invalid):
        services.relieve_of_duty(user, Duty.Kind.ENTRY, reason="", actor=head)
    services.relieve_of_duty(user, Duty.Kind.ENTRY, reason="轮岗", actor=head)
    duty.refresh_from_db()
    assert (duty.ended_reason, duty.ended_by_ref) == ("轮岗", head.ref)
    services.name_for_duty(user, Duty.Kind.ENTRY, actor=head)
    assert Duty.objects.filter(user=user, kind=Duty.Kind.ENTRY).count() == 2


def test_accounts_nobody_uses_are_locked():
    """Only those unused for the policy's days; another run locks nobody; two people reopen."""
    nightly = Actor.system("nightly")
    with clock.travel(clock.now() + timedelta(days=1)):
        assert services.lock_dormant(actor=nightly) == 2
        assert services.lock_dormant(actor=nightly) == 0
        user = somebody("scjg-inspector-006")
        assert (user.is_active, user.standing) == (False, "locked")
        asked = services.request_reopening(user, reason="仍在岗", actor=clerk())
        services.approve_request(asked, opinion="", actor=security())
        user = somebody("scjg-inspector-006")
        assert user.is_active
        assert user.as_actor().roles == {Role.INSPECTOR}
        assert services.lock_dormant(actor=nightly) == 0


def test_no_right_stands_in_two_scopes():
    """The table gives each role each right once."""
    from openlot.rights import rules

    for role, scopes in rules._TABLE.items():
        perms = [perm for held in scopes.values() for perm in held]
        assert len(perms) == len(set(perms)), role
    assert set(RULES.values()) <= set(Scope)


def test_the_table_of_rights_is_written_afresh():
    """docs/rights.md has the table that the rules make."""
    call_command("rights", check=True)


def test_the_site_does_not_start_without_the_guard():
    """A dropped or disabled trigger is told; with it nothing is."""
    assert seat_faults() == []
    drop = {
        "sqlite": "DROP TRIGGER accounts_grant_seat_changed",
        "postgresql": "ALTER TABLE accounts_grant DISABLE TRIGGER accounts_grant_seat",
    }
    with connection.cursor() as cursor:
        cursor.execute(drop[connection.vendor])
    (fault,) = seat_faults()
    assert "accounts_grant_seat" in fault
