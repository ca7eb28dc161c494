"""A city with an unmistakable word in every private field: nothing public says one of them.

Looked through: every page, file, receipt and error page of the portal with its headers and cookies,
its static files and the lines its server writes; the staff site as a stranger meets it; the leaves
and the public parts of the log; every list and export of the staff site for what is masked.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from copies import Copies, act_on, copies, db  # noqa: F401  # fixtures of this module
from django.core import mail
from django.db import models
from django.test import Client
from races.scenes import live, waiting
from web.archives import text_of
from web.people import PEOPLE, path_to, rows_of, screens
from web.test_portal_leaks import leaks

from openlot.accounts.models import User
from openlot.draws.models import Amendment, Draw, DrawStratum
from openlot.inspections.models import Inspection, ServiceReceipt
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.privacy.personal import Mask, personal_models
from openlot.publication import services as publication
from openlot.registers.models import ImportBatch, InspectionTarget, Inspector, Recusal
from openlot.results.models import Evidence, InspectionResult
from openlot.rights.access import holds, visible
from openlot.tasks.models import InspectionTask
from openlot.trail.models import Entry
from openlot.trail.protection import KEPT
from openlot.trail.selectors import public_fields
from openlot.trail.sequencer import commitment_of
from openlot.web.screens import SCREENS

SOURCE = Path(__file__).parent.parent.parent / "src"
CLASS = "ዐ"
# private though not personal: how people and classes are judged, what is not yet known outside
INTERNAL: dict[type[models.Model], tuple[str, ...]] = {
    Amendment: ("reason", "document_name", "refused_reason"),
    Evidence: ("name",),
    ImportBatch: ("file_name",),
    InspectionResult: ("review_opinion", "returned_reason", "statement"),
    InspectionTask: ("returned_reason",),
    Inspector: ("name", "post", "certificate_authority"),
    Recusal: ("target_code",),
}


def word(model: type[models.Model], name: str) -> str:
    """Return the canary of a field: a word that is a name, a phone and a number at once."""
    return f"CANARY{model.__name__[:9]}{name.replace('_', '')[:16]}".upper()


def serve() -> None:
    """Serve a notice to canaries: receipts are only ever added, so the words come in by a new one."""
    names = ("received_by", "witness")
    ServiceReceipt.objects.create(
        inspection=Inspection.objects.filter(service_receipt=None).order_by("-pk")[0],
        manner="in_person",
        served_at=clock.now(),
        served_by_ref="user:nobody",
        **{name: word(ServiceReceipt, name) for name in names},
    )


def plant() -> list[str]:
    """Write a canary into every private field of every row, and return the words."""
    words = [CLASS]
    declared = {
        model: tuple(n for n, f in fields.items() if f.mask is not Mask.COLLEAGUES)
        for model, fields in personal_models()
    }
    for model in {*declared, *INTERNAL}:
        for name in {*declared.get(model, ()), *INTERNAL.get(model, ())}:
            text = word(model, name)
            field = model._meta.get_field(name)
            assert field.max_length is None or len(text) <= field.max_length, text
            value = {"法定代表人": text} if isinstance(field, models.JSONField) else text
            numbered = name == "target_code"
            for row in model._default_manager.all() if numbered else ():
                model._default_manager.filter(pk=row.pk).update(**{name: f"{text}{row.pk}"})
            words.append(text)
            if not numbered and model._meta.db_table not in KEPT:
                model._default_manager.update(**{name: value})
    serve()
    InspectionTarget.objects.filter(kind="self_employed").update(address="CANARYHOME")
    InspectionTarget.objects.update(credit_class=CLASS)
    closed = DrawStratum.objects.filter(frame__draw__disclosure="proofs")
    closed.update(meaning="CANARYSTRATUM")
    return [*words, "CANARYHOME", "CANARYSTRATUM"]


def fill() -> dict[str, list[str]]:
    """Plant every canary, publish all that may be published, draw the list that may not."""
    hidden = plant()
    for result in InspectionResult.objects.filter(state="approved"):
        actor = as_role(result.department.code, Role.PUBLICATION_CLERK)
        publication.publish_result(result, actor=actor)
    main_job.issue_papers(main_job.ceremony(waiting(), "canaries"))
    InspectionTarget.objects.filter(inspections__draw=live()).update(name="CANARYDRAWN")
    closed = Draw.objects.get(task__scope="joint", disclosure="proofs", rdigest__gt="")
    logins = [f"{ref}" for ref in User.objects.values_list("username", flat=True)]
    codes = list(Inspection.objects.values_list("check_code", flat=True))
    return {
        "hidden": [*hidden, "CANARYDRAWN", *logins, *codes],
        "codes": [i.check_code for i in closed.inspections.all()[:5]],
    }


def leaky_body(body):
    """Return a maker of public results that also tells the person in charge."""

    def make(result):
        return {**body(result), "task_name": result.inspection.target.legal_representative}

    return make


@pytest.mark.law("JZF2020-9/2.7")
def test_nothing_public_says_a_private_word(copies: Copies):  # noqa: F811  # the fixture
    """Pages, files, receipts, headers, errors, static files, server lines: 0 canaries."""
    name = copies.take()
    planted = act_on(name, fill)
    assert len(planted["hidden"]) > 40
    found, pages = leaks(name, planted)
    assert found == set()
    assert len(pages) > 200


def test_a_planted_leak_is_found(copies: Copies, monkeypatch):  # noqa: F811  # the fixture
    """Negative control: a result that names the person in charge fails the same test."""
    name = copies.take()
    monkeypatch.setattr(publication, "result_body", leaky_body(publication.result_body))
    planted = act_on(name, fill)
    found, _pages = leaks(name, planted)
    assert found == {word(InspectionTarget, "legal_representative")}


def _log_of(hidden: list[str]) -> tuple[set[str], int]:
    """Return which words the public side of the log says, and how many entries it has."""
    found, count = set(), 0
    for entry in Entry.objects.order_by("pk").iterator():
        said = str(public_fields(entry))
        leaf = commitment_of(bytes(entry.salt), bytes(entry.body)).decode(errors="replace")
        # thousands of random leaves hold any single letter sooner or later
        found |= {text for text in hidden if text in said or (text != CLASS and text in leaf)}
        count += 1
    return found, count


def test_the_log_says_no_private_word(copies: Copies):  # noqa: F811  # the fixture
    """Neither a leaf nor a public field of any event holds a canary, whatever was done meanwhile."""
    name = copies.take()
    planted = act_on(name, fill)
    found, count = act_on(name, lambda: _log_of(planted["hidden"]))
    assert found == set()
    assert count > 300


@pytest.mark.django_db
def test_a_stranger_meets_no_private_word(today, caplog):
    """Every route of the staff site, its error pages and its lines, seen without signing in."""
    hidden = plant()
    client, strict = Client(raise_request_exception=False), Client(enforce_csrf_checks=True)
    with caplog.at_level(logging.DEBUG):
        answers = [client.get(path_to(s)) for s in SCREENS.values() if "code" not in s.route]
        answers += [
            client.get("/nothing/"),
            client.get("/", headers={"host": "evil.example.org"}),
            client.put("/sign-in/"),
            strict.post("/sign-in/", {"username": "CANARY"}),
            client.post("/sign-in/", {"username": "nobody", "password": "nothing"}),
        ]
    assert {a.status_code for a in answers} >= {200, 302, 400, 403, 405}
    said = "".join(a.content.decode() + str(a.headers) + str(a.cookies) for a in answers)
    said += caplog.text
    assert [text for text in hidden if text in said] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role",
    [Role.TASK_CLERK, Role.ENTRY_CLERK, Role.AUDITOR, Role.CONFERENCE_OFFICE, Role.INSPECTOR],
    ids=str,
)
def test_no_page_or_export_shows_a_masked_word_whole(role: Role, sign_in):
    """Lists in pages and as files, and the pages of one row each: masks hold for everybody."""
    plant()
    masked = [
        word(model, name)
        for model, fields in personal_models()
        for name, field in fields.items()
        if field.mask is not Mask.COLLEAGUES
    ]
    client = sign_in(PEOPLE[role])
    actor = User.objects.get(username=PEOPLE[role]).as_actor()
    n_read = 0
    for screen in screens():
        if not holds(actor, screen.perm) or "code" in screen.route or "paper" in screen.name:
            continue
        if screen.source is None:
            base = path_to(screen)
            paths = [base, f"{base}?export=csv", f"{base}?export=xlsx"]
        else:
            paths = _rows(screen, actor)
        for path in paths:
            said = _text(client.get(path))
            if screen.name == "inspection-enter":
                said = said.replace(word(Inspector, "certificate_no"), "")
            assert [text for text in masked if text in said] == [], path
            n_read += 1
    assert n_read > 20


def _rows(screen, actor) -> list[str]:
    rows = visible(actor, screen.perm, rows_of(screen)).order_by("-pk")[:2]
    return [path_to(screen, row) for row in rows]


def _text(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return text_of(content)


def test_the_platform_sends_no_mail():
    """No line of the product sends mail, so no person's word leaves by it."""
    wrong = re.compile(
        r"send_mail|EmailMessage|smtplib|mail_admins|mail_managers|AdminEmailHandler"
    )
    assert [p.name for p in SOURCE.rglob("*.py") if wrong.search(p.read_text())] == []
    assert getattr(mail, "outbox", []) == []
