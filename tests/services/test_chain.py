"""The chain holds: who may do what, in which order, once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from fairdraw.disclosure import verify_receipt
from fairdraw.evidence import Bundle, verify
from openlot.accounts.models import Department
from openlot.draws.models import Draw, DrawnTarget, DrawState, DrawStratum
from openlot.draws.selectors import assessment, bundle_files, saving
from openlot.draws.services import (
    Party,
    draw_targets,
    freeze,
    open_value,
    prepare_draw,
    request_seal,
    request_void,
)
from openlot.exchange.importing import import_file
from openlot.inspections.models import Inspection
from openlot.inspections.services import check_in
from openlot.items.models import InspectionItem
from openlot.items.services import draft_item, submit_item
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid, NotFound, StaleState
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_inspector, as_role
from openlot.ops.demo.main_job import accept_and_approve
from openlot.ops.demo.targets import Chance
from openlot.plans.models import PlanLine
from openlot.plans.services import LineDraft, draft_plan, submit_plan
from openlot.publication.models import PublicRecord, SealedReceipt
from openlot.publication.services import publish_result, void_draw
from openlot.publication.snapshots import (
    announcement_body,
    attestation_body,
    draw_body,
    result_body,
)
from openlot.registers.models import InspectionTarget, Inspector
from openlot.results.models import InspectionResult
from openlot.results.services import Signing, approve_result, record_result, return_result
from openlot.tasks.models import InspectionTask
from openlot.tasks.services import amend_task, confirm_roster, draft_task
from openlot.trail.events import Event, IntStr, PerStr, PubStr, event
from openlot.trail.models import Entry
from openlot.trail.selectors import public_fields, story
from openlot.trail.writer import record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def waiting_task() -> InspectionTask:
    """Return the approved task that the demo leaves for the hand."""
    return InspectionTask.objects.get(department__code="WLTY")


def prepared() -> Draw:
    """Return a draw of the waiting task, ready to be sealed."""
    return prepared_of(waiting_task())


def prepared_of(task: InspectionTask) -> Draw:
    """Return a draw of a task that the bureau of culture leads, ready to be sealed."""
    lead, watch = (Department.objects.get(code=c) for c in ("WLTY", "SFJ"))
    return prepare_draw(
        task,
        parties=[Party(lead, lead.name), Party(watch, watch.name)],
        embargo_at=None,
        actor=as_role("WLTY", Role.TASK_CLERK),
    )


def test_all_draws_of_the_city_verify():
    """Each draw's bundle recomputes; in the joint one each list brings its own department."""
    draws = list(Draw.objects.exclude(rdigest=""))
    assert len(draws) == 3
    for draw in draws:
        assert draw.state == DrawState.MATCHED
        assert verify(Bundle(None, bundle_files(draw))).ok  # type: ignore[arg-type]  # no path needed
    joint = next(d for d in draws if d.disclosure == "proofs")
    lists = defaultdict(set)
    for row in joint.drawn_targets.filter(is_spare=False):
        lists[row.target.code].add(row.frame.department_id)
    assert joint.inspections.count() == len(lists)
    for inspection in joint.inspections.all():
        per = {}
        for row in inspection.assignments.select_related("inspector"):
            assert row.inspector.department_id == row.department_id
            per[row.department_id] = per.get(row.department_id, 0) + 1
        assert set(per) == lists[inspection.target.code]
        assert set(per.values()) == {2}
        assert set(per) == {row.department_id for row in inspection.results.all()}


@pytest.mark.law("JZF2020-9/2.4")
def test_one_lane_saves_visits():
    """The lists of three departments lead to one visit per business, and the draw says how many."""
    joint = Draw.objects.get(disclosure="proofs")
    found = saving(joint)
    assert found is not None
    assert joint.frames.count() == 3
    assert found.checks == joint.drawn_targets.filter(is_spare=False).count()
    assert found.visits == joint.inspections.count() <= found.checks
    assert found.apart <= found.checks
    for frame in joint.frames.all():
        rows = joint.drawn_targets.filter(frame=frame, is_spare=False)
        assert rows.count() == sum(stratum.n_drawn for stratum in frame.strata.all())
        assert set(rows.values_list("target__department", flat=True)) == {frame.department_id}


