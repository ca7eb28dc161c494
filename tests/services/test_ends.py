"""How things change and end: plans are adjusted, tasks closed or given up, people leave."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from races import scenes

from openlot.draws.models import Draw
from openlot.draws.selectors import evidence
from openlot.draws.services import draw_targets, open_played, open_value, play_party
from openlot.inspections.services import void_task
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.kernel.errors import Conflict, Denied, Invalid, StaleState
from openlot.ops.demo.city import as_role, at
from openlot.plans.models import AnnualPlan
from openlot.plans.services import adjust_plan, close_plan
from openlot.policies.models import Policy
from openlot.policies.selectors import deadline_days
from openlot.policies.services import adopt_policy
from openlot.publication.models import PublicRecord
from openlot.publication.services import announce_draw, publish_draw, publish_result
from openlot.registers.models import InspectionTarget, Inspector
from openlot.registers.services import lapse_certificate, move_inspector_out
from openlot.results.models import FollowUp, InspectionResult
from openlot.results.selectors import due_rows, task_clock
from openlot.results.services import close_task
from openlot.rules.clocks import ClockState
from openlot.tasks.models import InspectionTask
from openlot.tasks.selectors import sendable
from openlot.trail.places import newest_of
from openlot.trail.selectors import public_fields

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_an_adjusted_plan_is_a_new_version_with_the_same_lines():
    """动态调整 copies every line into a draft and says why; the public one stays as it is."""
    plan = AnnualPlan.objects.filter(state="published", department__code="SCJG").get()
    clerk = as_role("SCJG", Role.TASK_CLERK)
    with pytest.raises(Invalid):
        adjust_plan(plan, reason=" ", actor=clerk)
    made = adjust_plan(plan, reason="新增专项", actor=clerk)
    assert (made.version, made.state, made.predecessor) == (plan.version + 1, "draft", plan)
    for old, new in zip(
        plan.lines.order_by("line_no"), made.lines.order_by("line_no"), strict=True
    ):
        assert new.public_id != old.public_id
        assert (new.name, new.ratio_bp, new.window_to_on) == (
            old.name,
            old.ratio_bp,
            old.window_to_on,
        )
        assert set(new.items.all()) == set(old.items.all())
        assert set(new.ratios.values_list("credit_class", "ratio_bp")) == set(
            old.ratios.values_list("credit_class", "ratio_bp")
        )
    plan.refresh_from_db()
    assert plan.state == "published"
    with pytest.raises(Conflict):
        adjust_plan(plan, reason="再次调整", actor=clerk)


def test_a_plan_is_closed_only_when_its_year_is_over():
    """年度归档 before the year's end is refused."""
    plan = AnnualPlan.objects.filter(state="published").first()
    office = as_role("SCJG", Role.CONFERENCE_OFFICE)
    with pytest.raises(Conflict):
        close_plan(plan, actor=office)
    with clock.travel(clock.now() + timedelta(days=100)):
        assert close_plan(plan, actor=office).state == "closed"


def test_a_task_is_closed_only_when_everything_is_public_and_done():
    """办结 is refused while a result is not public or a follow-up is open."""
    task = InspectionTask.objects.get(department__code="NYNC", origin="plan")
    clerk = as_role("NYNC", Role.TASK_CLERK)
    with pytest.raises(Conflict):
        close_task(task, actor=clerk)
    task.inspections.update(state="ended")
    InspectionResult.objects.filter(inspection__task=task).update(state="published")
    FollowUp.objects.filter(result__inspection__task=task).update(state="open")
    if FollowUp.objects.filter(result__inspection__task=task).exists():
        with pytest.raises(Conflict):
            close_task(task, actor=clerk)
    FollowUp.objects.update(state="done")
    with pytest.raises(Denied):
        close_task(task, actor=as_role("WLTY", Role.TASK_CLERK))
    assert close_task(task, actor=clerk).state == "closed"


def test_a_task_is_given_up_only_before_its_draw():
    """作废任务 needs a reason and no draw that counts."""
    drawn = InspectionTask.objects.get(department__code="NYNC", origin="plan")
    with pytest.raises(Conflict):
        void_task(drawn, reason="x", actor=as_role("NYNC", Role.DEPARTMENT_HEAD))
    waiting = InspectionTask.objects.get(department__code="WLTY")
    head = as_role("WLTY", Role.DEPARTMENT_HEAD)
    with pytest.raises(Invalid):
        void_task(waiting, reason="", actor=head)
    assert void_task(waiting, reason="场所拆迁", actor=head).state == "voided"
    with pytest.raises(StaleState):
        void_task(waiting, reason="again", actor=head)


