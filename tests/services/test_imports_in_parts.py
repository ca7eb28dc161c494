"""A large file is taken in part by part: each row once, whoever is interrupted or too many."""

from __future__ import annotations

import io

import pytest
import wholeness
from services.test_chain import prepared

from openlot.accounts.models import Department, User
from openlot.draws.services import freeze, request_seal
from openlot.exchange import importing
from openlot.exchange.importing import hand_in, import_file
from openlot.exchange.sheets import write_csv
from openlot.exchange.target_sheet import HEADINGS
from openlot.jobs.models import Job, JobStatus
from openlot.jobs.services import claim, pulse, run
from openlot.kernel.actor import Role
from openlot.kernel.errors import Conflict, StaleState
from openlot.ops.demo.city import as_role
from openlot.ops.demo.targets import City
from openlot.registers.models import ImportBatch, ImportFile, InspectionTarget
from openlot.registers.services import take_rows
from openlot.trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
NAMES = ("name", "code", "kind", "status", "region", "founded_on", "address")
KINDS = {"enterprise": "企业", "self_employed": "个体工商户", "cooperative": "农民专业合作社"}


def sheet(n_rows: int, seed: str, *more: tuple[str, ...]) -> bytes:
    """Return a register file of made-up businesses, and more rows as they are."""
    rows = City([("341282001", "东城街道")], seed).register("NYNC", n_rows)
    cells = [
        (
            row.name,
            row.uscc or row.registration_no,
            KINDS.get(row.kind, "企业"),
            "存续",
            "东城街道",
            row.founded_on.isoformat() if row.founded_on else "",
            row.address,
        )
        for row in rows
        if row.uscc or row.registration_no
    ]
    stream = io.BytesIO()
    write_csv(stream, [HEADINGS[name][0] for name in NAMES], [list(c) for c in (*cells, *more)])
    return stream.getvalue()


BAD = ("没有代码的店", "", "企业", "存续", "东城街道", "", "")


@pytest.fixture
def small_parts(monkeypatch):
    """Let every file be large, and each part be 20 rows."""
    monkeypatch.setattr(importing, "LARGE", 100)
    monkeypatch.setattr(importing, "PART", 20)


def where():
    return Department.objects.get(code="NYNC"), as_role("NYNC", Role.ENTRY_CLERK)


def stop_at(n: int):
    asked = iter(range(n))
    return lambda: next(asked, None) is None


def go_on() -> bool:
    return False


