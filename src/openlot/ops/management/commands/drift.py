"""Find changes that nobody told (无留痕改动检查)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from openlot.kernel import clock
from openlot.trail.drift import drifts


class Command(BaseCommand):
    """Prints a line for each change of a protected table without an event; exit 1 when there is one."""

    help = "List changes of protected tables that no event of the trail tells."

    def handle(self, *args: Any, **options: Any) -> None:
        """List, and fail when there is something to list."""
        found = drifts()
        for one in found:
            self.stdout.write(
                _("%(at)s 表 %(table)s 有 %(act)s 改动而无留痕，事务 %(token)s")
                % {
                    "at": clock.local(one.at).isoformat(timespec="seconds"),
                    "table": one.relation,
                    "act": one.act,
                    "token": one.token,
                }
            )
        if found:
            raise CommandError(_("发现无留痕改动 %(n)s 处") % {"n": len(found)}, returncode=1)
        self.stdout.write(_("未发现无留痕改动"))
