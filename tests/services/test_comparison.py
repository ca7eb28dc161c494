"""Before two persons seal a list they see what it holds and what changed since the last one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from services.test_chain import prepared, waiting_task

from openlot.draws.comparison import ELIGIBLE, UNLISTED, comparison
from openlot.draws.framing import frames_of
from openlot.draws.models import SEALED, Draw
from openlot.draws.services import freeze, play_party, request_seal, request_void
from openlot.kernel.actor import Role
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.publication.models import PublicRecord
from openlot.publication.services import announce_draw, void_draw
from openlot.registers.models import InspectionTarget
from openlot.registers.rows import TargetRow
from openlot.registers.services import import_targets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def row_of(target: InspectionTarget) -> TargetRow:
    """Return the sheet row that says what the register says already."""
    return TargetRow(
        row=2,
        name=target.name,
        uscc=target.uscc,
        registration_no=target.registration_no,
        kind=target.kind,
        registration_status=target.registration_status,
        founded_on=target.founded_on,
        address=target.address,
        region_code=target.region.code,
        industry=target.industry,
        licence_name=target.licence_name,
        licence_no=target.licence_no,
        licence_valid_to_on=target.licence_valid_to_on,
        credit_class=target.credit_class,
        legal_representative=target.legal_representative,
        phone=target.phone,
    )


def left_out(record: PublicRecord) -> Counter[str]:
    """Return how many were left out for which reason, as the announcement publishes it."""
    counted: Counter[str] = Counter()
    for row in record.body["excluded"]:
        counted[row["code"]] += row["n"]
    return counted


def test_the_first_list_has_nothing_to_compare_with():
    """Without an earlier draw only the numbers are told."""
    found = comparison(prepared())
    assert found.previous is None
    assert (found.changes, sum(found.counts.values())) == ([], 0)
    assert found.n_entries == found.n_eligible + sum(found.exclusions.values())
    assert found.n_eligible > 0


@pytest.mark.law("JZF2020-9/2.4")
def test_a_target_left_out_the_day_before_is_listed_first_with_who_did_it(sign_in):
    """A friend moved out between a voided draw and the next shows at the top, by name."""
    main_job.ceremony(waiting_task(), "test")
    draw = Draw.objects.get(task=waiting_task())
    lead = frames_of(draw)[0]
    listed = {leaf.target for leaf in lead.frame.leaves if leaf.disp == ELIGIBLE}
    office = as_role("SCJG", Role.CONFERENCE_OFFICE)
    request_void(draw, code="V2", reason="名录有误", actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    void_draw(Draw.objects.get(pk=draw.pk), actor=office)

    clerk = as_role("WLTY", Role.ENTRY_CLERK)
    friend = InspectionTarget.objects.filter(department__code="WLTY", uscc__in=listed).first()
    assert friend is not None
    gone = replace(row_of(friend), registration_status="moved_out")
    import_targets(
        friend.department, [gone], [], n_rows=1, file_name="x", file_sha256="0" * 64, actor=clerk
    )

    again = prepared()
    found = comparison(again)
    assert found.previous == draw
    assert found.changes[0].code == friend.code
    assert found.changes[0].before == ELIGIBLE
    assert found.changes[0].after in ("X01", UNLISTED)
    assert found.changes[0].by_ref == clerk.ref
    now = dict(found.counts)

    request_seal(again, actor=as_role("WLTY", Role.TASK_CLERK))
    freeze(again, actor=as_role("WLTY", Role.DEPARTMENT_HEAD))
    sealed = Draw.objects.get(pk=again.pk)
    assert dict(comparison(sealed).counts) == now
    assert comparison(sealed).n_lost == 1

    auditor = sign_in("sjj-auditor")  # an overseer finds it on the desk before anything is drawn
    assert "待核对的封存名单" in auditor.get("/desk/").content.decode()
    ledger = auditor.get("/draws/ledger/").content.decode()
    assert f"/draws/{sealed.public_id}/comparison/" in ledger
    page = auditor.get(f"/draws/{sealed.public_id}/comparison/").content.decode()
    assert friend.name in page
    assert clerk.name in page

    for source in sealed.sources.filter(type__in=SEALED):
        play_party(source, actor=as_role("WLTY", Role.TASK_CLERK))
    announce_draw(sealed, actor=as_role("WLTY", Role.TASK_CLERK))
    records = PublicRecord.objects.filter(kind=PublicRecord.Kind.ANNOUNCEMENT, code=sealed.draw_id)
    first, second = records.order_by("pk")  # and the public reads of one more
    assert left_out(second)["X01"] == left_out(first)["X01"] + 1
