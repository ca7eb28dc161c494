"""Masked by default, whole with a reason; who looked and what was taken away stays on record."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from races.scenes import live, waiting
from web.people import screens

from openlot.accounts.models import User
from openlot.draws.models import Amendment
from openlot.exchange.sheets import inert, write_csv, write_xlsx
from openlot.exchange.tables import read_table
from openlot.inspections.models import Inspection
from openlot.kernel import clock
from openlot.kernel.errors import Denied
from openlot.ops.demo import main_job
from openlot.privacy.models import Reading
from openlot.privacy.services import note_view, reveal
from openlot.registers.models import InspectionTarget, Inspector
from openlot.results.models import Evidence, InspectionResult
from openlot.rights.perms import Perm
from openlot.trail.models import Entry, PrivatePart
from openlot.web import lists
from openlot.web import screens as staff
from openlot.web.privacy.kinds import KINDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NAME, PHONE, CERTIFICATE = "慕容明月", "13912345678", "34128277001"


@pytest.fixture
def target() -> InspectionTarget:
    """Return a target of the market bureau with a known person."""
    found = InspectionTarget.objects.filter(department__code="SCJG").first()
    InspectionTarget.objects.filter(pk=found.pk).update(legal_representative=NAME, phone=PHONE)
    return InspectionTarget.objects.get(pk=found.pk)


def told(kind: str, subject: str = "") -> list[Entry]:
    """Return the entries of a kind about a subject."""
    rows = Entry.objects.filter(kind=kind).order_by("pk")
    return list(rows.filter(subject__contains=subject) if subject else rows)


def internal(entry: Entry, part: str = "internal") -> dict:
    """Return the private fields of an entry."""
    kept = json.loads(bytes(PrivatePart.objects.get(entry=entry, kind=part).payload))
    return kept["fields"] if part == "internal" else kept


def test_a_person_is_masked_until_somebody_says_why(target, sign_in):
    """The page shows a star; the reveal asks for a reason, leaves an event, and is not cached."""
    client = sign_in("scjg-entry-clerk")
    page = client.get(f"/targets/{target.public_id}/").content.decode()
    assert "慕*" in page
    assert "139****5678" in page
    path = f"/targets/{target.public_id}/reveal/"
    assert path in page
    asked = client.get(path)
    assert NAME not in asked.content.decode()
    empty = client.post(path, {"reason": "  "})
    assert NAME not in empty.content.decode()
    assert told("privacy.personal_revealed") == []

    shown = client.post(path, {"reason": "电话通知检查时间"})
    text = shown.content.decode()
    assert NAME in text
    assert PHONE in text
    assert "no-store" in shown["Cache-Control"]
    (entry,) = told("privacy.personal_revealed", target.public_id)
    assert entry.actor_ref == "user:scjg-entry-clerk"
    assert internal(entry)["reason"] == "电话通知检查时间"
    assert "phone" in internal(entry)["fields"]
    assert NAME not in str(internal(entry))
    assert NAME not in client.get(path).content.decode()


def test_who_may_see_a_target_may_not_see_its_person(target, sign_in):
    """A head sees the masked page, finds no button, and the address answers 403 or 404."""
    client = sign_in("scjg-department-head")
    path = f"/targets/{target.public_id}/reveal/"
    page = client.get(f"/targets/{target.public_id}/").content.decode()
    assert "慕*" in page
    assert path not in page
    for answer in (client.get(path), client.post(path, {"reason": "想看"})):
        assert answer.status_code in (403, 404)
        assert NAME not in answer.content.decode()
    assert told("privacy.personal_revealed") == []


def test_a_right_reveals_its_own_fields_only(target):
    """The service refuses a field that the right is not declared for."""
    clerk = User.objects.get(username="scjg-entry-clerk").as_actor()
    officer = Inspector.objects.filter(department__code="SCJG").first()
    with pytest.raises(Denied):
        reveal(
            target,
            [(officer, "certificate_no")],
            perm=Perm.TARGET_REVEAL,
            reason="x",
            actor=clerk,
        )


@pytest.mark.parametrize("words", ["慕容", "13912345678", "3912345", "34128277001", "128277"])
@pytest.mark.parametrize(
    "path", ["/targets/", "/inspectors/", "/inspections/", "/results/", "/trail/"]
)
def test_no_search_finds_a_person(path: str, words: str, target, sign_in):
    """Name, telephone and certificate find nothing in any list, whole or in part."""
    officer = Inspector.objects.filter(department__code="SCJG").first()
    Inspector.objects.filter(pk=officer.pk).update(certificate_no=CERTIFICATE)
    for person in ("scjg-task-clerk", "sjj-auditor"):
        page = sign_in(person).get(path, {"q": words})
        if page.status_code == 200:
            assert target.public_id not in page.content.decode()
            assert officer.public_id not in page.content.decode()


def test_certificates_and_absences_are_masked(sign_in):
    """The register of inspectors shows neither a certificate nor why somebody is absent."""
    client = sign_in("scjg-task-clerk")
    officer = Inspector.objects.filter(department__code="SCJG", state="active").first()
    Inspector.objects.filter(pk=officer.pk).update(certificate_no=CERTIFICATE)
    day = {"from_on": "2026-12-01", "to_on": "2026-12-02", "reason": "住院手术"}
    client.post(f"/inspectors/{officer.public_id}/leave/", day)
    client = sign_in("scjg-entry-clerk")  # who entered it reads their own words in the story
    page = client.get(f"/inspectors/{officer.public_id}/").content.decode()
    exported = b"".join(client.get("/inspectors/?export=csv").streaming_content).decode()
    for text in (page, exported):
        assert CERTIFICATE not in text
        assert "住院" not in text
    assert "34******01" in page
    whole = client.post(f"/inspectors/{officer.public_id}/reveal/", {"reason": "安排派员"})
    assert CERTIFICATE in whole.content.decode()
    assert "住院手术" in whole.content.decode()


def test_the_people_of_an_inspection_reveal_and_print(sign_in):
    """Officers of the inspection print its papers and read it whole; overseers do neither."""
    row = Inspection.objects.filter(assignments__inspector__user__isnull=False).first()
    InspectionTarget.objects.filter(pk=row.target_id).update(phone=PHONE)
    officer = row.assignments.filter(inspector__user__isnull=False).first().inspector.user
    papers, whole = (
        f"/inspections/{row.public_id}/papers.pdf",
        f"/inspections/{row.public_id}/reveal/",
    )
    theirs = sign_in(officer.username)
    assert theirs.get(papers).status_code == 200
    assert PHONE in theirs.post(whole, {"reason": "联系企业"}).content.decode()
    for person in ("sjj-auditor", "scjg-conference-office", "sfj-supervisor"):
        other = sign_in(person)
        assert other.get(f"/inspections/{row.public_id}/").status_code == 200
        assert other.get(papers).status_code in (403, 404)
        assert other.post(whole, {"reason": "x"}).status_code in (403, 404)


def test_looking_at_an_undisclosed_list_is_an_event(sign_in):
    """A drawn list before its day: one event per person and ten minutes, in the draw's story."""
    draw = main_job.ceremony(waiting(), "looking")
    path = reverse("draw", kwargs={"pid": draw.public_id})
    clerk = sign_in("wlty-task-clerk")
    for _look in range(3):
        assert clerk.get(path).status_code == 200
    entries = told("privacy.undisclosed_viewed", draw.public_id)
    assert [e.actor_ref for e in entries] == ["user:wlty-task-clerk"]
    assert internal(entries[0]) == {"screen": "draw"}
    sign_in("wlty-department-head").get(path)
    assert len(told("privacy.undisclosed_viewed", draw.public_id)) == 2
    with clock.travel(clock.now() + timedelta(minutes=11)):
        page = clerk.get(path)
        assert len(told("privacy.undisclosed_viewed", draw.public_id)) == 3
        page = clerk.get(path).content.decode()
    assert "查阅未公开内容" in page
    seen = sign_in("sjj-auditor").get("/trail/?kind=privacy.undisclosed_viewed")
    assert draw.public_id in seen.content.decode()


