"""Auditing organs recompute a closed draw themselves and sign what they found, in public."""

from __future__ import annotations

import pytest
from services.test_chain import waiting_task

from fairdraw.evidence import Bundle, recompute
from openlot.draws.models import Draw
from openlot.draws.services import read_bundle
from openlot.kernel.actor import Role
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.publication.models import PublicRecord
from openlot.publication.services import attest_draw

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_two_organs_have_signed_the_closed_draw():
    """The portal names audit and justice beside the draw by credit class."""
    draw = Draw.objects.get(disclosure="proofs")
    rows = PublicRecord.objects.filter(key__startswith=f"attestation:{draw}:")
    assert {row.department_name for row in rows} == {"界首市审计局", "界首市司法局"}
    assert {row.body["rdigest"] for row in rows} == {draw.rdigest}


def test_who_signs_has_taken_the_bundle_and_typed_its_own_digest():
    """No signature without the evidence, none with another digest, none twice, none by a party."""
    draw = main_job.ceremony(waiting_task(), "test")
    auditor = as_role("SJJ", Role.AUDITOR)
    with pytest.raises(Conflict, match="证据包"):
        attest_draw(draw, verdict="consistent", rdigest=draw.rdigest, note="", actor=auditor)
    files = read_bundle(draw, actor=auditor)
    computed = recompute(Bundle(None, files)).digest  # type: ignore[arg-type]  # no path needed
    with pytest.raises(Invalid):
        attest_draw(draw, verdict="consistent", rdigest="0" * 64, note="", actor=auditor)
    with pytest.raises(Invalid):
        attest_draw(draw, verdict="differs", rdigest="0" * 64, note=" ", actor=auditor)
    spaced = " ".join(computed[n : n + 8].upper() for n in range(0, 64, 8))
    attest_draw(draw, verdict="consistent", rdigest=spaced, note="", actor=auditor)
    with pytest.raises(Conflict, match="已签署"):
        attest_draw(draw, verdict="consistent", rdigest=computed, note="", actor=auditor)
    with pytest.raises(Denied):
        attest_draw(
            draw,
            verdict="consistent",
            rdigest=computed,
            note="",
            actor=as_role("WLTY", Role.DEPARTMENT_HEAD),
        )


def test_the_auditor_signs_in_the_browser(sign_in):
    """Take the bundle, type the digest, sign: the draw's page and the trail tell it."""
    draw = main_job.ceremony(waiting_task(), "test")
    client = sign_in("sjj-auditor")
    address = f"/draws/{draw.public_id}/"
    assert client.post(f"{address}bundle.zip").status_code == 200
    wrong = client.post(f"{address}attest/", {"rdigest": "0" * 64, "verdict": "consistent"})
    assert "与当场固定的结果校验码不同" in wrong.content.decode()
    client.post(f"{address}attest/", {"rdigest": draw.rdigest, "verdict": "consistent"})
    page = client.get(address).content.decode()
    assert "界首市审计局" in page.split("监督核验结论", 1)[1]
    assert f"{address}attest/" not in page
