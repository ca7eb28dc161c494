"""The page of background jobs (后台任务), for whoever runs the platform."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.jobs.models import Job, JobStatus, WorkerPulse
from openlot.jobs.selectors import (
    SILENT,
    broken_jobs,
    is_running,
    job_list,
    last_slots,
    last_tick,
    pulses,
)
from openlot.jobs.services import retry
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.marks import listed
from openlot.rights.access import holds, may
from openlot.rights.perms import Perm
from openlot.schedule import SLOTS
from openlot.trail.places import is_late, last_drill
from openlot.trail.witnesses import refusing_witnesses
from openlot.web.buttons import button
from openlot.web.jobs.names import job_name
from openlot.web.jobs.progress import progress_of
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, Text, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import names, tell

CHECKS = ("find-drift", "check-tree", "hold-drill")
TONES = {
    JobStatus.READY: "grey",
    JobStatus.RUNNING: "blue",
    JobStatus.FAILED: "red",
    JobStatus.SUCCESSFUL: "green",
}


def job_state(job: Job) -> str:
    """Return a job's state as a tag (任务状态): a refusal is no fault of the platform."""
    if job.refusal and not job.by_ref.startswith("system:"):
        return tag(_("已退回"), "gold")
    return tag(job.get_status_display(), TONES[JobStatus(job.status)])


def _when(instant: Any) -> str:
    return clock.local(instant).strftime("%m-%d %H:%M:%S") if instant else "—"


JOBS = ListSpec(
    title=gettext_lazy("任务记录"),
    columns=(
        Column(gettext_lazy("任务"), lambda j: link("job", job_name(j.task_path), pid=j.public_id)),
        Column(gettext_lazy("状态"), job_state),
        Column(
            gettext_lazy("进度"), lambda j: f"{j.done}/{j.total}" if j.total else "—", number=True
        ),
        Column(gettext_lazy("登记时间"), lambda j: _when(j.enqueued_at), sort="enqueued_at"),
        Column(gettext_lazy("结束时间"), lambda j: _when(j.finished_at), sort="finished_at"),
        Column(gettext_lazy("执行次数"), lambda j: j.attempts, number=True),
    ),
    filters=(Filter("status", gettext_lazy("状态"), JobStatus.choices, "status"),),
    empty=gettext_lazy("还没有后台任务。"),
)


@screen("jobs/all/", name="job-list", perm=Perm.JOB_VIEW)
def jobs_all(request: StaffRequest) -> HttpResponse:
    """List all jobs (任务记录)."""
    return show_list(request, job_list(), JOBS)


@screen("jobs/", name="jobs", perm=Perm.JOB_VIEW)
def jobs(request: StaffRequest) -> HttpResponse:
    """Show whether the workers live, what waits and what the clock has begun (后台任务)."""
    alive, broken = is_running(), broken_jobs().count()
    page = Page(
        title=_("后台任务"),
        state=tag(_("运行中"), "green") if alive else tag(_("未运行"), "red"),
        acts=[Act(href("job-list"), _("任务记录"), method="get", tone="")],
        facts=[
            Fact(_("最近心跳"), _when(last_tick())),
            Fact(_("等待执行"), job_list().filter(status=JobStatus.READY).count()),
            Fact(_("执行中"), job_list().filter(status=JobStatus.RUNNING).count()),
            Fact(_("故障"), broken),
            Fact(_("最近恢复演练"), _drill(), wide=True),
        ],
        blocks=[_faults(), _slots(), _workers()],
        notices=alarms(request.actor),
    )
    return page.show(request)


def _drill() -> Text:
    last = last_drill()
    if last is None:
        return _("尚未演练")
    entry, told = last
    if not told["passed"]:
        return _("%(at)s 未通过") % {"at": _when(entry.at)}
    words = _(
        "%(at)s 通过：留痕 %(n)s 条，备份 %(backup).1f 秒，载入 %(load).1f 秒，核验 %(check).1f 秒"
    )
    return words % {
        "at": _when(entry.at),
        "n": told["n_entries"],
        "backup": told["backup_ms"] / 1000,
        "load": told["load_ms"] / 1000,
        "check": told["check_ms"] / 1000,
    }