def test_looking_at_a_published_list_is_nobodys_business(sign_in):
    """Once a list is open, reading it leaves no event; a refused look leaves none either."""
    draw = main_job.ceremony(waiting(), "open")
    path = reverse("draw", kwargs={"pid": draw.public_id})
    assert sign_in("jtys-task-clerk").get(path).status_code in (403, 404)
    assert told("privacy.undisclosed_viewed", draw.public_id) == []
    type(draw).objects.filter(pk=draw.pk).update(embargo_at=clock.now())
    assert sign_in("wlty-task-clerk").get(path).status_code == 200
    assert told("privacy.undisclosed_viewed", draw.public_id) == []


def test_lists_that_are_not_public_are_noted_as_lists(sign_in):
    """The register with credit classes and the list of visits are noted once, under who looked."""
    client = sign_in("scjg-task-clerk")
    for _look in range(2):
        client.get("/targets/")
        client.get("/targets/?page=2")
        client.get("/inspections/")
    entries = told("privacy.undisclosed_viewed")
    assert sorted(internal(e)["screen"] for e in entries) == ["inspections", "targets"]
    assert {e.subject.split(":")[0] for e in entries} == {"accounts.User"}


def test_the_screens_that_log_reads_are_these():
    """Whoever adds a screen of undisclosed things adds it here; none falls off unseen."""
    assert {s.name for s in screens() if s.log_reads} == {
        "draw",
        "draw-comparison",
        "inspection",
        "inspection-papers",
        "inspections",
        "inspector",
        "roster",
        "target",
        "targets",
        "task-papers",
        *(f"{key}-erasure" for key in KINDS),
    }


