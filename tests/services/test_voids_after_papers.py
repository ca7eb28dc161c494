"""A draw that is voided after its papers were made takes its inspections with it; the next is free."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from services.test_chain import waiting_task

from openlot.draws.models import Draw
from openlot.draws.services import request_void
from openlot.draws.services import void_draw as void_alone
from openlot.inspections.models import Inspection
from openlot.inspections.services import cancel_inspections, check_in, serve_notice, void_task
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, StaleState
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_inspector, as_role, at
from openlot.paperwork.filling import draw_paper, inspection_paper, task_papers
from openlot.publication.models import PublicRecord
from openlot.publication.selectors import void_notice
from openlot.publication.services import cancel_left_over, publish_draw, void_draw
from openlot.registers.models import InspectionTarget
from openlot.results.models import InspectionResult
from openlot.results.selectors import due_rows, result_clocks, task_clock, with_progress
from openlot.rules.clocks import ClockState
from openlot.tasks.models import InspectionTask
from openlot.trail.models import Entry
from openlot.trail.selectors import public_fields
from openlot.web.tasks.steps import task_steps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
REASON = "名录有误"


def head():
    return as_role("WLTY", Role.DEPARTMENT_HEAD)


def office():
    return as_role("SCJG", Role.CONFERENCE_OFFICE)


def with_papers(seed: str) -> Draw:
    """A draw of the waiting task whose notices are made."""
    draw = main_job.ceremony(waiting_task(), seed)
    main_job.issue_papers(draw)
    return Draw.objects.get(pk=draw.pk)


def voided(draw: Draw) -> Draw:
    request_void(draw, code="V2", reason=REASON, actor=head())
    void_draw(Draw.objects.get(pk=draw.pk), actor=office())
    return Draw.objects.get(pk=draw.pk)


@pytest.mark.law("JZF2020-9/2.4")
def test_a_redraw_may_draw_the_same_businesses_again():
    """Cancelled along their arrow with the void's reason, never deleted; the next numbers go on."""
    first = with_papers("one")
    before = list(first.inspections.order_by("serial"))
    voided(first)
    rows = list(first.inspections.order_by("serial"))
    assert [row.pk for row in rows] == [row.pk for row in before]
    assert {row.state for row in rows} == {"cancelled"}
    told = Entry.objects.filter(kind="inspection.cancelled")
    assert told.count() == len(rows)
    fields = public_fields(told[0])
    assert (fields["draw"], fields["reason"]) == (str(first), REASON)
    # only who was drawn before can be drawn now: the second list is among the first
    drawn = {row.target_id for row in rows}
    InspectionTarget.objects.filter(department=first.task.department).exclude(pk__in=drawn).update(
        state="moved_out"
    )
    second = with_papers("two")
    again = list(second.inspections.order_by("serial"))
    assert again
    assert {row.target_id for row in again} <= drawn
    assert again[0].serial == rows[-1].serial + 1
    assert {row.state for row in again} == {"ready"}
    assert {row.notice_no for row in again}.isdisjoint(row.notice_no for row in rows)


def test_one_living_inspection_of_a_business_in_a_task():
    """The database refuses a second one beside a living one, and only then."""
    first = with_papers("one")
    row = first.inspections.order_by("serial")[0]

    def twin(serial: int) -> Inspection:
        return Inspection.objects.create(
            task=row.task,
            draw=row.draw,
            target=row.target,
            serial=serial,
            number=f"X-{serial}",
            notice_no=f"Y-{serial}",
            state="ready",
        )

    with pytest.raises(IntegrityError), transaction.atomic():
        twin(9001)
    voided(first)
    twin(9002)
    with pytest.raises(IntegrityError), transaction.atomic():
        twin(9003)


def test_what_was_expected_is_expected_no_more():
    """Results end with the inspections: no clock runs, nothing is overdue, the task is at its draw."""
    draw = with_papers("one")
    results = InspectionResult.objects.filter(inspection__draw=draw)
    n = results.count()
    assert n > 0
    voided(draw)
    assert {row.state for row in results.all()} == {"cancelled"}
    assert Entry.objects.filter(kind="result.cancelled").count() == n
    assert result_clocks()(results[0]).state == ClockState.STOPPED
    due = due_rows(as_role("SJJ", Role.AUDITOR))
    assert due
    assert not {row.inspection_id for row in due} & {row.inspection_id for row in results}
    task = with_progress(InspectionTask.objects.filter(pk=draw.task_id)).get()
    assert (task.n_targets, task.n_results, task.n_recorded) == (0, 0, 0)
    assert task_clock(task).state != ClockState.STOPPED
    assert task_steps(task)[3].state == "todo"


