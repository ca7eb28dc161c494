"""Jobs, slots of the clock and the workers' pulse (后台任务)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django_tasks.base import Task

from openlot.kernel.fields import PublicIdField
from openlot.rights.access import Reach


class JobStatus(models.TextChoices):
    """Where a job stands (任务状态); the values are those of Django's tasks."""

    READY = "READY", _("等待执行")
    RUNNING = "RUNNING", _("执行中")
    FAILED = "FAILED", _("未完成")
    SUCCESSFUL = "SUCCESSFUL", _("已完成")


LIVE = (JobStatus.READY, JobStatus.RUNNING)


class Job(models.Model):
    """Work that is done beside the sites (后台任务).

    key        what it is about; of one key one job at most is waiting or running
    by_ref     who began it, as the trail names people
    worker     who runs it now, or ran it last; ``attempts`` counts how often it was taken up
    done       of ``total`` steps, told as it goes on
    refusal    why it cannot be done, in the words and the language of who began it
    trace      what broke, for whoever mends the platform
    """

    public_id = PublicIdField()
    key = models.CharField(max_length=160)
    task_path = models.CharField(max_length=120)
    queue = models.CharField(max_length=32)
    priority = models.SmallIntegerField(default=0)
    arguments = models.JSONField(default=dict)
    language = models.CharField(max_length=8, blank=True)
    by_ref = models.CharField(max_length=80, blank=True)
    status = models.CharField(
        max_length=10, choices=JobStatus.choices, default=JobStatus.READY, db_index=True
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=64, blank=True)
    enqueued_at = models.DateTimeField()
    run_after = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    returned = models.JSONField(null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=120, blank=True)
    trace = models.TextField(blank=True)

    reach = Reach()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["key", "id"]),
            models.Index(
                fields=["-priority", "id"],
                name="job_ready",
                condition=models.Q(status="READY"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(status__in=("READY", "RUNNING")),
                name="one_live_job_of_a_key",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=JobStatus.values), name="job_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def task(self) -> Task[..., Any]:
        """The function that does it (任务函数)."""
        found: Task[..., Any] = import_string(self.task_path)
        return found

    @property
    def is_live(self) -> bool:
        """Whether it still waits or runs (未结束)."""
        return self.status in LIVE


class JobSlot(models.Model):
    """A moment of the clock at which periodic work was begun (定时点), once whoever is there."""

    name = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="slots", null=True)

    class Meta:
        ordering = ["-due_at", "name"]
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="slot_begun_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.due_at.isoformat()}"


class WorkerPulse(models.Model):
    """A worker process and when it last showed that it lives (后台服务心跳)."""

    worker = models.CharField(max_length=64, unique=True)
    host = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    ticked_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-ticked_at"]

    def __str__(self) -> str:
        return self.worker