def test_without_the_decorator_nothing_is_noted(sign_in, monkeypatch):
    """Negative control: with the noting switched off the same look leaves nothing."""
    monkeypatch.setattr(staff, "note_view", lambda *_a, **_k: False)
    sign_in("scjg-task-clerk").get("/inspections/")
    assert told("privacy.undisclosed_viewed") == []


def test_a_second_look_costs_one_question(sign_in):
    """Within ten minutes a look asks the database once more, and writes nothing."""
    user = User.objects.get(username="scjg-task-clerk")
    actor = user.as_actor()
    assert note_view(user, screen="targets", actor=actor, is_list=True)
    asked = []
    with connection.execute_wrapper(
        lambda run, sql, *rest: (asked.append(sql), run(sql, *rest))[1]
    ):
        assert not note_view(user, screen="targets", actor=actor, is_list=True)
    assert len(asked) == 1
    assert asked[0].startswith("SELECT")
    assert Reading.objects.count() == 1


def test_every_export_is_an_event(sign_in):
    """Who, which list, what it was narrowed to and how many rows; the searched words are personal."""
    client = sign_in("scjg-entry-clerk")
    answer = client.get("/targets/?export=csv&q=小吃&state=active")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    (entry,) = told("privacy.list_exported")
    assert internal(entry) == {"screen": "targets", "format": "csv", "n_rows": len(rows) - 1}
    assert json.loads(internal(entry, "personal")["narrowed_by"]) == {
        "q": "小吃",
        "state": "active",
    }
    assert entry.actor_ref == "user:scjg-entry-clerk"
    assert "小吃".encode() not in bytes(entry.body)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_who_may_look_at_the_register_may_not_take_it_away(sign_in):
    """Looking is one right, exporting another: no link for the one, and a refusal; the other's rows."""
    clerk, head = sign_in("scjg-task-clerk"), sign_in("scjg-department-head")
    assert "export=csv" not in clerk.get("/targets/").content.decode()
    for kind in ("csv", "xlsx"):
        assert clerk.get(f"/targets/?export={kind}").status_code == 403
    assert told("privacy.list_exported") == []
    assert "export=csv" in head.get("/targets/").content.decode()
    assert head.get("/targets/?export=csv").status_code == 200


