"""A supplementary draw is a draw of its own over the rest: new seed, new bundle, same publicity."""

from __future__ import annotations

import pytest
from services.test_chain import waiting_task

from fairdraw.attempts import verify_attempts
from fairdraw.evidence import Bundle, Examination
from openlot.draws.models import Draw, DrawStratum, Extension
from openlot.draws.selectors import bundle_files, live_draw, strata_of
from openlot.draws.services import (
    approve_amendment,
    approve_extension,
    prepare_draw,
    refuse_extension,
    request_extension,
    request_replacement,
    request_void,
)
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, Invalid, StaleState
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.plans.models import PlanLine
from openlot.publication.models import PublicRecord
from openlot.publication.services import publish_draw, void_draw
from openlot.tasks.models import InspectionTask
from openlot.tasks.services import draft_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAPER = ("通知.txt", "关于增加抽查数量的通知".encode())


def clerk() -> Actor:
    """Return the clerk of the inspecting department."""
    return as_role("WLTY", Role.TASK_CLERK)


def watch() -> Actor:
    """Return the supervisor, who decides."""
    return as_role("SFJ", Role.SUPERVISOR)


@pytest.fixture
def first(today) -> Draw:
    """Return a drawn task of three departments, its papers made, with no cap in the way."""
    line = waiting_task().plan_line
    line.items.update(ratio_cap_bp=9_000)
    task = draft_task(
        line=line,
        name="要补充抽取的抽查",
        actor=clerk(),
        n_reserve=1,
        stratify="none",
        disclosure="full",
    )
    draw = main_job.ceremony(main_job.accept_and_approve(task), "first")
    main_job.issue_papers(draw)
    return Draw.objects.get(pk=draw.pk)


def more(draw: Draw, n: int = 2) -> dict[DrawStratum, int]:
    """Ask for n more of the lead's list."""
    return {strata_of(draw).filter(frame__fid="F1").first(): n}


def ask(draw: Draw, n: int = 2, **other) -> Extension:
    """Ask for a supplementary draw."""
    given = {"reason": "上级要求增加抽查数量", "document": PAPER} | other
    return request_extension(draw, more=more(draw, n), actor=clerk(), **given)


def drawn(row: Extension) -> Draw:
    """Hold the ceremony of an approved extension."""
    return main_job.ceremony(
        InspectionTask.objects.get(pk=row.task_id),
        f"{row}",
        extension=Extension.objects.get(pk=row.pk),
    )


@pytest.mark.law("JZF2020-9/2.4")
def test_the_rest_is_drawn_afresh_and_joins_the_task(first: Draw):
    """Own id, own seed, nobody twice, as many as approved; both bundles verify together."""
    row = approve_extension(ask(first), actor=watch())
    again = drawn(row)
    assert str(again) == f"{first.draw_id}-E1-1"
    assert again.seed != first.seed
    old = set(first.drawn_targets.filter(is_spare=False).values_list("target__code", flat=True))
    new = set(again.drawn_targets.filter(is_spare=False).values_list("target__code", flat=True))
    assert len(new) == 2
    assert not old & new
    excluded = dict(again.frames.get(fid="F1").exclusions.values_list("code", "n_excluded"))
    assert excluded["X90"] >= first.drawn_targets.filter(frame__fid="F1", is_spare=False).count()
    files = bundle_files(again)
    assert first.rdigest in files["docs/rules"].decode()
    assert "X90：本任务已抽中" in files["docs/rules"].decode()
    both = [Examination(Bundle(None, bundle_files(draw))) for draw in (first, again)]  # type: ignore[arg-type]  # no path needed
    assert all(one.report.ok for one in both)
    report = verify_attempts(both)
    assert report.ok
    assert "rest" in report.checks[0].words.say("en")
    before = first.task.inspections.count()
    made = main_job.issue_papers(again)
    assert len(made) == 2
    numbers = list(first.task.inspections.values_list("serial", flat=True))
    assert sorted(numbers) == list(range(1, before + 3))
    assert live_draw(first.task) == first


