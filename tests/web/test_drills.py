"""What the nightly checks and the drill found is seen by whoever runs and whoever audits the platform."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from openlot.accounts.models import Grant
from openlot.jobs.models import Job, JobStatus
from openlot.jobs.services import begin_slot
from openlot.kernel.actor import Actor, Role
from openlot.schedule import SLOTS
from openlot.schedule.slots import SUNDAY, weekly
from openlot.trail.events import BackupDrilled
from openlot.trail.services import tell_of_log

pytestmark = pytest.mark.django_db


def somebody(role: Role) -> str:
    """The sign-in name of somebody in a role."""
    return Grant.objects.filter(role=role, revoked_at=None)[0].user.username


def failed(name: str, why: str) -> None:
    """Let periodic work fail."""
    slot = next(slot for slot in SLOTS if slot.name == name)
    begin_slot(name, datetime(2026, 11, 20, tzinfo=UTC), slot.task)
    Job.objects.filter(slots__name=name).update(status=JobStatus.FAILED, refusal=why)


@pytest.mark.parametrize("name", ["find-drift", "check-tree", "hold-drill"])
def test_a_finding_rings_on_the_desks_of_both_administrators(sign_in, name: str):
    """Who audits reads what it was; who runs the platform is led to the jobs; others see nothing."""
    auditor: Client = sign_in(somebody(Role.AUDIT_ADMIN))
    assert 'role="alert"' not in auditor.get("/desk/").content.decode()
    failed(name, "发现异常 3 处")
    page = auditor.get("/desk/").content.decode()
    assert "发现异常 3 处" in page
    assert "/jobs/" not in page
    runner: Client = sign_in(somebody(Role.PLATFORM_ADMIN))
    assert "故障的后台任务 1 项" in runner.get("/desk/").content.decode()
    assert "发现异常 3 处" in runner.get("/jobs/").content.decode()
    clerk: Client = sign_in(somebody(Role.TASK_CLERK))
    assert "发现异常" not in clerk.get("/desk/").content.decode()


def test_the_last_drill_stands_on_the_page_of_jobs(sign_in):
    """Never held, passed with its times, failed."""
    client: Client = sign_in(somebody(Role.PLATFORM_ADMIN))
    assert "尚未演练" in client.get("/jobs/").content.decode()
    fact = BackupDrilled(True, 9_000, 1, 12_300, 4_500, 67_800, "")
    tell_of_log(fact, actor=Actor.system("drill"))
    page = client.get("/jobs/").content.decode()
    assert "留痕 9000 条，备份 12.3 秒，载入 4.5 秒，核验 67.8 秒" in page
    tell_of_log(BackupDrilled(False, 0, 0, 0, 0, 0, "x"), actor=Actor.system("drill"))
    assert "未通过" in client.get("/jobs/").content.decode()


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ((2026, 11, 25, 12, 0), (2026, 11, 21, 19, 10)),
        ((2026, 11, 22, 0, 0), (2026, 11, 21, 19, 10)),
        ((2026, 11, 21, 19, 10), (2026, 11, 21, 19, 10)),
        ((2026, 11, 21, 19, 9), (2026, 11, 14, 19, 10)),
    ],
)
def test_the_drill_is_due_on_sunday_nights_of_the_city(now, due):
    """03:10 of a Sunday in Shanghai is 19:10 of Saturday in UTC."""
    rule = weekly(SUNDAY, 3, 10)
    assert rule(datetime(*now, tzinfo=UTC)) == datetime(*due, tzinfo=UTC)
