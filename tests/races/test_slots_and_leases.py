"""Two workers keep one clock: each moment is begun once; a lease lives as long as its holder."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

from copies import PATIENCE, Copies, act_on, race
from django.db import connection
from django.db.models import UniqueConstraint
from faults.tasks import once

from openlot.jobs.leases import lease_for
from openlot.jobs.models import Job, JobSlot
from openlot.jobs.services import begin_slot, claim, start
from openlot.kernel import clock
from openlot.kernel.actor import Actor

SLOTS = int(os.environ.get("RACE_SLOTS", "200"))
JOBS = 200


def two_clocks():
    """Return two workers that come to each moment at the same instant."""
    first = clock.now().replace(microsecond=0)
    together = threading.Barrier(2)

    def act() -> int:
        n_begun = 0
        for n in range(SLOTS):
            together.wait(PATIENCE)
            n_begun += begin_slot("nightly", first + timedelta(minutes=n), once)
        return n_begun

    return [lambda: act] * 2


def test_two_workers_begin_each_moment_once(copies: Copies):
    """Moment after moment, two clocks, one job for each."""
    name = copies.take()
    outcomes = race(name, two_clocks())
    assert [o.error for o in outcomes] == [None, None]
    assert sum(o.value for o in outcomes) == SLOTS
    assert act_on(name, lambda: (JobSlot.objects.count(), Job.objects.count())) == (SLOTS, SLOTS)


def test_without_the_constraint_a_moment_is_begun_twice(copies: Copies, monkeypatch):
    """The harness sees it: where the table takes a moment twice, some are."""
    name = copies.take()
    (constraint,) = JobSlot._meta.constraints
    monkeypatch.setattr(JobSlot._meta, "constraints", [])
    act_on(name, lambda: forget(constraint))
    assert [o.error for o in race(name, two_clocks())] == [None, None]
    assert act_on(name, JobSlot.objects.count) > SLOTS


def forget(constraint: UniqueConstraint) -> None:
    with connection.schema_editor() as editor:
        editor.remove_constraint(JobSlot, constraint)


def claimer():
    """Return a worker that claims until nothing is left."""

    def act() -> list[int]:
        claimed = []
        while (job := claim("w")) is not None:
            claimed.append(job.pk)
        return claimed

    return act


def test_four_workers_claim_each_job_once(copies: Copies):
    """No job is claimed by two, none is forgotten."""
    name = copies.take()
    act_on(name, begin_jobs)
    outcomes = race(name, [claimer] * 4)
    assert [o.error for o in outcomes] == [None] * 4
    claimed = [key for o in outcomes for key in o.value]
    assert len(claimed) == len(set(claimed)) == JOBS


def begin_jobs() -> None:
    for n in range(JOBS):
        start(once, n, key=f"k{n}", by=Actor.system("test"))


def test_many_who_begin_one_job_begin_one(copies: Copies):
    """A button pressed by ten at once is one job, and all ten are led to it."""
    name = copies.take()

    def person():
        return lambda: start(once, 1, key="one", by=Actor.system("test")).pk

    outcomes = race(name, [person] * 10)
    assert [o.error for o in outcomes] == [None] * 10
    assert len({o.value for o in outcomes}) == 1


def test_a_lease_is_held_while_its_holder_lives_and_gone_after(copies: Copies):
    """Another session sees the difference at once; a broken session loses its own."""
    name = copies.take()

    def hold_then_end() -> tuple[bool, bool]:
        holder = lease_for("holder")
        holder.take()
        (seen,) = race(name, [lambda: lambda: lease_for("other").is_gone("holder")])
        held = holder.is_held()
        holder.end()
        return held, seen.value

    assert act_on(name, hold_then_end) == (True, False)
    assert act_on(name, lambda: lease_for("other").is_gone("holder"))
    assert act_on(name, lambda: lease_for("other").is_gone("nobody"))


def test_a_worker_whose_session_broke_knows_it(copies: Copies):
    """It must not go on: somebody else may have its jobs."""
    name = copies.take()

    def lose() -> bool:
        lease = lease_for("holder")
        lease.take()
        if connection.vendor == "postgresql":
            connection.close()
        else:
            (lease.folder / "holder").unlink()
        return lease.is_held()

    assert act_on(name, lose) is False
