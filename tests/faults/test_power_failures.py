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
from faults.environment import environment
from races.scenes import SCENES

from fairdraw.evidence import Bundle, verify
from openlot.draws.models import Draw
from openlot.draws.selectors import bundle_files
from openlot.draws.services import draw_targets
from openlot.jobs.leases import lease_for
from openlot.jobs.services import claim, reap, run
from openlot.kernel.actor import Role
from openlot.ops.demo.city import as_role
from openlot.publication.models import PublicRecord
from openlot.registers.models import ImportBatch, Leave

CYCLES = int(os.environ.get("FAULT_CYCLES", "20"))
LIVES = 4  # how often one database dies before another takes its place
VICTIM = Path(__file__).parent / "victim.py"


class Executioner:
    """Gives orders to the victim's process and reads what was acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, str(VICTIM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(folder),
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
        copies.drop(name)
    assert n_killed >= CYCLES // 2
    print(f"draw: {n_killed} kills, each draw whole or not there")


def test_papers_are_issued_for_all_visits_or_for_none(copies: Copies, executioner: Executioner):
    """Each visit with the results it owes: the press of the button is one act, or none."""
    begun = copies.take()
    act_on(begun, SCENES["issue the papers"].begin)
    ended, told, n_statements = executioner.order(copies.take(begun), "papers")
    assert (ended["status"], told) == (0, ["302"])
    n_killed = n_made = 0
    for death in deaths(ended, n_statements, CYCLES):
        name = copies.take(begun)
        ended, told, _n = executioner.order(name, "papers", **death)
        n_killed += ended["killed"]
        assert act_on(name, wholeness.faults) == [], death
        made = act_on(name, papers_there)
        assert made or not told, death
        n_made += made
        executioner.order(name, "papers")
        assert act_on(name, papers_there), death
        assert act_on(name, wholeness.faults) == [], death
        copies.drop(name)
    assert n_killed >= CYCLES // 2
    print(f"papers: {n_killed} kills, all visits {n_made} times, none else")


def papers_there() -> bool:
    return waiting_draw().inspections.exists()


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
        ("append", lambda: {str(pk) for pk in Leave.objects.values_list("pk", flat=True)}),
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
    n_killed = n_told = 0
    for number, death in enumerate(deaths(ended, n_statements, CYCLES)):
        if number % LIVES == 0:
            copies.drop_all()
            name, acknowledged = copies.take(), set()
        ended, told, _n = executioner.order(name, act, **death)
        n_killed += ended["killed"]
        acknowledged.update(told)
        assert act_on(name, wholeness.faults) == [], death
        assert acknowledged <= act_on(name, there), death
        n_told += len(told)
    assert n_killed >= CYCLES // 2
    print(f"{act}: {n_killed} kills, {n_told} acknowledged, none lost, none half done")


def test_an_import_goes_on_where_the_worker_died(copies: Copies, executioner: Executioner):
    """After each death the next worker takes the job: every row once, every part with its event."""
    ended, told, n_statements = executioner.order(copies.take(), "import in parts")
    assert ended["status"] == 0
    n_rows = int(told[-1])
    n_killed = 0
    for death in deaths(ended, n_statements, CYCLES):
        name = copies.take()
        ended, told, _n = executioner.order(name, "import in parts", **death)
        n_killed += ended["killed"]
        assert act_on(name, wholeness.faults) == [], death
        batches = act_on(name, finish_imports)
        assert [b.n_done for b in batches] == ([n_rows] if told or batches else []), death
        assert set(told[:1]) <= {b.public_id for b in batches}, death
        assert act_on(name, wholeness.faults) == [], death
        copies.drop(name)
    assert n_killed >= CYCLES // 2
    print(f"import in parts: {n_killed} kills, nothing lost, nothing twice")


def finish_imports() -> list[ImportBatch]:
    """Do what a worker does that finds a dead one's job."""
    lease = lease_for("next")
    lease.take()
    reap(lease)
    while (job := claim("next")) is not None:
        run(job, lambda: False)
    lease.end()
    return list(ImportBatch.objects.filter(file_name="large.csv", finished_at__isnull=False))


@pytest.mark.parametrize("act", ["publish, event last", "append, event last"])
def test_an_event_written_after_the_change_is_lost(
    act: str, copies: Copies, executioner: Executioner
):
    """The harness sees holes: a platform that commits first and tells later leaves some."""
    ended, _told, n_statements = executioner.order(copies.take(), act)
    assert ended["status"] == 0
    holes, n_killed = 0, 0
    for death in deaths(ended, n_statements, CYCLES):
        name = copies.take()
        ended, _told, _n = executioner.order(name, act, **death)
        n_killed += ended["killed"]
        holes += len(act_on(name, wholeness.faults))
        copies.drop(name)
    assert holes
    print(f"control ({act}): {n_killed} kills left {holes} holes")
