"""Who leaves a department is in no register of it the same moment, and nobody forgets what waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from races.scenes import SCENES

from openlot.accounts import leaving
from openlot.accounts import services as accounts
from openlot.accounts.models import Department, User
from openlot.draws.framing import roster_of
from openlot.draws.models import Draw
from openlot.inspections.models import Assignment, Inspection
from openlot.inspections.selectors import (
    leavers,
    matched_leavers,
    without_officer,
    without_papers,
)
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Invalid
from openlot.ops.demo.city import as_role
from openlot.paperwork.services import issue_papers
from openlot.publication.due import untold_draws
from openlot.publication.services import publish_draw
from openlot.registers.models import Inspector
from openlot.registers.selectors import without_register_row
from openlot.registers.services import add_inspector, move_leavers_out
from openlot.tasks.models import RosterMember
from openlot.tasks.selectors import sendable
from openlot.trail.models import Entry
from openlot.trail.selectors import parts_of
from openlot.trail.subjects import subject_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def security() -> Actor:
    return as_role("SCJG", Role.SECURITY_ADMIN)


def officer(department: str = "NYNC") -> Inspector:
    """Somebody of the register who can be sent and has an account."""
    today = clock.today()
    sent = sendable(Department.objects.get(code=department), today, today + timedelta(days=5))
    rows = sent.filter(user__isnull=False, user__is_active=True)
    return rows.select_related("user__department", "department").order_by("-pk")[0]


def close(row: Inspector) -> None:
    accounts.close_account(row.user, reason="辞职", actor=security())


def move(row: Inspector, to: str) -> User:
    """Let a person move to another department, asked by one and decided by another."""
    there = Department.objects.get(code=to)
    platform = as_role("SCJG", Role.PLATFORM_ADMIN)
    asked = accounts.request_move(row.user, there, reason="机构调整", actor=platform)
    accounts.approve_request(asked, opinion="同意", actor=security())
    return User.objects.select_related("department").get(pk=row.user_id)


def values(user: User | None, number: str) -> dict[str, object]:
    return {
        "number": number,
        "name": user.name if user else "无账号",
        "user": user,
        "category": "civil_servant",
        "certificate_no": "12K00000001",
        "certificate_from_on": clock.today() - timedelta(days=30),
        "certificate_to_on": clock.today() + timedelta(days=900),
        "tags": [],
    }


def told_of(row: Inspector) -> Entry:
    return Entry.objects.filter(subject=subject_of(row), kind="register.inspector_moved_out").get()


@pytest.mark.parametrize("how", ["closed", "moved"])
@pytest.mark.law("GBT22239-8.1.4")
def test_who_leaves_is_out_of_the_register_the_same_moment(how: str):
    """One arrow, one event with the reason; nobody can send or put that person on a roster."""
    row = officer()
    window = (clock.today(), clock.today() + timedelta(days=5))
    assert row in sendable(row.department, *window)
    close(row) if how == "closed" else move(row, "WSJK")
    row.refresh_from_db()
    assert row.state == "moved_out"
    assert row not in sendable(row.department, *window)
    entry = told_of(row)
    reason = "辞职" if how == "closed" else "机构调整"
    assert parts_of([entry])[entry.pk].internal["reason"] == reason
    about = "account.closed" if how == "closed" else "account.moved"
    account = Entry.objects.filter(kind=about, subject=subject_of(row.user)).latest("pk")
    assert account.pk > entry.pk
    assert account.actor_ref == security().ref


def test_an_account_that_cannot_be_closed_leaves_its_person_in_the_register():
    """Closing and leaving stand or fall together."""
    row = officer()

    def fails(user: User, reason: str) -> None:
        raise Conflict("x")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leaving, "ENDINGS", leaving.ENDINGS)
        leaving.ENDINGS.append(fails)
        try:
            with pytest.raises(Conflict):
                close(row)
        finally:
            leaving.ENDINGS.remove(fails)
    row.refresh_from_db()
    assert row.state == "active"
    assert User.objects.get(pk=row.user_id).is_active


def test_who_was_moved_out_already_is_not_moved_again():
    """A department that was faster stays the one that told it."""
    from openlot.registers.services import move_inspector_out

    row = move_inspector_out(officer(), reason="转岗", actor=as_role("NYNC", Role.ENTRY_CLERK))
    close(row)
    assert parts_of([told_of(row)])[told_of(row).pk].internal["reason"] == "转岗"


@pytest.mark.law("JZF2020-9/2.2.2")
def test_a_moved_person_is_entered_anew_by_the_new_department_only():
    """Not before the move, not by the old department, not twice; the earlier row stays."""
    row = officer()
    new, old = as_role("WSJK", Role.ENTRY_CLERK), as_role("NYNC", Role.ENTRY_CLERK)
    there = Department.objects.get(code="WSJK")
    with pytest.raises(Invalid):
        add_inspector(department=there, values=values(row.user, "WSJK-901"), actor=new)
    user = move(row, "WSJK")
    assert not user.inspectors.exclude(state="moved_out").exists()
    assert user in without_register_row(new)
    assert user not in without_register_row(old)
    with pytest.raises(Invalid):
        add_inspector(department=row.department, values=values(user, "NYNC-901"), actor=old)
    made = add_inspector(department=there, values=values(user, "WSJK-901"), actor=new)
    assert {r.department.code for r in user.inspectors.all()} == {"NYNC", "WSJK"}
    assert user not in without_register_row(new)
    with pytest.raises(Conflict):
        add_inspector(department=there, values=values(user, "WSJK-902"), actor=new)
    with pytest.raises(Conflict):
        add_inspector(department=there, values=values(None, "WSJK-901"), actor=new)
    assert made.state == "active"


def test_the_database_holds_one_living_row_for_an_account():
    """Whatever the platform does, an account stands in the register once."""
    row = officer()
    user = move(row, "WSJK")
    new = as_role("WSJK", Role.ENTRY_CLERK)
    there = Department.objects.get(code="WSJK")
    made = add_inspector(department=there, values=values(user, "WSJK-901"), actor=new)
    made.pk, made.public_id, made.number, made._state.adding = None, "another23456", "X-1", True
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()


def test_a_person_who_comes_back_is_entered_again():
    """A reopened account does not bring the register row back by itself."""
    row = officer()
    close(row)
    user = User.objects.get(pk=row.user_id)
    platform = as_role("SCJG", Role.PLATFORM_ADMIN)
    asked = accounts.request_reopening(user, reason="返岗", actor=platform)
    accounts.approve_request(asked, opinion="", actor=security())
    user.refresh_from_db()
    assert not user.inspectors.exclude(state="moved_out").exists()
    clerk = as_role("NYNC", Role.ENTRY_CLERK)
    add_inspector(department=row.department, values=values(user, "NYNC-902"), actor=clerk)
    assert user.inspectors.count() == 2


def test_a_list_sealed_after_somebody_left_has_no_line_for_them():
    """A roster that was confirmed before does not bring a leaver into the draw."""
    draw = Draw.objects.filter(state="matched").order_by("pk")[0]
    members = RosterMember.objects.filter(
        participation__task=draw.task, inspector__user__isnull=False, inspector__state="active"
    )
    row = members.select_related("inspector__user__department")[0].inspector
    assert row.number in {line.id for line in roster_of(draw).inspectors}
    close(row)
    assert row.number not in {line.id for line in roster_of(draw).inspectors}


def waiting() -> Assignment:
    rows = Assignment.objects.filter(
        inspection__state="ready", inspector__user__is_active=True, inspector__state="active"
    )
    return rows.select_related(
        "inspector__user__department", "inspection__task__department", "inspection__target"
    ).order_by("pk")[0]


@pytest.mark.parametrize("how", ["closed", "moved out by the department"])
def test_the_owner_of_the_task_sees_on_the_desk_that_an_officer_left(how: str, sign_in):
    """The desk counts it, the list shows it, the page names who is to be replaced."""
    from openlot.registers.services import move_inspector_out

    row = waiting()
    owner = row.inspection.task.department.code.lower()
    client = sign_in(f"{owner}-task-clerk")
    before = without_officer().count()
    if how == "closed":
        close(row.inspector)
    else:
        clerk = as_role(row.inspector.department.code, Role.ENTRY_CLERK)
        move_inspector_out(row.inspector, reason="退休", actor=clerk)
    assert without_officer().count() > before
    assert leavers(row.inspection) == [row.inspector]
    assert "检查人员已离岗、待改派" in client.get("/desk/").content.decode()
    listed = client.get("/inspections/?officer=True").content.decode()
    assert row.inspection.number in listed
    page = client.get(f"/inspections/{row.inspection.public_id}/").content.decode()
    assert f"检查人员 {row.inspector.name} 已离岗" in page


def test_nobody_is_to_be_replaced_where_the_visit_is_over():
    """Ended inspections ask for nothing."""
    done = Inspection.objects.exclude(state__in=("ready", "inspecting")).order_by("pk")[0]
    row = done.assignments.select_related("inspector__user__department")[0]
    close(row.inspector)
    assert leavers(done) == []
    assert not without_officer().filter(pk=done.pk).exists()


def test_leavers_of_the_time_before_are_taken_out_at_night():
    """Rows that were left standing by an earlier version leave with their event; then none."""
    row, other = officer(), officer("WSJK")
    User.objects.filter(pk=row.user_id).update(is_active=False, closed_at=clock.now())
    User.objects.filter(pk=other.user_id).update(department=row.department)
    night = Actor.system("nightly")
    assert move_leavers_out(actor=night) == 2
    for one in (row, other):
        one.refresh_from_db()
        assert one.state == "moved_out"
        assert told_of(one)
    assert move_leavers_out(actor=night) == 0


def test_the_form_offers_the_people_who_are_in_no_register(sign_in):
    """A clerk enters a person who came from elsewhere, with their account."""
    user = move(officer(), "WSJK")
    client = sign_in("wsjk-entry-clerk")
    page = client.get("/inspectors/new/").content.decode()
    assert f'value="{user.pk}"' in page
    made = client.post(
        "/inspectors/new/",
        {
            "number": "WSJK-903",
            "user": user.pk,
            "name": user.name,
            "category": "qualified",
            "certificate_no": "12K00000009",
        },
    )
    assert made.status_code == 302
    assert Inspector.objects.get(number="WSJK-903").user == user
    stranger = User.objects.filter(department__code="NYNC")[0]
    refused = client.post(
        "/inspectors/new/",
        {"number": "W-9", "user": stranger.pk, "name": "x", "category": "assistant"},
    )
    assert "id_user_error" in refused.content.decode()
    assert not Inspector.objects.filter(number="W-9").exists()


def test_an_officer_who_leaves_before_the_papers_is_named_on_the_draws_page(sign_in):
    """The desk counts draws without papers; the page says who has left and what to do; papers end it."""
    SCENES["issue the papers"].begin()
    draw = Draw.objects.get(task__department__code="WLTY", state="matched")
    assert list(without_papers()) == [draw]
    assert matched_leavers(draw) == []
    man = draw.matched_officers.select_related("inspector__user__department").first()
    close(man.inspector)
    assert matched_leavers(draw) == [man.inspector]
    client = sign_in("wlty-task-clerk")
    assert "<span>待制发文书的抽取</span><b>1</b>" in client.get("/desk/").content.decode()
    page = client.get(f"/draws/{draw.public_id}/").content.decode()
    assert f"匹配到的 {man.inspector.name}" in page
    client.post(f"/draws/{draw.public_id}/papers/")
    assert not without_papers().exists()
    assert matched_leavers(draw) == []
    assert man.inspector in leavers(draw.inspections.get(target=man.target))


def test_a_draw_waits_to_be_published_until_it_is():
    """Nothing waits before the papers or the embargo; what is published waits no more."""
    before = list(untold_draws())
    SCENES["issue the papers"].begin()
    assert list(untold_draws()) == before
    draw = Draw.objects.get(task__department__code="WLTY", state="matched")
    clerk = as_role("WLTY", Role.TASK_CLERK)
    issue_papers(draw, actor=clerk)
    assert [*before, draw] == list(untold_draws())
    Draw.objects.filter(pk=draw.pk).update(embargo_at=clock.now() + timedelta(minutes=1))
    assert list(untold_draws()) == before
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert [*before, draw] == list(untold_draws())
        publish_draw(Draw.objects.get(pk=draw.pk), actor=clerk)
        assert list(untold_draws()) == before
