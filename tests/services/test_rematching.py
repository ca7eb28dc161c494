"""An infeasible matching never voids the targets: they stand, and are matched again in public."""

from __future__ import annotations

import pytest
from services.test_chain import waiting_task

from fairdraw.attempts import verify_attempts
from fairdraw.evidence import Bundle, Examination
from openlot.draws.models import Draw, DrawState
from openlot.draws.selectors import bundle_files, without_officers
from openlot.draws.services import reopen_rosters, request_void
from openlot.kernel.actor import Role
from openlot.kernel.errors import Conflict, Denied
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.tasks.models import InspectionTask
from openlot.tasks.selectors import sendable
from openlot.tasks.services import confirm_roster, draft_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def short(today) -> Draw:
    """Return a draw whose lead could send two people once each, to more than one target."""
    clerk = as_role("WLTY", Role.TASK_CLERK)
    task = draft_task(
        line=waiting_task().plan_line,
        name="人手不足的抽查",
        actor=clerk,
        stratify="none",
        disclosure="full",
        max_per_inspector=1,
    )
    task = main_job.accept_and_approve(task)
    row = task.participations.select_related("department", "task").get(is_lead=True)
    few = list(sendable(row.department, task.window_from_on, task.window_to_on))[:2]
    confirm_roster(row, inspectors=few, actor=clerk)
    return main_job.ceremony(task, "test")


def corrected(task: InspectionTask) -> None:
    """Let the lead confirm everybody who can be sent."""
    row = task.participations.select_related("department", "task").get(is_lead=True)
    people = list(sendable(row.department, task.window_from_on, task.window_to_on))
    confirm_roster(row, inspectors=people, actor=as_role("WLTY", Role.TASK_CLERK))


def test_the_targets_stand_and_are_matched_again(short: Draw):
    """The second draw takes all hits of the first, names its result, and both verify together."""
    assert (short.state, short.ceiling) == (DrawState.DRAWN, "-")
    assert short.shortage["values"]["n_missing"] > 0
    task = InspectionTask.objects.get(pk=short.task_id)
    with pytest.raises(Conflict, match="解封"):
        main_job.ceremony(task, "again")
    with pytest.raises(Denied):
        reopen_rosters(short, actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    reopen_rosters(short, actor=as_role("SCJG", Role.CONFERENCE_OFFICE))
    task = InspectionTask.objects.get(pk=short.task_id)
    corrected(task)
    again = main_job.ceremony(task, "again")
    assert again.state == DrawState.MATCHED
    assert str(again) == f"{short.draw_id}-M1-1"
    with pytest.raises(Conflict, match="已另行匹配"):
        reopen_rosters(short, actor=as_role("SCJG", Role.CONFERENCE_OFFICE))
    assert not without_officers().exists()
    taken = set(short.drawn_targets.values_list("target", flat=True))
    assert set(again.drawn_targets.values_list("target", flat=True)) == taken
    assert f"draw|{again.draw_id}|1|{short.rdigest}" in (
        bundle_files(again)["announcement.vdr"].decode()
    )
    both = [Examination(Bundle(None, bundle_files(draw))) for draw in (short, again)]  # type: ignore[arg-type]  # no path needed
    assert all(one.report.ok for one in both)
    assert verify_attempts(both).ok
    assert len(main_job.issue_papers(again)) == len(taken)
    with pytest.raises(Conflict, match="另行匹配"):
        request_void(short, code="V9", reason="x", actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    with pytest.raises(Conflict):
        main_job.ceremony(InspectionTask.objects.get(pk=task.pk), "third")


def test_the_page_says_who_is_missing_and_what_to_do(short: Draw, sign_in):
    """Hall's condition in words; the office opens the rosters, then the clerk prepares again."""
    address = f"/draws/{short.public_id}/"
    page = sign_in("wlty-task-clerk").get(address).content.decode()
    assert "人员不足，抽取对象有效" in page
    assert "解封人员名册" not in page
    assert "市文旅体局" in page.split("人员不足")[1].split("</div>")[0]
    target = short.drawn_targets.order_by("pk")[0].target
    assert target.code not in page.split("人员不足")[1].split("</div>")[0]
    assert "下一步：联席会议办公室解封名册" in page
    office = sign_in("scjg-conference-office")
    assert "人员不足、待解封名册</span><b>1</b>" in office.get("/desk/").content.decode()
    assert address in office.get("/draws/ledger/").content.decode()
    assert "解封人员名册" in office.get(address).content.decode()
    office.post(f"{address}reopen/")
    assert "人员不足、待解封名册</span><b>0</b>" in office.get("/desk/").content.decode()
    assert "名册已解封" in sign_in("wlty-task-clerk").get(address).content.decode()
    task = f"/tasks/{short.task.public_id}/"
    assert "准备另行匹配人员" in sign_in("wlty-task-clerk").get(task).content.decode()
