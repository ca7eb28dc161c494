"""The portal of a city full of unmistakable words shows none of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from copies import Copies, act_on, copies, db  # noqa: F401  # fixtures of this module
from django.db import connection
from races.scenes import live, waiting

from openlot.draws.models import Draw, SeedSource
from openlot.inspections.models import Inspection
from openlot.kernel.actor import Role
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.publication import services as publication
from openlot.registers.models import InspectionTarget, Inspector
from openlot.results.models import InspectionResult
from openlot.trail.keys import make_key
from openlot.trail.services import seal_now

CRAWLER = Path(__file__).parent / "portal_crawl.py"
WORDS = {
    "phone": "CANARYPHONE",
    "legal_representative": "CANARYPERSON",
    "credit_class": "ዐ",
    "certificate_no": "CANARYCERT",
    "name": "CANARYOFFICER",
    "drawn": "CANARYDRAWN",
}


def fill() -> dict[str, list[str]]:
    """Plant the words, then publish all that may be published; return what must not show."""
    results = InspectionResult.objects.filter(state="approved")
    inspections = Inspection.objects.filter(results__in=results)
    InspectionTarget.objects.filter(inspections__in=inspections).update(
        **{key: WORDS[key] for key in ("phone", "legal_representative", "credit_class")}
    )
    officers = Inspector.objects.filter(assignments__inspection__in=inspections)
    for number, officer in enumerate(officers.distinct()):
        Inspector.objects.filter(pk=officer.pk).update(
            certificate_no=f"{WORDS['certificate_no']}{number}", name=WORDS["name"]
        )
    for result in results:
        actor = as_role(result.department.code, Role.PUBLICATION_CLERK)
        publication.publish_result(result, actor=actor)
    seal_now()
    main_job.issue_papers(main_job.ceremony(waiting(), "leaks"))
    drawn = InspectionTarget.objects.filter(inspections__draw=live())
    drawn.update(name=WORDS["drawn"])
    closed = Draw.objects.get(task__scope="joint", disclosure="proofs", rdigest__gt="")
    codes = list(Inspection.objects.values_list("check_code", flat=True))
    opened = SeedSource.objects.filter(draw__in=[closed, live()]).values_list("value", flat=True)
    return {
        "hidden": [*WORDS.values(), *codes, *opened, closed.seed, live().seed]
        + [bytes(draw.frame_key).hex() for draw in Draw.objects.all()],
        "codes": [i.check_code for i in closed.inspections.all()[:5]],
    }


def publish_too_early() -> None:
    """Publish the list of the waiting task although its embargo runs."""
    publication.publish_draw(live(), actor=as_role("WLTY", Role.TASK_CLERK))


@pytest.fixture(autouse=True)
def log_key(settings, tmp_path: Path) -> None:
    """Let the log be signed, so that the crawl finds it and every proof."""
    settings.LOG_KEY_FILE = str(tmp_path / "log.key")
    make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)


def leaks(name: str, planted: dict[str, list[str]]) -> tuple[set[str], list[str]]:
    """Return which hidden words the portal of a copy shows, and which pages were read."""
    known = connection.settings_dict
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{known['USER']}@/{name}?host={known['HOST']}"
    done = subprocess.run(
        [sys.executable, str(CRAWLER)],
        input=json.dumps(planted["codes"]),
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "openlot.settings.portal_demo",
        },
    )
    assert done.returncode == 0, done.stderr
    pages = json.loads(done.stdout)
    assert pages.pop("broken") == "", "a hostile address or form breaks the portal"
    text = "\n".join(pages.values())
    return {word for word in planted["hidden"] if word in text}, list(pages)


@pytest.mark.law("JZF2020-9/2.7")
def test_the_portal_shows_no_hidden_word(copies: Copies):  # noqa: F811  # the fixture
    """No page, file, bundle or receipt holds a class, a person, a code or an unpublished list."""
    name = copies.take()
    planted = act_on(name, fill)
    found, pages = leaks(name, planted)
    assert found == set()
    assert len(pages) > 70
    assert len([page for page in pages if page.endswith(".tlog-proof")]) > 20
    assert {"/log/", "/log/checkpoint", "/log/tile/0/000", "/log/tile/entries/000"} <= set(pages)


def test_the_crawl_sees_what_is_published_too_early(copies: Copies, monkeypatch):  # noqa: F811
    """With the embargo switched off the same crawl finds the drawn list."""
    name = copies.take()
    planted = act_on(name, fill)
    monkeypatch.setattr(publication, "is_embargoed", lambda _draw: False)
    monkeypatch.setattr("openlot.draws.selectors.is_embargoed", lambda _draw: False)
    act_on(name, publish_too_early)
    found, _pages = leaks(name, planted)
    assert WORDS["drawn"] in found
