"""L3: the announcement stands outside the city before the lottery is drawn, or it says what lacks."""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta

import pytest
from services.test_chain import waiting_task
from stamps import Authority

from fairdraw.evidence import Bundle, verify
from openlot.accounts.models import Department
from openlot.draws.models import Anchor, Draw
from openlot.draws.selectors import assessment, bundle_files, public_bundle_files
from openlot.draws.services import (
    Party,
    confirm_anchor,
    draw_targets,
    freeze,
    open_played,
    open_value,
    play_party,
    prepare_draw,
    record_anchor,
    reject_anchor,
    request_seal,
)
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role, at
from openlot.paperwork.filling import draw_paper
from openlot.publication.services import announce_draw, publish_draw
from openlot.rules.public_events import EVENTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = date(2026, 11, 20)
EVENT = at(date(2026, 11, 21), 21, 30)
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)
DICE = "27182818284590452353"
DRAWN = " ".join(str(4 * n) for n in range(1, 21))


def clerk() -> Actor:
    """Return the clerk of the inspecting department."""
    return as_role("WLTY", Role.TASK_CLERK)


def watch() -> Actor:
    """Return the supervisor."""
    return as_role("SFJ", Role.SUPERVISOR)


def head() -> Actor:
    """Return the head of the inspecting department."""
    return as_role("WLTY", Role.DEPARTMENT_HEAD)


def announced(event_at: datetime | None = EVENT) -> Draw:
    """Return an announced draw that names a lottery of the next day."""
    organs = [Department.objects.get(code=code) for code in ("WLTY", "SFJ", "SJJ")]
    draw = prepare_draw(
        waiting_task(),
        parties=[Party(organ, organ.name) for organ in organs],
        embargo_at=None,
        event=(EVENTS["KL8"], "2026311"),
        event_at=event_at,
        actor=clerk(),
    )
    draw = freeze(request_seal(draw, actor=clerk()), actor=head())
    for source in draw.sources.filter(type="commit"):
        play_party(source, actor=clerk())
    announce_draw(draw, actor=clerk())
    return Draw.objects.get(pk=draw.pk)


def stamped(draw: Draw, when: datetime | None = None, **more) -> Anchor:
    """Record a time-stamp of the announcement."""
    when = when or clock.now() + timedelta(hours=1)
    data = Authority(when).stamp(draw.adigest, when, **more)
    return record_anchor(draw, kind="timestamp", document=("a.tsr", data), actor=clerk())


def level(draw: Draw) -> tuple[str, list[str]]:
    """Return level and what lacks, as if the parties had made their own values."""
    Draw.objects.filter(pk=draw.pk).update(is_demo=False)
    draw.sources.update(by_server=False)
    found = assessment(Draw.objects.get(pk=draw.pk))
    return found.name, [words.say("en") for words in found.missing]


@pytest.mark.law("JZF2020-9/2.4")
def test_a_stamp_from_before_the_event_makes_it_l3():
    """Recorded by one, confirmed by another; only then the level rises, and the bundle holds it."""
    draw = announced()
    assert "公共事件开奖时间：2026-11-21 21:30" in bundle_files(draw)["docs/parties"].decode()
    assert level(draw) == ("L2", ["the announcement is not anchored outside the city"])
    row = stamped(draw)
    assert row.is_signed
    assert level(draw)[0] == "L2"
    with pytest.raises(Denied):
        confirm_anchor(row, actor=clerk())
    confirm_anchor(row, actor=head())
    assert level(draw) == ("L3", [])
    assert bundle_files(draw)["anchor-1.tsr"] == bytes(row.document)


def test_after_the_event_it_is_kept_but_does_not_count():
    """A late stamp and a newspaper of the event's own day leave the draw at L2."""
    draw = announced()
    confirm_anchor(stamped(draw, EVENT), actor=head())
    printed = record_anchor(
        draw,
        kind="newspaper",
        title="安徽日报",
        issue="第 25000 期",
        page="8",
        published_on=EVENT.date(),
        document=("版面.png", PICTURE),
        actor=clerk(),
    )
    confirm_anchor(printed, actor=watch())
    assert level(draw)[0] == "L2"
    early = record_anchor(
        draw,
        kind="website",
        address="https://example.gov.cn/2026/1120",
        published_on=DAY,
        document=("截图.png", PICTURE),
        actor=clerk(),
    )
    assert clock.local(early.at).strftime("%H:%M:%S") == "23:59:59"
    confirm_anchor(early, actor=watch())
    assert level(draw)[0] == "L3"


def test_one_second_decides():
    """Just before the event counts; at the event it does not."""
    draw = announced()
    confirm_anchor(stamped(draw, EVENT - timedelta(seconds=1)), actor=head())
    assert level(draw)[0] == "L3"


