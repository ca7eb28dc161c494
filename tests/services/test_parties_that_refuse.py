"""A party that does not open leaves a draw where only two ways lead on: it opens, or the void."""

from __future__ import annotations

import pytest
from services.test_chain import prepared
from services.test_drawing_days import DICE, VALUES, brings, held, office, the_day, watch

from openlot.accounts.models import Department
from openlot.drawing_days.selectors import draws_of, refused_parties
from openlot.drawing_days.services import draw_day, open_values, refuse_values, roll_dice
from openlot.draws.ledger import refusals
from openlot.draws.models import Draw, SeedSource
from openlot.draws.services import (
    draw_targets,
    freeze,
    open_played,
    open_value,
    play_party,
    refuse_opening,
    request_seal,
    request_void,
)
from openlot.kernel.actor import Role
from openlot.kernel.errors import Conflict, Denied, Invalid, StaleState
from openlot.ops.demo.city import as_role
from openlot.publication.models import PublicRecord
from openlot.publication.services import announce_draw, void_draw
from openlot.trail.models import Entry
from openlot.trail.selectors import public_fields

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

WHY = "对名单有异议"
WITNESS = "周正（司法局）"
CLERK, HEAD = ("WLTY", Role.TASK_CLERK), ("WLTY", Role.DEPARTMENT_HEAD)


def announced() -> Draw:
    """Return an announced draw of two parties whose values are closed."""
    clerk = as_role(*CLERK)
    draw = freeze(request_seal(prepared(), actor=clerk), actor=as_role(*HEAD))
    for source in draw.sources.filter(type="commit"):
        play_party(source, actor=clerk)
    announce_draw(draw, actor=clerk)
    return Draw.objects.get(pk=draw.pk)


def of(draw: Draw, code: str) -> SeedSource:
    """Return the value that a department brought."""
    return SeedSource.objects.select_related("draw").get(draw=draw, party__code=code)


@pytest.mark.law("JZF2020-9/2.4")
def test_a_refusal_leads_to_the_void_or_to_the_opening(sign_in):
    """Neither dice nor draw come past it; any other code of voiding is refused; V1 is public."""
    draw = announced()
    refuse_opening(of(draw, "SFJ"), reason=WHY, actor=watch())
    open_played(of(draw, "WLTY"), actor=as_role(*CLERK))
    dice = draw.sources.get(type="digits")
    with pytest.raises(Conflict, match="全部启封后"):
        open_value(dice, value=DICE, read_back=DICE, actor=watch())
    with pytest.raises(Conflict, match="尚未启封"):
        draw_targets(draw, actor=as_role(*CLERK))
    with pytest.raises(Invalid) as raised:
        request_void(draw, code="V2", reason="名录有误", actor=as_role(*HEAD))
    assert "缺席或不启封" in str(raised.value.fields["code"])
    fact = Entry.objects.filter(kind="draw.opening_refused").get()
    assert public_fields(fact)["reason"] == WHY
    for name, path in (
        ("wlty-task-clerk", f"/draws/{draw.public_id}/"),
        ("wlty-task-clerk", f"/draws/{draw.public_id}/screen/"),
        ("sjj-auditor", "/draws/ledger/"),
    ):
        page = sign_in(name).get(path).content.decode()
        assert "声明不启封" in page
        assert WHY in page
    request_void(draw, code="V1", reason="司法局不启封", actor=as_role(*HEAD))
    void_draw(Draw.objects.get(pk=draw.pk), actor=office())
    record = PublicRecord.objects.get(kind="void", key__contains=str(draw))
    assert (record.body["code"], record.body["reason"]) == ("V1", "司法局不启封")
    page = sign_in("sjj-auditor").get("/draws/ledger/").content.decode()
    assert "等待启封或作废" not in page
    with pytest.raises(StaleState):
        refuse_opening(of(draw, "WLTY"), reason=WHY, actor=as_role(*HEAD))


def test_a_party_changes_its_mind_before_the_void():
    """Opening ends the refusal, which stays told; the draw then goes on as if it had been late."""
    draw = announced()
    refuse_opening(of(draw, "SFJ"), reason=WHY, actor=watch())
    with pytest.raises(Conflict, match="已声明"):
        refuse_opening(of(draw, "SFJ"), reason=WHY, actor=watch())
    for code in ("SFJ", "WLTY"):
        open_played(of(draw, code), actor=as_role(*CLERK))
    open_value(draw.sources.get(type="digits"), value=DICE, read_back=DICE, actor=watch())
    done = draw_targets(Draw.objects.get(pk=draw.pk), actor=as_role(*CLERK))
    assert done.rdigest
    (told,) = refusals(Draw.objects.filter(pk=draw.pk))
    assert told.opened_at is not None
    assert not told.is_refused
    with pytest.raises(StaleState):
        refuse_opening(of(draw, "SFJ"), reason=WHY, actor=watch())


