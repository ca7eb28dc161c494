"""The process dies with -9 in the middle of an act: after restart it was done whole, or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import wholeness
from copies import Copies, act_on
from django.db import connection
from races.scenes import SCENES

from fairdraw.evidence import Bundle, verify
from openlot.draws.models import Draw
from openlot.draws.selectors import bundle_files
from openlot.draws.services import draw_targets
from openlot.kernel.actor import Role
from openlot.ops.demo.city import as_role
from openlot.publication.models import PublicRecord
from openlot.registers.models import ImportBatch

CYCLES = int(os.environ.get("FAULT_CYCLES", "20"))
LIVES = 10  # how often one database dies before another takes its place
VICTIM = Path(__file__).parent / "victim.py"


class Executioner:
    """Gives orders to the victim's process and reads what was acknowledged."""

    def __init__(self, folder: Path) -> None:
        known = connection.settings_dict
        url = f"sqlite:///{folder}/none.sqlite3"
        if connection.vendor == "postgresql":
            url = f"postgresql://{known['USER']}@/postgres?host={known['HOST']}"
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "openlot.settings.test",
        }
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, str(VICTIM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.n_orders = 0

    def order(self, name: str, act: str, **death: float) -> tuple[dict, list[str], int]:
        """Let a child act on a copy; return how it ended, what it told, how many statements."""
        self.n_orders += 1
        acks = self.folder / f"acks-{self.n_orders}"
        order = {"name": name, "act": act, "acks": str(acks), **death}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        ended = json.loads(self.process.stdout.readline())
        told = acks.read_text().split() if acks.exists() else []
        counted = Path(f"{acks}.n")
        # a child killed between creating and writing its count has told none
        count = counted.read_text() if counted.exists() else ""
        return ended, told, int(count or 0)

    def close(self) -> None:
        """Let the victim's process end."""
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@pytest.fixture
def executioner(copies, tmp_path):
    """Return a process that acts and dies."""
    made = Executioner(tmp_path)
    yield made
    made.close()


def deaths(ended: dict, n_statements: int, cycles: int) -> list[dict[str, float]]:
    """Return deaths spread evenly over the act: before statements, and at instants."""
    half = cycles // 2
    before = [{"at_statement": 1 + n_statements * k // half} for k in range(half)]
    instants = cycles - half
    return before + [{"after_s": ended["took_s"] * (k + 0.5) / instants} for k in range(instants)]


def waiting_draw() -> Draw:
    return Draw.objects.get(task__department__code="WLTY")


def test_a_draw_is_whole_or_not_there(copies: Copies, executioner: Executioner):
    """No draw without its record; an acknowledged one stays; a lost one can be drawn again."""
    begun = copies.take()
    act_on(begun, SCENES["draw"].begin)
    ended, told, n_statements = executioner.order(copies.take(begun), "draw")
    assert ended["status"] == 0
    assert len(told) == 1
    n_killed = 0
    for death in deaths(ended, n_statements, CYCLES):
        name = copies.take(begun)
        ended, told, _n = executioner.order(name, "draw", **death)
        n_killed += ended["killed"]
        assert act_on(name, wholeness.faults) == [], death
        found = act_on(name, waiting_draw)
        assert not told or told == [found.rdigest], death
        act_on(name, draw_again)
        assert act_on(name, verified), death
    assert n_killed >= CYCLES // 2


def draw_again() -> None:
    """Draw where the process died before the draw was done."""
    draw = waiting_draw()
    if not draw.rdigest:
        draw_targets(draw, actor=as_role("WLTY", Role.TASK_CLERK))


def verified() -> bool:
    return verify(Bundle(None, bundle_files(waiting_draw()))).ok


@pytest.mark.parametrize(
    ("act", "there"),
    [
        ("import", lambda: {str(pk) for pk in ImportBatch.objects.values_list("pk", flat=True)}),
        (
            "publish",
            lambda: {
                key.removeprefix("result:")
                for key in PublicRecord.objects.values_list("key", flat=True)
            },
        ),
    ],
)
def test_what_was_acknowledged_is_there(act, there, copies: Copies, executioner: Executioner):
    """In a database that dies again and again nothing is lost and nothing is half done."""
    ended, told, n_statements = executioner.order(copies.take(), act)
    assert ended["status"] == 0
    assert told
    n_killed = 0
    for number, death in enumerate(deaths(ended, n_statements, CYCLES)):
        if number % LIVES == 0:
            name, acknowledged = copies.take(), set()
        ended, told, _n = executioner.order(name, act, **death)
        n_killed += ended["killed"]
        acknowledged.update(told)
        assert act_on(name, wholeness.faults) == [], death
        assert acknowledged <= act_on(name, there), death
    assert n_killed >= CYCLES // 2


def test_an_event_written_after_the_change_is_lost(copies: Copies, executioner: Executioner):
    """The harness sees holes: a platform that commits first and tells later leaves some."""
    ended, _told, n_statements = executioner.order(copies.take(), "publish, event last")
    assert ended["status"] == 0
    found = []
    for death in deaths(ended, n_statements, CYCLES)[: CYCLES // 2]:
        name = copies.take()
        executioner.order(name, "publish, event last", **death)
        found += act_on(name, wholeness.faults)
    assert found
