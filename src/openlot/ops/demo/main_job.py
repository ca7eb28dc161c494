"""The main job (主流程): from plan to publication, by the right people, in three tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from fairdraw.evidence import Bundle, recompute
from openlot.accounts.models import Department
from openlot.drawing_days.models import DrawingDay
from openlot.drawing_days.services import join_day, open_day
from openlot.draws.models import SEALED, Draw, Extension
from openlot.draws.services import (
    Party,
    draw_targets,
    freeze,
    open_played,
    open_value,
    play_party,
    prepare_draw,
    read_bundle,
    request_seal,
)
from openlot.inspections.models import Inspection
from openlot.inspections.selectors import items_of
from openlot.inspections.services import check_in, serve_notice
from openlot.items.models import InspectionItem
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.ops.demo.accounts import leave_accounts
from openlot.ops.demo.city import Progress, as_inspector, as_role, at
from openlot.ops.demo.plans import make_plans
from openlot.ops.demo.targets import Chance
from openlot.paperwork import services as paperwork
from openlot.plans.models import PlanLine
from openlot.publication.services import (
    announce_draw,
    attest_draw,
    publish_draw,
    publish_result,
)
from openlot.registers.models import InspectionTarget
from openlot.results.models import InspectionResult
from openlot.results.services import (
    RowDraft,
    Signing,
    approve_result,
    record_result,
)
from openlot.tasks.models import Disclosure, InspectionTask
from openlot.tasks.selectors import sendable
from openlot.tasks.services import (
    accept_participation,
    approve_task,
    confirm_roster,
    draft_superior_task,
    draft_task,
    submit_task,
)


@dataclass
class Story:
    """How far one task of the demo is taken (演示进度): shares in hundredths of its targets."""

    lead: str
    title: str
    window: tuple[int, int]
    record: int
    approve: int
    publish: int
    scheme: dict[str, object] = field(default_factory=dict)


def run(today: date, seed: str, progress: Progress) -> list[Draw]:
    """Run the chain (主流程) and return the three draws."""
    lines = make_plans(today, progress)
    draws = []
    first = Story(
        "NYNC",
        "农药经营监督检查（部门内部）",
        (-30, 20),
        80,
        75,
        90,
        {"disclosure": Disclosure.FULL, "stratify": "region"},
    )
    second = Story(
        "SCJG",
        "餐饮服务部门联合抽查",
        (-25, 25),
        55,
        70,
        80,
        {"disclosure": Disclosure.PROOFS, "stratify": "credit"},
    )
    for number, (story, line) in enumerate(((first, lines["NYNC"]), (second, lines["SCJG"]))):
        draws.append(play(story, line, today, seed, progress))
        progress("抽查任务", number + 1, 3)
    draws.append(play_superior(today, seed, progress))
    progress("抽查任务", 3, 3)
    with clock.travel(at(today - timedelta(days=1), 15)):
        leave_for_hand(lines["WLTY"])
        leave_for_the_day([lines["JTYS"], lines["GAJ"]])
    leave_accounts(today)
    return draws


def play(story: Story, line: PlanLine, today: date, seed: str, progress: Progress) -> Draw:
    """Take one task from its scheme to published results (一项任务的全过程)."""
    start, end = (today + timedelta(days=n) for n in story.window)
    clerk = as_role(story.lead, Role.TASK_CLERK)
    with clock.travel(at(start - timedelta(days=5))):
        task = draft_task(
            line=line,
            name=f"{today.year}年{story.title}",
            actor=clerk,
            window_from_on=start,
            window_to_on=end,
            materials=["营业执照", "许可证", "进销货台账"],
            n_assistants=1,
            scheme_text="按年度计划实施，随机抽取检查对象，随机匹配执法检查人员。",
            **story.scheme,
        )
        task = accept_and_approve(task)
    with clock.travel(at(start - timedelta(days=2))):
        draw = ceremony(task, seed)
    with clock.travel(at(start - timedelta(days=1))):
        inspections = issue_papers(draw)
    _inspect(story, inspections, start, today, seed, progress)
    with clock.travel(at(today - timedelta(days=1), 17)):
        publish_draw(draw, actor=clerk)
        if draw.disclosure == Disclosure.PROOFS:
            attest(draw)
    return draw


def attest(draw: Draw) -> None:
    """Let audit and justice recompute the draw from the full bundle and sign (监督核验)."""
    for code, role in (("SJJ", Role.AUDITOR), ("SFJ", Role.SUPERVISOR)):
        actor = as_role(code, role)
        computed = recompute(Bundle(Path(), read_bundle(draw, actor=actor)))
        attest_draw(draw, verdict="consistent", rdigest=computed.digest, note="", actor=actor)


def accept_and_approve(task: InspectionTask) -> InspectionTask:
    """Let every participant accept, the head approve, each department confirm its roster."""
    lead = task.department.code
    task = submit_task(task, actor=as_role(lead, Role.TASK_CLERK))
    rows = list(task.participations.select_related("department", "task"))
    for row in rows:
        accept_participation(row, actor=as_role(row.department.code, Role.DEPARTMENT_HEAD))
    task = approve_task(task, actor=as_role(lead, Role.DEPARTMENT_HEAD))
    for row in task.participations.select_related("department", "task"):
        people = list(sendable(row.department, task.window_from_on, task.window_to_on))
        confirm_roster(row, inspectors=people, actor=as_role(row.department.code, Role.TASK_CLERK))
    return task


def ceremony(task: InspectionTask, seed: str, extension: Extension | None = None) -> Draw:
    """Freeze, announce, open, roll, draw (名单封存与公开抽取); the server plays the parties."""
    lead = task.department
    clerk = as_role(lead.code, Role.TASK_CLERK)
    head = as_role(lead.code, Role.DEPARTMENT_HEAD)
    watch = Department.objects.get(code="SFJ")
    draw = prepare_draw(
        task,
        actor=clerk,
        embargo_at=at(task.window_from_on, 8),
        extension=extension,
        parties=[Party(lead, lead.name), Party(watch, f"{watch.name}（监督）")],
    )
    draw = freeze(request_seal(draw, actor=clerk), actor=head)
    for source in draw.sources.filter(type__in=SEALED):
        play_party(source, actor=clerk)
    announce_draw(draw, actor=clerk)
    draw = Draw.objects.get(pk=draw.pk)
    for source in draw.sources.filter(type__in=SEALED):
        open_played(source, actor=clerk)
    dice = draw.sources.get(type="digits")
    chance = Chance(f"{seed}|dice|{task.number}")
    rolled = "".join(str(chance.below(10)) for _ in range(20))
    thrower = as_role("SFJ", Role.SUPERVISOR)
    open_value(dice, value=rolled, read_back=rolled, actor=thrower)
    return draw_targets(Draw.objects.get(pk=draw.pk), actor=clerk)


def issue_papers(draw: Draw) -> list[Inspection]:
    """Let the lead department's clerk issue the papers (制发检查文书)."""
    clerk = as_role(draw.task.department.code, Role.TASK_CLERK)
    return paperwork.issue_papers(draw, actor=clerk)


