"""What background jobs are called (任务名称), in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.schedule import SLOTS

NAMES: dict[str, str | Promise] = {
    "openlot.draws.services.chances.state_chances": _("计算概率说明"),
    "openlot.exchange.importing.take_in": _("导入检查对象"),
    **{slot.task.module_path: slot.title for slot in SLOTS},
}


def job_name(path: str) -> str | Promise:
    """Return what a task does, in words (任务名称)."""
    return NAMES.get(path, path.rsplit(".", 1)[-1])
