"""What a role may not do it cannot do by address either, and what it may not see it never reads."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection
from django.db.models import Model
from pypdf import PdfReader
from races.scenes import SCENES, live
from web.people import PEOPLE, path_to, rows_of, screens

from openlot.accounts.models import User
from openlot.draws.models import Draw, DrawnTarget, MatchedOfficer
from openlot.inspections.models import Inspection
from openlot.kernel.actor import Actor, Role
from openlot.registers.models import InspectionTarget, Inspector
from openlot.results.models import InspectionResult
from openlot.rights import access
from openlot.rights.access import holds, visible
from openlot.rights.perms import Perm
from openlot.rights.rules import RULES, Scope
from openlot.tasks.models import InspectionTask, Participation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CLASS = "ዐ"
PHONE, HEAD, CERTIFICATE, DRAWN = "CANARYPHONE", "CANARYPERSON", "CANARYCERT", "CANARYDRAWN"
THAT_IT_WAS_READ = re.compile(
    r'(INSERT INTO|UPDATE) "(privacy_reading|trail_entry|trail_privatepart|trail_pending)"'
)
WORDS = {
    "reason": "CANARYREASON",
    "opinion": "CANARYREASON",
    "name": "CANARYREASON",
    "decision": "kept",
    "code": "V2",
    "value": "1" * 20,
    "read_back": "1" * 20,
    "sealed": "a" * 64,
    "certificates_shown": "on",
    "manner": "in_person",
    "received_by": "某某",
}


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect every statement that changes something but sessions."""
    kept = "django_session", "accounts_usersession"
    found: list[str] = []

    def watch(execute, sql, params, many, context):
        verb = sql.lstrip().split(" ", 1)[0].upper()
        changes = verb in {"INSERT", "UPDATE", "DELETE", "REPLACE"}
        read = THAT_IT_WAS_READ.match(sql)
        if changes and not read and not any(k in sql for k in kept):
            found.append(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


@pytest.mark.parametrize("role", sorted(PEOPLE, key=str))
def test_no_post_reaches_what_the_table_does_not_give(role: Role, sign_in):
    """A POST without the right, or with another department's ids, answers 403 or 404; no change."""
    client = sign_in(PEOPLE[role])
    actor = User.objects.get(username=PEOPLE[role]).as_actor()
    n_tried = 0
    for screen in screens():
        if screen.source is None:
            targets = [] if holds(actor, screen.perm) else [path_to(screen)]
        else:
            rows = rows_of(screen)
            mine = visible(actor, screen.perm, rows).values("pk")
            others = rows.exclude(pk__in=mine).order_by("pk")[:3]
            targets = [path_to(screen, row) for row in others]
        for path in targets:
            with writes() as changes:
                answer = client.post(path, WORDS)
            expected = {403, 404} if screen.writes else {405}
            assert answer.status_code in expected, (screen.name, answer.status_code)
            assert changes == [], screen.name
            assert "CANARY" not in answer.content.decode(), screen.name
            n_tried += 1
    assert n_tried > 50


@dataclass(frozen=True)
class Canary:
    """A word that only some may read."""

    word: str
    may_see: Callable[[Actor], bool]


class Interest:
    """The rows around which everything unmistakable stands."""

    def __init__(self) -> None:
        joint = Draw.objects.get(task__scope="joint", disclosure="proofs", rdigest__gt="")
        tasks = [joint.task_id, InspectionTask.objects.get(department__code="WLTY").pk]
        inspection = Inspection.objects.filter(task=joint.task, state="ended").first()
        drawn = DrawnTarget.objects.filter(draw__task__in=tasks)
        self.rows: dict[type[Model], list[int]] = {
            InspectionTask: tasks,
            Draw: list(Draw.objects.filter(task__in=tasks).values_list("pk", flat=True)),
            Participation: list(
                Participation.objects.filter(task__in=tasks).values_list("pk", flat=True)
            ),
            Inspection: [inspection.pk],
            InspectionResult: [r.pk for r in inspection.results.all()],
            InspectionTarget: [inspection.target_id, *drawn.values_list("target", flat=True)[:2]],
            Inspector: [inspection.assignments.first().inspector_id],
        }

    def of(self, model: type[Model]) -> list[Model]:
        """Return the rows of a model to look at: the planted ones, else the first two."""
        rows = model._default_manager.order_by("pk")
        return list(rows.filter(pk__in=self.rows[model]) if model in self.rows else rows[:2])


def pages_of(interest: Interest) -> list[str]:
    """Return the address of every page, list, export and paper, for the rows of interest."""
    paths = []
    for screen in screens():
        if screen.source is not None:
            paths += [path_to(screen, row) for row in interest.of(rows_of(screen).model)]
        elif "code" not in screen.route:
            base = path_to(screen)
            paths += [base, f"{base}?size=100", f"{base}?export=csv"]
    return paths


def plant() -> tuple[Interest, list[Canary]]:
    """Draw the waiting task, write unmistakable words, and say who may read each of them."""
    SCENES["publish the draw"].begin()
    draw, interest = live(), Interest()
    interest.rows[Draw].append(draw.pk)
    shown = Inspection.objects.get(pk__in=interest.rows[Inspection])
    target = InspectionTarget.objects.get(pk=shown.target_id)
    InspectionTarget.objects.filter(pk=target.pk).update(
        phone=PHONE, legal_representative=HEAD, credit_class=CLASS
    )
    drawn = InspectionTarget.objects.get(pk=draw.drawn_targets.first().target_id)
    InspectionTarget.objects.filter(pk=drawn.pk).update(name=DRAWN)
    man = MatchedOfficer.objects.filter(draw=draw, target=drawn).first().inspector
    Inspector.objects.filter(pk=man.pk).update(certificate_no=CERTIFICATE)
    tomorrow = draw.inspections.get(target=drawn)
    interest.rows[Inspection].append(tomorrow.pk)
    interest.rows[InspectionTarget].append(drawn.pk)
    interest.rows[Inspector].append(man.pk)

    def through(*ways: tuple[Perm, Model]) -> Callable[[Actor], bool]:
        return lambda actor: any(access.may(actor, perm, row) for perm, row in ways)

    lists = (Perm.DRAW_VIEW, draw), (Perm.INSPECTION_VIEW, tomorrow), (Perm.TARGET_VIEW, drawn)
    return interest, [
        Canary(PHONE, through((Perm.TARGET_VIEW, target))),
        Canary(HEAD, through((Perm.TARGET_VIEW, target), (Perm.INSPECTION_VIEW, shown))),
        Canary(CLASS, through((Perm.CREDIT_VIEW, target))),
        Canary(DRAWN, through(*lists)),
        Canary(
            CERTIFICATE,
            through((Perm.INSPECTOR_VIEW, man), *lists[:2], (Perm.ROSTER_VIEW, _party(draw, man))),
        ),
        Canary(tomorrow.check_code, through((Perm.INSPECTION_VIEW, tomorrow))),
    ]


def _party(draw: Draw, man: Inspector) -> Participation:
    return draw.task.participations.get(department=man.department)


def text_of(answer) -> str:
    """Return what a person reads in an answer: a page's text, or a paper's."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer["Content-Type"] == "application/pdf":
        pages = PdfReader(io.BytesIO(content)).pages
        return "".join("".join(page.extract_text() for page in pages).split())
    return content.decode(errors="replace")


def leaks(sign_in, role: Role, interest: Interest, hidden: list[str]) -> list[tuple[str, str]]:
    """Crawl every page as a role and return where a word stands that it may not read."""
    client, found = sign_in(PEOPLE[role]), []
    for path in pages_of(interest):
        with writes() as changes:
            text = text_of(client.get(path))
        assert changes == [], path
        found += [(path, word) for word in hidden if word in text]
    return found


@pytest.mark.parametrize("role", sorted(PEOPLE, key=str))
def test_no_page_tells_what_the_table_hides(role: Role, sign_in):
    """Classes, drawn lists, certificates, phones, codes: only where given; no GET writes."""
    interest, canaries = plant()
    actor = User.objects.get(username=PEOPLE[role]).as_actor()
    hidden = [c.word for c in canaries if not c.may_see(actor)]
    assert leaks(sign_in, role, interest, hidden) == []


def test_the_crawl_sees_leaks(sign_in, monkeypatch):
    """With every right reaching everywhere the same crawl finds the words that are not masked."""
    interest, canaries = plant()
    role = Role.ENTRY_CLERK
    actor = User.objects.get(username=PEOPLE[role]).as_actor()
    hidden = [c.word for c in canaries if not c.may_see(actor)]
    assert len(hidden) == len(canaries)
    monkeypatch.setattr(access, "RULES", dict.fromkeys(RULES, Scope.ANYWHERE))
    found = {word for _path, word in leaks(sign_in, role, interest, hidden)}
    assert found >= {CLASS, DRAWN}
    assert not found & {HEAD, CERTIFICATE}, "a list and a page show persons masked, to whomever"


def test_a_page_asks_for_a_right_once_and_forgets_it(django_assert_num_queries):
    """While nothing is written the answer stands; afterwards, and outside, the database is asked."""
    actor = User.objects.get(username="scjg-task-clerk").as_actor()
    mine = visible(actor, Perm.TASK_DRAFT, InspectionTask.objects.all())
    own = mine.first()
    other = InspectionTask.objects.exclude(pk__in=mine.values("pk")).first()
    for _page in range(2):
        with access.remembering(), django_assert_num_queries(2):
            for _time in range(3):
                assert access.may(actor, Perm.TASK_DRAFT, own)
                assert not access.may(actor, Perm.TASK_DRAFT, other)
    with django_assert_num_queries(2):
        for _time in range(2):
            assert access.may(actor, Perm.TASK_DRAFT, own)
