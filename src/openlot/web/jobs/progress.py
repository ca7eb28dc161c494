"""How far a job is (任务进度), on the page that began it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from openlot.jobs.models import Job, JobStatus
from openlot.jobs.selectors import is_running
from openlot.web.page import Text

SECONDS = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """One job under way (进度): words, steps, and how soon to look again."""

    words: Text
    done: int
    total: int
    tone: str = "info"
    seconds: int = SECONDS

    @property
    def is_measured(self) -> bool:
        """Whether there is a bar to show (有进度条)."""
        return self.total > 0


def progress_of(job: Job | None, doing: str | Promise) -> Progress | None:
    """Return how far a job is (任务进度), or None when there is none under way.

    doing    what it does, with %(done)s and %(total)s
    """
    if job is None or job.status == JobStatus.SUCCESSFUL or job.refusal:
        return None
    if job.status == JobStatus.FAILED:
        words = _("后台任务出现故障，已提示平台管理员处理；处理后将从中断处继续，无需重新提交。")
        return Progress(words, job.done, job.total, "bad", 10)
    if not is_running():
        words = _("后台服务未运行，任务已登记；平台管理员启动后台服务后自动开始，无需重新提交。")
        return Progress(words, job.done, job.total, "warn", 10)
    if job.status == JobStatus.READY and not job.total:
        return Progress(_("已登记，正在等待执行"), 0, 0)
    words = str(doing) if job.total else _("正在读取")
    return Progress(words % {"done": job.done, "total": job.total}, job.done, job.total)
