"""Build the demo city and run the main job (演示数据与主流程)."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from fairdraw.evidence import Bundle, verify, write_folder
from openlot.accounts.models import Department
from openlot.documents.typeset import render_task
from openlot.draws.models import Draw
from openlot.draws.selectors import bundle_files
from openlot.kernel import clock
from openlot.ops.demo import city, main_job, registers
from openlot.paperwork.filling import task_papers
from openlot.publication.models import PublicRecord
from openlot.registers.models import InspectionTarget, Inspector
from openlot.results.models import InspectionResult
from openlot.tasks.models import InspectionTask
from openlot.trail.keys import make_key
from openlot.trail.signer import memory_file


class Command(BaseCommand):
    """Builds the demo city once; run again, it only prints its summary."""

    help = "Build the demo city and run the main job."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the seed, the number of targets and where evidence goes."""
        parser.add_argument("--seed", default="jieshou-2026")
        parser.add_argument("--targets", type=int, default=60_000)
        parser.add_argument("--evidence", type=Path, default=Path("var/demo"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, run, print."""
        if not settings.DEMO:
            raise CommandError("the demo city is built with demo settings only")
        started = time.monotonic()
        self._key(anew=not Department.objects.exists())
        if not Department.objects.exists():
            today = clock.today()
            self._build(options["seed"], options["targets"])
            main_job.run(today, options["seed"], self._progress)
        self._summary(options["evidence"], time.monotonic() - started)

    def _build(self, seed: str, targets: int) -> None:
        today = clock.today()
        early = city.at(today.replace(month=1, day=8))
        with clock.travel(early):
            city.build_regions()
            city.build_departments()
            city.build_users(seed)
            city.build_policies(today)
            registers.build_targets(targets, seed, self._progress)
            registers.build_inspectors(seed, today, self._progress)
            city.build_items(self._progress)

    def _key(self, *, anew: bool) -> None:
        """Give a new city a log of its own; one that is there keeps its key."""
        path = Path(settings.LOG_KEY_FILE)
        if anew:
            memory_file().unlink(missing_ok=True)
        if anew or not path.exists():
            make_key(path, settings.LOG_ORIGIN, replace=True)

    def _progress(self, what: str, done: int, total: int) -> None:
        width = 28
        filled = width * done // total if total else width
        bar = "█" * filled + "·" * (width - filled)
        end = "\n" if done >= total else "\r"
        if sys.stderr.isatty() or done >= total:
            self.stderr.write(f"{bar} {done:>6}/{total:<6} {what}", ending=end)

    def _forms(self, folder: Path) -> Path:
        """Print all papers of the newest joint task into one PDF."""
        task = InspectionTask.objects.filter(scope="joint", inspections__isnull=False).first()
        if task is None or task.approved_at is None:
            raise CommandError("no joint task has inspections")
        path = folder / f"papers-{task.number}.pdf"
        if not path.exists():
            data = render_task(
                task_papers(task), at=task.approved_at, folders=tuple(settings.FONT_DIRS)
            )
            path.write_bytes(data)
        return path

    def _summary(self, folder: Path, seconds: float) -> None:
        say = self.stdout.write
        say(
            f"部门 {Department.objects.count()} · 检查对象 {InspectionTarget.objects.count()} · "
            f"执法检查人员 {Inspector.objects.count()} · "
            f"已公示 {PublicRecord.objects.filter(is_current=True).count()} · "
            f"检查结果 {InspectionResult.objects.count()}"
        )
        say(f"用时 {seconds:.0f} 秒")
        good = True
        paths: list[Path] = []
        for draw in Draw.objects.exclude(rdigest="").order_by("pk"):
            path = folder / f"bundle-{draw}"
            write_folder(path, bundle_files(draw))
            report = verify(Bundle.open(path))
            good = good and report.ok
            say(f"{draw.task.name}")
            say(f"  adigest {draw.adigest}")
            say(f"  rdigest {draw.rdigest}")
            say(f"  verify: {'OK' if report.ok else 'DIFFERS'}")
            paths.append(path)
        forms = self._forms(folder)
        for path in paths:
            say(f"bundle: {path}")
        say(f"forms: {forms}")
        if not good:
            raise CommandError("a bundle does not verify")
        say("result: OK")
