"""What a supplementary draw may hold (补充抽取的范围): the rest of the lists, within the caps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from openlot.draws.models import (
    Amendment,
    Draw,
    DrawFrame,
    DrawnTarget,
    DrawState,
    DrawStratum,
    Extension,
    ExtensionShare,
    ExtensionState,
)
from openlot.items.models import ItemKind
from openlot.kernel.errors import Conflict
from openlot.tasks.models import InspectionTask

FULL = 10_000


def hit_codes(task: InspectionTask) -> set[str]:
    """Return whom the draws of a task have hit already (本任务已抽中对象), newcomers included."""
    live = task.draws.exclude(state=DrawState.VOIDED)
    hits = DrawnTarget.objects.filter(draw__in=live, is_spare=False)
    came_in = Amendment.objects.filter(draw__in=live, new_target__isnull=False)
    codes = set(hits.values_list("target__code", flat=True))
    return codes | set(came_in.values_list("new_target__code", flat=True))


def wanted(extension: Extension) -> dict[tuple[str, str], int]:
    """Return how many more of which stratum (各层补充抽取数), by list and meaning."""
    rows = extension.shares.select_related("stratum__frame")
    return {(row.stratum.frame.fid, row.stratum.meaning): row.n for row in rows}


def check_caps(first: Draw, more: Mapping[DrawStratum, int]) -> None:
    """Refuse what the plan and the caps of general items do not allow (补充抽取上限).

    Counted with it are all draws of the task and what is approved but not drawn yet.

    raises    Conflict in words that name the bound
    law       JZF2020-9/2.3 a general item has a ceiling, a plan is adjusted before it is exceeded
    """
    frames = {row.pk: row for row in first.frames.select_related("department")}
    drawn = _drawn(first)
    for stratum, n in more.items():
        drawn[frames[stratum.frame_id].fid] += n
    line = first.task.plan_line
    total = sum(drawn.values())
    if line is not None and line.max_count and total > line.max_count:
        words = _("将使抽取对象达到 %(total)s 户次，超过计划上限 %(most)s；请先调整年度计划")
        raise Conflict(words, total=total, most=line.max_count)
    for frame in frames.values():
        _check_ceiling(first, frame, drawn[frame.fid])


def _check_ceiling(first: Draw, frame: DrawFrame, n: int) -> None:
    items = first.task.task_items.filter(item__kind=ItemKind.GENERAL)
    caps = [cap for cap in items.values_list("item__ratio_cap_bp", flat=True) if cap]
    if caps and n * FULL > min(caps) * frame.n_eligible:
        words = _(
            "%(department)s名录将抽 %(n)s 户，超过一般检查事项抽查比例上限 %(cap)s%%"
            "（可抽取 %(eligible)s 户）；请减少补充抽取数"
        )
        raise Conflict(
            words,
            department=frame.department.short_name,
            n=n,
            cap=f"{min(caps) / 100:g}",
            eligible=frame.n_eligible,
        )


def _drawn(first: Draw) -> Counter[str]:
    """Count what is drawn, or approved to be drawn, per list of a task."""
    live = first.task.draws.exclude(state=DrawState.VOIDED).filter(matches_again=None)
    hits = DrawnTarget.objects.filter(draw__in=live, is_spare=False)
    found: Counter[str] = Counter(hits.values_list("frame__fid", flat=True))
    waiting = ExtensionShare.objects.filter(
        extension__first=first, extension__state=ExtensionState.APPROVED
    ).exclude(extension__draws__in=live.exclude(rdigest=""))
    rows = waiting.order_by().values_list("stratum__frame__fid").annotate(total=Sum("n"))
    for fid, total in rows:
        found[fid] += total
    return found