def test_a_large_file_comes_to_what_a_small_one_comes_to(small_parts, monkeypatch):
    """Rows, counts, bad rows and their mends are the same; the file itself is let go."""
    department, actor = where()
    data = sheet(70, "a", BAD)
    batch = hand_in(department, data, "a.csv", actor=actor)
    assert (batch.n_rows, batch.finished_at) == (0, None)
    run(claim("w"), go_on)
    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert batch.n_added == batch.n_done > 40
    assert (batch.n_rows, batch.n_quarantined) == (batch.n_done + 1, 1)
    assert bytes(ImportFile.objects.get(batch=batch).content) == b""
    assert wholeness.faults() == []
    again = import_file(department, data, "a.csv", actor=actor)
    assert (again.added, again.updated, again.unchanged) == (0, 0, batch.n_done)
    assert [f.row for f in again.faults] == [q.row for q in batch.quarantined.all()]


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_the_next_worker_goes_on_at_the_first_row_that_is_missing(small_parts, stop: int):
    """Stopped after any part, each row is taken once; every part has its event."""
    department, actor = where()
    batch = hand_in(department, sheet(70, "b"), "b.csv", actor=actor)
    run(claim("one"), stop_at(stop))
    batch.refresh_from_db()
    assert batch.n_done == 20 * stop
    assert batch.finished_at is None
    assert wholeness.faults() == []
    run(claim("two"), go_on)
    batch.refresh_from_db()
    assert batch.n_added == batch.n_done == batch.n_rows
    parts = Entry.objects.filter(kind="register.rows_imported", subject__endswith=batch.public_id)
    assert parts.count() == -(-batch.n_rows // 20)
    assert wholeness.faults() == []


def test_a_worker_that_was_thought_dead_takes_no_row_twice(small_parts):
    """Whoever comes second with the same rows is refused."""
    department, actor = where()
    batch = hand_in(department, sheet(70, "c"), "c.csv", actor=actor)
    read = importing.parse(
        importing.read_table(bytes(batch.file.content), "c.csv"), importing.region_codes()
    )
    rows = list(read)[:20]
    take_rows(batch, rows, first=0, actor=actor)
    before = InspectionTarget.objects.count()
    with pytest.raises(StaleState):
        take_rows(batch, rows, first=0, actor=actor)
    assert InspectionTarget.objects.count() == before
    run(claim("w"), go_on)
    assert wholeness.faults() == []


def test_a_file_that_is_being_taken_in_is_not_begun_again(small_parts):
    """The same bytes lead to the same batch until it has ended, then to a new one."""
    department, actor = where()
    data = sheet(30, "d")
    batch = hand_in(department, data, "d.csv", actor=actor)
    assert hand_in(department, data, "copy.csv", actor=actor) == batch
    run(claim("w"), go_on)
    assert claim("w") is None
    assert hand_in(department, data, "d.csv", actor=actor) != batch


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\xff\xfe" * 200, "编码"), ("名称,代码\n".encode() + b"x,y\n" * 50, "缺少必需的列")],
)
def test_a_file_that_cannot_be_read_says_why(small_parts, sign_in, data: bytes, words: str):
    """The reason stands on the page of the import; it is no fault of the platform."""
    department, actor = where()
    batch = hand_in(department, data, "bad.csv", actor=actor)
    run(claim("w"), go_on)
    batch.refresh_from_db()
    assert words in batch.refusal
    assert Job.objects.get().status == JobStatus.FAILED
    page = sign_in("nync-entry-clerk").get(f"/imports/{batch.public_id}/").content.decode()
    assert words in page
    assert "后台任务出现故障" not in page
    assert Entry.objects.filter(kind="register.import_refused").count() == 1


def test_who_lost_the_right_imports_no_further(small_parts):
    """A leaver's file stops where it is, with the reason."""
    department, actor = where()
    batch = hand_in(department, sheet(70, "e"), "e.csv", actor=actor)
    run(claim("w"), stop_at(2))
    User.objects.filter(username=actor.ref.removeprefix("user:")).update(is_active=False)
    run(claim("w"), go_on)
    batch.refresh_from_db()
    assert (batch.n_done, batch.refusal) == (40, "您没有此项操作权限")
    assert wholeness.faults() == []


def test_no_list_is_sealed_while_half_a_file_is_in_the_register(small_parts):
    """Sealing waits in words; when the import has ended it goes on."""
    draw = request_seal(prepared(), actor=as_role("WLTY", Role.TASK_CLERK))
    department, clerk = Department.objects.get(code="WLTY"), as_role("WLTY", Role.ENTRY_CLERK)
    hand_in(department, sheet(30, "f"), "f.csv", actor=clerk)
    head = as_role("WLTY", Role.DEPARTMENT_HEAD)
    with pytest.raises(Conflict, match="正在导入"):
        freeze(draw, actor=head)
    run(claim("w"), go_on)
    assert freeze(draw, actor=head).state == "frozen"


def test_the_page_shows_how_far_it_is(small_parts, sign_in):
    """Without a worker it says so; then waiting, then a bar, then the result."""
    client = sign_in("nync-entry-clerk")
    department, actor = where()
    batch = hand_in(department, sheet(70, "g"), "g.csv", actor=actor)
    path = f"/imports/{batch.public_id}/"
    assert "后台服务未运行" in client.get(path).content.decode()
    pulse("w", "here")
    assert "正在等待执行" in client.get(path).content.decode()
    run(claim("w"), stop_at(2))
    page = client.get(path).content.decode()
    assert "正在导入：0 / " in page or "正在导入：20 / " in page
    assert "<progress" in page
    run(claim("w"), go_on)
    page = client.get(path).content.decode()
    assert "<progress" not in page
    assert ImportBatch.objects.get(pk=batch.pk).finished_at is not None
