"""Too few officers (人员不足): who is missing in words, and who has to act next."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from fairdraw.words import Words
from openlot.accounts.models import Department
from openlot.draws.models import Draw
from openlot.draws.selectors import live_draw
from openlot.draws.words import said
from openlot.kernel.marks import listed
from openlot.web.page import link

Notice = tuple[str, str | Promise]
_CODE = re.compile(r"[0-9A-Za-z]+")


def shortage_notices(draw: Draw) -> list[Notice]:
    """Say why nobody could be matched (人员缺口) by names, and what comes next."""
    if not draw.shortage:
        return []
    words = Words(draw.shortage["template"], _named(draw))
    found: list[Notice] = [("warn", _("人员不足，抽取对象有效：%s") % said(words))]
    return [*found, *_next(draw)] if draw.voided_at is None else found


def _named(draw: Draw) -> dict[str, object]:
    """Put names where the protocol has codes of targets and departments."""
    values: dict[str, object] = dict(draw.shortage["values"])
    names = dict(draw.drawn_targets.values_list("target__code", "target__name"))
    values["targets"] = _CODE.sub(lambda m: names.get(m[0], m[0]), str(values["targets"]))
    units = dict(Department.objects.values_list("code", "short_name"))
    kinds = [kind.partition(" ") for kind in str(values["kinds"]).split(", ")]
    values["kinds"] = listed(
        f"{units.get(unit, unit)} {tags}" if tags not in ("", "-") else units.get(unit, unit)
        for unit, _blank, tags in kinds
    )
    return values


def _next(draw: Draw) -> list[Notice]:
    latest = live_draw(draw.task, draw.extension)
    if latest is not None and latest != draw:
        row = link("draw", str(latest), pid=latest.public_id)
        return [("info", format_html(_("已另行匹配人员：{}"), row))]
    if draw.task.rosters_sealed_at is not None:
        return [("info", _("下一步：联席会议办公室解封名册，各部门更正可派人员，再另行匹配。"))]
    task = link("task", draw.task.name, pid=draw.task.public_id)
    words = _(
        "名册已解封。下一步：各参与部门确认可派人员，再由发起部门准备另行匹配，都在任务页面：{}"
    )
    return [("info", format_html(words, task))]
