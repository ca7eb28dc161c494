"""The way to personal information (查看完整信息): one button, the same on every page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from openlot.web.page import Act, href


def reveal_act(kind: str, obj: Any) -> Act:
    """Return the button that leads to the whole information of ``obj`` (查看完整信息)."""
    return Act(href(f"{kind}-reveal", pid=obj.public_id), _("查看完整信息"), method="get", tone="")
