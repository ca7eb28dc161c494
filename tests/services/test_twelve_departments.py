"""Twelve departments hold one drawing day (抽签日) through its screens, as the guide tells it."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from django.test import Client
from pypdf import PdfReader
from services.test_chain import waiting_task
from services.test_drawing_days import DICE, ORGANS, the_day

from fairdraw.evidence import Bundle, verify
from fairdraw.seed import commitment
from openlot.accounts.models import Department
from openlot.drawing_days.models import DrawingDay
from openlot.drawing_days.selectors import draws_of, sources_of
from openlot.drawing_days.services import join_day
from openlot.draws.models import Draw, SeedSource
from openlot.draws.selectors import bundle_files
from openlot.draws.services import freeze, request_seal
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.ops.demo.city import as_role
from openlot.ops.demo.items import ITEMS
from openlot.ops.demo.main_job import accept_and_approve
from openlot.ops.demo.plans import make_plan
from openlot.publication.models import PublicRecord
from openlot.tasks.models import Disclosure, InspectionTask
from openlot.tasks.services import draft_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JOINING = ("STHJ", "XFJY", "WSJK", "YBJ", "RSJ", "JYJ", "CGJ", "SWJ", "FGW")
LEADS = ("JTYS", "GAJ", "WLTY", *JOINING)


@pytest.fixture
def day(today) -> DrawingDay:
    """Let twelve departments join the day that the demo leaves open, their lists sealed.

    This is each department's own desk work of the days before, not part of the ritual.
    """
    join(waiting_task())
    for code in JOINING:
        join(task_of(code))
    assert {draw.task.department.code for draw in draws_of(the_day())} == set(LEADS)
    return the_day()


def task_of(code: str) -> InspectionTask:
    """Return an approved task of a department that had none, on a plan of its own."""
    item = next(row.name for row in ITEMS if row.owner == code)
    line = make_plan(clock.today(), code, item, (), [], 500, by_class=False)
    return accept_and_approve(
        draft_task(
            line=line,
            name=f"第四季度{item}",
            actor=as_role(code, Role.TASK_CLERK),
            window_from_on=clock.today() + timedelta(days=5),
            window_to_on=clock.today() + timedelta(days=35),
            stratify="region",
            disclosure=Disclosure.FULL,
        )
    )


def join(task: InspectionTask) -> Draw:
    """Join the day and seal the lists by two persons."""
    lead = task.department.code
    clerk, head = as_role(lead, Role.TASK_CLERK), as_role(lead, Role.DEPARTMENT_HEAD)
    return freeze(
        request_seal(join_day(task, the_day(), embargo_at=None, actor=clerk), actor=clerk),
        actor=head,
    )


class Room:
    """The people of the room, each at a device of its own; it counts what they do."""

    def __init__(self, day: DrawingDay, sign_in) -> None:
        self.day = day
        self.sign_in = sign_in
        self.acts: list[str] = []

    def act(self, who: str, name: str, **values: str) -> None:
        """Let somebody hand in a form of the day's page; it must be taken."""
        client: Client = self.sign_in(who)
        answer = client.post(f"/days/{self.day.public_id}/{name}/", values)
        assert answer.status_code == 302, (who, name, answer.content.decode())
        self.acts.append(name)
        self.day.refresh_from_db()


def value_of(code: str) -> str:
    """Return the random value that a party's device made."""
    return hashlib.sha256(f"twelve|{code}".encode()).hexdigest()


def sealed_by(day: DrawingDay, code: str) -> str:
    """Return what the party's device puts into the form: a line per draw."""
    party = Department.objects.get(code=code).pk
    return "\n".join(
        f"{s.draw.session} {commitment(s.draw.session, s.source_id, value_of(code), s.draw.suite)}"
        for s in sources_of(day, party)
    )


@pytest.mark.law("JZF2020-9/2.4")
def test_twelve_departments_need_thirty_three_acts_and_the_draw(day, sign_in):
    """One reading, fifteen values sealed and opened once each, one roll, one sheet; all verify.

    The office presses "draw" until all are drawn: once, unless the machine needs over 20 seconds.
    """
    room = Room(day, sign_in)
    roles = {**ORGANS, **dict.fromkeys(LEADS, Role.TASK_CLERK)}
    people = {code: f"{code.lower()}-{role.replace('_', '-')}" for code, role in roles.items()}
    room.act(people["SCJG"], "close")
    for code, who in people.items():
        room.act(who, "seal", sealed=sealed_by(day, code))
    assert not SeedSource.objects.filter(draw__in=draws_of(day), type="commit", param="").exists()
    room.act(people["SCJG"], "announce")
    assert not draws_of(day).exclude(state="announced").exists()
    paper = sign_in(people["SCJG"]).get(f"/days/{day.public_id}/sheet.pdf")
    assert len(PdfReader(io.BytesIO(paper.content)).pages) == 1
    for code, who in people.items():
        room.act(who, "open", value=value_of(code), read_back=value_of(code))
    room.act(people["SFJ"], "dice", value=DICE, read_back=DICE)
    while day.state == "announced":
        room.act(people["SCJG"], "draw")
    draws = list(draws_of(day))
    assert day.state == "drawn"
    assert len(draws) == 12
    assert len({draw.seed for draw in draws}) == 12
    for draw in draws:
        assert draw.drawn_targets.exists()
        assert verify(Bundle(None, bundle_files(draw))).ok  # type: ignore[arg-type]  # no path needed
        assert PublicRecord.objects.filter(key=f"announcement:{draw}").exists()
    assert {name: room.acts.count(name) for name in dict.fromkeys(room.acts)} == {
        "close": 1,
        "seal": 15,
        "announce": 1,
        "open": 15,
        "dice": 1,
        "draw": room.acts.count("draw"),
    }
    assert len([name for name in room.acts if name != "draw"]) == 33
