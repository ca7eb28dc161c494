"""Filling the papers from what is stored (文书数据)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db.models import Model, QuerySet

from fairdraw.lines import file_digest
from openlot.accounts.models import Department
from openlot.documents.papers import (
    CheckItem,
    DayPaper,
    DayRow,
    DrawPaper,
    InspectionPaper,
    LogPlace,
    Officer,
    Party,
    TaskPapers,
)
from openlot.drawing_days.models import DrawingDay
from openlot.drawing_days.selectors import draws_of
from openlot.draws.anchoring import confirmed, counts, line
from openlot.draws.models import SEALED, Draw, SeedSource
from openlot.draws.selectors import (
    assessment,
    evidence,
    saving,
    strata_of,
    stratum_title,
    visited_targets,
)
from openlot.inspections.models import Inspection, InspectionState
from openlot.inspections.selectors import living, visits_in_year
from openlot.items.models import Method
from openlot.kernel import clock
from openlot.kernel.record import on_record
from openlot.policies.selectors import result_codes
from openlot.tasks.models import Disclosure, InspectionTask
from openlot.trail.places import first_place_of, newest_of

MOST_ROWS = 18


def _when(instant: datetime | None) -> str:
    return clock.local(instant).strftime("%Y-%m-%d %H:%M") if instant else "—"


def _totals(draw: Draw) -> tuple[tuple[str, str, str], ...]:
    """Sum up what each list holds: by stratum where that is public and fits the sheet."""
    strata, several = list(strata_of(draw)), draw.frames.count() > 1
    if draw.disclosure == Disclosure.FULL and len(strata) <= MOST_ROWS:
        return tuple(
            (
                stratum_title(row) if several else f"{row.alias} {row.meaning}",
                str(row.n_eligible),
                str(row.n_drawn),
            )
            for row in strata
        )
    lists = groupby(strata, key=lambda row: row.frame.department.short_name if several else "合计")
    return tuple(
        (name, str(sum(row.n_eligible for row in rows)), str(sum(row.n_drawn for row in rows)))
        for name, found in lists
        for rows in [list(found)]
    )


@on_record
def draw_paper(draw: Draw) -> DrawPaper:
    """Return the sheet of a draw (抽取单据); strata of a closed draw stay totals."""
    men = Counter(draw.matched_officers.values_list("department__name", flat=True))
    task, found, joined = draw.task, assessment(draw), saving(draw)
    return DrawPaper(
        draw_id=str(draw),
        task_number=task.number,
        task_name=task.name,
        lead=task.department.name,
        disclosure=str(task.get_disclosure_display()),
        is_demo=draw.is_demo,
        level=found.name if found else "",
        anchors=tuple(
            line(row) + ("" if counts(row) else "（晚于开奖，不计入等级）")
            for row in confirmed(draw)
        ),
        frozen_at=_when(draw.frozen_at),
        announced_at=_when(draw.announced_at),
        drawn_at=_when(draw.drawn_at),
        adigest=draw.adigest,
        rdigest=draw.rdigest,
        other_adigest=file_digest(evidence(draw, "announcement.vdr"), "sm3"),
        other_rdigest=file_digest(evidence(draw, "result.vdr"), "sm3") if draw.rdigest else "",
        totals=_totals(draw),
        sources=tuple(
            (
                str(s.index),
                s.party_name,
                "已启封" if s.opened_at else "已密封" if s.param and s.type in SEALED else "待录入",
            )
            for s in draw.sources.all()
        ),
        departments=tuple((name, str(count)) for name, count in sorted(men.items())),
        n_drawn=len(visited_targets(draw)),
        void=void_words(draw),
        saving=(
            f"{joined.checks} 项检查合并为 {joined.visits} 次上门；"
            f"各部门分别抽取预计 {joined.apart} 次"
            if joined
            else ""
        ),
        url=f"{settings.PORTAL_URL}/draws/{draw}/",
        log=log_place(draw, "draw.drawn") if draw.rdigest else None,
        signers=(
            "经办人",
            "负责人",
            *(s.party_name for s in draw.sources.filter(type="commit")),
        ),
    )


@on_record
def day_paper(day: DrawingDay) -> DayPaper:
    """Return the one sheet of a drawing day (抽签日单据): announced draws, then their results."""
    rows = list(draws_of(day).exclude(adigest=""))
    dice = SeedSource.objects.filter(draw__in=rows, type="digits").exclude(value="").first()
    totals = {
        row.pk: [
            sum(n) for n in zip(*((s.n_eligible, s.n_drawn) for s in strata_of(row)), strict=True)
        ]
        for row in rows
    }
    commits = SeedSource.objects.filter(draw__in=rows, type="commit").order_by("index", "pk")
    parties = dict.fromkeys(commits.values_list("party_name", flat=True))
    return DayPaper(
        number=day.number,
        office=day.department.name,
        held_at=_when(day.held_at),
        place=day.place,
        is_demo=any(row.is_demo for row in rows),
        announced_at=_when(day.announced_at),
        drawn_at=_when(day.drawn_at) if day.drawn_at else "",
        sheet_digest=day.sheet_digest,
        dice=dice.value if dice else "",
        rows=tuple(
            DayRow(
                draw_id=str(row),
                lead=row.task.department.short_name,
                task_name=row.task.name,
                n_eligible=totals[row.pk][0],
                n_drawn=totals[row.pk][1],
                adigest=row.adigest,
                rdigest=row.rdigest,
            )
            for row in rows
        ),
        url=f"{settings.PORTAL_URL}/lists/announcement/",
        signers=("经办人", "联席会议办公室负责人", *parties),
        log=log_place(day, "day.drawn") if day.drawn_at else None,
    )


def log_place(obj: Model, kind: str) -> LogPlace | None:
    """Return the paper witness (纸质存证) of what happened to an object, once it is signed."""
    for entry in newest_of(obj, kind) if settings.LOG_KEY_FILE else ():
        place = first_place_of(entry)
        if place is not None:
            size, root = place.checkpoint.size, bytes(place.checkpoint.root).hex()
            url = f"{settings.PORTAL_URL}/log/?size={size}&root={root}"
            return LogPlace(place.index, size, root, url)
    return None


@dataclass(frozen=True, slots=True)
class _Scheme:
    """What all papers of one task share, read once."""

    task: InspectionTask
    departments: tuple[Department, ...]
    items: dict[int, tuple[CheckItem, ...]]
    result_names: tuple[str, ...]
    source: str

    @classmethod
    def of(cls, task: InspectionTask) -> _Scheme:
        items = defaultdict(list)
        for row in task.task_items.select_related("item").prefetch_related("item__questions"):
            points = tuple(q.content for q in row.item.questions.all())
            items[row.department_id].append(CheckItem(row.item.name, row.item.legal_basis, points))
        parts = task.participations.select_related("department").order_by("-is_lead", "pk")
        return cls(
            task=task,
            departments=tuple(row.department for row in parts),
            items={key: tuple(rows) for key, rows in items.items()},
            result_names=tuple(c.name for c in result_codes().codes.values() if c.code < "RC09"),
            source=_source(task),
        )


@on_record
def inspection_paper(inspection: Inspection) -> InspectionPaper:
    """Return the papers of one inspection (单户文书数据); no credit class is in them."""
    year = inspection.task.window_to_on.year
    visits = visits_in_year([inspection.target.code], year)
    return _paper(_Scheme.of(inspection.task), inspection, visits)


@on_record
def task_papers(task: InspectionTask, among: QuerySet[Inspection] | None = None) -> TaskPapers:
    """Return the papers of a task (任务全套文书数据), without what was voided.

    among   the inspections whose papers the reader may hold; all of the task's when None
    """
    mine = living(task) if among is None else among.filter(pk__in=living(task).values("pk"))
    rows = list(mine.select_related("target").prefetch_related("assignments__inspector"))
    visits = visits_in_year([row.target.code for row in rows], task.window_to_on.year)
    scheme = _Scheme.of(task)
    return TaskPapers(
        task_number=task.number,
        task_name=task.name,
        lead=task.department.name,
        printed_on=clock.today().isoformat(),
        inspections=tuple(_paper(scheme, row, visits) for row in rows),
    )


def _paper(scheme: _Scheme, inspection: Inspection, visits: Mapping[str, int]) -> InspectionPaper:
    task, target = scheme.task, inspection.target
    sent = {row.department_id for row in inspection.assignments.all()}
    return InspectionPaper(
        number=inspection.number,
        notice_no=inspection.notice_no,
        task_number=task.number,
        task_name=task.name,
        task_source=scheme.source,
        lead=task.department.name,
        phone=task.department.phone,
        target=target.name,
        code=target.code,
        address=target.address,
        representative=target.legal_representative,
        window=f"{task.window_from_on} 至 {task.window_to_on}",
        methods="、".join(str(Method(m).label) for m in task.methods),
        visits_this_year=visits.get(target.code, 0),
        n_assistants=task.n_assistants,
        materials=tuple(task.materials),
        parties=tuple(
            _party(scheme, inspection, one) for one in scheme.departments if one.pk in sent
        ),
        result_names=scheme.result_names,
        approved_by=task.department.name + "负责人",
        approved_on=_when(task.approved_at)[:10],
        check_code=inspection.check_code,
        url=f"{settings.BASE_URL}/c/{inspection.check_code}/",
        void=void_words(inspection.draw) if inspection.state == InspectionState.CANCELLED else "",
    )


def void_words(draw: Draw) -> str:
    """Return what stands across the papers of a voided draw (作废字样), empty while it stands."""
    if draw.voided_at is None:
        return ""
    return f"第 {draw.attempt} 次抽取已于 {_when(draw.voided_at)[:10]} 作废：{draw.void_reason}"


def _party(scheme: _Scheme, inspection: Inspection, department: Department) -> Party:
    return Party(
        name=department.name,
        officers=tuple(
            Officer(row.inspector.name, row.inspector.certificate_no, row.is_leader)
            for row in inspection.assignments.all()
            if row.department_id == department.pk
        ),
        items=scheme.items.get(department.pk, ()),
    )


def _source(task: InspectionTask) -> str:
    if task.plan_line is not None:
        return f"年度抽查工作计划 {task.plan_line.plan.number}"
    return f"上级部署 {task.external_evidence.get('document', '')}"
