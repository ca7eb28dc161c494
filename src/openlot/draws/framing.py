"""From the registers to what is sealed: frames, rosters, slots and rules (名单封存的内容)."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from fairdraw.announce import Slot, StratumRule
from fairdraw.frame import Frame, Leaf, salt
from fairdraw.roster import Inspector as RosterLine
from fairdraw.roster import Recusal as RecusalLine
from fairdraw.roster import Roster
from openlot.accounts.models import Department
from openlot.draws.extending import hit_codes, wanted
from openlot.draws.models import (
    Amendment,
    AmendmentState,
    Draw,
    DrawnTarget,
    Extension,
    MatchedOfficer,
    Reserve,
)
from openlot.draws.selectors import evidence
from openlot.kernel import clock
from openlot.policies.selectors import draw_setting
from openlot.registers.models import InspectionTarget, InspectorState, Recusal, TargetState
from openlot.rules.ratios import SmallPool, quotas
from openlot.tasks.models import InspectionTask, Origin, Stratify
from openlot.tasks.selectors import pool

LANE, LEAD = "L1", "F1"
DRAWN_HERE = "X90"


@dataclass(frozen=True, slots=True)
class Framed:
    """One frame ready to be sealed (待封存名单) and what its strata mean."""

    frame: Frame
    department: Department
    rules: list[StratumRule]
    meanings: dict[str, str]


def frames_of(draw: Draw) -> list[Framed]:
    """Build the frames of a draw (待抽取对象名单): one per register that a share is drawn from.

    All are on one lane: whoever is low in one list is low in the others, so visits coincide.
    Every entry within the scope is in it, the ones that cannot be drawn with their reason.
    paper     vdr1 §5.1, §6
    """
    if draw.matches_again is not None:
        return _hits_again(draw, draw.matches_again)
    task = draw.task
    barred = _Barred(_drawn_this_year(task), hit_codes(task) if draw.extension else set())
    parts = [
        _sorted_into_strata(draw, fid, department, barred)
        for fid, department in listing_departments(task).items()
    ]
    spares = task.n_reserve if draw.reserve == Reserve.OPEN else 0
    more = draw.extension
    rules = _more(more, parts, spares) if more else _rules(task, parts, spares)
    return [
        Framed(
            frame=Frame(part.fid, LANE, part.leaves),
            department=part.department,
            rules=[rule for rule in rules if rule.fid == part.fid],
            meanings=part.meanings,
        )
        for part in parts
    ]


def _more(extension: Extension, parts: list[_Part], spares: int) -> list[StratumRule]:
    """Return the rules of a supplementary draw (补充抽取规则): so many of each stratum, no other."""
    more = wanted(extension)
    return [
        StratumRule(
            part.fid,
            alias,
            f"fixed:{more.get((part.fid, meaning), 0)}",
            spares if (part.fid, meaning) in more else 0,
        )
        for part in parts
        for alias, meaning in sorted(part.meanings.items())
    ]


def _hits_again(draw: Draw, first: Draw) -> list[Framed]:
    """Return the drawn targets of a draw as lists of their own (另行匹配的名单): all are taken."""
    framed = []
    rows = first.frames.select_related("department").prefetch_related("strata")
    for row in rows.order_by("fid"):
        sealed = Frame.parse(row.fid, row.lane, evidence(first, f"frame-{row.fid}.vdr"))
        hits = first.drawn_targets.filter(frame=row, is_spare=False)
        codes = set(hits.values_list("target__code", flat=True))
        key = bytes(draw.frame_key)
        leaves = [
            leaf._replace(salt=salt(key, f"{row.fid}:{leaf.target}"))
            for leaf in sealed.leaves
            if leaf.target in codes
        ]
        names = sorted({leaf.stratum for leaf in leaves})
        meanings = {stratum.alias: stratum.meaning for stratum in row.strata.all()}
        framed.append(
            Framed(
                frame=Frame(row.fid, row.lane, leaves),
                department=row.department,
                rules=[StratumRule(row.fid, name, "all", 0) for name in names],
                meanings={name: meanings[name] for name in names},
            )
        )
    return framed


def listing_departments(task: InspectionTask) -> dict[str, Department]:
    """Return whose register makes which frame (各名单所属部门): F1 is the lead's."""
    listed = Q(is_lead=True) | Q(own_list=True)
    rows = task.participations.filter(listed).select_related("department")
    ordered = rows.order_by("-is_lead", "department__code")
    return {f"F{number}": row.department for number, row in enumerate(ordered, start=1)}


