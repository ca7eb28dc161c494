"""One ritual serves many draws: all announced before the first opening, one roll, one sheet."""

from __future__ import annotations

import hashlib

import pytest
from services.test_chain import waiting_task

from fairdraw.evidence import Bundle, verify
from fairdraw.seed import commitment
from fairdraw.sources import chain_links
from openlot.drawing_days.models import DrawingDay
from openlot.drawing_days.selectors import chains_of, draws_of, sheet, sources_of
from openlot.drawing_days.services import (
    announce_day,
    cancel_day,
    close_day,
    draw_day,
    join_day,
    open_chains,
    open_values,
    roll_dice,
    seal_chains,
    seal_values,
)
from openlot.draws.models import Draw, Reserve
from openlot.draws.reserve import first_link, links_needed
from openlot.draws.selectors import assessment, bundle_files
from openlot.draws.services import announce_draw, draw_targets, freeze, open_value, request_seal
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.ops.demo.city import as_role
from openlot.publication.models import PublicRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

ORGANS = {
    "SCJG": Role.CONFERENCE_OFFICE,
    "SFJ": Role.SUPERVISOR,
    "SJJ": Role.AUDITOR,
}
LEADS = ("JTYS", "GAJ")
VALUES = {code: hashlib.sha256(code.encode()).hexdigest() for code in (*ORGANS, *LEADS)}
DICE = "27182818284590452353"


def the_day() -> DrawingDay:
    """Return the day that the demo leaves open, joined by two departments."""
    return DrawingDay.objects.get()


def office() -> Actor:
    """Return the joint-conference office."""
    return as_role("SCJG", Role.CONFERENCE_OFFICE)


def watch() -> Actor:
    """Return the supervisor, who types the dice."""
    return as_role("SFJ", Role.SUPERVISOR)


def brings() -> dict[str, Actor]:
    """Return who brings a value: the organs of the day and the departments whose draws they are."""
    leads = {code: as_role(code, Role.TASK_CLERK) for code in LEADS}
    return {code: as_role(code, role) for code, role in ORGANS.items()} | leads


def open_all(day: DrawingDay) -> None:
    """Let everybody open, in no particular order."""
    for code, actor in brings().items():
        open_values(day, value=VALUES[code], read_back=VALUES[code], actor=actor)


def seal_all(day: DrawingDay) -> None:
    """Let everybody seal one value for all its draws, as its own device would."""
    for code, actor in brings().items():
        sealed = {
            s.draw.session: commitment(s.draw.session, s.source_id, VALUES[code], s.draw.suite)
            for s in sources_of(day, actor.department_key)
        }
        seal_values(day, sealed=sealed, actor=actor)


def held() -> DrawingDay:
    """Take the day up to its announcement."""
    seal_all(close_day(the_day(), actor=office()))
    return announce_day(the_day(), actor=office())


@pytest.mark.law("JZF2020-9/2.4")
def test_one_roll_serves_all_draws_of_the_day():
    """Every draw has its own seed from the same values and dice, and each verifies by itself."""
    day = held()
    text = sheet(day).decode()
    assert day.sheet_digest == hashlib.sha256(sheet(day)).hexdigest()
    open_all(day)
    roll_dice(day, value=DICE, read_back=DICE, actor=watch())
    assert draw_day(day, actor=office()) == 0
    draws = list(draws_of(day))
    assert len(draws) == 2
    assert len({draw.seed for draw in draws}) == 2
    for draw in draws:
        files = bundle_files(draw)
        assert f"draw|{draw.draw_id}|1|{draw.adigest}\n" in text
        assert DICE in files["opening.vdr"].decode()
        assert verify(Bundle(None, files)).ok  # type: ignore[arg-type]  # no path needed
        assert PublicRecord.objects.filter(key=f"announcement:{draw}").exists()
    assert the_day().state == "drawn"
    Draw.objects.filter(pk=draws[0].pk).update(is_demo=False)
    assert assessment(Draw.objects.get(pk=draws[0].pk)).name == "L2"


def test_nothing_opens_before_everything_is_announced():
    """An announced draw waits for the others of its day, and no clerk runs ahead of the office."""
    day = close_day(the_day(), actor=office())
    with pytest.raises(Conflict, match="尚未密封"):
        announce_day(day, actor=office())
    seal_all(day)
    first = draws_of(day)[0]
    clerk = as_role(first.task.department.code, Role.TASK_CLERK)
    with pytest.raises(Denied):
        announce_draw(first, actor=clerk)
    announce_draw(first, actor=office())
    source = first.sources.get(party__code="SCJG")
    with pytest.raises(Conflict, match="全部公告"):
        open_value(source, value=VALUES["SCJG"], read_back=VALUES["SCJG"], actor=office())
    announce_day(day, actor=office())
    with pytest.raises(Denied):
        draw_targets(Draw.objects.get(pk=first.pk), actor=clerk)


def test_whoever_types_the_dice_does_not_draw():
    """Two people are needed to draw."""
    day = held()
    open_all(day)
    roll_dice(day, value=DICE, read_back=DICE, actor=office())
    with pytest.raises(Denied, match="录入骰数以外"):
        draw_day(day, actor=office())
    assert the_day().state == "announced"


def test_a_slip_or_a_stranger_changes_nothing():
    """A wrong value, a missing draw, another organ and two different readings are refused whole."""
    day = close_day(the_day(), actor=office())
    stranger = as_role("WLTY", Role.TASK_CLERK)
    with pytest.raises(Denied):
        seal_values(day, sealed={}, actor=stranger)
    with pytest.raises(Invalid):
        seal_values(day, sealed={draws_of(day)[0].session: "a" * 64}, actor=watch())
    assert not any(source.param for source in sources_of(day, watch().department_key))
    seal_all(day)
    announce_day(day, actor=office())
    first = as_role("SCJG", Role.CONFERENCE_OFFICE)
    with pytest.raises(Invalid):
        open_values(the_day(), value="b" * 64, read_back="b" * 64, actor=first)
    with pytest.raises(Invalid):
        roll_dice(the_day(), value=DICE, read_back=DICE[::-1], actor=watch())
    assert not any(source.value for source in sources_of(day, first.department_key))


