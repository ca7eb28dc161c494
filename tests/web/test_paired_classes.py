"""Two cities that differ in who has which of two classes: in public, nothing tells which is which."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from chance import dealt
from copies import Copies, act_on, copies, db  # noqa: F401  # fixtures of this module
from django.db import connection

from openlot.draws.models import Draw
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role, at
from openlot.ops.demo.plans import make_plan
from openlot.publication.services import publish_draw
from openlot.registers.models import InspectionTarget
from openlot.tasks.models import Disclosure
from openlot.tasks.services import draft_task
from openlot.trail.keys import make_key
from openlot.trail.services import seal_now

CRAWLER = Path(__file__).parent / "portal_crawl.py"
LEAD = "RSJ"
ITEM = "工资支付和劳动保障检查"
NAME = re.compile(r"配对企业[0-9]{5}")
NUMBER = re.compile(r"[0-9]+")
SIZE = re.compile(r"'Content-Length': '([0-9]+)'")
MASKS = (
    (NAME, "一户企业"),
    (re.compile(r"\b[0-9A-HJ-NP-RT-UW-Y]{18}\b"), "<code>"),
    (re.compile(r"[A-Za-z0-9+/_-]{22,}=*"), "<digest>"),
    (re.compile(r"\b[0-9a-f]{12,}…?"), "<digest>"),
    (re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"), "<time>"),
)


def paired(exchanged: bool) -> list[str]:
    """Give every other business class B, the rest C (or C and B), then draw and publish.

    Everything else is the same in both cities: names of one length, places, values, numbers.
    Return the check codes of some of the drawn.
    """
    rows = InspectionTarget.objects.filter(department__code=LEAD, kind="enterprise")
    codes = list(rows.order_by("code").values_list("pk", flat=True))
    spare = codes[len(codes) // 2 * 2 :]
    place = rows.order_by("code").first()
    assert place is not None
    same = {"region": place.region, "industry": place.industry, "address": place.address}
    for number, key in enumerate(codes):
        name = f"配对企业{number:05d}"
        klass = "A" if key in spare else "BC"[(number + exchanged) % 2]
        InspectionTarget.objects.filter(pk=key).update(name=name, credit_class=klass, **same)
    start = clock.today() + timedelta(days=3)
    line = make_plan(clock.today(), LEAD, ITEM, (), [], 0, by_class=True)
    task = draft_task(
        line=line,
        name=f"第四季度{ITEM}",
        actor=as_role(LEAD, Role.TASK_CLERK),
        window_from_on=start,
        window_to_on=start + timedelta(days=30),
    )
    draw = main_job.ceremony(main_job.accept_and_approve(task), "paired")
    assert draw.disclosure == Disclosure.PROOFS
    inspections = main_job.issue_papers(draw)
    with clock.travel(at(start, 9)):
        publish_draw(Draw.objects.get(pk=draw.pk), actor=as_role(LEAD, Role.TASK_CLERK))
        main_job.attest(draw)
    seal_now()
    return [row.check_code for row in inspections[:3]]


def public(name: str, codes: list[str]) -> dict[str, str]:
    """Return every page, file, header and tile that the portal of a copy gives out."""
    known = connection.settings_dict
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{known['USER']}@/{name}?host={known['HOST']}"
    done = subprocess.run(
        [sys.executable, str(CRAWLER)],
        input=json.dumps(codes),
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "PYTHONHASHSEED": "0",  # one order of the headers in both
            "DJANGO_SETTINGS_MODULE": "openlot.settings.portal_demo",
        },
    )
    assert done.returncode == 0, done.stderr
    pages: dict[str, str] = json.loads(done.stdout)
    return {path: text for path, text in pages.items() if not path.startswith(("static", "log"))}


def masked(text: str) -> str:
    """Return a text without digests, times and who it is that was drawn."""
    for pattern, word in MASKS:
        text = pattern.sub(word, text)
    return text


@pytest.mark.law("JZF2020-9/2.7")
def test_nothing_in_public_tells_two_classes_apart(
    copies: Copies,  # noqa: F811  # the fixture
    settings,
    tmp_path: Path,
):
    """Same addresses, same sizes, same words, same order of lists, same shape of the log."""
    key, worlds = tmp_path / "log.key", []
    make_key(key, settings.LOG_ORIGIN)
    for exchanged in (False, True):
        settings.LOG_KEY_FILE = shutil.copy(key, tmp_path / f"city-{exchanged:d}.key")
        name = copies.take()
        with dealt("both"):
            codes = act_on(name, lambda exchanged=exchanged: paired(exchanged))
        worlds.append(public(name, codes))
    first, second = worlds
    assert list(first) == list(second)
    assert len(first) > 150
    for path, text in first.items():
        other = second[path]
        assert SIZE.findall(other) == SIZE.findall(text), path
        if path.startswith("/log/tile/"):
            continue  # hashes and salted commitments: nothing but their size can speak
        both = [masked(page) for page in (text, other)]
        if path.startswith("/receipt/"):  # its holder's own row, opened with its code
            both = [NUMBER.sub("<number>", page) for page in both]
        assert both[0] == both[1], path
        for page in (text, other):
            told = NAME.findall(page)
            assert told == sorted(told), path
    assert any(NAME.search(text) for text in first.values())
    assert any(first[path] != second[path] for path in first if path.startswith("/log/"))