def test_an_export_has_an_end(sign_in, monkeypatch):
    """Above the limit nothing is exported; the refusal says to narrow the list."""
    monkeypatch.setattr(lists, "EXPORT_LIMIT", 50)
    answer = sign_in("scjg-entry-clerk").get("/targets/?export=xlsx")
    assert answer.status_code == 413
    assert "请先缩小范围" in answer.content.decode()
    assert told("privacy.list_exported") == []


def test_an_export_shows_words_as_they_are(sign_in):
    """A name with signs of markup is exported as it is written."""
    found = InspectionTarget.objects.filter(department__code="SCJG").first()
    InspectionTarget.objects.filter(pk=found.pk).update(name="甲&乙<丙>商行")
    answer = sign_in("scjg-entry-clerk").get(f"/targets/?export=csv&q={found.code}")
    assert "甲&乙<丙>商行" in b"".join(answer.streaming_content).decode()


CELL = st.one_of(
    st.text(max_size=12),
    st.builds(
        str.__add__,
        st.sampled_from(["=", "+", "-", "@", "\t=", "\r", "\n", "＝", "|", " =", "\u3000@"]),
        st.text(max_size=8),
    ),
)


@given(CELL)
def test_no_cell_of_a_csv_runs(cell: str):
    """No text begins as a spreadsheet's formulas do, after whatever is not seen; nothing is lost."""
    made = inert(cell)
    assert isinstance(made, str)
    assert (
        made.lstrip(" \u3000\u00a0\u200b\ufeff")[:1] not in set("=+-@\t\r\n|＝＋－＠") or made == ""
    )
    assert made in (cell, f"'{cell}")


@given(st.lists(CELL.filter(str.isprintable), min_size=1, max_size=5))
def test_no_cell_of_a_workbook_is_a_formula(cells: list[str]):
    """Every text of a workbook is a text cell: no formula, no number, no link."""
    import openpyxl

    stream = io.BytesIO()
    write_xlsx(stream, ["code", "text"], [["00123456789012345678", cell] for cell in cells])
    stream.seek(0)
    for code, text in openpyxl.load_workbook(stream).active.iter_rows(min_row=2):
        assert code.data_type == "s"
        assert code.value == "00123456789012345678"
        assert text.data_type in ("s", "n" if text.value is None else "s")
        assert text.hyperlink is None


def test_numbers_stay_numbers_and_codes_stay_text():
    """A count can be added up; a code keeps its zeros, in both formats."""
    for write in (write_csv, write_xlsx):
        stream = io.BytesIO()
        write(stream, ["code", "count"], [["007", 5], ["341282199901010011", -3]])
        rows = list(read_table(stream.getvalue(), "list.csv"))
        assert [cells for _n, cells in rows] == [["007", "5"], ["341282199901010011", "-3"]]


EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
HARM = {
    "svg": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "page": ("a.html", b"<!doctype html><script>alert(1)</script>"),
    "program": ("a.exe", b"MZ\x90\x00" + bytes(60)),
    "nothing": ("a.txt", b""),
}


def _photo() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(stream, "JPEG")
    return stream.getvalue()


def _open_result() -> tuple[InspectionResult, str]:
    row = InspectionResult.objects.filter(
        state="not_recorded", inspection__assignments__inspector__user__isnull=False
    ).first()
    people = row.inspection.assignments.filter(
        inspector__user__isnull=False, department=row.department
    )
    return row, people.first().inspector.user.username