def test_the_scheme_says_whose_lists_are_drawn():
    """A participant without a list of its own goes along to every target of the lead's."""
    task = Draw.objects.get(disclosure="proofs").task
    rows = {p.department.code: p.own_list for p in task.participations.all()}
    assert rows == {"SCJG": True, "WSJK": True, "XFJY": True}
    clerk = as_role("WLTY", Role.TASK_CLERK)
    line = waiting_task().plan_line
    again = draft_task(line=line, name="再次", actor=clerk)
    along = {p.department.code: p.own_list for p in again.participations.all()}
    assert along == {"WLTY": True, "WSJK": False, "XFJY": False}
    fire = Department.objects.filter(code="XFJY")
    amend_task(again, actor=clerk, at_revision=again.revision, own_lists=fire)
    assert again.participations.get(department__code="XFJY").own_list
    empty = request_seal(prepared_of(accept_and_approve(again)), actor=clerk)
    with pytest.raises(Conflict, match="名单为空"):
        freeze(empty, actor=as_role("WLTY", Role.DEPARTMENT_HEAD))


@pytest.mark.law("JZF2020-9/2.4")
def test_two_persons_seal():
    """The person who asks for the seal cannot confirm it; a clerk cannot confirm at all."""
    clerk = as_role("WLTY", Role.TASK_CLERK)
    draw = request_seal(prepared(), actor=clerk)
    both = Actor(
        clerk.ref,
        clerk.name,
        clerk.user_id,
        clerk.department_id,
        "WLTY",
        frozenset({Role.TASK_CLERK, Role.DEPARTMENT_HEAD}),
    )
    with pytest.raises(Denied):
        freeze(draw, actor=both)
    with pytest.raises(Denied):
        freeze(draw, actor=as_role("SCJG", Role.DEPARTMENT_HEAD))
    assert freeze(draw, actor=as_role("WLTY", Role.DEPARTMENT_HEAD)).state == DrawState.FROZEN
    with pytest.raises(StaleState):
        freeze(draw, actor=as_role("WLTY", Role.DEPARTMENT_HEAD))


