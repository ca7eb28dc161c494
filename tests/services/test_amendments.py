"""After the draw nobody chooses who comes in: the tickets do, and another unit approves."""

from __future__ import annotations

import pytest
from services.test_chain import waiting_task

from fairdraw.evidence import Bundle, verify
from openlot.draws.models import Amendment, Draw
from openlot.draws.selectors import bundle_files, public_bundle_files
from openlot.draws.services import (
    approve_amendment,
    refuse_amendment,
    request_rematch,
    request_replacement,
)
from openlot.inspections.models import Inspection
from openlot.inspections.services import check_in
from openlot.kernel.actor import Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_inspector, as_role
from openlot.paperwork.services import carry_out_amendment
from openlot.publication.services import publish_draw
from openlot.tasks.services import draft_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAPER = ("证明.txt", "注销登记通知书".encode())


@pytest.fixture
def draw(today) -> Draw:
    """Return a draw of three departments with one spare per stratum, its papers made."""
    line = waiting_task().plan_line
    task = draft_task(
        line=line,
        name="备有递补的抽查",
        actor=as_role("WLTY", Role.TASK_CLERK),
        n_reserve=1,
        stratify="none",
        disclosure="full",
    )
    made = main_job.ceremony(main_job.accept_and_approve(task), "test")
    main_job.issue_papers(made)
    return Draw.objects.get(pk=made.pk)


def ask_replacement(draw: Draw, code: str = "R1") -> Amendment:
    """Ask for the first drawn target to be replaced."""
    drawn = draw.drawn_targets.filter(is_spare=False).first()
    clerk = as_role("WLTY", Role.TASK_CLERK)
    return request_replacement(
        drawn, reason_code=code, reason="已注销", document=PAPER, actor=clerk
    )


def ask_rematch(draw: Draw, department: str = "XFJY") -> Amendment:
    """Ask for an officer of a participant to be matched again."""
    inspection = draw.inspections.first()
    row = inspection.assignments.filter(department__code=department).first()
    return request_rematch(
        draw,
        target=inspection.target,
        slot=row.slot,
        inspector=row.inspector,
        reason_code="H1",
        reason="亲属",
        document=PAPER,
        actor=as_role(department, Role.TASK_CLERK),
    )


@pytest.mark.law("JZF2020-9/2.4")
def test_the_next_spare_comes_in_with_the_same_officers(draw: Draw):
    """The spare follows by its ticket; old and new are both visited; every file verifies."""
    office, clerk = as_role("SCJG", Role.CONFERENCE_OFFICE), as_role("WLTY", Role.TASK_CLERK)
    row = approve_amendment(ask_replacement(draw), actor=office)
    spare = draw.drawn_targets.get(is_spare=True)
    assert (row.number, row.new_target) == (1, spare.target)
    before = draw.inspections.count()
    made = carry_out_amendment(row, actor=clerk)
    assert made is not None
    old = draw.inspections.get(target=row.target)
    assert draw.inspections.count() == before + 1
    people = {a.inspector_id for a in old.assignments.all()}
    assert {a.inspector_id for a in made.assignments.all()} == people
    assert made.results.count() == old.results.count() == 3
    files = bundle_files(draw)
    report = verify(Bundle(None, files))  # type: ignore[arg-type]  # no path needed
    assert report.ok
    assert {c.name for c in report.checks} >= {"replacement"}
    assert files["docs/replace-1"] == PAPER[1]
    public = public_bundle_files(draw)
    assert "replace-1.vdr" in public
    assert not {"docs/replace-1", "roster.vdr"} & set(public)


@pytest.mark.law("JZF2020-9/2.4")
def test_the_rule_of_the_draw_names_the_other_officer(draw: Draw):
    """Re-matched by the picks of the seed; the record verifies; only that place changes."""
    row = ask_rematch(draw)
    office = as_role("SFJ", Role.SUPERVISOR)
    before = dict(draw.inspections.first().assignments.values_list("slot", "inspector_id"))
    row = approve_amendment(row, actor=office)
    assert row.new_inspector is not None
    assert row.new_inspector.department.code == "XFJY"
    carry_out_amendment(row, actor=as_role("XFJY", Role.TASK_CLERK))
    after = dict(draw.inspections.first().assignments.values_list("slot", "inspector_id"))
    assert after == before | {row.slot: row.new_inspector_id}
    report = verify(Bundle(None, bundle_files(draw)))  # type: ignore[arg-type]  # no path needed
    assert report.ok
    assert "rematch" in {c.name for c in report.checks}


