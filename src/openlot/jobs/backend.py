"""Django's tasks kept in one table (任务后端): see docs/adr/0007-own-job-table.md."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskContext, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from openlot.jobs.models import Job
from openlot.kernel import clock

STEPS = "steps"  # the queue of tasks that commit step by step and tell how far they are

Labels = tuple[str, str]
_labels: ContextVar[Labels | None] = ContextVar("job_labels", default=None)


@contextmanager
def labelled(key: str, by_ref: str) -> Any:
    """Give what is enqueued in the block its key and its beginner (任务标识)."""
    token = _labels.set((key, by_ref))
    try:
        yield
    finally:
        _labels.reset(token)


class TableBackend(BaseTaskBackend):
    """Keeps tasks in the table of jobs (数据库任务后端), in the caller's transaction."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(
        self, task: Task[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> TaskResult[Any]:
        """Keep a task (登记任务); when the transaction rolls back, it was never there."""
        self.validate_task(task)
        key, by_ref = _labels.get() or (f"{task.module_path}:{secrets.token_hex(8)}", "")
        now = clock.now()
        job = Job.objects.create(
            key=key,
            by_ref=by_ref,
            task_path=task.module_path,
            queue=task.queue_name,
            priority=task.priority,
            arguments=normalize_json({"args": list(args), "kwargs": dict(kwargs)}),
            language=get_language() or "",
            enqueued_at=now,
            run_after=task.run_after or now,
        )
        return result_of(job)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """Return what became of a task (任务结果).

        raises    TaskResultDoesNotExist
        """
        job = Job.objects.filter(public_id=result_id).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return result_of(job)


def result_of(job: Job) -> TaskResult[Any]:
    """Return a job as Django's tasks know it (任务结果)."""
    task = job.task
    result: TaskResult[Any] = TaskResult(
        task=task,
        id=job.public_id,
        status=TaskResultStatus(job.status),
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.started_at,
        args=job.arguments["args"],
        kwargs=job.arguments["kwargs"],
        backend=task.backend,
        errors=[TaskError(exception_class_path=job.error, traceback=job.trace)]
        if job.error
        else [],
        worker_ids=[job.worker] * job.attempts,
    )
    object.__setattr__(result, "_return_value", job.returned)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext(TaskContext):
    """What a task that takes it is given (任务上下文)."""

    teller: Callable[[int, int], None]


def tell(context: TaskContext, done: int, total: int) -> None:
    """Tell how far a task is (任务进度): steps done of all.

    raises    Interrupted when the worker is asked to stop, Superseded when it lost the job
    """
    if isinstance(context, JobContext):
        context.teller(done, total)
