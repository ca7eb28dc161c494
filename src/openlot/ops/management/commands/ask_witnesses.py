"""Ask the witnesses to cosign the newest checkpoint (请见证人加签)."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from openlot.kernel.actor import Actor
from openlot.trail.services import ask_witnesses
from openlot.trail.witness_list import configured
from openlot.trail.witnesses import Outcome


class Command(BaseCommand):
    """Prints a line per witness asked; exit 1 when one refused or could not be reached."""

    help = "Ask each witness to cosign the newest checkpoint of the log."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, and fail when not all have signed."""
        words = {
            Outcome.COSIGNED: _("已加签"),
            Outcome.REFUSED: _("拒绝加签"),
            Outcome.SILENT: _("未能联系"),
        }
        if not configured():
            self.stdout.write(_("没有配置见证人（WITNESSES）"))
        answers = ask_witnesses(actor=Actor.system("ask-witnesses"))
        for one in answers:
            name, word = one.witness.verifier.name, words[one.outcome]
            self.stdout.write(f"{name} {word} {one.detail}".rstrip())
        if any(one.outcome != Outcome.COSIGNED for one in answers):
            sys.exit(1)