def test_who_asks_and_who_approves_are_of_different_units(draw: Draw):
    """A department of the task never approves; another's officer is not its to change."""
    row = ask_replacement(draw)
    with pytest.raises(Denied):
        approve_amendment(row, actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    with pytest.raises(Denied):
        request_rematch(
            draw,
            target=row.target,
            slot="XFJY-1",
            inspector=draw.inspections.first().assignments.get(slot="XFJY-1").inspector,
            reason_code="H1",
            reason="",
            document=PAPER,
            actor=as_role("WLTY", Role.TASK_CLERK),
        )
    drawn = draw.drawn_targets.filter(is_spare=False).first()
    with pytest.raises(Denied):
        request_replacement(
            drawn,
            reason_code="R1",
            reason="",
            document=PAPER,
            actor=as_role("XFJY", Role.TASK_CLERK),
        )


def test_reasons_are_a_closed_list_and_need_evidence(draw: Draw):
    """No reason of one's own, no request without a paper, none twice."""
    with pytest.raises(Invalid):
        ask_replacement(draw, code="R9")
    drawn = draw.drawn_targets.filter(is_spare=False).first()
    with pytest.raises(Invalid):
        request_replacement(
            drawn,
            reason_code="R1",
            reason="",
            document=("x", b""),
            actor=as_role("WLTY", Role.TASK_CLERK),
        )
    ask_replacement(draw)
    with pytest.raises(Conflict):
        ask_replacement(draw)


def test_a_refused_request_changes_nothing(draw: Draw):
    """Refused with a reason; the same target may be asked for again."""
    office = as_role("SCJG", Role.CONFERENCE_OFFICE)
    row = ask_replacement(draw)
    with pytest.raises(Invalid):
        refuse_amendment(row, reason=" ", actor=office)
    refused = refuse_amendment(row, reason="尚可联系", actor=office)
    assert (refused.state, refused.number) == ("refused", None)
    assert not any(name.startswith("replace") for name in bundle_files(draw))
    assert ask_replacement(draw).state == "requested"


def test_spares_run_out_visibly(draw: Draw):
    """When no spare is left the target goes out and nobody comes in: the record says so."""
    office, clerk = as_role("SCJG", Role.CONFERENCE_OFFICE), as_role("WLTY", Role.TASK_CLERK)
    rows = draw.drawn_targets.filter(is_spare=False)[:2]
    for drawn in rows:
        asked = request_replacement(drawn, reason_code="R2", reason="", document=PAPER, actor=clerk)
        last = approve_amendment(asked, actor=office)
    assert (last.number, last.new_target) == (2, None)
    assert carry_out_amendment(last, actor=clerk) is None
    assert verify(Bundle(None, bundle_files(draw))).ok  # type: ignore[arg-type]  # no path needed


def test_an_officer_who_has_entered_is_not_changed(draw: Draw):
    """Once the visit has begun the place stays as it is."""
    row = approve_amendment(ask_rematch(draw), actor=as_role("SFJ", Role.SUPERVISOR))
    inspection = Inspection.objects.get(draw=draw, target=row.target)
    officer = inspection.assignments.filter(department__code="WLTY").first().inspector
    check_in(inspection, certificates_shown=True, actor=as_inspector(officer))
    with pytest.raises(Conflict):
        carry_out_amendment(row, actor=as_role("XFJY", Role.TASK_CLERK))


def test_the_public_record_tells_what_was_replaced(draw: Draw):
    """Published again as a next version, once the newcomer's visit has begun; no officer in it."""
    office, clerk = as_role("SCJG", Role.CONFERENCE_OFFICE), as_role("WLTY", Role.TASK_CLERK)
    first = publish_draw(draw, actor=clerk)
    with pytest.raises(Conflict, match="已经公布"):
        publish_draw(draw, actor=clerk)
    row = approve_amendment(ask_replacement(draw), actor=office)
    made = carry_out_amendment(row, actor=clerk)
    with pytest.raises(Conflict, match="尚未开始检查"):
        publish_draw(draw, actor=clerk)
    officer = made.assignments.filter(department__code="WLTY").first().inspector
    check_in(made, certificates_shown=True, actor=as_inspector(officer))
    again = publish_draw(draw, actor=clerk)
    assert again.version == first.version + 1
    (told,) = again.body["amendments"]
    assert told["target"] == row.target.name
    assert told["new_target"] == row.new_target.name
    assert officer.name not in str(again.body)