@pytest.mark.parametrize("kind", sorted(HARM))
def test_harm_is_refused_beside_its_field(kind: str, sign_in):
    """What may run is refused on the form of a photo, in words, and nothing is kept."""
    row, username = _open_result()
    before = Evidence.objects.count()
    answer = sign_in(username).post(
        f"/results/{row.public_id}/photo/", {"photo": SimpleUploadedFile(*HARM[kind])}
    )
    assert answer.status_code == 200
    assert 'id="id_photo_error"' in answer.content.decode()
    assert Evidence.objects.count() == before


def test_a_photo_is_kept_and_handed_out_as_an_attachment(sign_in):
    """Its name is words, its bytes are our own, and the answer can only be saved."""
    row, username = _open_result()
    client = sign_in(username)
    name = "门头 照片.jpg"
    upload = SimpleUploadedFile(name, _photo() + b"<script>", content_type="text/html")
    assert client.post(f"/results/{row.public_id}/photo/", {"photo": upload}).status_code == 302
    kept = Evidence.objects.order_by("pk").last()
    assert kept.name == name
    answer = client.get(f"/evidence/{kept.public_id}/")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert b"script" not in answer.content
    (entry,) = told("result.evidence_added", row.public_id)
    assert kept.sha256 in bytes(entry.body).decode()


def test_a_document_of_an_amendment_is_an_attachment(sign_in):
    """A paper keeps its name and bytes, can only be saved, and only by who asks and who decides."""
    main_job.issue_papers(main_job.ceremony(waiting(), "paper"))
    row = live().inspections.first()
    drawn = row.draw.drawn_targets.filter(target__code=row.target.code).first()
    asked = {"drawn": drawn.pk, "reason_code": "R1", "reason": "已注销"}
    client, text = sign_in("wlty-task-clerk"), "注销登记通知书".encode()
    path = f"/inspections/{row.public_id}/replace/"
    for name, content in HARM.values():
        page = client.post(path, {**asked, "document": SimpleUploadedFile(name, content)})
        assert 'id="id_document_error"' in page.content.decode()
    paper = SimpleUploadedFile("../../证明.html", text)
    assert client.post(path, {**asked, "document": paper}).status_code == 302
    made = Amendment.objects.get(draw=row.draw)
    assert (made.document_name, bytes(made.document)) == ("证明.html.txt", text)
    look = f"/amendments/{made.public_id}/document/"
    answer = client.get(look)
    assert answer.content == text
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert sign_in("sjj-auditor").get(look).status_code == 404


def test_too_many_files_and_too_much_are_told(sign_in):
    """Ten thousand files answer 400 and a gigabyte 413, in words, before anything is read."""
    client = sign_in("scjg-entry-clerk")
    many = {f"f{n}": SimpleUploadedFile("a.txt", b"x") for n in range(30)}
    answer = client.post("/targets/import/", many)
    assert answer.status_code == 400
    assert "20 个文件" in answer.content.decode()
    large = RequestFactory().post("/targets/import/", data=b"", content_type="text/plain")
    large.META["CONTENT_LENGTH"] = str(1024**3)
    from openlot.web.uploads import upload_guard

    refused = upload_guard(lambda _request: pytest.fail("it was read"))(large)
    assert refused.status_code == 413
    assert "64 MB" in refused.content.decode()


def test_the_test_virus_is_refused_on_every_form(sign_in, settings, tmp_path):
    """With a scanner named, each form that takes a file refuses EICAR beside its field."""
    import shlex
    import sys

    program = tmp_path / "scan.py"
    program.write_text(
        "import sys\nsys.exit(1 if b'EICAR-STANDARD' in sys.stdin.buffer.read() else 0)\n"
    )
    settings.SCAN_COMMAND = f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}"
    row, username = _open_result()
    for person, path, field in (
        (username, f"/results/{row.public_id}/photo/", "photo"),
        ("scjg-entry-clerk", "/targets/import/", "file"),
    ):
        upload = SimpleUploadedFile("a.csv", EICAR)
        page = sign_in(person).post(path, {field: upload}).content.decode()
        assert "恶意代码" in page
        assert f'id="id_{field}_error"' in page
