"""Workers die by kill -9 in the middle of their jobs: each effect once, no job held by the dead."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from copies import Copies, act_on
from django.db import connection
from faults import tasks
from faults.environment import environment

from openlot.jobs.models import Job, JobStatus
from openlot.jobs.selectors import broken_jobs
from openlot.jobs.services import retry, start
from openlot.kernel.actor import Actor, Role
from openlot.ops.demo.city import as_role

KILLS = int(os.environ.get("WORKER_KILLS", "20"))
BACKLOG = 40  # jobs that wait at any time, so that whoever is killed was at work
STABLE = Path(__file__).parent / "stable.py"
LONGEST_HELD = float(os.environ.get("LONGEST_HELD", "30"))  # seconds of a job of the dead
PATIENCE = 1200.0


class Stable:
    """Two workers of a database, and who of them was killed."""

    def __init__(self, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(STABLE), name, "7"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(Path(name).parent),
        )
        self.killed: list[int] = []

    def kill(self) -> None:
        """Kill one of them with -9 and let another begin."""
        self._say("kill")
        self.killed.append(int(self.process.stdout.readline()))

    def end(self) -> list[str]:
        """Stop them in order and return how they ended."""
        self._say("end")
        ends = self.process.stdout.readline().split()
        self.process.wait(30)
        self.process.stdin.close()
        self.process.stdout.close()
        return ends

    def _say(self, order: str) -> None:
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()


@dataclass
class Watch:
    """What was seen: how long jobs were held by the dead, how often somebody had to help."""

    n_helped: int = 0
    longest_held: float = 0.0
    held_since: dict[tuple[str, int], float] = field(default_factory=dict)

    def look(self, killed: list[int]) -> int:
        """Look at the jobs, help those that were killed three times, return how many are done."""
        now = time.monotonic()
        names = [f"-{pid}-" for pid in killed]
        running = Job.objects.filter(status=JobStatus.RUNNING).values_list("worker", "pk")
        held = {row for row in running if any(name in row[0] for name in names)}
        self.held_since = {row: self.held_since.get(row, now) for row in held}
        self.longest_held = max([self.longest_held, *(now - s for s in self.held_since.values())])
        for job in broken_jobs():
            retry(job, actor=as_role("SCJG", Role.PLATFORM_ADMIN))
            self.n_helped += 1
        return Job.objects.filter(key__startswith="effect:", status=JobStatus.SUCCESSFUL).count()


def run(copies: Copies, task, n_kills: int) -> tuple[Counter[int], Watch, int]:
    """Let workers do jobs while they are killed; return effects, what was seen, and kills."""
    name = copies.take()
    act_on(name, lambda: _begin_table(task))
    stable, watch = Stable(name), Watch()
    try:
        n_jobs = act_on(name, lambda: _kill_and_wait(stable, watch, task, n_kills), PATIENCE)
    finally:
        ends = stable.end()
    assert set(ends) <= {"0", str(signal.SIGTERM.value)}, "in order, or told before they began"
    effects = act_on(name, _effects)
    copies.drop(name)
    return effects, watch, n_jobs


def _begin_table(task) -> None:
    with connection.cursor() as cursor:
        cursor.execute(tasks.TABLE)
    _begin(task, range(BACKLOG))


def _begin(task, numbers: range) -> None:
    for n in numbers:
        start(task, n, key=f"effect:{n}", by=Actor.system("test"))


def _kill_and_wait(stable: Stable, watch: Watch, task, n_kills: int) -> int:
    """Kill whenever some jobs were done since the last time; there are always more to do."""
    chance, until, n_jobs, n_before = random.Random(11), time.monotonic() + PATIENCE, BACKLOG, 0
    while (n_done := watch.look(stable.killed)) < n_jobs:
        assert time.monotonic() < until, f"{n_done} of {n_jobs} jobs done"
        if len(stable.killed) < n_kills and n_done >= n_before + 2:
            _begin(task, range(n_jobs, n_done + BACKLOG))
            n_before, n_jobs = n_done, n_done + BACKLOG
            time.sleep(chance.uniform(0, 0.03))
            stable.kill()
        else:
            time.sleep(0.01)
    return n_jobs


def _effects() -> Counter[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT n FROM effects")
        return Counter(n for (n,) in cursor.fetchall())


def test_each_effect_is_had_once_whoever_dies(copies: Copies):
    """Not lost, not twice; nobody dead holds a job for long; whoever lives takes over."""
    effects, watch, n_jobs = run(copies, tasks.once, KILLS)
    assert effects == Counter(range(n_jobs))
    assert watch.longest_held <= LONGEST_HELD
    print(f"{KILLS} kills, {n_jobs} jobs: each effect once; held by the dead at most")
    print(f"{watch.longest_held:.2f} s; died three times and tried again by hand: {watch.n_helped}")


def test_an_effect_apart_from_its_end_is_had_twice(copies: Copies):
    """The harness sees it: where effect and end are two transactions, deaths double some."""
    effects, _watch, n_jobs = run(copies, tasks.apart, max(KILLS // 5, 10))
    doubled = [n for n, times in effects.items() if times > 1]
    assert doubled
    print(f"control: {max(KILLS // 5, 10)} kills doubled {len(doubled)} of {n_jobs} effects")