def test_nobody_serves_or_enters_for_a_voided_draw():
    """The officer's acts are refused in words."""
    draw = with_papers("one")
    row = draw.inspections.order_by("serial")[0]
    officer = as_inspector(
        row.assignments.filter(inspector__user__isnull=False)
        .select_related("inspector__user__department")[0]
        .inspector
    )
    voided(draw)
    row = Inspection.objects.select_related("draw", "task").get(pk=row.pk)
    with pytest.raises(Conflict, match="已作废"):
        serve_notice(row, manner="in_person", received_by="x", witness="", actor=officer)
    with pytest.raises(Conflict, match="已作废"):
        check_in(row, certificates_shown=True, actor=officer)


def test_no_void_once_somebody_has_entered():
    """A visit happened: its result is to be published, so its draw stands, whole."""
    draw = with_papers("one")
    row = draw.inspections.order_by("serial")[0]
    officer = (
        row.assignments.filter(inspector__user__isnull=False)
        .select_related("inspector__user__department")[0]
        .inspector
    )
    check_in(row, certificates_shown=True, actor=as_inspector(officer))
    request_void(draw, code="V2", reason=REASON, actor=head())
    with pytest.raises(Conflict, match="开始检查"):
        void_draw(Draw.objects.get(pk=draw.pk), actor=office())
    assert Draw.objects.get(pk=draw.pk).state == "matched"
    assert not draw.inspections.filter(state="cancelled").exists()


def test_inspections_are_cancelled_by_a_void_alone():
    """Not of a draw that stands, not by the department, not twice."""
    draw = with_papers("one")
    with pytest.raises(Conflict):
        cancel_inspections(draw, actor=office())
    request_void(draw, code="V2", reason=REASON, actor=head())
    void_alone(Draw.objects.get(pk=draw.pk), actor=office())
    with pytest.raises(Denied):
        cancel_inspections(draw, actor=head())
    cancel_inspections(draw, actor=office())
    with pytest.raises((Conflict, StaleState)):
        cancel_inspections(draw, actor=office())


def test_inspections_left_over_from_before_are_cancelled_at_night():
    """A void of an earlier version that left them standing is made up for; then nothing is left."""
    draw = with_papers("one")
    request_void(draw, code="V2", reason=REASON, actor=head())
    void_alone(Draw.objects.get(pk=draw.pk), actor=office())
    n = draw.inspections.filter(state="ready").count()
    night = Actor.system("nightly")
    assert n > 0
    assert cancel_left_over(actor=night) == n
    assert not draw.inspections.exclude(state="cancelled").exists()
    results = InspectionResult.objects.filter(inspection__draw=draw)
    assert {row.state for row in results} == {"cancelled"}
    assert cancel_left_over(actor=night) == 0


def test_a_task_whose_only_draw_is_void_can_be_given_up():
    """Cancelled inspections keep no task alive."""
    draw = with_papers("one")
    with pytest.raises(Conflict):
        void_task(draw.task, reason="不再需要", actor=head())
    voided(draw)
    task = InspectionTask.objects.get(pk=draw.task_id)
    assert void_task(task, reason="不再需要", actor=head()).state == "voided"


def test_papers_printed_again_say_void(sign_in):
    """The sheet of the draw and the papers of a business bear the word; the task's set has none."""
    draw = with_papers("one")
    row = draw.inspections.select_related("task__department", "target", "draw").order_by("pk")[0]
    assert (draw_paper(draw).void, inspection_paper(row).void) == ("", "")
    draw = voided(draw)
    row.refresh_from_db()
    for words in (draw_paper(draw).void, inspection_paper(row).void):
        assert words.startswith("第 1 次抽取已于 2026-11-20 作废")
        assert REASON in words
    assert task_papers(draw.task).inspections == ()
    client = sign_in("wlty-task-clerk")
    page = client.get(f"/inspections/{row.public_id}/").content.decode()
    assert "随抽取作废" in page
    assert REASON in page
    paper = client.get(f"/inspections/{row.public_id}/papers.pdf")
    assert paper.content.startswith(b"%PDF")
    assert client.get(f"/tasks/{draw.task.public_id}/papers.pdf").status_code == 404


def test_the_public_sees_at_the_draw_that_it_was_voided():
    """Whoever holds the sheet or the record is led to the notice of the void."""
    draw = with_papers("one")
    with clock.travel(at(draw.task.window_from_on, 12)):
        made = publish_draw(draw, actor=as_role("WLTY", Role.TASK_CLERK))
    assert void_notice(made) is None
    voided(draw)
    notice = void_notice(made)
    assert notice is not None
    assert notice.key == f"void:{draw}"
    announcement = PublicRecord.objects.get(key=f"announcement:{draw}", is_current=True)
    assert void_notice(announcement) == notice
    assert void_notice(notice) is None
