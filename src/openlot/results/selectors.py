"""Reading results, their clocks and what is due."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from openlot.inspections.models import InspectionState
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.policies.selectors import calendar, deadline_days
from openlot.results.models import InspectionResult, ItemResult, ResultState
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.rules.clocks import Clock, read_clock
from openlot.rules.workdays import due_on
from openlot.tasks.models import InspectionTask

OPEN_STATES = (
    ResultState.NOT_RECORDED,
    ResultState.IN_REVIEW,
    ResultState.RETURNED,
    ResultState.APPROVED,
)


def result_list(actor: Actor, perm: Perm = Perm.RESULT_VIEW) -> QuerySet[InspectionResult]:
    """Return the results on which ``actor`` holds ``perm`` (检查结果列表)."""
    rows = visible(actor, perm, InspectionResult.objects.all())
    return rows.select_related("inspection__target", "inspection__task", "department")


def waiting(actor: Actor, perm: Perm, state: str) -> QuerySet[InspectionResult]:
    """Return what waits for an actor with ``perm`` (待办结果), soonest due first."""
    return result_list(actor, perm).filter(state=state).order_by("due_on", "id")


def due_rows(actor: Actor, perm: Perm = Perm.RESULT_VIEW) -> QuerySet[InspectionResult]:
    """Return the unpublished results (未公示结果), soonest due first."""
    return result_list(actor, perm).filter(state__in=OPEN_STATES).order_by("due_on", "id")


def result_clocks() -> Callable[[InspectionResult], Clock]:
    """Return what reads how a result's clock stands (公示时限), one after another; one calendar for all."""
    known, soon = calendar(), deadline_days("soon")

    def read(result: InspectionResult) -> Clock:
        return read_clock(
            clock.today(),
            result.due_on,
            known,
            soon=soon,
            provisional=result.due_provisional,
            stopped=result.state in (ResultState.PUBLISHED, ResultState.CANCELLED),
        )

    return read


def expected(task: InspectionTask) -> QuerySet[InspectionResult]:
    """Return the results of a task that count (应有结果): not those of a voided draw."""
    rows = InspectionResult.objects.filter(inspection__task=task)
    return rows.exclude(state=ResultState.CANCELLED)


def task_clock(task: InspectionTask) -> Clock:
    """Return how the clock of a whole task stands (任务公示时限): from its window's end."""
    results = expected(task)
    waiting = results.filter(state__in=OPEN_STATES)
    return task_clocks()(task, stopped=results.exists() and not waiting.exists())


def task_clocks() -> Callable[..., Clock]:
    """Return what reads the clock of one task after another, the calendar being read once."""
    known, length, soon = calendar(), deadline_days("publish_result"), deadline_days("soon")

    def read(task: InspectionTask, *, stopped: bool) -> Clock:
        due = due_on(task.window_to_on, length, known)
        return read_clock(
            clock.today(),
            due.on,
            known,
            soon=soon,
            provisional=due.provisional,
            stopped=stopped,
        )

    return read


def with_progress(tasks: QuerySet[InspectionTask]) -> QuerySet[InspectionTask]:
    """Add how far each task has come (任务进度): n_targets, n_results, n_recorded, n_published."""
    every = InspectionResult.objects.filter(inspection__task=OuterRef("pk")).order_by()
    results = every.exclude(state=ResultState.CANCELLED)

    def count(rows: QuerySet[InspectionResult]) -> Coalesce:
        whole = rows.values("inspection__task").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(whole), 0)

    waiting = (ResultState.NOT_RECORDED, ResultState.RETURNED)
    return tasks.annotate(
        n_targets=Count("inspections", filter=~Q(inspections__state=InspectionState.CANCELLED)),
        n_results=count(results),
        n_recorded=count(results.exclude(state__in=waiting)),
        n_published=count(results.filter(state=ResultState.PUBLISHED)),
    )


def current_rows(result: InspectionResult) -> list[ItemResult]:
    """Return the item rows that count (现行事项结果): the newest version of each."""
    version = result.rows.aggregate(top=Max("version"))["top"]
    if version is None:
        return []
    return list(
        result.rows.filter(version=version)
        .select_related("item")
        .prefetch_related("answers__question")
    )
