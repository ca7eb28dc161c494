"""Departments come, change their names, come under another and end; what they did stays theirs."""

from __future__ import annotations

import pytest

from openlot.accounts import services
from openlot.accounts.models import Department, Region, User, branches_below
from openlot.accounts.selectors import missing_duties, without_all_duties
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid, StaleState
from openlot.ops.demo.city import as_role
from openlot.registers.models import InspectionTarget
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.rules.credit_code import make_uscc
from openlot.tasks.services import close_department
from openlot.trail.models import Entry
from openlot.trail.selectors import parts_of
from openlot.trail.subjects import subject_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def platform() -> Actor:
    return as_role("SCJG", Role.PLATFORM_ADMIN)


def security() -> Actor:
    return as_role("SCJG", Role.SECURITY_ADMIN)


def code_of(number: int) -> str:
    """A credit code of an organ that nobody in the city has."""
    return make_uscc("11", "341282", f"MB{number:06d}")


def fields(number: int = 1) -> dict[str, object]:
    return {
        "code": f"NEW{number}",
        "name": f"界首市新设{number}局",
        "short_name": f"新设{number}局",
        "word": f"界新{number}",
        "uscc": code_of(number),
        "kind": "bureau",
        "region": Region.objects.get(code="341282"),
    }


def new(number: int = 1) -> Department:
    return services.register_department(actor=platform(), **fields(number))


def last(department: Department, kind: str) -> Entry:
    return Entry.objects.filter(kind=kind, subject=subject_of(department)).latest("pk")


def placed(department: Department, parent: Department | None) -> Department:
    asked = services.request_placing(department, parent, reason="机构调整", actor=platform())
    services.approve_request(asked, opinion="同意", actor=security())
    return Department.objects.get(pk=department.pk)


@pytest.mark.law("JZF2020-9/2.1")
def test_the_platform_administrator_registers_a_department():
    """With its event; nobody else may, wrong or used codes are refused in words."""
    made = new()
    assert last(made, "department.registered").actor_ref == platform().ref
    for actor in (
        security(),
        as_role("SCJG", Role.CONFERENCE_OFFICE),
        as_role("WLTY", Role.ENTRY_CLERK),
    ):
        with pytest.raises(Denied):
            services.register_department(actor=actor, **fields(2))
    with pytest.raises(Conflict):
        services.register_department(actor=platform(), **{**fields(2), "code": "NEW1"})
    with pytest.raises(Conflict):
        services.register_department(actor=platform(), **{**fields(2), "uscc": code_of(1)})
    wrong = code_of(2)[:-1] + ("A" if code_of(2)[-1] != "A" else "B")
    with pytest.raises(Invalid) as refused:
        services.register_department(actor=platform(), **{**fields(2), "uscc": wrong, "word": " "})
    assert refused.value.fields.keys() == {"uscc", "word"}
    assert not Department.objects.filter(code="NEW2").exists()


def test_what_is_said_of_it_changes_with_before_and_after():
    """One event with what differs; whoever saw an older version is told; nothing is no change."""
    made = new()
    said = {name: getattr(made, name) for name in services.AMENDABLE}
    other = {**said, "name": "界首市数据资源局", "address": "人民路1号"}
    done = services.amend_department(made, at_revision=made.revision, actor=platform(), **other)
    entry = last(made, "department.amended")
    assert parts_of([entry])[entry.pk].public["changes"] == {
        "name": ["界首市新设1局", "界首市数据资源局"],
        "premises": ["", "人民路1号"],
    }
    assert (done.name, done.revision) == ("界首市数据资源局", made.revision + 1)
    with pytest.raises(StaleState):
        services.amend_department(
            done, at_revision=1, actor=platform(), **{**said, "name": "另一个名称"}
        )
    now = {name: getattr(done, name) for name in services.AMENDABLE}
    with pytest.raises(Invalid):
        services.amend_department(done, at_revision=done.revision, actor=platform(), **now)
    with pytest.raises(Denied):
        services.amend_department(done, at_revision=done.revision, actor=security(), **said)
    with pytest.raises(TypeError):
        services.amend_department(
            done, at_revision=done.revision, actor=platform(), **now, parent=None
        )


@pytest.mark.law("GBT22239-8.1.5")
def test_under_whom_it_comes_takes_two_people():
    """The one above sees its rows, so one asks and another decides; then it sees them."""
    bureau = Department.objects.get(code="WSJK")
    made = new()
    with pytest.raises(Denied):
        services.register_department(actor=platform(), **fields(2), parent=bureau)
    asked = services.request_placing(made, bureau, reason="派出机构", actor=platform())
    with pytest.raises(Conflict):
        services.request_placing(made, bureau, reason="派出机构", actor=platform())
    for actor in (platform(), as_role("WSJK", Role.DEPARTMENT_HEAD)):
        with pytest.raises(Denied):
            services.approve_request(asked, opinion="", actor=actor)
    target = InspectionTarget.objects.filter(department__code="NYNC").order_by("pk")[0]
    InspectionTarget.objects.filter(pk=target.pk).update(department=made)
    row = InspectionTarget.objects.filter(pk=target.pk)
    assert not visible(as_role("WSJK", Role.DEPARTMENT_HEAD), Perm.TARGET_VIEW, row).exists()
    services.approve_request(asked, opinion="同意", actor=security())
    assert visible(as_role("WSJK", Role.DEPARTMENT_HEAD), Perm.TARGET_VIEW, row).exists()
    entry = last(made, "department.placed")
    assert parts_of([entry])[entry.pk].public == {"parent_before": "", "parent_after": "WSJK"}
    assert entry.actor_ref == security().ref
    with pytest.raises(Invalid):
        services.request_placing(
            Department.objects.get(pk=made.pk), bureau, reason="再次", actor=platform()
        )
    assert placed(Department.objects.get(pk=made.pk), None).parent is None


