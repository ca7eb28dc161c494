"""The tasks that the clock begins (定时任务): each calls one service, as the platform itself."""

from __future__ import annotations

from django.core.management import call_command
from django_tasks import task

from openlot.kernel.actor import Actor
from openlot.registers.services import lapse_expired


@task
def lapse_certificates() -> int:
    """Let certificates lapse (证件失效) whose last day has passed; return how many."""
    return lapse_expired(actor=Actor.system("lapse_certificates"))


@task
def clear_sessions() -> None:
    """Clear sessions (清理会话) that have expired: nobody can use them any more."""
    call_command("clearsessions")
