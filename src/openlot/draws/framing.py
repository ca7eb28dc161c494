"""From the registers to what is sealed: frames, rosters, slots and rules (名单封存的内容)."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from fairdraw.announce import Slot, StratumRule
from fairdraw.frame import Frame, Leaf, salt
from fairdraw.roster import Inspector as RosterLine
from fairdraw.roster import Recusal as RecusalLine
from fairdraw.roster import Roster
from openlot.draws.models import Draw, DrawnTarget, MatchedOfficer
from openlot.kernel import clock
from openlot.plans.selectors import scope_condition
from openlot.policies.selectors import draw_setting
from openlot.registers.models import InspectionTarget, Recusal, TargetState
from openlot.rules.ratios import spread
from openlot.tasks.models import InspectionTask, Origin, Stratify

FID, LANE = "F1", "L1"


@dataclass(frozen=True, slots=True)
class Framed:
    """One frame ready to be sealed (待封存名单) and what its strata mean."""

    frame: Frame
    rules: list[StratumRule]
    meanings: dict[str, str]
    target_ids: dict[str, int]


def frame_of(draw: Draw) -> Framed:
    """Build the frame of a draw (待抽取对象名单) from the lead's register as it is now.

    Every entry within the scope is in it, the ones that cannot be drawn with their reason.
    """
    task = draw.task
    rows = list(pool(task).select_related("region").order_by("code"))
    already = _drawn_this_year(task)
    unrated = draw_setting("unrated_class", clock.today())
    keys = {row.pk: _stratum_key(task, row, unrated) for row in rows}
    eligible = {row.pk for row in rows if _exclusion(task, row, already) == "E"}
    aliases = _aliases(task, bytes(draw.frame_key), {keys[pk] for pk in eligible})
    leaves = [
        Leaf(
            target=row.code,
            stratum=aliases.get(keys[row.pk], "S0"),
            weight=1,
            disp=_exclusion(task, row, already),
            district=row.region.code if row.region else "-",
            need=tuple(sorted(row.needed_tags)),
            salt=salt(bytes(draw.frame_key), row.code),
        )
        for row in rows
    ]
    sizes = Counter(aliases[keys[pk]] for pk in eligible)
    rules = _rules(task, sizes, {alias: key for key, alias in aliases.items()})
    return Framed(
        frame=Frame(FID, LANE, leaves),
        rules=rules,
        meanings={alias: _meaning(task, key, rows) for key, alias in aliases.items()},
        target_ids={row.code: row.pk for row in rows},
    )


def pool(task: InspectionTask) -> QuerySet[InspectionTarget]:
    """Return the register entries in the scope of a task (抽查范围), live or not."""
    if task.origin == Origin.SUPERIOR:
        return InspectionTarget.objects.filter(pk__in=task.listed_targets.values("target_id"))
    line = task.plan_line
    if line is None:
        return InspectionTarget.objects.none()
    return InspectionTarget.objects.filter(department=task.department).filter(scope_condition(line))


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
    """Return the places to fill per target (人员席位): the scheme's number per department."""
    slots: list[Slot] = []
    for row in task.participations.select_related("department").order_by("department__code"):
        code = row.department.code
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
            slots.append(Slot(FID, f"{code}-{number}", code, wanted, task.region_rule))
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
    return set(rows.values_list("target__code", flat=True))


def _exclusion(task: InspectionTask, row: InspectionTarget, already: set[str]) -> str:
    if row.state == TargetState.MOVED_OUT:
        return "X01"
    if row.state == TargetState.DORMANT:
        return "X07"
    if row.code in already and task.origin == Origin.PLAN:
        return "X04"
    return "E"


def _stratum_key(task: InspectionTask, row: InspectionTarget, unrated: str) -> str:
    if task.stratify == Stratify.REGION:
        return row.region.code if row.region else "-"
    if task.stratify == Stratify.CREDIT:
        return row.credit_class or unrated
    return "all"


def _aliases(task: InspectionTask, key: bytes, names: Iterable[str]) -> dict[str, str]:
    """Name the strata; where they mean a class, in an order that tells nothing (T4)."""

    def secret(name: str) -> bytes:
        return hmac.new(key, f"stratum|{name}".encode(), hashlib.sha256).digest()

    ordered = sorted(names, key=secret) if task.stratify == Stratify.CREDIT else sorted(names)
    width = len(str(len(ordered)))
    return {name: f"S{number:0{width}d}" for number, name in enumerate(ordered, start=1)}


def _meaning(task: InspectionTask, key: str, rows: list[InspectionTarget]) -> str:
    if task.stratify == Stratify.REGION:
        return next((r.region.name for r in rows if r.region and r.region.code == key), key)
    return "不分层" if key == "all" else key


def _rules(task: InspectionTask, sizes: Counter[str], names: dict[str, str]) -> list[StratumRule]:
    """Turn the plan's ratios into the protocol's rules, integers only."""
    line = task.plan_line
    if line is None:
        return [StratumRule(FID, alias, "all", 0) for alias in sorted(sizes)]
    ratios = {row.credit_class: row.ratio_bp for row in line.ratios.all()}
    ratio_of = {
        alias: ratios[names[alias]] if task.stratify == Stratify.CREDIT else line.ratio_bp
        for alias in sizes
    }
    texts = {alias: f"ratio:{ratio_of[alias]}/10000:{line.rounding}" for alias in sizes}
    planned = sum(-(-sizes[alias] * ratio_of[alias] // 10_000) for alias in sizes)
    if planned < line.min_count:
        total = min(line.min_count, sum(sizes.values()))
        texts = {alias: f"fixed:{n}" for alias, n in spread(total, dict(sizes)).items()}
    return [StratumRule(FID, alias, texts[alias], task.n_reserve) for alias in sorted(sizes)]


def _loads(task: InspectionTask, inspector_ids: list[int]) -> Counter[int]:
    year = Q(draw__as_of_on__year=task.window_from_on.year)
    rows = MatchedOfficer.objects.filter(year, inspector_id__in=inspector_ids).exclude(
        draw__state="voided"
    )
    return Counter(rows.values_list("inspector_id", flat=True))