def test_who_is_late_leaves_the_day():
    """A draw whose lists are not sealed when the day closes goes on by itself."""
    clerk = as_role("WLTY", Role.TASK_CLERK)
    draw = join_day(waiting_task(), the_day(), embargo_at=None, actor=clerk)
    assert draw.sources.count() == len(ORGANS) + 2
    day = close_day(the_day(), actor=office())
    assert str(draw) not in map(str, draws_of(day))
    assert Draw.objects.get(pk=draw.pk).day_number == ""
    head = as_role("WLTY", Role.DEPARTMENT_HEAD)
    assert freeze(request_seal(draw, actor=clerk), actor=head).state == "frozen"
    with pytest.raises(Conflict, match="截止"):
        join_day(waiting_task(), day, embargo_at=None, actor=clerk)


def test_a_cancelled_day_frees_its_draws():
    """Given up before it is announced, the day leaves its draws to their departments."""
    ids = list(draws_of(the_day()).values_list("pk", flat=True))
    with pytest.raises(Invalid):
        cancel_day(the_day(), reason=" ", actor=office())
    day = cancel_day(the_day(), reason="停电", actor=office())
    assert day.state == "cancelled"
    assert set(Draw.objects.filter(pk__in=ids).values_list("day_number", flat=True)) == {""}
    with pytest.raises(Denied):
        cancel_day(day, reason="再来", actor=watch())


def test_the_day_goes_on_after_a_power_cut():
    """What was drawn stays drawn; the next press carries on with the rest."""
    day = held()
    open_all(day)
    roll_dice(day, value=DICE, read_back=DICE, actor=watch())
    assert draw_day(day, actor=office(), seconds=0) == 2
    draw_targets(draws_of(day)[0], actor=office())
    assert draw_day(day, actor=office()) == 0
    assert {draw.state for draw in draws_of(day)} <= {"matched", "drawn"}


def test_one_secret_serves_the_chains_of_all_draws_of_the_day():
    """The office seals and opens every sealed reserve at once; the links have nothing in common."""
    clerk, head = as_role("WLTY", Role.TASK_CLERK), as_role("WLTY", Role.DEPARTMENT_HEAD)
    draw = join_day(waiting_task(), the_day(), embargo_at=None, reserve=Reserve.SEALED, actor=clerk)
    freeze(request_seal(draw, actor=clerk), actor=head)
    Draw.objects.filter(day_number=the_day().number).exclude(pk=draw.pk).update(reserve="none")
    day = close_day(the_day(), actor=office())
    assert chains_of(day, office().department_key).count() == 1
    links = chain_links(first_link("ab" * 32, draw.session, draw.suite), links_needed(draw))
    with pytest.raises(Invalid):
        seal_chains(day, sealed={}, actor=office())
    with pytest.raises(Denied):
        seal_chains(day, sealed={}, actor=watch())
    seal_chains(day, sealed={draw.session: f"{len(links) - 1}:{links[-1]}"}, actor=office())
    seal_all(day)
    values = {source.draw.session for source in sources_of(day, clerk.department_key)}
    sealed = {
        session: commitment(session, "party-WLTY", VALUES["SJJ"], "sha256") for session in values
    }
    seal_values(day, sealed=sealed, actor=clerk)
    day = announce_day(day, actor=office())
    open_all(day)
    open_values(day, value=VALUES["SJJ"], read_back=VALUES["SJJ"], actor=clerk)
    with pytest.raises(Conflict, match="全部启封"):
        roll_dice(day, value=DICE, read_back=DICE, actor=watch())
    with pytest.raises(Invalid):
        open_chains(day, links={draw.session: links[-3]}, actor=office())
    open_chains(day, links={draw.session: links[-2]}, actor=office())
    roll_dice(day, value=DICE, read_back=DICE, actor=watch())
    assert draw_day(day, actor=office()) == 0
    files = bundle_files(Draw.objects.get(pk=draw.pk))
    assert f"value|reserve|{links[-2]}\n" in files["opening.vdr"].decode()
    assert verify(Bundle(None, files)).ok  # type: ignore[arg-type]  # no path needed


def test_the_office_finds_its_chains_on_the_page_of_the_day(sign_in):
    """Sealed and opened through the day's own pages, a line per draw."""
    clerk, head = as_role("WLTY", Role.TASK_CLERK), as_role("WLTY", Role.DEPARTMENT_HEAD)
    draw = join_day(waiting_task(), the_day(), embargo_at=None, reserve=Reserve.SEALED, actor=clerk)
    freeze(request_seal(draw, actor=clerk), actor=head)
    day = close_day(the_day(), actor=office())
    client, address = sign_in("scjg-conference-office"), f"/days/{day.public_id}/"
    assert f"{address}reserve/" in client.get(address).content.decode()
    links = chain_links(first_link("ab" * 32, draw.session, draw.suite), links_needed(draw))
    assert f"{draw.session}={len(links) - 1}" in client.get(f"{address}reserve/").content.decode()
    answer = client.post(
        f"{address}reserve/", {"sealed": f"{draw.session} {len(links) - 1}:{links[-1]}"}
    )
    assert answer.status_code == 302
    assert chains_of(day, office().department_key).get().param.endswith(links[-1])
    assert "递补链保管单位" not in client.get(f"{address}screen/").content.decode()