def test_who_may_say_that_a_party_does_not_open():
    """The party itself; the lead for another, before a witness; nobody else, and not of dice."""
    draw = announced()
    source = of(draw, "SFJ")
    with pytest.raises(Denied):
        refuse_opening(source, reason=WHY, witness=WITNESS, actor=as_role("GAJ", Role.TASK_CLERK))
    with pytest.raises(Denied):
        refuse_opening(source, reason=WHY, witness=WITNESS, actor=as_role("SJJ", Role.AUDITOR))
    for words in ({"reason": WHY}, {"reason": " ", "witness": WITNESS}):
        with pytest.raises(Invalid):
            refuse_opening(source, actor=as_role(*CLERK), **words)
    with pytest.raises(Conflict, match="骰数"):
        refuse_opening(
            draw.sources.get(type="digits"), reason=WHY, witness=WITNESS, actor=as_role(*CLERK)
        )
    assert not Entry.objects.filter(kind="draw.opening_refused").exists()
    told = refuse_opening(source, reason=WHY, witness=WITNESS, actor=as_role(*CLERK))
    assert (told.refused_witness, told.is_refused) == (WITNESS, True)
    assert WITNESS not in str(public_fields(Entry.objects.get(kind="draw.opening_refused")))


def test_a_refusal_is_declared_on_the_screen(sign_in):
    """The clerk finds the act, is asked for a witness, and the draw then says what it waits for."""
    draw = announced()
    source = of(draw, "SFJ")
    client, path = sign_in("wlty-task-clerk"), f"/sources/{source.public_id}/refuse/"
    assert path in client.get(f"/draws/{draw.public_id}/").content.decode()
    asked = client.post(path, {"reason": WHY, "witness": ""})
    assert asked.status_code == 200
    assert "在场见证人" in asked.content.decode()
    assert not of(draw, "SFJ").is_refused
    assert client.post(path, {"reason": WHY, "witness": WITNESS}).status_code == 302
    page = client.get(f"/draws/{draw.public_id}/").content.decode()
    assert path not in page
    assert WHY in page


def test_a_day_goes_on_without_the_draw_whose_lead_refused(sign_in):
    """A lead that does not open stops its own draw only: voided, the rest are drawn with one roll."""
    day = held()
    lead = Department.objects.get(code="GAJ")
    with pytest.raises(Invalid):
        refuse_values(day, party=lead, reason=WHY, actor=office())
    with pytest.raises(Denied):
        refuse_values(
            day,
            party=lead,
            reason=WHY,
            witness=WITNESS,
            actor=as_role("JTYS", Role.TASK_CLERK),
        )
    answer = sign_in("scjg-conference-office").post(
        f"/days/{day.public_id}/refuse/", {"party": lead.pk, "reason": WHY, "witness": WITNESS}
    )
    assert answer.status_code == 302
    assert refused_parties(day) == [(lead.name, WHY, 1)]
    for path in ("", "screen/"):
        page = sign_in("scjg-conference-office").get(f"/days/{day.public_id}/{path}")
        assert WHY in page.content.decode()
    for code, actor in brings().items():
        if code != "GAJ":
            open_values(day, value=VALUES[code], read_back=VALUES[code], actor=actor)
    with pytest.raises(Conflict, match="全部启封后"):
        roll_dice(day, value=DICE, read_back=DICE, actor=watch())
    (stopped,) = draws_of(day).filter(task__department=lead)
    request_void(stopped, code="V1", reason=WHY, actor=as_role("GAJ", Role.DEPARTMENT_HEAD))
    void_draw(Draw.objects.get(pk=stopped.pk), actor=office())
    roll_dice(day, value=DICE, read_back=DICE, actor=watch())
    assert draw_day(day, actor=office()) == 0
    assert the_day().state == "drawn"
    assert [draw.task.department.code for draw in draws_of(day)] == ["JTYS"]


def test_a_party_of_the_whole_day_refuses_once_for_all_its_draws():
    """One declaration covers each of its values, and one opening takes all of them back."""
    day = held()
    organ = Department.objects.get(code="SFJ")
    assert refuse_values(day, party=organ, reason=WHY, actor=watch()) == 2
    with pytest.raises(Conflict, match="没有待启封"):
        refuse_values(day, party=organ, reason=WHY, actor=watch())
    assert refused_parties(day) == [(organ.name, WHY, 2)]
    open_values(day, value=VALUES["SFJ"], read_back=VALUES["SFJ"], actor=watch())
    assert refused_parties(day) == []
    assert Entry.objects.filter(kind="draw.opening_refused").count() == 2
