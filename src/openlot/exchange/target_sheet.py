"""From a department's sheet to rows that can be stored and rows that cannot (检查对象导入)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from openlot.exchange.tables import Table
from openlot.kernel.errors import Invalid, TooLarge
from openlot.kernel.marks import listed
from openlot.registers.rows import RowFault, TargetRow
from openlot.rules.credit_code import code_fault, registration_fault
from openlot.rules.industry import parse_industry
from openlot.rules.regions import match_region
from openlot.rules.repair import compact, narrow, parse_day, parse_end, tidy

HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("主体名称", "名称", "企业名称", "检查对象名称", "对象名称"),
    "code": ("统一社会信用代码/注册号", "统一社会信用代码", "注册号", "信用代码"),
    "kind": ("主体类型", "对象类型", "检查对象种类"),
    "founded_on": ("成立日期",),
    "status": ("登记状态", "经营状态"),
    "address": ("住所(经营场所)", "住所", "地址", "经营场所"),
    "region": ("所属乡镇(街道)", "所属乡镇", "所属区域", "乡镇街道"),
    "industry": ("行业代码", "所属行业", "行业"),
    "licence_name": ("许可证名称",),
    "licence_no": ("许可证编号",),
    "licence_to": ("许可证有效期至", "许可有效期至"),
    "credit_class": ("信用风险等级", "信用风险分类"),
    "representative": ("法定代表人(负责人)", "法定代表人", "负责人"),
    "phone": ("联系电话", "电话"),
}
IGNORED = ("序号", "主管部门", "备注")
FAULT_LIMIT = 100_000
NEEDED = ("name", "code", "kind", "status", "region")

KINDS = {
    "企业": "enterprise",
    "个体工商户": "self_employed",
    "个体户": "self_employed",
    "农民专业合作社": "cooperative",
    "外国企业常驻代表机构": "foreign_office",
    "事业单位": "institution",
    "社会组织": "social",
}
STATUSES = {
    "存续": "existing",
    "在业": "in_business",
    "开业": "in_business",
    "在营": "in_business",
    "正常": "existing",
    "歇业": "dormant",
    "注销": "cancelled",
    "吊销": "revoked",
    "吊销,未注销": "revoked",
    "吊销，未注销": "revoked",
    "吊销,已注销": "cancelled",
    "撤销": "annulled",
    "迁出": "moved_out",
}

MENDS = {
    "name_missing": (_("名称为空"), _("请补填主体名称")),
    "code_missing": (_("代码为空"), _("请补填统一社会信用代码或注册号")),
    "code_length": (_("代码位数不对"), _("统一社会信用代码应为 18 位，注册号应为 15 位，请核对")),
    "code_alphabet": (_("代码含有不允许的字符"), _("统一社会信用代码不含 I、O、S、V、Z，请核对")),
    "code_check": (_("代码校验位不符"), _("请对照营业执照核对代码")),
    "code_repeated": (_("代码与本表第 %(first)s 行重复"), _("请删去重复行或更正代码")),
    "region_unknown": (_("所属乡镇（街道）不在本市"), _("请填写本市乡镇、街道的规范名称")),
    "date_impossible": (_("日期不存在或无法识别"), _("请按 2026-01-31 的格式填写真实日期")),
    "class_unknown": (_("信用风险等级无法识别"), _("请填写 A、B、C、D 之一，未评定请留空")),
    "kind_unknown": (_("主体类型无法识别"), _("请填写企业、个体工商户、农民专业合作社等")),
    "status_unknown": (_("登记状态无法识别"), _("请填写存续、在业、歇业、注销、吊销、迁出等")),
    "industry_unknown": (_("行业代码不在 GB/T 4754-2017 中"), _("请填写如 F52 的行业代码")),
}


class _Fault(Exception):
    def __init__(self, field: str, code: str, **params: object) -> None:
        self.field, self.code, self.params = field, code, params
        super().__init__(code)


@dataclass(slots=True)
class TargetSheet:
    """A target sheet being read (检查对象表): good rows one by one, faults aside.

    A million rows never stand in memory together; ``n_rows`` and ``faults`` are whole at the end.
    """

    table: Table
    regions: Mapping[str, str]
    columns: Mapping[str, tuple[int, str]]
    n_rows: int = 0
    faults: list[RowFault] = dataclasses.field(default_factory=list)

    def __iter__(self) -> Iterator[TargetRow]:
        self.n_rows = 0
        self.faults.clear()
        seen: dict[str, int] = {}
        for number, cells in self.table:
            self.n_rows += 1
            values = {
                key: cells[at] if at < len(cells) else "" for key, (at, _h) in self.columns.items()
            }
            try:
                yield _row(number, values, self.regions, seen)
            except _Fault as fault:
                self._keep(number, fault, values)

    def _keep(self, number: int, fault: _Fault, values: Mapping[str, str]) -> None:
        if len(self.faults) == FAULT_LIMIT:
            raise TooLarge(
                _("有问题的行超过 %(n)s 行，请先按提示改正：第 %(row)s 行 %(why)s"),
                n=FAULT_LIMIT,
                row=self.faults[0].row,
                why=self.faults[0].message,
            )
        message, mend = MENDS[fault.code]
        self.faults.append(
            RowFault(
                row=number,
                field=self.columns[fault.field][1],
                code=fault.code,
                message=str(message) % fault.params if fault.params else str(message),
                mend=str(mend),
                values={self.columns[key][1]: value for key, value in values.items()},
            )
        )


def parse(table: Table, regions: Mapping[str, str]) -> TargetSheet:
    """Read a target sheet (解析检查对象表).

    regions   name of township or sub-district to its nine-digit code
    raises    Invalid naming a heading that is missing
    """
    return TargetSheet(table, regions, _columns(table.headings))


def _columns(headings: list[str]) -> dict[str, tuple[int, str]]:
    """Find each column by its heading, in any order."""
    found: dict[str, tuple[int, str]] = {}
    known = {alias: key for key, aliases in HEADINGS.items() for alias in aliases}
    for at, heading in enumerate(headings):
        plain = narrow(heading).replace("（", "(").replace("）", ")").replace(" ", "")
        if plain in known and known[plain] not in found:
            found[known[plain]] = (at, heading)
    missing = [HEADINGS[key][0] for key in NEEDED if key not in found]
    if missing:
        raise Invalid(
            _("缺少必需的列：%(names)s。请按模板补齐标题行后再导入"), names=listed(missing)
        )
    return found


def _row(
    number: int, values: Mapping[str, str], regions: Mapping[str, str], seen: dict[str, int]
) -> TargetRow:
    code = compact(values["code"])
    first = seen.setdefault(code, number) if code else number
    name = tidy(values["name"])
    if not name:
        raise _Fault("name", "name_missing")
    _check_code(code)
    if first != number:
        raise _Fault("code", "code_repeated", first=first)
    kind = _known(values, "kind", KINDS, "kind_unknown")
    status = _known(values, "status", STATUSES, "status_unknown")
    region = match_region(narrow(values["region"]), regions)
    if not region:
        raise _Fault("region", "region_unknown")
    return TargetRow(
        row=number,
        name=name,
        uscc=code if len(code) == 18 else "",
        registration_no=code if len(code) == 15 else "",
        kind=kind,
        registration_status=status,
        founded_on=_day(values, "founded_on"),
        address=tidy(values.get("address", "")),
        region_code=region,
        industry=_industry(values),
        licence_name=tidy(values.get("licence_name", "")),
        licence_no=compact(values.get("licence_no", "")),
        licence_valid_to_on=_day(values, "licence_to"),
        credit_class=_credit_class(values),
        legal_representative=tidy(values.get("representative", "")),
        phone=narrow(values.get("phone", "")),
    )


def _check_code(code: str) -> None:
    if not code:
        raise _Fault("code", "code_missing")
    fault = registration_fault(code) if len(code) == 15 else code_fault(code)
    if fault:
        raise _Fault("code", f"code_{fault}")


def _known(values: Mapping[str, str], field: str, names: Mapping[str, str], fault: str) -> str:
    found = names.get(narrow(values[field]))
    if found is None:
        raise _Fault(field, fault)
    return found


def _day(values: Mapping[str, str], field: str) -> date | None:
    text = values.get(field, "")
    try:
        return parse_end(text) if field == "licence_to" else parse_day(text)
    except ValueError:
        raise _Fault(field, "date_impossible") from None


def _industry(values: Mapping[str, str]) -> str:
    text = compact(values.get("industry", ""))
    if not text:
        return ""
    try:
        return parse_industry(text)
    except ValueError:
        raise _Fault("industry", "industry_unknown") from None


def _credit_class(values: Mapping[str, str]) -> str:
    text = compact(values.get("credit_class", ""))
    if text and text not in "ABCD":
        raise _Fault("credit_class", "class_unknown")
    return text