def test_a_stamp_of_something_else_is_refused_in_words():
    """Another digest, no stamp at all, a paper without its page or date: nothing is recorded."""
    draw = announced()
    other = Authority(clock.now()).stamp("ab" * 32, clock.now())
    with pytest.raises(Invalid) as refused:
        record_anchor(draw, kind="timestamp", document=("a.tsr", other), actor=clerk())
    assert "ab" * 32 in str(refused.value.fields["document"])
    for data in (b"", b"hello", other[:-1]):
        with pytest.raises(Invalid):
            record_anchor(draw, kind="timestamp", document=("a.tsr", data), actor=clerk())
    for given in (
        {"kind": "newspaper", "title": "安徽日报", "published_on": DAY},
        {"kind": "newspaper", "title": "安徽日报", "issue": "1", "page": "2"},
        {"kind": "website", "address": "省网", "published_on": DAY},
    ):
        with pytest.raises(Invalid):
            record_anchor(draw, document=("x.png", PICTURE), actor=clerk(), **given)
    assert not Anchor.objects.exists()


def test_without_an_event_or_an_announcement_there_is_nothing_to_anchor():
    """A lottery without its time cannot make L3, and the refusal says so."""
    draw = announced(None)
    with pytest.raises(Conflict, match="开奖时间"):
        stamped(draw)


def test_another_department_records_nothing_here():
    """The right reaches as far as the own draws."""
    draw = announced()
    when = clock.now()
    data = Authority(when).stamp(draw.adigest, when)
    for stranger in (as_role("NYNC", Role.TASK_CLERK), watch()):
        with pytest.raises(Denied):
            record_anchor(draw, kind="timestamp", document=("a.tsr", data), actor=stranger)


def test_a_rejected_anchor_never_counts():
    """The second person does not find the digest: with a reason, and for good."""
    draw = announced()
    row = stamped(draw)
    with pytest.raises(Invalid):
        reject_anchor(row, reason=" ", actor=head())
    reject_anchor(row, reason="照片模糊", actor=head())
    assert level(draw)[0] == "L2"


def test_an_event_that_is_over_cannot_be_announced():
    """Whoever announces after the numbers are out could have known them."""
    with pytest.raises(Conflict, match="已过开奖时间"):
        announced(clock.now() - timedelta(minutes=1))


def test_level_and_anchor_stand_on_paper_and_portal():
    """The printed record, the public record and the public bundle tell the same."""
    draw = announced()
    confirm_anchor(stamped(draw), actor=head())
    for source in draw.sources.filter(type="commit"):
        open_played(source, actor=clerk())
    open_value(draw.sources.get(type="digits"), value=DICE, read_back=DICE, actor=watch())
    open_value(draw.sources.get(type="numbers"), value=DRAWN, read_back=DRAWN, actor=watch())
    made = draw_targets(Draw.objects.get(pk=draw.pk), actor=clerk())
    main_job.issue_papers(made)
    assert level(made)[0] == "L3"
    made = Draw.objects.get(pk=made.pk)
    paper = draw_paper(made)
    assert paper.level == "L3"
    assert "Test Time Authority" in paper.anchors[0]
    body = publish_draw(made, actor=clerk()).body
    assert body["level"] == "L3"
    assert body["anchors"][0]["counts"] is True
    assert "anchor-1.tsr" in public_bundle_files(made)
    assert verify(Bundle(None, bundle_files(made))).ok  # type: ignore[arg-type]  # no path needed
    confirm_anchor(stamped(made, EVENT - timedelta(hours=1)), actor=head())
    assert publish_draw(made, actor=clerk()).version == 2


def test_the_pages_say_what_was_checked(sign_in):
    """Recorded by form, confirmed by another; the page tells what the platform could not check."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    draw = announced()
    when = clock.now()
    data = Authority(when).stamp(draw.adigest, when)
    client = sign_in("wlty-task-clerk")
    form = client.get(f"/draws/{draw.public_id}/anchor/").content.decode()
    assert f"-digest {draw.adigest}" in form
    upload = SimpleUploadedFile("a.tsr", data)
    client.post(f"/draws/{draw.public_id}/anchor/", {"kind": "timestamp", "document": upload})
    row = Anchor.objects.get()
    page = client.get(f"/anchors/{row.public_id}/").content.decode()
    assert "由复核人查看原件" in page
    assert f"/anchors/{row.public_id}/confirm/" not in page
    sign_in("wlty-department-head").post(f"/anchors/{row.public_id}/confirm/")
    assert Anchor.objects.get().state == "confirmed"
    assert "Test Time Authority" in client.get(f"/draws/{draw.public_id}/").content.decode()
