"""A business that was not drawn can see its own row too, once its department knows who asks."""

from __future__ import annotations

import pytest

from fairdraw.disclosure import verify_receipt
from openlot.draws.models import Draw
from openlot.kernel.actor import Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.ops.demo.city import as_role
from openlot.publication.models import PublicRecord
from openlot.publication.selectors import receipt_for
from openlot.publication.services import issue_receipt
from openlot.registers.models import InspectionTarget
from openlot.trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def spared() -> tuple[Draw, InspectionTarget]:
    """Return the closed draw and a business on its list that it did not take."""
    draw = Draw.objects.get(disclosure="proofs")
    hits = draw.drawn_targets.values("target__code")
    rows = InspectionTarget.objects.filter(
        department__code="SCJG", state="active", industry__startswith="H62"
    )
    return draw, rows.exclude(code__in=hits).first()


def test_the_code_opens_the_row_that_says_not_drawn():
    """The receipt verifies against the public edition, and the trail names who was let see it."""
    draw, target = spared()
    clerk = as_role("SCJG", Role.ENTRY_CLERK)
    code = issue_receipt(draw, target, shown="营业执照、身份证", actor=clerk)
    (row,) = receipt_for(code)
    text = bytes(row.content)
    assert f"!{target.code}!".encode() in text
    assert b"!no!" in text or b"!spare!" in text
    record = PublicRecord.objects.get(key=f"draw:{draw}", is_current=True)
    assert verify_receipt(text, bytes(record.files.get(name="public.vdr").content)).ok
    assert Entry.objects.filter(kind="publication.receipt_issued").count() == 1


def test_only_the_own_department_after_seeing_papers():
    """Another department, no papers, a draw that is wholly public: refused."""
    draw, target = spared()
    clerk = as_role("SCJG", Role.ENTRY_CLERK)
    with pytest.raises(Denied):
        issue_receipt(draw, target, shown="执照", actor=as_role("WSJK", Role.ENTRY_CLERK))
    with pytest.raises(Invalid):
        issue_receipt(draw, target, shown=" ", actor=clerk)
    with pytest.raises(Conflict):
        issue_receipt(
            Draw.objects.get(task__department__code="NYNC"), target, shown="执照", actor=clerk
        )
    other = InspectionTarget.objects.filter(department__code="SCJG", kind="product").first()
    with pytest.raises(Conflict, match="名单"):
        issue_receipt(draw, other, shown="执照", actor=clerk)


def test_the_clerk_reads_the_code_once(sign_in):
    """The page shows the code after the papers were named, and the portal's question to type it."""
    draw, target = spared()
    client = sign_in("scjg-entry-clerk")
    address = f"/targets/{target.public_id}/receipt/"
    assert "出具抽取回执" in client.get(f"/targets/{target.public_id}/").content.decode()
    page = client.post(address, {"draw": draw.pk, "shown": "营业执照原件"}).content.decode()
    code = page.split("查验码 ")[1].split("，")[0]
    assert receipt_for(code).count() == 1
    assert code not in client.get(address).content.decode()
