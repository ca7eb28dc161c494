"""A superior's list of targets (下发名单): codes looked up in the own register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.exchange.tables import read_table
from openlot.exchange.target_sheet import HEADINGS
from openlot.kernel.errors import Invalid
from openlot.kernel.marks import listed
from openlot.registers.models import InspectionTarget
from openlot.rules.repair import compact


def listed_targets(department: Department, data: bytes, filename: str) -> list[InspectionTarget]:
    """Return the register rows that a list names (名单对象).

    raises    Invalid naming the rows whose code is not in the register
    """
    table = read_table(data, filename)
    at = next((n for n, h in enumerate(table.headings) if h.strip() in HEADINGS["code"]), None)
    if at is None:
        raise Invalid(fields={"file": _("名单缺少“统一社会信用代码/注册号”列")})
    codes = {compact(cells[at]): number for number, cells in table if at < len(cells)}
    found = {
        t.code: t
        for t in InspectionTarget.objects.filter(department=department, code__in=list(codes))
    }
    missing = [str(number) for code, number in codes.items() if code not in found]
    if missing:
        raise Invalid(
            fields={"file": _("第 %s 行的代码不在本部门名录库，请先录入") % listed(missing[:20])}
        )
    return list(found.values())
