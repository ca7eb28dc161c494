"""Scenes in which two people press the same button: how it begins, who acts, what must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from copies import Act

from fairdraw.roster import Roster
from openlot.accounts.models import Department
from openlot.draws.models import Draw, EvidenceFile, SeedSource
from openlot.draws.selectors import evidence
from openlot.draws.services import (
    Party,
    commit_value,
    draw_targets,
    freeze,
    open_played,
    open_value,
    play_party,
    prepare_draw,
    request_seal,
    request_void,
)
from openlot.exchange.importing import import_file
from openlot.inspections.models import Inspection, Visit
from openlot.inspections.selectors import items_of
from openlot.inspections.services import check_in, serve_notice
from openlot.kernel.actor import Actor, Role
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_inspector, as_role
from openlot.ops.demo.targets import Chance
from openlot.paperwork.services import issue_papers
from openlot.plans.models import PlanLine
from openlot.privacy.selectors import held
from openlot.privacy.services import shred
from openlot.publication.models import PublicRecord
from openlot.publication.services import announce_draw, publish_draw, publish_result, void_draw
from openlot.registers.models import ImportBatch
from openlot.results.models import InspectionResult, ItemResult
from openlot.results.services import Signing, approve_result, record_result, return_result
from openlot.tasks.models import InspectionTask, RosterMember
from openlot.tasks.services import confirm_roster, draft_task
from openlot.trail.models import Entry, PrivatePart


def one(_n: int) -> tuple[int, int]:
    """Exactly one may succeed."""
    return 1, 1


@dataclass
class Scene:
    """One race: ``person(n)`` looks at the state and returns the act of the n-th person.

    winners   how many of n may succeed, as (least, most)
    holds     returns what is wrong afterwards
    """

    begin: Callable[[], object]
    person: Callable[[int], Act]
    winners: Callable[[int], tuple[int, int]] = one
    holds: Callable[[], list[str]] = list


def everybody(n: int) -> tuple[int, int]:
    return n, n


def some(n: int) -> tuple[int, int]:
    return 1, n


def wrong(**checks: bool) -> list[str]:
    """Return the names of the checks that failed."""
    return [name for name, good in checks.items() if not good]


def clerk() -> Actor:
    return as_role("WLTY", Role.TASK_CLERK)


def watch() -> Actor:
    return as_role("SFJ", Role.SUPERVISOR)


def head() -> Actor:
    return as_role("WLTY", Role.DEPARTMENT_HEAD)


def waiting() -> InspectionTask:
    return InspectionTask.objects.get(department__code="WLTY")


def live() -> Draw:
    return Draw.objects.exclude(state="voided").get(task=waiting())


def prepared() -> Draw:
    parties = [Party(d, d.name) for d in Department.objects.filter(code__in=["WLTY", "SFJ"])]
    return prepare_draw(waiting(), parties=parties, embargo_at=None, actor=clerk())


def seal_asked() -> Draw:
    return request_seal(prepared(), actor=clerk())


def frozen() -> Draw:
    return freeze(seal_asked(), actor=head())


def sealed() -> None:
    for source in frozen().sources.filter(type="commit"):
        play_party(source, actor=clerk())


def announced() -> None:
    sealed()
    announce_draw(live(), actor=clerk())


def parties_open() -> None:
    announced()
    for source in live().sources.filter(type="commit"):
        open_played(source, actor=clerk())


def all_open() -> None:
    parties_open()
    dice = live().sources.get(type="digits")
    open_value(dice, value="7" * 20, read_back="7" * 20, actor=watch())


def drawn() -> None:
    all_open()
    draw_targets(live(), actor=clerk())


def press_prepare(_n: int) -> Act:
    task, actor = waiting(), clerk()
    parties = [Party(d, d.name) for d in Department.objects.filter(code__in=["WLTY", "SFJ"])]
    return lambda: prepare_draw(task, parties=parties, embargo_at=None, actor=actor)


def press_freeze(_n: int) -> Act:
    draw, actor = live(), head()
    return lambda: freeze(draw, actor=actor)


def press_announce(_n: int) -> Act:
    draw, actor = live(), clerk()
    return lambda: announce_draw(draw, actor=actor)


def press_draw(_n: int) -> Act:
    draw, actor = live(), clerk()
    return lambda: draw_targets(draw, actor=actor)


def drawn_once() -> list[str]:
    draw = live()
    return wrong(
        one_event=Entry.objects.filter(kind="draw.drawn", subject__endswith=draw.public_id).count()
        == 1,
        one_record=EvidenceFile.objects.filter(draw=draw, name="result.vdr").count() == 1,
        digest=bool(draw.rdigest),
    )


def press_papers(_n: int) -> Act:
    draw, actor = live(), clerk()
    return lambda: issue_papers(draw, actor=actor)


def hand_in_seal(n: int) -> Act:
    source, actor = live().sources.get(party__code="WLTY"), clerk()
    return lambda: commit_value(source, sealed=f"{n:064x}", actor=actor)


def papers_made() -> None:
    drawn()
    main_job.issue_papers(live())


def sealed_once() -> list[str]:
    told = Entry.objects.filter(kind="draw.value_committed").order_by("-id").first()
    source = SeedSource.objects.get(draw=live(), party__code="WLTY")
    return wrong(as_told=source.param in bytes(told.body).decode())


def type_dice(n: int) -> Act:
    dice, actor = live().sources.get(type="digits"), clerk()
    value = f"{n:020d}"
    return lambda: open_value(dice, value=value, read_back=value, actor=actor)


def confirm_or_freeze(n: int) -> Act:
    if n == 0:
        return press_freeze(n)
    row, actor = waiting().participations.get(department__code="WLTY"), clerk()
    people = [m.inspector for m in row.members.select_related("inspector")]
    return lambda: confirm_roster(row, inspectors=people[: 2 + n % 3], actor=actor)


def roster_as_sealed() -> list[str]:
    kept = {person.id for person in Roster.parse(evidence(live(), "roster.vdr")).inspectors}
    rows = RosterMember.objects.filter(participation__task=waiting())
    return wrong(as_sealed=kept == set(rows.values_list("inspector__number", flat=True)))


def reviewed(n: int) -> Act:
    result = InspectionResult.objects.filter(state="in_review").order_by("pk").first()
    actor = as_role(result.department.code, Role.REVIEWER)
    if n % 2:
        return lambda: return_result(result, reason="照片不清", actor=actor)
    return lambda: approve_result(result, opinion="同意", actor=actor)


def press_publish(_n: int) -> Act:
    result = InspectionResult.objects.filter(state="approved").order_by("pk").first()
    actor = as_role(result.department.code, Role.PUBLICATION_CLERK)
    return lambda: publish_result(result, actor=actor)


def press_publish_draw(_n: int) -> Act:
    draw, actor = live(), clerk()
    return lambda: publish_draw(draw, actor=actor)


def one_current() -> list[str]:
    rows = PublicRecord.objects.filter(kind="draw", code=live().draw_id)
    numbers = sorted(rows.values_list("version", flat=True))
    return wrong(
        gapless=numbers == list(range(1, len(numbers) + 1)),
        one=rows.filter(is_current=True).count() == 1,
    )


def ready() -> Inspection:
    """Return the first inspection of the waiting task: three departments go to each target."""
    rows = Inspection.objects.filter(task=waiting()).exclude(state="ended")
    return rows.order_by("-serial").first()


def everybody_in() -> None:
    papers_made()
    for result in ready().results.all():
        officer = _officers(result)[0]
        check_in(ready(), certificates_shown=True, actor=as_inspector(officer))


def _officers(result: InspectionResult) -> list:
    rows = result.inspection.assignments.filter(department=result.department)
    return [a.inspector for a in rows.select_related("inspector__user__department")]


def enter_shop(n: int) -> Act:
    inspection = ready()
    people = list(inspection.assignments.select_related("inspector__user__department"))
    actor = as_inspector(people[n % len(people)].inspector)
    return lambda: check_in(inspection, certificates_shown=True, actor=actor)


def visits_once() -> list[str]:
    inspection = ready()
    departments = list(
        Visit.objects.filter(inspection=inspection).values_list("department_id", flat=True)
    )
    begun = Entry.objects.filter(
        kind="inspection.began", subject__endswith=inspection.public_id
    ).count()
    return wrong(once=len(departments) == len(set(departments)), begun_once=begun == 1)


def hand_over_notice(n: int) -> Act:
    everyone = ready().assignments.select_related("inspector__user__department")
    inspection, actor = ready(), as_inspector(everyone.first().inspector)
    return lambda: serve_notice(
        inspection, manner="in_person", received_by=f"某{n}", witness="", actor=actor
    )


def fill_in(result: InspectionResult, n: int) -> Act:
    officers = _officers(result)
    actor = as_inspector(officers[n % len(officers)])
    drafts = [
        main_job._row(row.item, Chance(f"race {n}"))
        for row in items_of(result.inspection, result.department_id)
    ]
    signing = Signing("无异议", "signature", f"某{n}", "", officers)
    return lambda: record_result(result, rows=drafts, added_codes=[], signing=signing, actor=actor)


def fill_in_same(n: int) -> Act:
    return fill_in(ready().results.select_related("inspection__task", "department").first(), n)


def filled_once() -> list[str]:
    result = InspectionResult.objects.filter(inspection=ready()).order_by("pk").first()
    rows = ItemResult.objects.filter(result=result)
    signed = result.signatures.values_list("inspector_id", flat=True)
    return wrong(
        one_version=set(rows.values_list("version", flat=True)) == {1},
        one_row_an_item=rows.count() == rows.values("item").distinct().count(),
        one_signature_each=len(signed) == len(set(signed)),
    )


def two_left() -> None:
    everybody_in()
    for result in ready().results.select_related("inspection__task", "department")[2:]:
        fill_in(result, 0)()


def fill_in_each(n: int) -> Act:
    rows = ready().results.select_related("inspection__task", "department")
    return fill_in(rows.filter(state="not_recorded")[n % 2], n)


def ended() -> list[str]:
    last = Entry.objects.filter(kind="inspection.checked_in").order_by("-id").first()
    inspection = Inspection.objects.get(public_id=last.subject.split(":")[1])
    return wrong(ended=inspection.state == "ended")


def superior() -> Draw:
    return Draw.objects.get(task__origin="superior")


def void_asked() -> None:
    request_void(
        superior(), code="V2", reason="名录有误", actor=as_role("JTYS", Role.DEPARTMENT_HEAD)
    )


def void_or_visit(n: int) -> Act:
    if n == 0:
        draw, office = superior(), as_role("SCJG", Role.CONFERENCE_OFFICE)
        return lambda: void_draw(draw, actor=office)
    inspection = superior().inspections.order_by("serial")[n % 3]
    officer = inspection.assignments.select_related("inspector__user__department").first()
    actor = as_inspector(officer.inspector)
    return lambda: check_in(inspection, certificates_shown=True, actor=actor)


def void_before_visits() -> list[str]:
    rows = superior().inspections
    begun = rows.exclude(state__in=("ready", "cancelled")).exists()
    cancelled = rows.filter(state="cancelled").count()
    voided = superior().state == "voided"
    return wrong(
        not_both=not (begun and voided),
        cancelled_with_it=cancelled == (rows.count() if voided else 0),
    )


def begin_task(n: int) -> Act:
    code = ("NYNC", "SCJG", "WLTY", "JTYS")[n % 2]
    line, actor = PlanLine.objects.get(plan__department__code=code), as_role(code, Role.TASK_CLERK)
    return lambda: draft_task(line=line, name=f"任务{n}", actor=actor)


def numbered_once() -> list[str]:
    numbers = list(InspectionTask.objects.values_list("number", flat=True))
    return wrong(numbers=len(numbers) == len(set(numbers)))


def nothing() -> None:
    """Begin with the city as it is."""


def import_again(_n: int) -> Act:
    data = (Path(__file__).parent.parent / "fixtures" / "targets-excerpt.csv").read_bytes()
    department, actor = Department.objects.get(code="SCJG"), as_role("SCJG", Role.ENTRY_CLERK)
    return lambda: import_file(department, data, "x.csv", actor=actor)


def added_once() -> list[str]:
    rows = ImportBatch.objects.filter(file_name="x.csv", n_added__gt=0)
    return wrong(once=rows.count() == 1)


def press_erase(n: int) -> Act:
    """Erase what is held about one inspection; half of the people leave the newest entry out."""
    inspection = Inspection.objects.exclude(service_receipt=None).order_by("pk").first()
    office = as_role("SCJG", Role.CONFERENCE_OFFICE)
    about = [inspection, *inspection.results.all()]
    ticked = [row.entry.pk for row in held(office, about).rows][n % 2 :]
    return lambda: shred(ticked, "申请登记号 2026-017，依法销毁", about=about, actor=office)


def erased_once() -> list[str]:
    told = Entry.objects.filter(kind="trail.shredded").values_list("subject", flat=True)
    gone = [int(subject.rpartition(":")[2]) for subject in told]
    left = PrivatePart.objects.filter(entry__in=gone, kind="personal").count()
    return wrong(once=len(gone) == len(set(gone)) > 1, gone=left == 0)


SCENES = {
    "prepare a draw": Scene(nothing, press_prepare),
    "freeze": Scene(seal_asked, press_freeze),
    "hand in a seal": Scene(frozen, hand_in_seal, holds=sealed_once),
    "announce": Scene(sealed, press_announce),
    "type the dice": Scene(parties_open, type_dice),
    "draw": Scene(all_open, press_draw, holds=drawn_once),
    "issue the papers": Scene(drawn, press_papers),
    "publish the draw": Scene(papers_made, press_publish_draw, some, one_current),
    "confirm a roster while freezing": Scene(seal_asked, confirm_or_freeze, some, roster_as_sealed),
    "void while visiting": Scene(void_asked, void_or_visit, some, void_before_visits),
    "approve or return": Scene(nothing, reviewed),
    "publish a result": Scene(nothing, press_publish),
    "check in": Scene(papers_made, enter_shop, some, visits_once),
    "serve the notice": Scene(papers_made, hand_over_notice),
    "fill in and sign": Scene(everybody_in, fill_in_same, holds=filled_once),
    "last departments sign": Scene(two_left, fill_in_each, some, ended),
    "erase personal data": Scene(nothing, press_erase, holds=erased_once),
    "begin tasks": Scene(nothing, begin_task, everybody, numbered_once),
    "import the same file": Scene(nothing, import_again, everybody, added_once),
}