def test_rosters_cannot_change_after_the_seal():
    """After the freeze a roster is fixed."""
    draw = request_seal(prepared(), actor=as_role("WLTY", Role.TASK_CLERK))
    freeze(draw, actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    row = waiting_task().participations.get(department__code="WLTY")
    people = [m.inspector for m in row.members.select_related("inspector")]
    with pytest.raises(Conflict):
        confirm_roster(row, inspectors=people, actor=as_role("WLTY", Role.TASK_CLERK))


@pytest.mark.law("JZF2020-9/2.4")
def test_a_draw_happens_once_and_a_redraw_is_chained():
    """A second draw is refused; a voided one is public, and the next attempt names it."""
    main_job.ceremony(waiting_task(), "test")
    draw = Draw.objects.get(task=waiting_task())
    with pytest.raises(Conflict):
        prepared()
    with pytest.raises(StaleState):
        draw_targets(draw, actor=as_role("WLTY", Role.TASK_CLERK))
    head, office = as_role("WLTY", Role.DEPARTMENT_HEAD), as_role("SCJG", Role.CONFERENCE_OFFICE)
    with pytest.raises(Conflict):
        void_draw(draw, actor=office)
    draw = request_void(draw, code="V2", reason="名录有误", actor=head)
    with pytest.raises(Denied):
        void_draw(draw, actor=head)
    notice = void_draw(draw, actor=office)
    assert notice.body["reason"] == "名录有误"
    again = main_job.ceremony(waiting_task(), "test")
    assert again.attempt == 2
    announcement = bundle_files(again)["announcement.vdr"].decode()
    voided = Draw.objects.get(pk=draw.pk)
    assert f"draw|{again.draw_id}|2|{voided.void_digest}" in announcement
    assert verify(Bundle(None, bundle_files(voided))).ok  # type: ignore[arg-type]  # no path needed


def test_dice_are_typed_twice_and_in_order():
    """Openings come in their order, and a slip between the two typings is refused."""
    clerk = as_role("WLTY", Role.TASK_CLERK)
    draw = freeze(
        request_seal(prepared(), actor=clerk), actor=as_role("WLTY", Role.DEPARTMENT_HEAD)
    )
    from openlot.draws.services import play_party
    from openlot.publication.services import announce_draw

    with pytest.raises(Conflict):
        announce_draw(draw, actor=clerk)
    for source in draw.sources.filter(type="commit"):
        play_party(source, actor=clerk)
    announce_draw(draw, actor=clerk)
    dice = draw.sources.get(type="digits")
    with pytest.raises(Conflict):
        open_value(dice, value="1" * 20, read_back="1" * 20, actor=clerk)
    with pytest.raises(Invalid):
        open_value(dice, value="1" * 20, read_back="2" * 20, actor=clerk)


def test_nothing_public_of_a_closed_draw_tells_a_class():
    """No file, field or order of the joint draw's records holds stratum, ticket, rank or class."""
    draw = Draw.objects.get(task__scope="joint", disclosure="proofs", rdigest__gt="")
    records = PublicRecord.objects.filter(code=draw.draw_id)
    assert {row.kind for row in records} == {"announcement", "draw", "attestation"}
    for row in records:
        text = json.dumps(row.body, ensure_ascii=False)
        assert "strata" not in row.body
        assert "seed" not in row.body
        assert draw.seed not in text
        names = {f.name for f in row.files.all()}
        assert names <= {"public.vdr"}
        for file in row.files.all():
            content = bytes(file.content).decode()
            assert draw.seed not in content
            assert {line.split("|")[0] for line in content.splitlines()} == {
                "vdr1",
                "total",
                "hit",
                "end",
            }
            hits = [line for line in content.splitlines() if line.startswith("hit|")]
            assert hits == sorted(hits)
    codes = [t["code"] for t in records.get(kind="draw").body["targets"]]
    assert codes == sorted(codes)


def test_what_is_public_of_a_closed_draw_does_not_depend_on_classes():
    """Were every stratum, rank, ticket, rule and class another, every public word would be the same."""
    draw = Draw.objects.get(disclosure="proofs", rdigest__gt="")
    results = InspectionResult.objects.filter(inspection__draw=draw, state="published")

    def public() -> str:
        fresh = Draw.objects.get(pk=draw.pk)
        bodies = [announcement_body(fresh), draw_body(fresh)]
        bodies += [attestation_body(row) for row in fresh.attestations.all()]
        bodies += [result_body(row) for row in results.order_by("pk")]
        bodies += [public_fields(entry) for entry in story(fresh).entries]
        return json.dumps(bodies, ensure_ascii=False)

    before = public()
    assert results.exists()
    numbers = draw.inspections.order_by("serial").values_list("target__code", flat=True)
    assert list(numbers) == sorted(numbers)
    DrawnTarget.objects.filter(draw=draw).update(
        stratum="S9", rank=10_000 - F("rank"), ticket="f" * 64
    )
    DrawStratum.objects.filter(frame__draw=draw).update(
        meaning="D", rule="all", n_eligible=1, n_drawn=1
    )
    InspectionTarget.objects.update(credit_class="D")
    assert public() == before


def test_each_business_holds_a_receipt_that_verifies():
    """The receipt under a notice's code verifies against the public edition; another's does not."""
    draw = Draw.objects.get(task__scope="joint", disclosure="proofs", rdigest__gt="")
    record_ = PublicRecord.objects.get(kind="draw", code=draw.draw_id)
    public = bytes(record_.files.get(name="public.vdr").content)
    receipts = list(SealedReceipt.objects.filter(record=record_)[:3])
    assert receipts
    for row in receipts:
        assert verify_receipt(bytes(row.content), public).ok
        drawn = b"!hit!" in bytes(row.content)
        said, lie = (b"!hit!", b"!no!") if drawn else (b"!no!", b"!hit!")
        changed = bytes(row.content).replace(said, lie)
        assert not verify_receipt(changed, public).ok


@pytest.mark.law("JZF2020-9/2.2.2")
def test_importing_again_changes_nothing():
    """The same file twice: the second time everything is unchanged."""
    from pathlib import Path

    data = (Path(__file__).parent.parent / "fixtures" / "targets-excerpt.csv").read_bytes()
    department = Department.objects.get(code="SCJG")
    clerk = as_role("SCJG", Role.ENTRY_CLERK)
    dry = import_file(department, data, "x.csv", actor=clerk, dry_run=True)
    assert (
        InspectionTarget.objects.filter(
            source="import", department=department, name__startswith="=HYPERLINK"
        ).count()
        == 0
    )
    one = import_file(department, data, "x.csv", actor=clerk)
    assert (dry.added, dry.updated) == (one.added, one.updated)
    assert one.added > 0
    two = import_file(department, data, "x.csv", actor=clerk)
    assert (two.added, two.updated, two.unchanged) == (0, 0, one.added)
    with pytest.raises(Denied):
        import_file(department, data, "x.csv", actor=as_role("NYNC", Role.ENTRY_CLERK))
    gone = InspectionTarget.objects.filter(
        department=department, registration_status="cancelled"
    ).first()
    assert gone is not None
    assert not gone.is_drawable


@pytest.mark.law("JZF2020-9/2.2.1")
def test_an_item_cannot_be_handed_in_with_gaps():
    """A draft without check points or cap is refused, field by field."""
    department = Department.objects.get(code="SCJG")
    clerk = as_role("SCJG", Role.ENTRY_CLERK)
    item = draft_item(
        code="SCJG-X",
        department=department,
        actor=clerk,
        name="试拟",
        area="试",
        content="",
        list_kind="department",
        kind="general",
        field=department.field,
        target_scope="企业",
        target_kinds=["enterprise"],
        methods=["on_site"],
        legal_basis="依据",
        no_superior_reason="上级未制定",
    )
    with pytest.raises(Invalid) as caught:
        submit_item(item, actor=clerk)
    assert set(caught.value.fields) == {"content", "ratio_cap_bp", "questions"}


@pytest.mark.law("JZF2020-9/2.3")
def test_a_plan_line_is_checked():
    """A ratio over the ceiling, or one that does not rise with risk, is refused by line."""
    clerk = as_role("SCJG", Role.TASK_CLERK)
    item = InspectionItem.objects.get(name="在用计量器具监督检查", state="effective")
    good = PlanLine.objects.first()
    base = {
        "name": "x",
        "source_level": "own",
        "scope": "internal",
        "draw_scope": "open",
        "target_scope": "全部",
        "n_base": 0,
        "n_planned": 0,
        "methods": ["on_site"],
        "window_from_on": good.window_from_on,
        "window_to_on": good.window_to_on,
    }
    falling = {c: (bp, 1, 1) for c, bp in zip("ABCD", (500, 300, 200, 100), strict=True)}
    plan = draft_plan(
        department=Department.objects.get(code="SCJG"),
        year=2027,
        title="x",
        actor=clerk,
        lines=[
            LineDraft({**base, "ratio_bp": 9000}, [item]),
            LineDraft({**base, "by_credit_class": True}, [item], ratios=falling),
        ],
    )
    with pytest.raises(Invalid) as caught:
        submit_plan(plan, actor=clerk)
    assert {"line-1-ratio_bp", "line-2-ratios"} <= set(caught.value.fields)


@pytest.mark.law("JZF2020-9/2.7")
def test_credit_strata_are_never_fully_public():
    """A scheme by credit class with full disclosure is refused."""
    line = PlanLine.objects.get(plan__department__code="SCJG")
    with pytest.raises(Invalid) as caught:
        draft_task(
            line=line,
            name="x",
            actor=as_role("SCJG", Role.TASK_CLERK),
            stratify="credit",
            disclosure="full",
        )
    assert "disclosure" in caught.value.fields


def test_a_stale_form_is_refused():
    """An edit that saw an older revision does not overwrite a newer one."""
    line = PlanLine.objects.get(plan__department__code="SCJG")
    clerk = as_role("SCJG", Role.TASK_CLERK)
    task = draft_task(line=line, name="x", actor=clerk)
    amend_task(task, actor=clerk, at_revision=task.revision, name="y")
    with pytest.raises(StaleState):
        amend_task(task, actor=clerk, at_revision=task.revision, name="z")


def open_inspection() -> Inspection:
    """Return an inspection of three departments that nobody has begun."""
    return main_job.issue_papers(main_job.ceremony(waiting_task(), "test"))[0]


@pytest.mark.law("APL-55")
def test_nobody_records_before_check_in_or_for_another_department():
    """A record needs check-in, certificates, the own department and two signatures."""
    inspection = open_inspection()
    result = inspection.results.first()
    rows = inspection.assignments.filter(department=result.department)
    officers = [a.inspector for a in rows.select_related("inspector__user__department")]
    other = inspection.assignments.exclude(department=result.department).first().inspector
    draft = main_job._row(main_job.items_of(inspection, result.department_id)[0].item, Chance("x"))
    signing = Signing("", "signature", "某某", "", officers)

    def attempt(actor, signed=signing):
        return record_result(result, rows=[draft], added_codes=[], signing=signed, actor=actor)

    with pytest.raises(Conflict):
        attempt(as_inspector(officers[0]))
    with pytest.raises(Invalid):
        check_in(inspection, certificates_shown=False, actor=as_inspector(officers[0]))
    stranger = (
        Inspector.objects.filter(user__isnull=False)
        .exclude(pk__in=inspection.assignments.values("inspector_id"))
        .first()
    )
    with pytest.raises(NotFound):
        check_in(inspection, certificates_shown=True, actor=as_inspector(stranger))
    check_in(inspection, certificates_shown=True, actor=as_inspector(officers[0]))
    with pytest.raises(Denied):
        attempt(as_inspector(other))
    with pytest.raises(Invalid) as caught:
        attempt(as_inspector(officers[0]), Signing("", "refused", "", "", officers[:1]))
    assert set(caught.value.fields) == {"officers", "witness_name"}
    recorded = attempt(as_inspector(officers[0]))
    assert recorded.state == "in_review"
    assert recorded.clock_from_on <= inspection.task.window_to_on


@pytest.mark.law("JZF2020-9/2.5")
def test_the_own_reviewer_decides_and_negative_results_demand_follow_up():
    """Another department's reviewer is refused; a return keeps its reason; approval opens duties."""
    result = InspectionResult.objects.filter(state="in_review").first()
    code = result.department.code
    other = "NYNC" if code != "NYNC" else "SCJG"
    with pytest.raises(Denied):
        approve_result(result, opinion="同意", actor=as_role(other, Role.REVIEWER))
    returned = return_result(result, reason="照片不清", actor=as_role(code, Role.REVIEWER))
    assert (returned.state, returned.returned_reason) == ("returned", "照片不清")
    negative = [
        r
        for r in InspectionResult.objects.exclude(codes=[])
        if "RC05" in r.codes and r.state in ("approved", "published")
    ]
    for row in negative:
        assert row.follow_ups.filter(demanded_by_code="RC05").exists()


@pytest.mark.law("JZF2020-9/2.5")
def test_publishing_makes_a_snapshot_without_people():
    """A published result holds no officer, representative, phone or class."""
    result = InspectionResult.objects.filter(state="approved").first()
    with pytest.raises(Denied):
        publish_result(result, actor=as_role(result.department.code, Role.REVIEWER))
    made = publish_result(result, actor=as_role(result.department.code, Role.PUBLICATION_CLERK))
    text = json.dumps(made.body, ensure_ascii=False)
    target = result.inspection.target
    for secret in (target.legal_representative, target.phone):
        assert secret not in text
    for row in result.inspection.assignments.select_related("inspector"):
        assert row.inspector.certificate_no not in text


@event("test.happened", v=1)
class Happened(Event):
    """Something happened in a test."""

    what: PubStr
    inside: IntStr
    person: PerStr


@pytest.mark.law("JZF2020-9/2.1")
def test_the_trail_hides_and_cannot_be_changed():
    """Private fields are commitments; the leaf shows nothing; the database refuses changes."""
    department = Department.objects.first()
    with transaction.atomic():
        told = record(Happened("a", "b", "张三"), actor=Actor.system("test"), subject=department)
    entry = Entry.objects.get(pk=told.number)
    body = bytes(entry.body).decode()
    assert "张三" not in body
    assert '"what":"a"' in body
    assert "system:test" not in body
    assert entry.private_parts.count() == 2
    table = Entry._meta.db_table
    for statement in (
        f"UPDATE {table} SET kind='x' WHERE id={entry.pk}",
        f"DELETE FROM {table} WHERE id={entry.pk}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.law("APL-42")
def test_two_certified_officers_of_each_department_visit_each_target():
    """Every department whose list led there sends two of its own certified inspectors."""
    inspections = Inspection.objects.prefetch_related("assignments__inspector")
    assert inspections.count() > 0
    for inspection in inspections:
        sent = Counter()
        for row in inspection.assignments.all():
            assert row.inspector.department_id == row.department_id
            assert row.inspector.certificate_no
            sent[row.department_id] += 1
        takes_part = inspection.task.participations.filter(state="accepted")
        assert set(sent) <= set(takes_part.values_list("department_id", flat=True))
        assert set(sent.values()) == {2}


@pytest.mark.law("JZF2020-9/2.1")
@pytest.mark.django_db(transaction=False)
def test_every_move_left_an_event():
    """Nothing in the city exists without its trail: states of drawn things have their events."""
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {
        "item.published",
        "plan.published",
        "task.approved",
        "draw.frozen",
        "draw.announced",
        "draw.drawn",
        "inspection.checked_in",
        "result.recorded",
        "result.published",
        "publication.recorded",
        "register.targets_imported",
    } <= kinds


def test_a_draw_is_worth_what_its_sources_are():
    """Three sealed values of two organs and dice thrown by another: L2; played by the server: none."""
    draw = prepared()
    assert assessment(draw) is None
    Draw.objects.filter(pk=draw.pk).update(is_demo=False)
    draw.refresh_from_db()
    found = assessment(draw)
    assert found is not None
    assert found.name == "L2"
    assert [words.say("zh") for words in found.missing]
    draw.sources.filter(type="commit").update(by_server=True)
    assert assessment(draw) is None
