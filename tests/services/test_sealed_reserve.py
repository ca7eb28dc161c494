"""A sealed reserve: nobody but the office knows who would come next, and it can show only one."""

from __future__ import annotations

import hashlib

import pytest
from django.utils import translation
from services.test_chain import waiting_task

from fairdraw.evidence import Bundle, verify
from fairdraw.replace import Replacement
from fairdraw.sources import chain_links
from openlot.accounts.models import Department
from openlot.draws.models import Amendment, Draw, EvidenceFile
from openlot.draws.reserve import first_link, holder_of, links_left, links_needed
from openlot.draws.selectors import assessment, bundle_files, public_bundle_files
from openlot.draws.services import (
    Party,
    announce_draw,
    approve_amendment,
    commit_value,
    draw_targets,
    freeze,
    open_played,
    open_value,
    play_link,
    play_party,
    prepare_draw,
    publish_link,
    refuse_amendment,
    request_replacement,
    request_seal,
)
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.paperwork.services import carry_out_amendment
from openlot.publication.services import publish_draw
from openlot.tasks.models import InspectionTask
from openlot.trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAPER = ("证明.txt", "注销登记通知书".encode())
SECRET = hashlib.sha256(b"what the office keeps in its safe").hexdigest()
DICE = "27182818284590452353"


def office() -> Actor:
    """Return the joint-conference office, which holds the chain."""
    return as_role("SCJG", Role.CONFERENCE_OFFICE)


def watch() -> Actor:
    """Return the supervisor, who decides."""
    return as_role("SFJ", Role.SUPERVISOR)


def clerk() -> Actor:
    """Return the clerk of the inspecting department."""
    return as_role("WLTY", Role.TASK_CLERK)