def test_who_was_hit_before_would_be_found(first: Draw):
    """A second draw that could hit somebody twice does not pass as an extension."""
    again = drawn(approve_extension(ask(first), actor=watch()))
    one = Examination(Bundle(None, bundle_files(first)))  # type: ignore[arg-type]  # no path needed
    two = Examination(Bundle(None, bundle_files(again)))  # type: ignore[arg-type]  # no path needed
    assert not verify_attempts([two, one]).ok
    twice = drawn(approve_extension(ask(first, 1), actor=watch()))
    three = Examination(Bundle(None, bundle_files(twice)))  # type: ignore[arg-type]  # no path needed
    assert verify_attempts([one, two, three]).ok
    assert not verify_attempts([three, two]).ok


def test_a_newcomer_leaves_the_new_lists_too(first: Draw):
    """Who came in for a replaced target cannot be drawn again."""
    target = first.drawn_targets.filter(is_spare=False).first()
    asked = request_replacement(
        target, reason_code="R1", reason="已注销", document=PAPER, actor=clerk()
    )
    came_in = approve_amendment(asked, actor=watch()).new_target
    again = drawn(approve_extension(ask(first), actor=watch()))
    assert f"|{came_in.code}|" in bundle_files(again)["frame-F1.vdr"].decode()
    line = next(
        text
        for text in bundle_files(again)["frame-F1.vdr"].decode().splitlines()
        if f"|{came_in.code}|" in text
    )
    assert "|X90|" in line


def test_two_persons_of_different_units_decide(first: Draw):
    """The department asks; none of its task approves; a refusal has its reason and ends it."""
    with pytest.raises(Denied):
        request_extension(
            first,
            more=more(first),
            reason="x",
            document=PAPER,
            actor=as_role("XFJY", Role.TASK_CLERK),
        )
    row = ask(first)
    for inside in (as_role("WLTY", Role.DEPARTMENT_HEAD), as_role("XFJY", Role.DEPARTMENT_HEAD)):
        with pytest.raises(Denied):
            approve_extension(row, actor=inside)
    with pytest.raises(Conflict, match="待审批"):
        ask(first)
    with pytest.raises(Conflict, match="尚未批准"):
        drawn(row)
    with pytest.raises(Invalid):
        refuse_extension(row, reason=" ", actor=watch())
    assert refuse_extension(row, reason="无依据", actor=watch()).state == "refused"
    with pytest.raises(StaleState):
        approve_extension(row, actor=watch())
    assert ask(first).serial == 2


def test_the_known_order_is_not_gone_on_with(first: Draw):
    """Nested only where later stages were announced: here they never are, and it says so."""
    with pytest.raises(Invalid) as refused:
        ask(first, nested=True)
    assert "不能按原签号顺延" in str(refused.value.fields["nested"])


def test_reason_number_and_evidence_are_needed(first: Draw):
    """An empty request, none without a paper, no more than there are."""
    for wrong in ({"reason": " "}, {"document": ("x", b"")}, {"n": 0}, {"n": 100_000}):
        with pytest.raises(Invalid):
            ask(first, **wrong)


def test_ceilings_of_general_items_and_the_plan_hold(first: Draw):
    """First draw and extension together stay under the item's ceiling and the plan's bound."""
    frame = first.frames.get(fid="F1")
    hits = first.drawn_targets.filter(frame=frame, is_spare=False).count()
    items = first.task.task_items.values("item")
    from openlot.items.models import InspectionItem

    cap = (hits + 1) * 10_000 // frame.n_eligible
    InspectionItem.objects.filter(pk__in=items).update(kind="general", ratio_cap_bp=cap)
    with pytest.raises(Conflict, match="比例上限"):
        ask(first, 2)
    InspectionItem.objects.filter(pk__in=items).update(ratio_cap_bp=10_000)
    total = first.drawn_targets.filter(is_spare=False).count()
    PlanLine.objects.filter(pk=first.task.plan_line_id).update(max_count=total + 1)
    first.task.plan_line.refresh_from_db()
    with pytest.raises(Conflict, match="计划上限"):
        ask(first, 2)
    row = ask(first, 1)
    PlanLine.objects.filter(pk=first.task.plan_line_id).update(max_count=total)
    with pytest.raises(Conflict, match="计划上限"):
        approve_extension(Extension.objects.get(pk=row.pk), actor=watch())


