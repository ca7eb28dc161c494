"""A job is done once, whoever dies over it; what cannot be done says so in words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django_tasks import task
from django_tasks.exceptions import TaskResultDoesNotExist

from openlot.accounts.models import Region
from openlot.jobs.backend import STEPS, tell
from openlot.jobs.leases import Lease
from openlot.jobs.models import Job, JobSlot, JobStatus, WorkerPulse
from openlot.jobs.selectors import broken_jobs, is_running, live_job
from openlot.jobs.services import (
    ATTEMPTS,
    Superseded,
    begin_slot,
    claim,
    pulse,
    reap,
    retry,
    run,
    start,
)
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Denied, StaleState
from openlot.ops.demo.city import as_role
from openlot.schedule import SLOTS
from openlot.schedule.slots import daily
from openlot.trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
US = Actor.system("test")


@task
def found_region(code: str) -> str:
    Region.objects.create(code=code, name=code)
    return code


@task
def break_down(code: str) -> None:
    Region.objects.create(code=code, name=code)
    raise RuntimeError("broken")


@task
def refuse(code: str) -> None:
    Region.objects.create(code=code, name=code)
    raise Conflict("不能这样做")


@task
def refuse_always() -> None:
    raise Conflict("不能这样做")


@task
def lose_the_job(code: str) -> None:
    Region.objects.create(code=code, name=code)
    Job.objects.filter(key=code).update(worker="somebody else")


@task(queue_name=STEPS, takes_context=True)
def walk(context, upto: int) -> None:
    for step in range(upto):
        Region.objects.get_or_create(code=f"w{step}", name="step")
        tell(context, step + 1, upto)


class Known(Lease):
    """A lease that knows who is gone."""

    def __init__(self, *gone: str) -> None:
        super().__init__("us")
        self.gone = gone

    def take(self) -> None: ...

    def is_held(self) -> bool:
        return True

    def is_gone(self, worker: str) -> bool:
        return worker in self.gone

    def end(self) -> None: ...


def go_on() -> bool:
    return False


def founded(code: str) -> bool:
    return Region.objects.filter(code=code).exists()


def do(job: Job) -> Job:
    claimed = claim("w")
    assert claimed == job
    run(claimed, go_on)
    return Job.objects.get(pk=job.pk)


def test_a_job_of_a_transaction_that_is_rolled_back_never_was():
    """What was never decided is never done."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        start(found_region, "r1", key="r1", by=US)
        raise ZeroDivisionError
    assert claim("w") is None


def test_a_job_is_done_and_its_result_is_kept():
    """The effect is there, and whoever asks Django's tasks reads what came of it."""
    result = found_region.enqueue("r1")
    assert not result.is_finished
    done = do(Job.objects.get(public_id=result.id))
    assert (done.status, done.attempts, done.returned) == (JobStatus.SUCCESSFUL, 1, "r1")
    assert founded("r1")
    result.refresh()
    assert result.return_value == "r1"
    with pytest.raises(TaskResultDoesNotExist):
        found_region.get_result("nobody")


def test_of_one_key_one_job_lives():
    """A second press finds the first job; when that has ended, a new one may begin."""
    first = start(found_region, "r1", key="k", by=US)
    assert start(found_region, "r2", key="k", by=US) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(
            key="k", task_path="x", queue="default", enqueued_at=clock.now(), run_after=clock.now()
        )
    do(first)
    assert start(found_region, "r3", key="k", by=US) != first


def test_a_job_that_waits_for_its_time_waits():
    """Nobody takes it up before."""
    job = start(found_region, "r1", key="k", by=US)
    Job.objects.filter(pk=job.pk).update(run_after=clock.now() + timedelta(hours=1))
    assert claim("w") is None
    with clock.travel(clock.now() + timedelta(hours=2)):
        assert claim("w") == job


def test_what_broke_is_tried_three_times_then_somebody_is_told(sign_in):
    """Nothing half done stays; the desk of the platform administrator rings until it is mended."""
    job = start(break_down, "r1", key="k", by=US)
    now = clock.now()
    for n in range(ATTEMPTS):
        with clock.travel(now + timedelta(minutes=n)):
            tried = do(job)
    assert (tried.status, tried.attempts) == (JobStatus.FAILED, ATTEMPTS)
    assert not founded("r1")
    assert "RuntimeError: broken" in tried.trace
    assert list(broken_jobs()) == [job]
    assert (
        Entry.objects.filter(kind="jobs.failed", subject=f"jobs.Job:{job.public_id}").count() == 1
    )
    admin = sign_in("scjg-platform-admin")
    assert "故障的后台任务 1 项" in admin.get("/desk/").content.decode()
    assert "故障的后台任务" not in sign_in("scjg-task-clerk").get("/desk/").content.decode()
    page = admin.get(f"/jobs/{job.public_id}/").content.decode()
    assert "RuntimeError: broken" in page
    assert admin.post(f"/jobs/{job.public_id}/retry/", follow=True).status_code == 200
    assert live_job("k") == job
    assert list(broken_jobs()) == []
    assert Entry.objects.filter(kind="jobs.retried").count() == 1


def test_a_refusal_is_final_and_in_words():
    """A rule stands against it: no second try, nothing half done, no alarm."""
    refused = do(start(refuse, "r1", key="k", by=as_role("NYNC", Role.ENTRY_CLERK)))
    assert (refused.status, refused.refusal, refused.trace) == (JobStatus.FAILED, "不能这样做", "")
    assert not founded("r1")
    assert list(broken_jobs()) == []