def test_nobody_is_sent_whose_certificate_lapsed_or_who_left():
    """证件失效 and 调离出库 take a person off the roster that can be sent."""
    soon, later = clock.today(), clock.today() + timedelta(days=5)
    inspector = Inspector.objects.filter(
        department__code="SCJG", state="active", certificate_to_on__gte=later
    ).first()
    clerk = as_role("SCJG", Role.TASK_CLERK)
    assert inspector in sendable(inspector.department, soon, later)
    lapsed = lapse_certificate(inspector, actor=clerk)
    assert inspector not in sendable(inspector.department, soon, later)
    with pytest.raises(Invalid):
        move_inspector_out(lapsed, reason=" ", actor=clerk)
    assert move_inspector_out(lapsed, reason="调往外地", actor=clerk).state == "moved_out"


def test_the_record_of_a_draw_is_published_once():
    """公布抽取记录 a second time is refused, and makes no second version."""
    draw = Draw.objects.filter(state="matched").first()
    clerk = as_role(draw.task.department.code, Role.TASK_CLERK)
    count = PublicRecord.objects.filter(key=f"draw:{draw}").count()
    assert count == 1
    with pytest.raises(Conflict):
        publish_draw(draw, actor=clerk)
    assert PublicRecord.objects.filter(key=f"draw:{draw}").count() == count


@pytest.mark.parametrize(
    ("kind", "key", "body"),
    [
        ("deadline", "publish_result", {"days": 0, "unit": "working"}),
        ("deadline", "publish_result", {"days": "20", "unit": "working"}),
        ("deadline", "publish_result", {"days": 20, "unit": "moon"}),
        ("calendar", "2027", {"year": 2026, "days": []}),
        ("calendar", "2027", {"year": 2027, "days": [{"date": "2027-13-01", "isOffDay": True}]}),
        ("ratio", "default", {"classes": {"A": [500, 1, 1], "B": [100, 1, 1]}}),
        ("result_codes", "national", []),
        ("result_codes", "national", [{"code": "RC01"}]),
        ("draw", "load_band", {"visits": 0}),
        ("draw", "unrated_class", {"class": "E"}),
    ],
)
def test_a_policy_that_nobody_could_read_is_refused(kind: str, key: str, body: object):
    """A new version of a policy is checked before it is adopted; the old one stays in force."""
    with pytest.raises(Invalid) as refused:
        adopt_policy(
            kind=kind,
            key=key,
            body=body,
            source="界政发〔2020〕9号",
            effective_on=date(2026, 1, 1),
            actor=as_role("SCJG", Role.CONFERENCE_OFFICE),
        )
    assert "body" in refused.value.fields
    assert deadline_days("publish_result") == 20
    assert not Policy.objects.filter(key="2027").exists()


def test_a_task_without_results_has_its_clock_running():
    """Before anything is drawn nothing is published: the task's clock runs."""
    task = InspectionTask.objects.get(department__code="WLTY")
    assert task_clock(task).state != ClockState.STOPPED


def test_a_result_published_late_says_so_for_ever():
    """逾期公示: the day it was due stands beside the day it came, on the record and in the trail."""
    result = InspectionResult.objects.filter(state="approved").first()
    clerk = as_role(result.department.code, Role.PUBLICATION_CLERK)
    with clock.travel(at(result.due_on + timedelta(days=1))):
        (first, *_rest) = due_rows(as_role("SJJ", Role.AUDITOR))
        assert first.due_on <= result.due_on
        made = publish_result(result, actor=clerk)
        told = public_fields(newest_of(result, "result.published")[0])
    assert (made.is_late, made.due_on) == (True, result.due_on)
    assert told["is_late"] == 1
    assert clock.local(made.published_at).date() > made.due_on


def test_what_happens_after_the_seal_changes_nothing_that_is_drawn_from():
    """封存 keeps bytes: a target that leaves the register afterwards is still drawn from."""
    draw = scenes.frozen()
    names = [file.name for file in draw.files.order_by("name")]
    before = {name: evidence(draw, name) for name in names}
    n_eligible = sum(row.n_eligible for row in draw.frames.all())
    register = InspectionTarget.objects.filter(department__code="WLTY", state="active")
    assert register.update(state="moved_out", registration_status="cancelled") > 0
    for source in draw.sources.filter(type="commit"):
        play_party(source, actor=scenes.clerk())
    announce_draw(draw, actor=scenes.clerk())
    for source in scenes.live().sources.filter(type="commit"):
        open_played(source, actor=scenes.clerk())
    dice = draw.sources.get(type="digits")
    open_value(dice, value="7" * 20, read_back="7" * 20, actor=scenes.watch())
    done = draw_targets(scenes.live(), actor=scenes.clerk())
    assert before == {name: evidence(done, name) for name in names}
    assert done.drawn_targets.exists()
    assert sum(row.n_eligible for row in done.frames.all()) == n_eligible