def alarms(actor: Actor) -> list[tuple[str, Text]]:
    """Return what somebody who runs or audits the platform has to know at once (告警)."""
    if not holds(actor, Perm.JOB_VIEW):
        return _findings() if holds(actor, Perm.TRAIL_VIEW) else []
    found: list[tuple[str, Text]] = []
    if not is_running():
        words = _("后台服务已超过 %(n)s 秒没有心跳：导入、概率说明和定时任务暂停，请启动后台服务。")
        found.append(("bad", words % {"n": int(SILENT.total_seconds())}))
    n = broken_jobs().count()
    if n:
        words = _("故障的后台任务 %(n)s 项，请处理后重新执行。")
        found.append(("bad", words % {"n": n}))
    if settings.LOG_KEY_FILE and is_late():
        found.append(
            ("bad", _("全程留痕已超过 60 秒未入树或未签署，请检查后台服务和日志签名密钥。"))
        )
    names = listed(refusing_witnesses())
    if names:
        words = _("见证人 %(names)s 拒绝加签：存证日志与其所见不符，请立即查明（见运维手册）。")
        found.append(("bad", words % {"names": names}))
    return found


def _findings() -> list[tuple[str, Text]]:
    """Say which nightly checks found something, until they pass (核验告警)."""
    words = _("%(work)s发现异常或未通过：%(why)s（处置见运维手册）。")
    last = last_slots()
    failed = [
        (slot, begun.job)
        for slot in SLOTS
        if slot.name in CHECKS
        and (begun := last.get(slot.name))
        and begun.job
        and begun.job.status == JobStatus.FAILED
    ]
    return [
        ("bad", words % {"work": slot.title, "why": job.refusal or job.error or "—"})
        for slot, job in failed
    ]


def _faults() -> Block:
    rows = [
        (
            link("job", job_name(j.task_path), pid=j.public_id),
            j.refusal or j.error or _("执行进程中断"),
            format_html('<span class="due">{}</span>', _when(j.finished_at)),
        )
        for j in broken_jobs()[:20]
    ]
    heads = (_("任务"), _("故障"), _("时间"))
    return Block(_("待处理的故障"), heads, rows, _("没有故障。"))


def _slots() -> Block:
    last, now = last_slots(), clock.now()
    rows = []
    for slot in SLOTS:
        begun = last.get(slot.name)
        state = job_state(begun.job) if begun and begun.job else tag(_("尚未执行"))
        rows.append((slot.title, _when(slot.moment(now)), state))
    return Block(_("定时任务"), (_("任务"), _("最近应执行"), _("状态")), rows)


def _workers() -> Block:
    rows = [(p.worker, _when(p.started_at), _when(p.ticked_at), _pulse_state(p)) for p in pulses()]
    heads = (_("服务进程"), _("启动"), _("最近心跳"), _("状态"))
    return Block(_("服务进程（近一日）"), heads, rows, _("近一日没有服务进程运行过。"))


def _pulse_state(pulse: WorkerPulse) -> str:
    if pulse.ended_at is not None:
        return tag(_("已正常停止"))
    if pulse.ticked_at >= clock.now() - SILENT:
        return tag(_("运行中"), "green")
    return tag(_("心跳中断"), "red")


def _why(job: Job) -> list[Fact]:
    """Say why a job was sent back, or what broke: in words where there are any."""
    if job.refusal:
        begun_by_clock = job.by_ref.startswith("system:")
        return [Fact(_("故障") if begun_by_clock else _("退回原因"), job.refusal, wide=True)]
    return [Fact(_("故障"), job.error, wide=True)] if job.error else []


@screen("jobs/<pid:pid>/", name="job", perm=Perm.JOB_VIEW, obj=Job)
def job(request: StaffRequest, obj: Job) -> HttpResponse:
    """Show one job and, where it broke, what broke (任务详情)."""
    page = Page(
        title=job_name(obj.task_path),
        state=job_state(obj),
        crumbs=[(_("后台任务"), href("jobs"))],
        facts=[
            Fact(_("登记人"), names([obj.by_ref])[0]),
            Fact(_("登记时间"), _when(obj.enqueued_at)),
            Fact(_("开始时间"), _when(obj.started_at)),
            Fact(_("结束时间"), _when(obj.finished_at)),
            Fact(_("执行次数"), obj.attempts),
            Fact(_("服务进程"), obj.worker or "—"),
            *_why(obj),
            Fact(_("标识"), obj.key, wide=True),
        ],
        story=tell(request, obj),
    )
    if obj.status == JobStatus.FAILED and may(request.actor, Perm.JOB_RETRY, obj):
        page.acts = [Act(href("job-retry", pid=obj.public_id), _("重新执行"))]
    doing = _("已完成 %(done)s / %(total)s")
    progress = progress_of(obj, doing) if obj.is_live else None
    return page.show(request, "web/job.html", progress=progress, trace=obj.trace)


button(
    "jobs/<pid:pid>/retry/",
    "job-retry",
    Perm.JOB_RETRY,
    Job,
    lambda request, job: retry(job, actor=request.actor),
    gettext_lazy("已重新登记，等待执行"),
    back=lambda job: href("job", pid=job.public_id),
)