def test_a_voided_extension_is_drawn_again_under_its_own_number(first: Draw):
    """Second attempt of the extension; the first draw is not touched, nor may it be voided first."""
    row = approve_extension(ask(first), actor=watch())
    again = drawn(row)
    head, office = as_role("WLTY", Role.DEPARTMENT_HEAD), as_role("SCJG", Role.CONFERENCE_OFFICE)
    with pytest.raises(Conflict, match="先作废补充抽取"):
        request_void(first, code="V2", reason="x", actor=head)
    request_void(again, code="V2", reason="名录有误", actor=head)
    void_draw(Draw.objects.get(pk=again.pk), actor=office)
    second = drawn(row)
    assert str(second) == f"{first.draw_id}-E1-2"
    assert second.predecessor == again
    with pytest.raises(Conflict, match="只进行一次"):
        drawn(row)
    assert Draw.objects.get(pk=first.pk).state == "matched"
    both = [Examination(Bundle(None, bundle_files(draw))) for draw in (again, second)]  # type: ignore[arg-type]  # no path needed
    assert verify_attempts(both).ok


def test_it_is_published_beside_the_first_with_its_reason(first: Draw, sign_in):
    """Announcement and record name the first draw, the reason and who approved; the ledger counts."""
    row = approve_extension(ask(first), actor=watch())
    again = drawn(row)
    main_job.issue_papers(again)
    told = PublicRecord.objects.get(key=f"announcement:{again}")
    assert told.body["extends"] == str(first)
    again.embargo_at = None
    Draw.objects.filter(pk=again.pk).update(embargo_at=None)
    body = publish_draw(Draw.objects.get(pk=again.pk), actor=clerk()).body
    assert body["extension_reason"] == "上级要求增加抽查数量"
    assert body["n_drawn"] == 2
    ledger = sign_in("sfj-supervisor").get("/draws/ledger/").content.decode()
    assert str(row) in ledger
    page = sign_in("wlty-task-clerk").get(f"/draws/{first.public_id}/").content.decode()
    assert str(row) in page


def test_the_pages_ask_decide_and_prepare(first: Draw, sign_in):
    """Asked by form with a number per stratum, approved by another unit, prepared as a new draw."""
    client = sign_in("wlty-task-clerk")
    address = f"/draws/{first.public_id}/extend/"
    (stratum,) = more(first)
    paper = _upload()
    form = client.get(address).content.decode()
    assert "不按已公布的签号顺延" in form
    assert 'name="nested"' not in form
    given = {f"more_{stratum.pk}": 1, "reason": "", "document": paper}
    assert 'id="id_reason_error"' in client.post(address, given).content.decode()
    given |= {"reason": "上级要求", "document": _upload()}
    assert client.post(address, given).status_code == 302
    row = Extension.objects.get()
    page = f"/extensions/{row.public_id}/"
    assert f"{page}approve/" not in client.get(page).content.decode()
    assert "待审批的补充抽取" in sign_in("sfj-supervisor").get("/desk/").content.decode()
    sign_in("sfj-supervisor").post(f"{page}approve/")
    assert "准备补充抽取" in client.get(page).content.decode()
    parties = Draw.objects.get(pk=first.pk).sources.filter(type="commit")
    client.post(f"{page}draw/", {"parties": list(parties.values_list("party_id", flat=True))})
    made = Draw.objects.get(extension=row)
    assert made.state == "prepared"
    assert "上级要求" in client.get(f"/draws/{made.public_id}/").content.decode()


def _upload():
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("通知.txt", PAPER[1])


def test_a_superiors_list_has_no_rest(today):
    """Where the superior drew, nothing is extended here."""
    draw = Draw.objects.filter(task__origin="superior").first()
    stratum = strata_of(draw).first()
    with pytest.raises(Conflict, match="上级下达"):
        request_extension(
            draw,
            more={stratum: 1},
            reason="x",
            document=PAPER,
            actor=as_role("JTYS", Role.TASK_CLERK),
        )
    with pytest.raises(Conflict):
        prepare_draw(draw.task, parties=[], embargo_at=None, actor=as_role("JTYS", Role.TASK_CLERK))