def test_what_the_clock_began_and_a_rule_refused_rings(sign_in):
    """Nobody waits for it on a page, so the platform administrator hears of it."""
    assert begin_slot("nightly", clock.now(), refuse_always)
    job = do(Job.objects.get(key__startswith="slot:nightly:"))
    assert list(broken_jobs()) == [job]
    page = sign_in("scjg-platform-admin").get("/jobs/").content.decode()
    assert "不能这样做" in page


def test_a_worker_that_lost_its_job_takes_back_what_it_did():
    """Effect and end are one transaction: whoever was thought dead changes nothing."""
    job = do(start(lose_the_job, "r1", key="r1", by=US))
    assert (job.status, job.worker) == (JobStatus.RUNNING, "w")
    assert not founded("r1")


def test_the_jobs_of_a_dead_worker_are_given_back():
    """Who lives keeps its jobs; whose lease is gone loses them at once, three times, then no more."""
    job, other = (start(found_region, code, key=code, by=US) for code in ("r1", "r2"))
    for n in range(1, ATTEMPTS + 1):
        assert claim("dead") == job
        assert (claim("alive") == other) is (n == 1)
        assert reap(Known("dead")) == (1 if n < ATTEMPTS else 0)
    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.status, job.attempts) == (JobStatus.FAILED, ATTEMPTS)
    assert (other.status, other.worker) == (JobStatus.RUNNING, "alive")
    assert Entry.objects.filter(kind="jobs.failed").count() == 1


def test_a_worker_that_is_asked_to_stop_gives_back_what_goes_by_steps():
    """The next one goes on; being stopped is no failed attempt."""
    job = start(walk, 5, key="walk", by=US)
    asked = iter([False, False, True])
    run(claim("one"), lambda: next(asked))
    job.refresh_from_db()
    assert (job.status, job.attempts) == (JobStatus.READY, 0)
    assert (founded("w2"), founded("w3")) == (True, False)
    done = do(job)
    assert (done.status, done.done, done.total) == (JobStatus.SUCCESSFUL, 5, 5)


def test_a_step_of_a_worker_that_lost_its_job_stops_it():
    """It learns at the next step that somebody else goes on."""
    job = start(walk, 5, key="walk", by=US)
    ours = claim("one")
    Job.objects.filter(pk=job.pk).update(worker="two")
    run(ours, go_on)
    job.refresh_from_db()
    assert (job.status, job.worker) == (JobStatus.RUNNING, "two")
    assert not founded("w1")
    assert issubclass(Superseded, Exception)


def test_nobody_but_the_platform_administrator_tries_again():
    """The right is checked in the service; what has not failed is not tried again."""
    job = start(found_region, "r1", key="k", by=US)
    admin = as_role("SCJG", Role.PLATFORM_ADMIN)
    with pytest.raises(StaleState):
        retry(job, actor=admin)
    with pytest.raises(Denied):
        retry(job, actor=as_role("SCJG", Role.TASK_CLERK))


def test_a_moment_of_the_clock_is_begun_once():
    """Asked again and again, each moment is one slot and one job."""
    now = clock.now()
    begun = [begin_slot("nightly", now, found_region) for _time in range(3)]
    assert begun == [True, False, False]
    assert JobSlot.objects.get().job.key == f"slot:nightly:{now.isoformat()}"


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-20T00:09:59+08:00", "2026-11-19T00:10:00+08:00"),
        ("2026-11-20T00:10:00+08:00", "2026-11-20T00:10:00+08:00"),
        ("2026-11-19T16:30:00+00:00", "2026-11-20T00:10:00+08:00"),
    ],
)
def test_a_daily_slot_is_due_by_the_citys_clock(now: str, due: str):
    """The last moment that has passed counts, whatever zone the machine keeps."""
    assert daily(0, 10)(datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def test_one_run_does_everything_that_is_due():
    """The demo's end, and a city without a worker at night: slots and jobs, then it ends."""
    job = start(found_region, "r1", key="k", by=US)
    call_command("worker", once=True)
    job.refresh_from_db()
    assert job.status == JobStatus.SUCCESSFUL
    begun = set(JobSlot.objects.values_list("name", flat=True))
    assert begun == {slot.name for slot in SLOTS}
    # The drill copies a whole database, which that of a test in a transaction is not: test_backup.
    others = Job.objects.exclude(key__startswith="slot:hold-drill")
    assert not others.exclude(status=JobStatus.SUCCESSFUL).exists()
    assert WorkerPulse.objects.get().ended_at is not None


def test_the_status_says_whether_a_worker_lives(capsys):
    """Exit 1 and words when the last sign of life is a minute old."""
    with pytest.raises(CommandError, match="未运行"):
        call_command("worker", status=True)
    pulse("w", "here")
    call_command("worker", status=True)
    assert "故障 0" in capsys.readouterr().out
    with clock.travel(clock.now() + timedelta(seconds=61)), pytest.raises(CommandError):
        call_command("worker", status=True)


def test_the_desk_rings_when_no_worker_lives(sign_in):
    """For the platform administrator, on the desk and on the page of jobs; then it is calm."""
    admin = sign_in("scjg-platform-admin")
    for path in ("/desk/", "/jobs/"):
        assert "没有心跳" in admin.get(path).content.decode()
    pulse("w", "here")
    assert is_running()
    for path in ("/desk/", "/jobs/", "/jobs/all/"):
        assert "没有心跳" not in admin.get(path).content.decode()