def test_no_department_comes_under_its_own_branch():
    """A tree stays a tree, also when two requests cross each other."""
    one, two, three = new(1), new(2), new(3)
    with pytest.raises(Conflict):
        placed(three, three)
    first = services.request_placing(one, two, reason="调整", actor=platform())
    second = services.request_placing(two, one, reason="调整", actor=platform())
    services.approve_request(first, opinion="", actor=security())
    with pytest.raises(Conflict):
        services.approve_request(second, opinion="", actor=security())
    assert branches_below(two.pk) == {one.pk}


def closing(department: Department, **more: object) -> Department:
    given = {"reason": "机构撤销", "at_revision": department.revision, "actor": platform(), **more}
    return close_department(department, **given)  # type: ignore[arg-type]  # a test's values


def test_a_department_ends_when_nothing_waits_for_it():
    """Not with accounts, tasks, people, branches or requests; then once, with its reason."""
    with pytest.raises(Conflict, match="未办结"):
        closing(Department.objects.get(code="WLTY"))
    made, branch = new(1), new(2)
    placed(branch, made)
    with pytest.raises(Conflict, match="派出机构"):
        closing(Department.objects.get(pk=made.pk))
    placed(Department.objects.get(pk=branch.pk), None)
    user = User.objects.get(username="scjg-expert")
    User.objects.filter(pk=user.pk).update(department=made)
    with pytest.raises(Conflict, match="账号"):
        closing(Department.objects.get(pk=made.pk))
    User.objects.filter(pk=user.pk).update(department=user.department)
    asked = services.request_move(user, made, reason="调整", actor=platform())
    with pytest.raises(Conflict, match="申请"):
        closing(Department.objects.get(pk=made.pk))
    services.withdraw_request(asked, reason="不调了", actor=platform())
    now = Department.objects.get(pk=made.pk)
    with pytest.raises(StaleState):
        closing(now, at_revision=now.revision - 1)
    with pytest.raises(Invalid):
        closing(now, reason=" ")
    with pytest.raises(Denied):
        closing(now, actor=security())
    assert made in without_all_duties()
    done = closing(now)
    assert (done.closed_reason, done.closed_at is not None) == ("机构撤销", True)
    assert missing_duties(done) == []
    assert made not in without_all_duties()
    with pytest.raises(Conflict, match="已撤销"):
        closing(done)


def test_a_closed_department_takes_part_in_nothing_new():
    """No account, no move, no branch, no amendment; its history stays readable."""
    done = closing(new())
    user = User.objects.get(username="scjg-expert")
    with pytest.raises(Conflict, match="已撤销"):
        asked = services.request_move(user, done, reason="调整", actor=platform())
        services.approve_request(asked, opinion="", actor=security())
    with pytest.raises(Conflict, match="已撤销"):
        services.request_placing(
            done, None if done.parent else user.department, reason="x", actor=platform()
        )
    with pytest.raises(Conflict, match="已撤销"):
        services.amend_department(done, at_revision=2, actor=platform(), name="x")
    assert Entry.objects.filter(subject=subject_of(done)).count() == 2


def test_the_screens_lead_through_the_life_of_a_department(sign_in):
    """Registered, amended, asked for, decided, closed: each from its page, refusals beside fields."""
    client = sign_in("scjg-platform-admin")
    assert "登记部门" in client.get("/departments/").content.decode()
    given = {k: v for k, v in fields().items() if k != "region"}
    given["region"] = Region.objects.get(code="341282").pk
    refused = client.post("/departments/new/", {**given, "uscc": "x"})
    assert "id_uscc_error" in refused.content.decode()
    made = client.post("/departments/new/", given)
    row = Department.objects.get(code="NEW1")
    assert made["Location"] == f"/departments/{row.public_id}/"
    path = made["Location"]
    page = client.get(f"{path}edit/").content.decode()
    assert f'name="revision" value="{row.revision}"' in page
    again = {**given, "revision": row.revision, "short_name": "数据局"}
    assert client.post(f"{path}edit/", again).status_code == 302
    late = client.post(f"{path}edit/", {**again, "short_name": "晚到的"})
    assert "已被他人" in late.content.decode()
    page = client.get(path).content.decode()
    assert "<ins>数据局</ins>" in page
    bureau = Department.objects.get(code="WSJK")
    asked = client.post(f"{path}place/", {"to_department": bureau.pk, "reason": "派出机构"})
    assert asked["Location"].startswith("/account-requests/")
    page = client.get(path).content.decode()
    assert "待安全管理员决定" in page
    assert "上级机构：" in page
    other = sign_in("scjg-security-admin")
    assert bureau.name in other.get(asked["Location"]).content.decode()
    assert other.get(f"{path}edit/").status_code in (403, 404)
    client.post(f"{asked['Location']}withdraw/", {"reason": "不调了"})
    row.refresh_from_db()
    closed = client.post(f"{path}close/", {"revision": row.revision, "reason": "机构撤销"})
    assert closed.status_code == 302
    page = client.get(path).content.decode()
    assert "历史记录保留" in page
    assert "变更部门信息" not in page.split("办理留痕")[0]
    listed = client.get("/departments/?stands=False").content.decode()
    assert row.name in listed
    assert "界首市文化旅游体育局" not in listed
