"""The tasks that the clock begins (定时任务): each calls one service, as the platform itself."""

from __future__ import annotations

from io import StringIO

from django.core.management import CommandError, call_command
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from openlot.accounts import services as accounts
from openlot.jobs.backend import STEPS
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict
from openlot.kernel.marks import listed
from openlot.publication import services as publication
from openlot.registers import services as registers
from openlot.signin.models import EmergencyView
from openlot.signin.services import end_lapsed
from openlot.trail.drift import drifts


@task
def lapse_certificates() -> int:
    """Let certificates lapse (证件失效) whose last day has passed; return how many."""
    return registers.lapse_expired(actor=Actor.system("lapse_certificates"))


@task
def move_leavers_out() -> int:
    """Take out of the register (离岗出库) whoever left before leaving did so by itself; how many."""
    return registers.move_leavers_out(actor=Actor.system("move_leavers_out"))


@task
def cancel_left_over() -> int:
    """Cancel the inspections (随抽取作废) of draws that were voided before a void did so; how many."""
    return publication.cancel_left_over(actor=Actor.system("cancel_left_over"))


@task
def lock_dormant() -> int:
    """Lock accounts (锁定账号) that nobody used for as long as the policy says; return how many."""
    return accounts.lock_dormant(actor=Actor.system("lock_dormant"))


@task
def end_expired_grants() -> int:
    """Tell that roles given until a day have ended (授权到期); return how many."""
    return accounts.end_expired_grants(actor=Actor.system("end_expired_grants"))


@task
def clear_sessions() -> None:
    """Clear sessions (清理会话) that have expired, and end emergency views that hung on them."""
    end_lapsed(EmergencyView.objects.all())
    call_command("clearsessions")


@task
def find_drift() -> int:
    """Look for changes that no event tells (无留痕改动检查); what is found is a fault to be seen.

    raises    Conflict naming the tables
    """
    found = drifts()
    if found:
        tables = listed(sorted({one.relation for one in found}))
        words = _("发现无留痕改动 %(n)s 处，涉及 %(tables)s；请运行 openlot drift 查看")
        raise Conflict(words, n=len(found), tables=tables)
    return 0


# Both last long and hold no transaction meanwhile: people go on writing.


@task(queue_name=STEPS)
def check_tree() -> None:
    """Check counts and hashes of the whole database (全库核验); what is found is a fault to be seen."""
    try:
        call_command("fsck", level=1, stdout=StringIO(), stderr=StringIO())
    except CommandError as error:
        raise Conflict(_("%(found)s；请运行 openlot fsck 查看"), found=error) from error


@task(queue_name=STEPS)
def hold_drill() -> None:
    """Hold a restore drill (恢复演练); one that fails is a fault to be seen."""
    call_command("drill", stdout=StringIO(), stderr=StringIO())
