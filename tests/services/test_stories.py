"""The story of an object tells who, when, what, why, and what stood there before."""

from __future__ import annotations

import pytest

from openlot.accounts.models import User
from openlot.draws.models import Draw
from openlot.kernel.actor import Role
from openlot.ops.demo.city import as_role
from openlot.plans.models import PlanLine
from openlot.tasks.models import InspectionTask
from openlot.tasks.services import amend_task, draft_task
from openlot.trail.models import Entry
from openlot.trail.selectors import story
from openlot.web.trail.stories import HIDDEN, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def draft() -> InspectionTask:
    """A task that its clerk has just drafted."""
    line = PlanLine.objects.filter(plan__state="published").order_by("pk")[0]
    clerk = as_role(line.plan.department.code, Role.TASK_CLERK)
    return draft_task(line=line, name="留痕", actor=clerk)


def person(role: Role, department: str | None = None):
    """Somebody of the city with a role."""
    users = User.objects.filter(grants__role=role, grants__revoked_at=None)
    if department is not None:
        users = users.filter(department__code=department)
    return users.order_by("pk")[0].as_actor()


@pytest.mark.law("JZF2020-9/2.1")
def test_a_story_tells_moves_with_states_people_and_clause():
    """A drawn task's draw tells from which state it went into which, by whom, by which clause."""
    draw = Draw.objects.filter(state="matched").order_by("pk")[0]
    lines = told(story(draw).entries, person(Role.AUDITOR))
    frozen = next(line for line in lines if str(line.words) == "名单封存")
    assert frozen.moved == "已提请封存 → 已封存"
    assert "（" in frozen.actor
    assert frozen.law.startswith("界政发〔2020〕9号")
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_a_correction_shows_what_stood_there_before():
    """What a draft's scheme said before a change stays readable beside what it says now."""
    task = draft()
    clerk = person(Role.TASK_CLERK, task.department.code)
    before = task.min_officers
    amend_task(task, actor=clerk, at_revision=task.revision, min_officers=before + 1)
    last = told(story(task).entries, clerk)[-1]
    assert [(str(c.label), c.before, c.after) for c in last.changes] == [
        ("每部门每户执法人员", str(before), str(before + 1))
    ]


def test_internal_fields_are_for_the_own_department_and_those_who_oversee():
    """Another department reads that something changed, not what it says inside."""
    task = draft()
    clerk = person(Role.TASK_CLERK, task.department.code)
    amend_task(task, actor=clerk, at_revision=task.revision, slack=task.slack + 1)
    entries = story(task).entries
    other = User.objects.exclude(department=task.department).filter(
        grants__role=Role.TASK_CLERK, grants__revoked_at=None
    )[0]
    assert told(entries, other.as_actor())[-1].changes == []
    assert told(entries, person(Role.AUDITOR))[-1].changes != []


def test_the_seed_is_read_only_by_those_who_may_take_the_bundle():
    """Before its time the seed gives the list away: a clerk's story does not hold it."""
    draw = Draw.objects.filter(state="matched").order_by("pk")[0]
    clerk = person(Role.TASK_CLERK, draw.task.department.code)
    entries = story(draw).entries

    def words(actor):
        return " ".join(str(value) for line in told(entries, actor) for _label, value in line.facts)

    assert draw.seed not in words(clerk)
    assert draw.seed in words(person(Role.AUDITOR))


def test_personal_fields_are_hidden_from_everybody_but_the_person():
    """Where somebody signed in from stands in their own acts and nowhere else in clear."""
    from openlot.accounts.services.signing import record_sign_in
    from openlot.trail.searching import Wanted, found

    user = User.objects.filter(grants__role=Role.TASK_CLERK).order_by("pk")[0]
    record_sign_in(user, method="password", address="192.0.2.77")
    (number,) = found(Wanted(actors=[f"user:{user.username}"]), most=1)
    newest = Entry.objects.get(pk=number)
    own = dict(told([newest], user.as_actor())[0].facts)
    auditors = dict(told([newest], person(Role.AUDITOR))[0].facts)
    assert "192.0.2.77" in {str(v) for v in own.values()}
    assert str(HIDDEN) in {str(v) for v in auditors.values()}


def test_a_long_story_has_an_earlier_chapter(monkeypatch):
    """Beyond a chapter the earlier entries are reached, none twice and none lost."""
    monkeypatch.setattr("openlot.trail.selectors.CHAPTER", 5)
    draw = Draw.objects.filter(state="matched").order_by("pk")[0]
    seen: list[int] = []
    before = None
    while True:
        chapter = story(draw, before=before)
        seen = [entry.pk for entry in chapter.entries] + seen
        before = chapter.earlier
        if before is None:
            break
    assert len(seen) > 5
    assert seen == sorted(set(seen))
