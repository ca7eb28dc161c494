"""What somebody types into the search of the trail (留痕检索词), as persons and objects."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model, Q

from openlot.accounts.models import User
from openlot.drawing_days.models import DrawingDay
from openlot.draws.models import Amendment, Draw, Extension
from openlot.inspections.models import Inspection
from openlot.items.models import InspectionItem
from openlot.plans.models import AnnualPlan
from openlot.registers.models import InspectionTarget, Inspector
from openlot.registers.search import find_targets
from openlot.results.models import FollowUp, InspectionResult
from openlot.tasks.models import InspectionTask, Participation
from openlot.trail.subjects import subject_of

# What each kind of object is called by people; a search looks for the beginning of any of them.
_CALLED: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (InspectionTask, ("number", "name")),
    (Draw, ("draw_id",)),
    (DrawingDay, ("number",)),
    (Inspection, ("number", "notice_no")),
    (InspectionResult, ("inspection__number",)),
    (InspectionItem, ("code", "name")),
    (AnnualPlan, ("number", "title")),
    (Inspector, ("number", "name")),
    (User, ("username", "name")),
)
# A task that is named whole brings all that was done under it.
_OF_TASK: tuple[tuple[type[Model], str], ...] = (
    (Participation, "task"),
    (Draw, "task"),
    (Amendment, "draw__task"),
    (Inspection, "task"),
    (InspectionResult, "inspection__task"),
    (FollowUp, "result__inspection__task"),
)
MOST = 200


def persons(words: str) -> list[str]:
    """Return the persons that the words may mean (人员): by account or by name."""
    named = Q(login_names__name=words) | Q(name__icontains=words)
    found = User.objects.filter(named).distinct().order_by("username")[:MOST]
    return [f"user:{user.handle}" for user in found]


def objects(words: str) -> list[str]:
    """Return the objects that the words may mean (对象): by number, code or name."""
    found: list[str] = []
    found += _subjects(_numbered(words))
    for model, columns in _CALLED:
        named = Q()
        for column in columns:
            named |= Q(**{f"{column}__istartswith": words})
        found += _subjects(model._default_manager.filter(named).order_by("pk")[:MOST])
    tasks = InspectionTask.objects.filter(Q(number=words) | Q(name=words)).order_by("pk")[:MOST]
    for model, path in _OF_TASK:
        found += _subjects(model._default_manager.filter(**{f"{path}__in": list(tasks)}))
    targets = InspectionTarget.objects.all()
    return found + _subjects(find_targets(targets, words)[:MOST])


def _numbered(words: str) -> Iterable[Model]:
    """Return the attempt of a draw, or the supplementary draw, whose whole number stands there."""
    number, _dash, last = words.rpartition("-")
    if last.isascii() and last.isdigit() and len(last) < 5:
        return Draw.objects.filter(draw_id=number, attempt=int(last))
    if last[:1] == "E" and last[1:].isascii() and last[1:].isdigit() and len(last) < 5:
        return Extension.objects.filter(first__draw_id=number, serial=int(last[1:])).order_by("pk")
    return ()


def _subjects(rows: Iterable[Model]) -> list[str]:
    return [subject_of(row) for row in rows]
