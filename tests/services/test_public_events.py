"""A lottery of the next day makes the seed nobody's in the city."""

from __future__ import annotations

import pytest
from services.test_chain import waiting_task

from fairdraw.evidence import Bundle, verify
from openlot.accounts.models import Department
from openlot.draws.models import Draw
from openlot.draws.selectors import assessment, bundle_files
from openlot.draws.services import (
    Party,
    draw_targets,
    freeze,
    open_played,
    open_value,
    play_party,
    prepare_draw,
    request_seal,
)
from openlot.kernel.actor import Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.ops.demo.city import as_role
from openlot.publication.services import announce_draw
from openlot.rules.public_events import EVENTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DICE = "27182818284590452353"
DRAWN = " ".join(str(4 * n) for n in range(1, 21))


@pytest.fixture
def thrown(today) -> Draw:
    """Return a draw whose parties have opened and whose dice have fallen, with a lottery to come."""
    clerk, head = as_role("WLTY", Role.TASK_CLERK), as_role("WLTY", Role.DEPARTMENT_HEAD)
    organs = [Department.objects.get(code=code) for code in ("WLTY", "SFJ", "SJJ")]
    draw = prepare_draw(
        waiting_task(),
        parties=[Party(organ, organ.name) for organ in organs],
        embargo_at=None,
        event=(EVENTS["KL8"], "2026311"),
        actor=clerk,
    )
    draw = freeze(request_seal(draw, actor=clerk), actor=head)
    for source in draw.sources.filter(type="commit"):
        play_party(source, actor=clerk)
    announce_draw(draw, actor=clerk)
    watch = as_role("SFJ", Role.SUPERVISOR)
    lottery = draw.sources.get(type="numbers")
    with pytest.raises(Conflict, match="全部启封"):
        open_value(lottery, value=DRAWN, read_back=DRAWN, actor=watch)
    for source in draw.sources.filter(type="commit"):
        open_played(source, actor=clerk)
    with pytest.raises(Conflict, match="先掷骰"):
        open_value(lottery, value=DRAWN, read_back=DRAWN, actor=watch)
    dice = draw.sources.get(type="digits")
    open_value(dice, value=DICE, read_back=DICE, actor=watch)
    return Draw.objects.get(pk=draw.pk)


def test_the_lottery_is_the_last_word(thrown: Draw):
    """Typed as the newspaper prints it, padded and sorted as the protocol asks; the bundle verifies."""
    lottery = thrown.sources.get(type="numbers")
    watch, clerk = as_role("SFJ", Role.SUPERVISOR), as_role("WLTY", Role.TASK_CLERK)
    with pytest.raises(Conflict):
        draw_targets(thrown, actor=clerk)
    with pytest.raises(Invalid):
        open_value(lottery, value=DRAWN, read_back=DRAWN + " 80", actor=watch)
    with pytest.raises(Invalid):
        open_value(lottery, value="1 2 3", read_back="1 2 3", actor=watch)
    shuffled = "、".join(reversed(DRAWN.split()))
    open_value(lottery, value=DRAWN, read_back=shuffled, actor=watch)
    with pytest.raises(Denied):
        draw_targets(thrown, actor=watch)
    drawn = draw_targets(thrown, actor=clerk)
    assert drawn.sources.get(type="numbers").value.startswith("04.08.12.")
    files = bundle_files(drawn)
    assert b"1-80:20:sorted:KL8.2026311" in files["announcement.vdr"]
    assert verify(Bundle(None, files)).ok  # type: ignore[arg-type]  # no path needed
    drawn.sources.update(by_server=False)
    Draw.objects.filter(pk=drawn.pk).update(is_demo=False)
    found = assessment(Draw.objects.get(pk=drawn.pk))
    assert found is not None
    assert found.name == "L2"
    assert [words.say("en") for words in found.missing] == [
        "the announcement is not anchored outside the city"
    ]


def test_the_form_takes_an_issue_only_as_a_number(sign_in):
    """A game without its issue is an error of the form beside its field."""
    client = sign_in("wlty-task-clerk")
    address = f"/tasks/{waiting_task().public_id}/draw/"
    parties = list(Department.objects.filter(code__in=["WLTY", "SFJ"]).values_list("pk", flat=True))
    page = client.post(address, {"parties": parties, "game": "KL8", "issue": "下期"})
    assert "请填写期号" in page.content.decode()
    page = client.post(address, {"parties": parties, "game": "KL8", "issue": "2026311"})
    assert "请填写开奖时间" in page.content.decode()
    at = "2026-11-21T21:30"
    client.post(address, {"parties": parties, "game": "KL8", "issue": "2026311", "event_at": at})
    draw = Draw.objects.get(task=waiting_task())
    assert draw.sources.last().param == "1-80:20:sorted:KL8.2026311"
