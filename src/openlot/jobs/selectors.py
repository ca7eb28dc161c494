"""Reading jobs and the workers' health (后台任务查询)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from openlot.jobs.models import LIVE, Job, JobSlot, JobStatus, WorkerPulse
from openlot.kernel import clock

SILENT = timedelta(seconds=60)


def job_list() -> QuerySet[Job]:
    """Return all jobs (任务列表), newest first; the screen asks for the right to see them."""
    return Job.objects.defer("trace", "returned", "arguments")


def live_job(key: str) -> Job | None:
    """Return the job of a key that waits or runs (未结束的任务)."""
    return Job.objects.filter(key=key, status__in=LIVE).first()


def latest_job(key: str) -> Job | None:
    """Return the last job of a key (最近一次任务)."""
    return Job.objects.filter(key=key).order_by("-id").first()


def live_jobs_of(prefix: str) -> QuerySet[Job]:
    """Return the jobs under a prefix of keys that wait or run (未结束的任务)."""
    return Job.objects.filter(key__startswith=prefix, status__in=LIVE)


def broken_jobs() -> QuerySet[Job]:
    """Return the failed jobs that the platform has to mend (故障任务) and were not made good since.

    What was refused is for whoever began it; where the clock began it, nobody else would see it.
    """
    later = Job.objects.filter(
        key=OuterRef("key"), pk__gt=OuterRef("pk"), status=JobStatus.SUCCESSFUL
    )
    ours = Q(refusal="") | Q(by_ref__startswith="system:")
    return Job.objects.filter(ours, status=JobStatus.FAILED).exclude(Exists(later))


def pulses() -> QuerySet[WorkerPulse]:
    """Return the workers of the last day (后台服务进程), the liveliest first."""
    return WorkerPulse.objects.filter(ticked_at__gt=clock.now() - timedelta(days=1))


def last_tick() -> datetime | None:
    """Return when a worker last showed that it lives (最近心跳)."""
    return WorkerPulse.objects.order_by("-ticked_at").values_list("ticked_at", flat=True).first()


def is_running() -> bool:
    """Say whether a worker is there to do what waits (后台服务在线)."""
    since = clock.now() - SILENT
    return WorkerPulse.objects.filter(ticked_at__gte=since, ended_at=None).exists()


def last_slots() -> dict[str, JobSlot]:
    """Return the newest moment of each periodic work (最近定时点), by its name."""
    newest = JobSlot.objects.values("name").annotate(at=Max("id")).values("at")
    return {slot.name: slot for slot in JobSlot.objects.filter(pk__in=newest).select_related("job")}