def prepared(reserve: str = "sealed") -> Draw:
    """Return a draw whose lists are frozen and whose parties, but for the office, have sealed."""
    organs = [Department.objects.get(code=code) for code in ("WLTY", "SFJ")]
    draw = prepare_draw(
        waiting_task(),
        parties=[Party(organ, organ.name) for organ in organs],
        embargo_at=None,
        reserve=reserve,
        actor=clerk(),
    )
    draw = freeze(request_seal(draw, actor=clerk()), actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    for source in draw.sources.filter(type="commit"):
        play_party(source, actor=clerk())
    return draw


def links_of(draw: Draw, n: int) -> list[str]:
    """Return the chain as the office's own device makes it."""
    return chain_links(first_link(SECRET, draw.session, draw.suite), n, draw.suite)


def drawn(n: int = 0, *, paper: bool = True) -> tuple[Draw, list[str]]:
    """Return a drawn task with the links of its chain, made and opened on the office's device."""
    draw = prepared()
    links = links_of(draw, n or links_needed(draw))
    source = draw.sources.get(type="chain")
    commit_value(source, sealed=f"{len(links) - 1}:{links[-1]}", actor=office())
    announce_draw(draw, actor=clerk())
    for row in draw.sources.filter(type="commit"):
        open_played(row, actor=clerk())
    source.refresh_from_db()
    open_value(source, value=links[-2], read_back=links[-2], actor=office())
    dice = draw.sources.get(type="digits")
    open_value(dice, value=DICE, read_back=DICE, actor=watch())
    made = draw_targets(Draw.objects.get(pk=draw.pk), actor=clerk())
    if paper:
        main_job.issue_papers(made)
    return Draw.objects.get(pk=made.pk), links


def ask(draw: Draw, nth: int = 0) -> Amendment:
    """Ask for the nth drawn target to be replaced."""
    row = draw.drawn_targets.filter(is_spare=False).order_by("pk")[nth]
    return request_replacement(
        row, reason_code="R1", reason="已注销", document=PAPER, actor=clerk()
    )


@pytest.mark.law("JZF2020-9/2.4")
def test_the_link_names_who_comes_in_and_everything_verifies():
    """Asked, approved elsewhere, link published by the office; record, bundle and levels agree."""
    draw, links = drawn()
    row = approve_amendment(ask(draw), actor=watch())
    assert (row.state, row.number, row.new_target) == ("link_due", None, None)
    row = publish_link(row, link=links[-3], actor=office())
    assert (row.state, row.number) == ("approved", 1)
    assert row.new_target is not None
    files = bundle_files(draw)
    record = Replacement.parse(files["replace-1.vdr"], "replace-1.vdr")
    assert (record.link, record.into.target) == (links[-3], row.new_target.code)
    report = verify(Bundle(None, files))  # type: ignore[arg-type]  # no path needed
    assert report.ok
    assert "replacement" in {check.name for check in report.checks}
    assert f"|chain|{len(links) - 1}:{links[-1]}\n" in files["announcement.vdr"].decode()
    made = carry_out_amendment(row, actor=clerk())
    assert made is not None
    assert made.target == row.new_target
    assert "replace-1.vdr" in public_bundle_files(draw)


def test_replacements_follow_one_another_until_the_chain_is_used_up():
    """Each link serves one replacement, in order; then asking is refused in words."""
    draw, links = drawn()
    count = links_left(draw)
    assert count == len(links) - 2 >= 5
    came_in = set()
    for nth in range(2):
        row = approve_amendment(ask(draw, nth), actor=watch())
        row = publish_link(row, link=links[-3 - nth], actor=office())
        came_in.add(row.new_target.code)
    assert len(came_in) == 2
    assert links_left(draw) == count - 2
    assert verify(Bundle(None, bundle_files(draw))).ok  # type: ignore[arg-type]  # no path needed
    Amendment.objects.filter(pk=row.pk).update(number=count)
    short = draw.sources.get(type="chain")
    draw.sources.filter(pk=short.pk).update(param=f"3:{links[-1]}")
    with pytest.raises(Conflict, match="用完"):
        ask(draw, 3)


def test_a_wrong_link_or_a_stranger_brings_nobody_in():
    """A link of another place, no link at all, another unit, an unapproved request: refused."""
    draw, links = drawn()
    asked = ask(draw)
    with pytest.raises(Conflict, match="尚未批准"):
        publish_link(asked, link=links[-3], actor=office())
    row = approve_amendment(asked, actor=watch())
    for wrong in (links[-2], links[-4], "ab" * 32, "X" * 64, ""):
        with pytest.raises(Invalid):
            publish_link(row, link=wrong, actor=office())
    for stranger in (clerk(), watch()):
        with pytest.raises(Denied):
            publish_link(row, link=links[-3], actor=stranger)
    with pytest.raises(Denied):
        play_link(row, actor=office())
    assert not any(name.startswith("replace") for name in bundle_files(draw))
    done = publish_link(row, link=links[-3], actor=office())
    with pytest.raises(Conflict):
        publish_link(done, link=links[-3], actor=office())


def test_whoever_can_foresee_the_newcomer_does_not_decide():
    """The holder of the chain may not approve; the department may neither hold nor approve."""
    draw, _links = drawn()
    row = ask(draw)
    with pytest.raises(Denied, match="可预知"):
        approve_amendment(row, actor=office())
    with pytest.raises(Denied):
        approve_amendment(row, actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    source = draw.sources.get(type="chain")
    assert source.party.code == "SCJG"
    assert not draw.task.participations.filter(department=source.party).exists()


def test_nothing_stored_before_the_link_tells_who_is_next():
    """Each link but the opened one is absent from every table, file and trail entry."""
    draw, links = drawn()
    approve_amendment(ask(draw), actor=watch())
    secrets = {SECRET, *links[:-2]}
    stored = [bytes(row.content).decode("utf-8", "replace") for row in EvidenceFile.objects.all()]
    stored += [str(row) for row in draw.sources.values()]
    stored += [str(row) for row in Amendment.objects.defer("document").values()]
    stored += [str(row) for row in Draw.objects.filter(pk=draw.pk).values()]
    stored += [str(row) for row in Entry.objects.values()]
    assert not [text for text in stored for secret in secrets if secret in text]
    assert any(links[-2] in text for text in stored)
    assert draw.drawn_targets.filter(is_spare=True).count() == 0


def test_a_lost_chain_is_told_and_ends_the_request():
    """The deciding unit takes its consent back with the reason; the department may ask anew."""
    draw, _links = drawn()
    row = approve_amendment(ask(draw), actor=watch())
    done = refuse_amendment(row, reason="保管单位遗失递补凭据", actor=watch())
    assert (done.state, done.number) == ("refused", None)
    assert ask(draw).state == "requested"


def test_the_chain_must_be_long_enough_and_well_written():
    """Too short, badly written or handed in by another unit, the chain is refused."""
    draw = prepared()
    source = draw.sources.get(type="chain")
    needed = links_needed(draw)
    top = links_of(draw, needed)[-1]
    with pytest.raises(Conflict, match="密封递补链"):
        announce_draw(draw, actor=clerk())
    for wrong in (f"{needed - 1}:{top}", top, f"{needed}:{top[:-1]}", "x:y"):
        with pytest.raises(Invalid):
            commit_value(source, sealed=wrong, actor=office())
    with pytest.raises(Denied):
        commit_value(source, sealed=f"{needed}:{top}", actor=clerk())
    with pytest.raises(Denied):
        commit_value(source, sealed=f"{needed}:{top}", actor=as_role("SCJG", Role.DEPARTMENT_HEAD))
    assert commit_value(source, sealed=f"{needed}:{top}", actor=office()).param == f"{needed}:{top}"


def test_one_kind_of_reserve_per_draw_as_the_scheme_allows():
    """No spares without a scheme that has them; no chain where the office's unit inspects."""
    with pytest.raises(Invalid) as refused:
        prepared("open")
    assert "reserve" in refused.value.fields
    task = InspectionTask.objects.filter(department__code="SCJG", plan_line__isnull=False).first()
    assert holder_of(task) is None
    draw = prepared("none")
    assert not draw.sources.filter(type="chain").exists()


def test_spares_and_a_chain_never_stand_together():
    """A scheme with spares that chooses the chain announces none of them."""
    InspectionTask.objects.filter(pk=waiting_task().pk).update(n_reserve=2)
    draw = prepared()
    assert set(draw.frames.values_list("strata__n_reserve", flat=True)) == {0}


def test_the_demo_may_play_the_office_and_says_so():
    """The server makes, opens and continues the chain only in the demo, and the draw has no level."""
    draw = prepared()
    play_party(draw.sources.get(type="chain"), actor=office())
    announce_draw(draw, actor=clerk())
    for row in draw.sources.filter(type__in=("commit", "chain")):
        open_played(row, actor=office())
    dice = draw.sources.get(type="digits")
    open_value(dice, value=DICE, read_back=DICE, actor=watch())
    made = draw_targets(Draw.objects.get(pk=draw.pk), actor=clerk())
    main_job.issue_papers(made)
    row = approve_amendment(ask(made), actor=watch())
    assert play_link(row, actor=office()).new_target is not None
    assert assessment(made) is None
    assert verify(Bundle(None, bundle_files(made))).ok  # type: ignore[arg-type]  # no path needed


def test_the_chain_is_the_offices_contribution():
    """Lead, supervisor's dice and the office's chain: three contributors of three organs."""
    draw, _links = drawn(paper=False)
    draw.sources.update(by_server=False)
    Draw.objects.filter(pk=draw.pk).update(is_demo=False)
    assert assessment(Draw.objects.get(pk=draw.pk)).name == "L2"


def test_the_public_record_is_published_again_with_the_replacement():
    """The next version tells who went out and who came in, once the visit has begun."""
    draw, links = drawn()
    first = publish_draw(draw, actor=clerk())
    row = approve_amendment(ask(draw), actor=watch())
    with pytest.raises(Conflict, match="已经公布"):
        publish_draw(draw, actor=clerk())
    row = publish_link(row, link=links[-3], actor=office())
    made = carry_out_amendment(row, actor=clerk())
    main_job.visit(made, main_job.Chance("sealed"))
    again = publish_draw(draw, actor=clerk())
    assert again.version == first.version + 1
    assert again.body["amendments"][0]["new_target"] == row.new_target.name


def test_the_pages_lead_the_right_person_through(sign_in):
    """Prepare, seal, open, publish: offered to the office alone, with words on what is next."""
    task = waiting_task()
    lead = sign_in("wlty-task-clerk")
    organs = Department.objects.filter(code__in=["WLTY", "SFJ"]).values_list("pk", flat=True)
    lead.post(f"/tasks/{task.public_id}/draw/", {"parties": list(organs), "reserve": "sealed"})
    draw = Draw.objects.get(task=task)
    freeze(request_seal(draw, actor=clerk()), actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    source = draw.sources.get(type="chain")
    page = sign_in("scjg-conference-office").get(f"/reserves/{source.public_id}/seal/")
    needed = links_needed(draw)
    assert f'data-rows="{draw.session}={needed}"' in page.content.decode()
    assert "遗失怎么办" in page.content.decode()
    for person in ("wlty-task-clerk", "sfj-supervisor", "wlty-department-head"):
        assert sign_in(person).get(f"/reserves/{source.public_id}/seal/").status_code == 403
    links = links_of(draw, needed)
    office_client = sign_in("scjg-conference-office")
    seal = f"/reserves/{source.public_id}/seal/"
    wrong = office_client.post(seal, {"sealed": f"2:{links[-1]}"}).content.decode()
    assert "链长至少" in wrong
    office_client.post(seal, {"sealed": f"{needed}:{links[-1]}"})
    for row in draw.sources.filter(type="commit"):
        play_party(row, actor=clerk())
    announce_draw(draw, actor=clerk())
    for row in draw.sources.filter(type="commit"):
        open_played(row, actor=clerk())
    screen = sign_in("scjg-conference-office").get(f"/draws/{draw.public_id}/screen/")
    assert "<svg" in screen.content.decode()
    office_client.post(f"/reserves/{source.public_id}/open/", {"link": links[-2]})
    dice = draw.sources.get(type="digits")
    open_value(dice, value=DICE, read_back=DICE, actor=watch())
    made = draw_targets(Draw.objects.get(pk=draw.pk), actor=clerk())
    main_job.issue_papers(made)
    row = ask(made)
    address = f"/amendments/{row.public_id}/"
    assert f"{address}approve/" not in office_client.get(address).content.decode()
    sign_in("sfj-supervisor").post(f"{address}approve/")
    assert f"{address}link/" in office_client.get(address).content.decode()
    assert f"{address}link/" not in sign_in("sfj-supervisor").get(address).content.decode()
    refused = office_client.post(f"{address}link/", {"link": links[-2]}).content.decode()
    assert "不是公告所定链条的下一链值" in refused
    office_client.post(f"{address}link/", {"link": links[-3]})
    done = office_client.get(address).content.decode()
    assert "已批准，待执行" in done
    assert Amendment.objects.get(pk=row.pk).new_target.name in done
    told = sign_in("wlty-task-clerk").get(f"/draws/{made.public_id}/").content.decode()
    assert f"尚可递补 {needed - 2} 次" in told


def test_an_english_reader_is_refused_in_english(sign_in):
    """The core's reason inside a refusal follows the reader's language."""
    draw, links = drawn()
    row = approve_amendment(ask(draw), actor=watch())
    client = sign_in("scjg-conference-office")
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        page = client.post(f"/amendments/{row.public_id}/link/", {"link": links[-4]})
    assert "the link does not lead to the chain of the draw" in page.content.decode()
