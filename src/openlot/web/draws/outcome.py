"""Whom a draw found, who goes there, and the inspections that came of it (抽取结果)."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from openlot.draws.models import Draw
from openlot.kernel.marks import aside, listed
from openlot.registers.models import InspectionTarget
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.web.draws.strata import closed_strata
from openlot.web.page import Block, link
from openlot.web.screens import StaffRequest

MOST = 500


def outcome_block(request: StaffRequest, draw: Draw) -> Block:
    """Return the targets with their officers (抽取对象与匹配人员).

    Strata, ranks and tickets are for those only who may know classes; a target leads to its
    inspection once there is one that the person may open.
    """
    rows = draw.drawn_targets.filter(is_spare=False).select_related("target", "frame__department")
    closed = closed_strata(request, draw)
    order = ("target__name", "frame__fid") if closed else ("frame__fid", "stratum", "rank")
    officers = _officers(draw)
    inspections = _inspections(request, draw)
    return Block(
        _("抽取对象与匹配人员"),
        (_("名录"), _("层"), _("序"), _("检查对象"), _("签号（前 12 位）"), _("人员")),
        [
            (
                r.frame.department.short_name,
                "—" if closed else r.stratum,
                "—" if closed else r.rank,
                _target(r.target, inspections),
                "—" if closed else r.ticket[:12],
                listed(officers[r.target_id]) or _("未匹配"),
            )
            for r in rows.order_by(*order)[:MOST]
        ],
        note=_("可派人员不足，对象有效，人员须更正名册后另行匹配。")
        if draw.state == "drawn"
        else "",
    )


def _officers(draw: Draw) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for man in draw.matched_officers.select_related("inspector", "department"):
        found[man.target_id].append(aside(man.inspector.name, man.department.short_name))
    return found


def _inspections(request: StaffRequest, draw: Draw) -> dict[int, str]:
    rows = visible(request.actor, Perm.INSPECTION_VIEW, draw.inspections.all())
    return dict(rows.values_list("target_id", "public_id"))


def _target(target: InspectionTarget, inspections: dict[int, str]) -> str:
    pid = inspections.get(target.pk)
    return link("inspection", target.name, pid=pid) if pid else target.name
