"""The demo in one command (一键演示): build, run the main job, print, serve."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

PORTS = (
    (8000, "openlot.wsgi", "openlot.settings.demo"),
    (8001, "openlot.portal.wsgi", "openlot.settings.portal_demo"),
)
GUNICORN = "--workers 2 --threads 4 --worker-class gthread --log-level warning --no-control-socket"


class Command(BaseCommand):
    """Migrates, builds the demo city, runs the main job and serves both sites."""

    help = "Build the demo city, run the main job, serve the two sites and run the worker."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the demo; SERVE=0 stops after the summary."""
        if not settings.DEMO:
            raise CommandError("run the demo with demo settings")
        Path("var").mkdir(exist_ok=True)
        call_command("migrate", verbosity=0)
        call_command("seed_demo", stdout=self.stdout, stderr=self.stderr)
        if os.environ.get("SERVE", "1") != "0":
            self._serve(os.environ.get("BIND", "127.0.0.1"))
        else:
            call_command("worker", once=True, stdout=self.stdout, stderr=self.stderr)

    def _serve(self, bind: str) -> None:
        self.stdout.write(
            f"工作平台 http://{bind}:8000/    公示网站 http://{bind}:8001/    Ctrl-C 结束"
        )
        children = [
            subprocess.Popen(  # noqa: S603  # our own servers with fixed arguments
                [sys.executable, "-m", *words], env={**os.environ, "DJANGO_SETTINGS_MODULE": chosen}
            )
            for words, chosen in _processes(bind)
        ]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            for child in children:
                child.wait()
        except (KeyboardInterrupt, SystemExit):
            self.stdout.write("")
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(timeout=30)


def _processes(bind: str) -> list[tuple[list[str], str]]:
    """Return what runs beside each other: module with arguments, and settings."""
    sites = [
        (
            ["gunicorn", f"{module}:application", "--bind", f"{bind}:{port}", *GUNICORN.split()],
            chosen,
        )
        for port, module, chosen in PORTS
    ]
    return [*sites, (["openlot", "worker"], PORTS[0][2])]