@dataclass(frozen=True, slots=True)
class _Barred:
    """Who cannot be drawn for what was drawn before: this year elsewhere, in this task already."""

    elsewhere: set[str]
    here: set[str]


@dataclass(frozen=True, slots=True)
class _Part:
    fid: str
    department: Department
    leaves: list[Leaf]
    sizes: Counter[str]
    keys: dict[str, str]
    meanings: dict[str, str]


def _sorted_into_strata(draw: Draw, fid: str, department: Department, barred: _Barred) -> _Part:
    task, key = draw.task, bytes(draw.frame_key)
    rows = list(pool(task, department).select_related("region").order_by("code"))
    unrated = draw_setting("unrated_class", clock.today())
    keys = {row.pk: _stratum_key(task, row, unrated) for row in rows}
    disps = {row.pk: _exclusion(task, row, barred) for row in rows}
    eligible = [pk for pk, disp in disps.items() if disp == "E"]
    aliases = _aliases(task, fid, key, {keys[pk] for pk in eligible})
    leaves = [
        Leaf(
            target=row.code,
            stratum=aliases.get(keys[row.pk], "S0"),
            weight=1,
            disp=disps[row.pk],
            district=row.region.code if row.region else "-",
            need=tuple(sorted(row.needed_tags)),
            salt=salt(key, row.code if fid == LEAD else f"{fid}:{row.code}"),
        )
        for row in rows
    ]
    return _Part(
        fid=fid,
        department=department,
        leaves=leaves,
        sizes=Counter(aliases[keys[pk]] for pk in eligible),
        keys={alias: name for name, alias in aliases.items()},
        meanings={alias: _meaning(task, name, rows) for name, alias in aliases.items()},
    )


def roster_of(draw: Draw) -> Roster:
    """Build the roster of a draw (可派人员名册) from what the departments confirmed."""
    task = draw.task
    key = bytes(draw.frame_key)
    members = [
        member.inspector
        for row in task.participations.prefetch_related(
            "members__inspector__department", "members__inspector__region"
        )
        for member in row.members.all()
        if member.inspector.state
        == InspectorState.ACTIVE  # who left since the roster was confirmed
    ]
    loads = _loads(task, [m.pk for m in members])
    band = draw_setting("load_band", clock.today())
    lines = [
        RosterLine(
            id=member.number,
            dept=member.department.code,
            district=member.region.code if member.region else "-",
            cap=task.max_per_inspector,
            load=loads[member.pk] // band,
            tags=tuple(sorted(member.tags)),
            salt=salt(key, member.number),
        )
        for member in members
    ]
    recusals = [
        RecusalLine(
            inspector=row.inspector.number,
            target=row.target_code,
            code=row.reason,
            salt=salt(key, f"{row.inspector.number}:{row.target_code}"),
        )
        for row in Recusal.objects.filter(inspector__in=members, ended_at=None).select_related(
            "inspector"
        )
    ]
    return Roster(lines, recusals)


def slots_of(task: InspectionTask) -> list[Slot]:
    """Return the places to fill per target (人员席位): the scheme's number per department.

    A department fills them where its own list was drawn, one without a list where the lead's was.
    """
    slots: list[Slot] = []
    fids = {department.pk: fid for fid, department in listing_departments(task).items()}
    for row in task.participations.select_related("department").order_by("department__code"):
        code = row.department.code
        fid = fids.get(row.department.pk, LEAD)
        tags = sorted(
            {
                tag
                for item in task.task_items.filter(
                    department=row.department, item__department=row.department
                ).select_related("item")
                for tag in item.item.required_tags
            }
        )
        for number in range(1, task.min_officers + 1):
            wanted = tuple(tags) if number == 1 else ()
            slots.append(Slot(fid, f"{code}-{number}", code, wanted, task.region_rule))
    return slots


