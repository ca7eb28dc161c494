"""Whatever is rewritten in the database behind the platform's back is found and named."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from logs import key, tell  # noqa: F401  # a fixture
from PIL import Image
from tampering import KINDS, Tampering, guards_down, lose_a_trigger

from openlot.kernel import clock
from openlot.ops.demo.city import as_inspector
from openlot.ops.fsck.findings import CHECKS, Finding, Level
from openlot.ops.fsck.run import examine
from openlot.results.models import InspectionResult
from openlot.results.services import add_evidence
from openlot.trail.models import Checkpoint, Touch
from openlot.trail.services import seal_now
from openlot.trail.signer import memory_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def signed(key):  # noqa: F811  # the fixture
    """Place everything in the tree and sign two checkpoints of it; one result has a photo."""
    result = InspectionResult.objects.filter(state="not_recorded").order_by("pk")[0]
    sent = result.inspection.assignments.filter(department=result.department)
    photo = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(photo, "PNG")
    add_evidence(
        result,
        name="门头.png",
        content=photo.getvalue(),
        item=None,
        actor=as_inspector(sent.select_related("inspector")[0].inspector),
    )
    seal_now()
    tell(3)
    seal_now()


@contextmanager
def undone() -> Iterator[None]:
    """Take everything back that happens inside, whatever it left hanging in the air."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def found_by(check: str, *, without: str = "") -> list[Finding]:
    """What the checks up to the level of one find."""
    return list(examine(CHECKS[check].level, without=without))


def test_an_untouched_city_has_no_finding(signed):
    """Every check passes over the whole demo city, with all its draws, papers and results."""
    assert list(examine(Level.REPLAY)) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_tampering_is_found_and_named(kind: Tampering, signed):
    """Each kind is found in the table that was touched, and only by looking."""
    with undone(), guards_down():
        kind.act()
        assert kind.table in {finding.table for finding in found_by(kind.check)}


def test_there_are_enough_kinds():
    """At least 45 kinds of tampering, and each check finds one of them or is tested by itself."""
    assert len(KINDS) >= 45
    by_themselves = {"guards_stand", "nothing_is_untold"}
    replayed = {check.name for check in CHECKS.values() if check.level <= Level.REPLAY}
    assert {kind.check for kind in KINDS} | by_themselves == replayed


@pytest.mark.parametrize("check", sorted({kind.check for kind in KINDS}))
def test_no_check_is_idle(check: str, signed):
    """Without a check some kind passes unseen in its table: each is needed."""
    kinds = [kind for kind in KINDS if kind.check == check]
    with undone(), guards_down():
        kinds[0].act()
        seen = [f for f in found_by(check, without=check) if f.table == kinds[0].table]
        whole = [f for f in found_by(check) if f.table == kinds[0].table]
    assert len(seen) < len(whole)


def test_an_older_memory_of_the_signer_is_found(signed):
    """Whoever put the file back would have it sign another continuation."""
    memory_file().write_text(Checkpoint.objects.order_by("-size")[1].note)
    told = [str(f.what) for f in found_by("the_signer_remembers_no_more")]
    assert len(told) == 1
    assert "换旧" in told[0]


def test_a_missing_guard_is_found(signed):
    """A trigger that is gone is named."""
    lose_a_trigger()
    assert "trail" in {finding.table for finding in found_by("guards_stand")}


def test_a_change_that_nobody_told_is_found(signed):
    """A transaction that touched a protected table without an event is named."""
    with guards_down():
        Touch.objects.create(token="t", relation="accounts_user", act="UPDATE", at=clock.now())
    assert "accounts_user" in {finding.table for finding in found_by("nothing_is_untold")}


def test_the_command_tells_and_fails(signed, capsys):
    """Exit 0 and a sentence when all is well; a line for each finding and exit 1 otherwise."""
    call_command("fsck", "--level", "1")
    assert "核验通过" in capsys.readouterr().out
    with undone(), guards_down():
        KINDS[0].act()
        with pytest.raises(CommandError) as refusal:
            call_command("fsck", "--level", "1", "--json")
    assert refusal.value.returncode == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "trail_entry" in {finding["table"] for finding in told}
