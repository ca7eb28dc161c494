"""Import a register file of targets (批量导入检查对象)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from openlot.accounts.models import Department, User
from openlot.accounts.selectors import with_role
from openlot.exchange.importing import ImportOutcome, import_file
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Invalid, NotFound
from openlot.kernel.marks import clauses


class Command(BaseCommand):
    """Reads a file into a department's register; exit 0 when it was read, 2 when not."""

    help = "Import a file of targets into a department's register."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the department and who acts."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--department", required=True)
        parser.add_argument("--as", dest="user", default="")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and say what came of it."""
        department = Department.objects.filter(code=options["department"]).first()
        if department is None:
            raise NotFound(_("没有代码为 %(code)s 的部门"), code=options["department"])
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Invalid(_("无法读取文件 %(path)s"), path=str(path)) from error
        outcome = import_file(
            department,
            data,
            path.name,
            dry_run=options["dry_run"],
            actor=_actor(department, options["user"]),
        )
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(outcome), ensure_ascii=False))
            return
        self.stdout.write(
            _("共 %(n)s 行：新增 %(a)s，更新 %(u)s，无变化 %(s)s，待核 %(q)s")
            % {
                "n": outcome.n_rows,
                "a": outcome.added,
                "u": outcome.updated,
                "s": outcome.unchanged,
                "q": len(outcome.faults),
            }
        )
        for fault in outcome.faults:
            self.stdout.write(f"{fault.row}\t{fault.field}\t{fault.message}\t{fault.mend}")


def _actor(department: Department, username: str) -> Actor:
    """Return who acts: the named user, in the demo the department's entry clerk."""
    if username:
        users = User.objects.select_related("department").filter(is_active=True)
        user = users.filter(username=username).first()
    elif settings.DEMO:
        user = with_role(Role.ENTRY_CLERK).filter(department=department).first()
    else:
        raise Invalid(_("请用 --as 指明操作人账号"))
    if user is None:
        raise NotFound(_("没有可用的操作人账号，请用 --as 指明"))
    return user.as_actor()


def _as_json(outcome: ImportOutcome) -> dict[str, object]:
    return {
        "rows": outcome.n_rows,
        "added": outcome.added,
        "updated": outcome.updated,
        "unchanged": outcome.unchanged,
        "quarantined": [
            {
                "row": f.row,
                "field": f.field,
                "code": f.code,
                "message": clauses([f.message, f.mend]),
            }
            for f in outcome.faults
        ],
    }