def _drawn_this_year(task: InspectionTask) -> set[str]:
    """Codes already drawn this year in another task of an overlapping set of items (X04)."""
    items = task.task_items.values("item__code")
    rows = (
        DrawnTarget.objects.filter(
            is_spare=False,
            draw__as_of_on__year=task.window_from_on.year,
            draw__task__task_items__item__code__in=items,
        )
        .exclude(draw__task=task)
        .exclude(draw__state="voided")
    )
    replaced = Amendment.objects.filter(
        state__in=(AmendmentState.APPROVED, AmendmentState.CARRIED_OUT),
        draw__in=rows.values("draw"),
    )
    codes = set(rows.values_list("target__code", flat=True))
    return codes | set(replaced.values_list("new_target__code", flat=True)) - {None}


def _exclusion(task: InspectionTask, row: InspectionTarget, barred: _Barred) -> str:
    if row.code in barred.here:
        return DRAWN_HERE
    if row.state == TargetState.MOVED_OUT:
        return "X01"
    if row.state == TargetState.DORMANT:
        return "X07"
    if row.code in barred.elsewhere and task.origin == Origin.PLAN:
        return "X04"
    return "E"


def _stratum_key(task: InspectionTask, row: InspectionTarget, unrated: str) -> str:
    if task.stratify == Stratify.REGION:
        return row.region.code if row.region else "-"
    if task.stratify == Stratify.CREDIT:
        return row.credit_class or unrated
    return "all"


def _aliases(task: InspectionTask, fid: str, key: bytes, names: Iterable[str]) -> dict[str, str]:
    """Name the strata; where they mean a class, in an order that tells nothing (T4)."""

    def secret(name: str) -> bytes:
        return hmac.new(key, f"stratum|{fid}|{name}".encode(), hashlib.sha256).digest()

    ordered = sorted(names, key=secret) if task.stratify == Stratify.CREDIT else sorted(names)
    width = len(str(len(ordered)))
    return {name: f"S{number:0{width}d}" for number, name in enumerate(ordered, start=1)}


def _meaning(task: InspectionTask, key: str, rows: list[InspectionTarget]) -> str:
    if task.stratify == Stratify.REGION:
        return next((r.region.name for r in rows if r.region and r.region.code == key), key)
    return "不分层" if key == "all" else key


def _rules(task: InspectionTask, parts: list[_Part], spares: int) -> list[StratumRule]:
    """Turn the plan's ratios into the protocol's rules, integers only; the bounds hold for all lists."""
    sizes = {(part.fid, alias): n for part in parts for alias, n in part.sizes.items()}
    line = task.plan_line
    if line is None:
        return [StratumRule(fid, alias, "all", 0) for fid, alias in sorted(sizes)]
    by_class = {row.credit_class: row.ratio_bp for row in line.ratios.all()}
    graded = task.stratify == Stratify.CREDIT
    ratios = {
        (part.fid, alias): by_class[part.keys[alias]] if graded else line.ratio_bp
        for part in parts
        for alias in part.sizes
    }
    texts = quotas(
        sizes,
        ratios,
        line.rounding,
        min_count=line.min_count,
        max_count=line.max_count,
        small_pool=SmallPool(line.small_pool_size, line.small_pool_count),
    )
    return [StratumRule(fid, alias, texts[fid, alias], spares) for fid, alias in sorted(sizes)]


def _loads(task: InspectionTask, inspector_ids: list[int]) -> Counter[int]:
    year = Q(draw__as_of_on__year=task.window_from_on.year)
    rows = MatchedOfficer.objects.filter(year, inspector_id__in=inspector_ids).exclude(
        draw__state="voided"
    )
    return Counter(rows.values_list("inspector_id", flat=True))
