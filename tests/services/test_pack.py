"""The due-diligence pack stands in a hearing: whole, recomputable, and no more than its reader may hold."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from logs import key  # noqa: F401  # a fixture
from pypdf import PdfReader

from fairdraw.evidence import Bundle, verify
from fairdraw.logchecks import proof_checks
from fairdraw.logproof import parse_log_proof
from fairdraw.note import parse_vkey
from openlot.kernel.actor import Role
from openlot.kernel.errors import Denied
from openlot.ops.demo.city import as_role
from openlot.paperwork.services import take_pack
from openlot.results.models import InspectionResult
from openlot.tasks.models import InspectionTask
from openlot.trail.models import Entry
from openlot.trail.services import seal_now
from openlot.web.papers.pack import chronicle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def drawn_joint_task() -> InspectionTask:
    """A joint task with a draw, papers and results of several departments."""
    results = InspectionResult.objects.filter(inspection__task__scope="joint").exclude(codes=[])
    return results.order_by("pk")[0].inspection.task


def take(task: InspectionTask, actor) -> dict[str, bytes]:
    """Take the pack and open it, each file against the manifest."""
    with zipfile.ZipFile(io.BytesIO(take_pack(task, chronicle(task, actor), actor=actor))) as made:
        files = {name: made.read(name) for name in made.namelist()}
    listed = dict(line.split("  ", 1)[::-1] for line in manifest(files))
    assert listed == {n: hashlib.sha256(d).hexdigest() for n, d in files.items() if n in listed}
    assert set(files) - set(listed) == {"MANIFEST.sha256"}
    return files


def manifest(files: dict[str, bytes]) -> list[str]:
    """The lines of the manifest."""
    return files["MANIFEST.sha256"].decode().splitlines()


@pytest.mark.law("JZF2020-9/3.2")
def test_an_auditor_recomputes_the_draw_from_the_pack():
    """The evidence inside verifies with the program of the public, and the taking is an event."""
    task = drawn_joint_task()
    auditor = as_role("SJJ", Role.AUDITOR)
    files = take(task, auditor)
    draw = task.draws.get(state="matched")
    home = f"抽取/{draw}/证据包/"
    bundle = Bundle(
        Path("pack"), {n.removeprefix(home): d for n, d in files.items() if n.startswith(home)}
    )
    assert verify(bundle).ok
    assert {f"抽取/{draw}/抽取公告单.pdf", f"抽取/{draw}/抽取记录表.pdf"} <= set(files)
    taken = Entry.objects.filter(kind="task.pack_taken").order_by("-pk")[0]
    assert taken.actor_ref == auditor.ref


def test_the_cover_tells_draw_clocks_officers_and_results():
    """Digests, dates, certificates and outcomes stand on the printed cover."""
    task = drawn_joint_task()
    files = take(task, as_role("SJJ", Role.AUDITOR))
    pages = PdfReader(io.BytesIO(files["封面.pdf"])).pages
    text = "".join("".join(page.extract_text() for page in pages).replace("\u200b", "").split())
    draw = task.draws.get(state="matched")
    inspection = task.inspections.order_by("serial")[0]
    officer = inspection.assignments.select_related("inspector")[0].inspector
    for words in (
        task.number,
        draw.adigest,
        draw.rdigest,
        inspection.number,
        officer.certificate_no,
    ):
        assert words in text
    assert "期限与办理" in text
    assert "名单封存" in text


def test_the_same_state_gives_the_same_bytes():
    """Taken twice, the pack is the same to the byte: taking it is no part of its story."""
    task = drawn_joint_task()
    auditor = as_role("SJJ", Role.AUDITOR)
    assert take(task, auditor) == take(task, auditor)


def test_every_entry_that_is_signed_has_its_proof(key, settings):  # noqa: F811  # the fixture
    """The proofs lead from the opened events to the checkpoint inside, with the key inside."""
    settings.LOG_PUBLIC_KEY_FILE = f"{settings.LOG_KEY_FILE}.pub"
    seal_now()
    task = drawn_joint_task()
    files = take(task, as_role("SJJ", Role.AUDITOR))
    rows = [json.loads(line) for line in files["留痕/trail.jsonl"].splitlines()]
    verifier = parse_vkey(files["留痕/log.vkey"].decode().strip())
    for row in rows:
        name = f"留痕/{row['number']}.tlog-proof"
        checks = proof_checks(parse_log_proof(files[name], name), [verifier], [], None, name)
        assert all(check.ok is not False for check in checks), name
    assert {check.ok for check in checks} >= {True}
    seal_now()
    assert take(task, as_role("SJJ", Role.AUDITOR)) == files


def test_a_participant_holds_no_other_departments_inside():
    """A head of a participating department reads the own internal fields, not another's."""
    task = drawn_joint_task()
    other = task.participations.filter(is_lead=False).select_related("department")[0].department
    head = as_role(other.code, Role.DEPARTMENT_HEAD)
    files = take(task, head)
    rows = [json.loads(line) for line in files["留痕/trail.jsonl"].splitlines()]
    foreign = [r for r in rows if r["kind"] == "result.recorded" and r["department"] != other.code]
    own = [r for r in rows if r["kind"] == "result.recorded" and r["department"] == other.code]
    assert foreign
    assert all("codes" not in row["fields"] for row in foreign)
    assert all("codes" in row["fields"] for row in own)
    draw = task.draws.get(state="matched")
    assert not [n for n in files if n.startswith(f"抽取/{draw}/证据包/roster")]
    assert draw.seed.encode() not in b"".join(files.values())


def test_a_stranger_takes_nothing():
    """The head of a department that has no part in the task is refused."""
    task = drawn_joint_task()
    codes = set(task.participations.values_list("department__code", flat=True))
    stranger = next(c for c in ("NYNC", "JTYS", "WLTY", "GAJ") if c not in codes)
    head = as_role(stranger, Role.DEPARTMENT_HEAD)
    with pytest.raises(Denied):
        take_pack(task, [], actor=head)
