"""The life of a job (任务流转): each move compares before it sets, so that one worker alone makes it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django_tasks.base import Task

from openlot.jobs import events
from openlot.jobs.backend import STEPS, JobContext, labelled, result_of
from openlot.jobs.leases import Lease
from openlot.jobs.models import Job, JobSlot, JobStatus, WorkerPulse
from openlot.jobs.selectors import live_job
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import DomainError, StaleState
from openlot.kernel.traces import without_rows
from openlot.rights.access import require
from openlot.rights.perms import Perm
from openlot.trail.writer import record

ATTEMPTS = 3
TELL_EVERY = 0.5  # seconds
PAUSE = timedelta(seconds=5)  # before a job that broke is tried again; doubled each time
WORKER = Actor.system("worker")


class Interrupted(Exception):
    """The worker is asked to stop (服务停止): what is left is done by the next one."""


class Superseded(Exception):
    """Somebody else has the job now (任务已转交): what was done in this transaction is taken back."""


def start(task: Task[..., Any], *args: Any, key: str, by: Actor) -> Job:
    """Begin a job in the caller's transaction (登记任务), or return the one of its key that lives."""
    known = live_job(key)
    if known is not None:
        return known
    try:
        with transaction.atomic(), labelled(key, by.ref):
            return Job.objects.get(public_id=task.enqueue(*args).id)
    except IntegrityError:
        found = live_job(key)
        if found is None:
            raise
        return found


def claim(worker: str) -> Job | None:
    """Take the next job that is due (领取任务), or nothing when none is."""
    ready = Job.objects.filter(status=JobStatus.READY)
    due = ready.filter(run_after__lte=clock.now()).order_by("-priority", "id")
    for key in due.values_list("pk", flat=True)[:20]:
        taken = ready.filter(pk=key).update(
            status=JobStatus.RUNNING,
            worker=worker,
            attempts=F("attempts") + 1,
            started_at=clock.now(),
        )
        if taken:
            return Job.objects.get(pk=key)
    return None


def run(job: Job, is_stopping: Callable[[], bool]) -> None:
    """Do a claimed job (执行任务).

    A job of the common queue has its effect and its end in one transaction; one of the queue
    ``steps`` commits on its way, compares before each step, and is told where it stood by its rows.
    """
    task = job.task
    context = JobContext(task_result=result_of(job), teller=_teller(job, is_stopping))
    before = (context,) if task.takes_context else ()
    arguments, named = job.arguments["args"], job.arguments["kwargs"]
    with translation.override(job.language or None), _Ending(job):
        if job.queue == STEPS:
            _finish(job, task.call(*before, *arguments, **named))
        else:
            with transaction.atomic():
                _finish(job, task.call(*before, *arguments, **named))


@dataclass
class _Ending:
    """Sees how a job ends: whatever the task raises becomes a state of the job, or ends the worker."""

    job: Job

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        if isinstance(error, Interrupted):
            _move(self.job, status=JobStatus.READY, attempts=F("attempts") - 1)
        elif isinstance(error, DomainError):
            _fail(self.job, error, refusal=error.message[:300])
        elif not isinstance(error, Superseded):
            _break(self.job, error)
        return True


def _teller(job: Job, is_stopping: Callable[[], bool]) -> Callable[[int, int], None]:
    told_at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        if is_stopping() and done < total:
            raise Interrupted
        now = time.monotonic()
        if now - told_at < TELL_EVERY and done < total:
            return
        told_at = now
        if _own(job).update(done=done, total=total) != 1:
            raise Superseded

    return tell


def _own(job: Job) -> Any:
    return Job.objects.filter(
        pk=job.pk, status=JobStatus.RUNNING, worker=job.worker, attempts=job.attempts
    )


def _move(job: Job, **changes: Any) -> bool:
    return bool(_own(job).update(**changes))


def _finish(job: Job, value: Any) -> None:
    changes = {"status": JobStatus.SUCCESSFUL, "finished_at": clock.now(), "returned": value}
    if not _move(job, **changes, done=F("total"), error="", trace=""):
        raise Superseded


def _break(job: Job, error: Exception) -> None:
    """Let a job that broke be tried again after a pause, or give it up."""
    if job.attempts >= ATTEMPTS:
        _fail(job, error, refusal="")
        return
    later = clock.now() + PAUSE * 2 ** (job.attempts - 1)
    _move(job, status=JobStatus.READY, run_after=later, error=_name(error), trace=_trace(error))


@transaction.atomic
def _fail(job: Job, error: Exception | None, *, refusal: str) -> None:
    changes = {"error": _name(error), "trace": _trace(error)} if error and not refusal else {}
    if not _move(job, status=JobStatus.FAILED, finished_at=clock.now(), refusal=refusal, **changes):
        return
    reason = refusal or (_name(error) if error else "the worker died")
    fact = events.JobFailed(task=job.task_path, attempts=job.attempts, key=job.key, reason=reason)
    record(fact, actor=WORKER, subject=job)


def _name(error: Exception) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"[:120]


def _trace(error: Exception) -> str:
    """Return what broke without the rows that a database quotes: whoever mends reads no person."""
    return without_rows("".join(traceback.format_exception(error)))[-20_000:]


def reap(lease: Lease) -> int:
    """Give back what dead workers were doing (回收任务); after three deaths a job has failed."""
    running = Job.objects.filter(status=JobStatus.RUNNING)
    holders = running.order_by().values_list("worker", flat=True).distinct()
    n_given_back = 0
    for worker in holders:
        if worker == lease.worker or not lease.is_gone(worker):
            continue
        for job in running.filter(worker=worker):
            if job.attempts >= ATTEMPTS:
                _fail(job, None, refusal="")
            else:
                n_given_back += _move(job, status=JobStatus.READY)
    return n_given_back


@transaction.atomic
def retry(job: Job, *, actor: Actor) -> Job:
    """Let a failed job be tried again (重新执行).

    raises    Denied; StaleState when it has not failed, or another of its key lives
    """
    require(actor, Perm.JOB_RETRY, job)
    if live_job(job.key) is not None:
        raise StaleState
    rows = Job.objects.filter(pk=job.pk, status=JobStatus.FAILED)
    cleared = {"refusal": "", "error": "", "trace": "", "finished_at": None}
    if rows.update(status=JobStatus.READY, attempts=0, run_after=clock.now(), **cleared) != 1:
        raise StaleState
    record(events.JobRetried(task=job.task_path, key=job.key), actor=actor, subject=job)
    return Job.objects.get(pk=job.pk)


def begin_slot(name: str, due_at: datetime, task: Task[..., Any]) -> bool:
    """Begin periodic work of one moment (定时任务); false when somebody has begun it already."""
    if JobSlot.objects.filter(name=name, due_at=due_at).exists():
        return False
    try:
        with transaction.atomic():
            slot = JobSlot.objects.create(name=name, due_at=due_at)
            slot.job = start(task, key=f"slot:{name}:{due_at.isoformat()}", by=WORKER)
            slot.save(update_fields=["job"])
    except IntegrityError:
        return False
    return True


def pulse(worker: str, host: str) -> None:
    """Show that a worker lives (心跳)."""
    now = clock.now()
    if not WorkerPulse.objects.filter(worker=worker).update(ticked_at=now):
        WorkerPulse.objects.create(worker=worker, host=host[:80], started_at=now, ticked_at=now)


def end_pulse(worker: str) -> None:
    """Show that a worker has ended in order (正常停止)."""
    WorkerPulse.objects.filter(worker=worker, ended_at=None).update(ended_at=clock.now())
