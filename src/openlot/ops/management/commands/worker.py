"""The worker (后台服务): does the jobs, keeps the clock, gives back what dead workers left."""

from __future__ import annotations

import contextvars
import os
import secrets
import signal
import socket
import sys
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from openlot.jobs.leases import Lease, lease_for
from openlot.jobs.models import Job
from openlot.jobs.selectors import broken_jobs, is_running, last_tick
from openlot.jobs.services import begin_slot, claim, end_pulse, pulse, reap, run
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import DomainError
from openlot.schedule import SLOTS
from openlot.trail.services import advance
from openlot.trail.startup import stand_or_exit

TICK = 1.0  # seconds between two looks at the clock and at dead workers
IDLE = 0.5  # seconds before an idle worker looks for work again
PULSES = 5  # ticks between two signs of life


class Command(BaseCommand):
    """Runs until it is told to stop; a job under way is ended or given back in order."""

    help = "Do background jobs and periodic work; --once does what is due and ends."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do instead of running on."""
        parser.add_argument("--once", action="store_true", help="do what is due, then end")
        parser.add_argument("--status", action="store_true", help="exit 0 when a worker is alive")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or tell how things stand."""
        if options["status"]:
            self._tell_status()
            return
        stand_or_exit()
        self.stop = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._asked_to_stop)
        name = f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(4)}"
        lease = lease_for(name)
        lease.take()
        try:
            if options["once"]:
                tick(lease, with_pulse=True)
                work(lease, self.stop, once=True)
            else:
                self._serve(lease)
        finally:
            end_pulse(name)
            lease.end()

    def _serve(self, lease: Lease) -> None:
        clockwork = threading.Thread(
            target=contextvars.copy_context().run, args=(keep_time, lease, self.stop), daemon=True
        )
        clockwork.start()
        self.stdout.write(_("后台服务 %s 已启动") % lease.worker)
        self.stdout.flush()
        work(lease, self.stop, once=False)
        clockwork.join(timeout=30)

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop.set()

    def _tell_status(self) -> None:
        at = last_tick()
        seen = clock.local(at).strftime("%Y-%m-%d %H:%M:%S") if at else _("从未运行")
        counts = {
            status: Job.objects.filter(status=status).count() for status in ("READY", "RUNNING")
        }
        words = _("最近心跳 %(seen)s；等待 %(ready)s，执行中 %(running)s，故障 %(broken)s") % {
            "seen": seen,
            "ready": counts["READY"],
            "running": counts["RUNNING"],
            "broken": broken_jobs().count(),
        }
        self.stdout.write(words)
        if not is_running():
            raise CommandError(_("后台服务未运行"), returncode=1)


def work(lease: Lease, stop: threading.Event, *, once: bool) -> None:
    """Do one job after another (执行任务) until told to stop, or until none is left."""
    reap(lease)
    while not stop.is_set():
        if not lease.is_held():
            raise CommandError(
                _("存活凭据已失效：数据库会话中断，请重新启动后台服务"), returncode=1
            )
        job = claim(lease.worker)
        if job is not None:
            run(job, stop.is_set)
        elif once:
            return
        else:
            stop.wait(IDLE)


def keep_time(lease: Lease, stop: threading.Event) -> None:
    """Tick (计时) in a thread and a session of its own: a long job stops no clock."""
    n_ticks = 0
    try:
        while not stop.is_set():
            try:
                tick(lease, with_pulse=n_ticks % PULSES == 0)
            except OperationalError:  # a busy or restarting database: the next tick asks again
                connection.close()
            n_ticks += 1
            stop.wait(TICK)
    finally:
        stop.set()
        connection.close()


def tick(lease: Lease, *, with_pulse: bool) -> None:
    """Do what each second asks for (每秒例行): dead workers, sign of life, due slots."""
    reap(lease)
    if with_pulse:
        pulse(lease.worker, socket.gethostname())
    place_and_sign()
    now = clock.now()
    for slot in SLOTS:
        begin_slot(slot.name, slot.moment(now), slot.task)


def place_and_sign() -> None:
    """Give the trail's new entries their place and sign (存证); a refusal stops nothing else."""
    try:
        advance(actor=Actor.system("sequencer"))
    except DomainError as refusal:
        sys.stderr.write(f"{refusal.message}\n")