def _inspect(
    story: Story,
    inspections: list[Inspection],
    start: date,
    today: date,
    seed: str,
    progress: Progress,
) -> None:
    """Visit, record, review and publish the shares that the story tells."""
    chance = Chance(f"{seed}|findings|{story.lead}")
    span = max(1, (today - start).days - 2)
    n_record = len(inspections) * story.record // 100
    recorded: list[InspectionResult] = []
    mixed = sorted(inspections, key=lambda inspection: inspection.number[::-1])
    for number, inspection in enumerate(mixed[:n_record]):
        day = start + timedelta(days=min(span, number * span // max(1, n_record)))
        with clock.travel(at(day, 9 + number % 8)):
            recorded += visit(inspection, chance)
        progress(f"检查 {story.lead}", number + 1, n_record)
    n_approve = len(recorded) * story.approve // 100
    n_publish = n_approve * story.publish // 100
    with clock.travel(at(today - timedelta(days=2), 10)):
        for result in recorded[:n_approve]:
            code = result.department.code
            approve_result(
                InspectionResult.objects.get(pk=result.pk),
                opinion="同意",
                actor=as_role(code, Role.REVIEWER),
            )
    with clock.travel(at(today - timedelta(days=1), 10)):
        for result in recorded[:n_publish]:
            publish_result(
                InspectionResult.objects.get(pk=result.pk),
                actor=as_role(result.department.code, Role.PUBLICATION_CLERK),
            )


def visit(inspection: Inspection, chance: Chance) -> list[InspectionResult]:
    """Let each department's officers enter, check and sign (入企检查)."""
    done: list[InspectionResult] = []
    person_met = inspection.target.legal_representative or "现场负责人"
    for result in inspection.results.select_related("department", "inspection__task"):
        rows = inspection.assignments.filter(department=result.department)
        officers = [a.inspector for a in rows.select_related("inspector__user__department")]
        actor = as_inspector(officers[0])
        check_in(Inspection.objects.get(pk=inspection.pk), certificates_shown=True, actor=actor)
        if not done:
            serve_notice(
                Inspection.objects.get(pk=inspection.pk),
                manner="in_person",
                received_by=person_met,
                witness="",
                actor=actor,
            )
        drafts = [
            _row(task_item.item, chance) for task_item in items_of(inspection, result.department_id)
        ]
        signing = Signing("对检查结果无异议", "signature", person_met, "", officers)
        done.append(
            record_result(
                InspectionResult.objects.get(pk=result.pk),
                rows=drafts,
                added_codes=[],
                signing=signing,
                actor=actor,
            )
        )
    return done


def _row(item: InspectionItem, chance: Chance) -> RowDraft:
    """Ninety-four in a hundred show no problem, as real draws do."""
    questions = list(item.questions.all())
    if chance.below(100) < 94:
        return RowDraft(item, True, ["RC01"], answers={q.pk: (True, "") for q in questions})
    wrong = questions[chance.below(len(questions))]
    answers = {
        q.pk: (q.pk != wrong.pk, "" if q.pk != wrong.pk else wrong.problem_text) for q in questions
    }
    return RowDraft(
        item, True, ["RC05"], problem=wrong.problem_text, disposal="责令限期改正", answers=answers
    )


def play_superior(today: date, seed: str, progress: Progress) -> Draw:
    """A superior's list arrives and only the officers are drawn (导入外部抽取任务)."""
    department = Department.objects.get(code="JTYS")
    item = InspectionItem.objects.get(name="机动车维修企业检查", state="effective")
    rows = InspectionTarget.objects.filter(
        department=department, state="active", industry="O81"
    ).order_by("code")
    chance = Chance(f"{seed}|superior")
    listed = [rows[n] for n in sorted({chance.below(rows.count()) for _ in range(12)})]
    with clock.travel(at(today - timedelta(days=6))):
        task = draft_superior_task(
            department=department,
            name=f"{today.year}年省级下发机动车维修企业抽查",
            items=[item],
            targets=listed,
            evidence={
                "system": "安徽省事中事后综合监管平台",
                "document": "皖交运函〔2026〕31号",
                "drawn_on": (today - timedelta(days=10)).isoformat(),
                "operator": "省交通运输厅",
                "n_pool": "1932",
                "rule": "不定向，1%",
            },
            actor=as_role("JTYS", Role.TASK_CLERK),
            window_from_on=today - timedelta(days=2),
            window_to_on=today + timedelta(days=30),
            methods=["on_site"],
        )
        task = accept_and_approve(task)
    with clock.travel(at(today - timedelta(days=4))):
        draw = ceremony(task, seed)
    with clock.travel(at(today - timedelta(days=3))):
        issue_papers(draw)
    with clock.travel(at(today - timedelta(days=1), 16)):
        publish_draw(draw, actor=as_role("JTYS", Role.TASK_CLERK))
    return draw


def leave_for_hand(line: PlanLine) -> InspectionTask:
    """Leave one approved task to be frozen and drawn by hand (留待现场操作的任务)."""
    today = clock.today()
    task = draft_task(
        line=line,
        name=f"{today.year}年文化场所部门联合抽查",
        actor=as_role(line.plan.department.code, Role.TASK_CLERK),
        window_from_on=today + timedelta(days=3),
        window_to_on=today + timedelta(days=33),
        stratify="region",
        disclosure=Disclosure.FULL,
    )
    return accept_and_approve(task)


def leave_for_the_day(lines: list[PlanLine]) -> DrawingDay:
    """Leave a drawing day that two departments have joined, their lists sealed (留待现场的抽签日)."""
    today = clock.today()
    organs = Department.objects.filter(code__in=("SCJG", "SFJ", "SJJ")).order_by("code")
    day = open_day(
        department=Department.objects.get(code="SCJG"),
        held_at=at(today + timedelta(days=1), 15),
        place="市政务服务中心三楼会议室",
        parties=list(organs),
        actor=as_role("SCJG", Role.CONFERENCE_OFFICE),
    )
    for line in lines:
        lead = line.plan.department.code
        task = draft_task(
            line=line,
            name=f"{today.year}年第四季度{line.items.get().name}",
            actor=as_role(lead, Role.TASK_CLERK),
            window_from_on=today + timedelta(days=5),
            window_to_on=today + timedelta(days=35),
            stratify="region",
            disclosure=Disclosure.FULL,
        )
        clerk = as_role(lead, Role.TASK_CLERK)
        draw = join_day(accept_and_approve(task), day, embargo_at=None, actor=clerk)
        freeze(request_seal(draw, actor=clerk), actor=as_role(lead, Role.DEPARTMENT_HEAD))
    return day
