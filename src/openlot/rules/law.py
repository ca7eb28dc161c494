"""The clauses (条款) that arrows, services and tests name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a document (条款)."""

    document: str
    section: str
    gist: str


_ORDER = "界政发〔2020〕9号"

CLAUSES: dict[str, Clause] = {
    "JZF2020-9/2.1": Clause(_ORDER, "二（一）", "使用统一的监管工作平台，全程留痕"),
    "JZF2020-9/2.2.1": Clause(_ORDER, "二（二）1", "健全随机抽查事项清单"),
    "JZF2020-9/2.2.2": Clause(_ORDER, "二（二）2", "健全检查对象名录库和执法检查人员名录库"),
    "JZF2020-9/2.3": Clause(_ORDER, "二（三）", "统筹制定抽查计划，3月底前备案并公开"),
    "JZF2020-9/2.4": Clause(_ORDER, "二（四）", "完善抽查检查实施机制"),
    "JZF2020-9/2.5": Clause(_ORDER, "二（五）", "20个工作日内公示检查结果，做好后续监管衔接"),
    "JZF2020-9/2.7": Clause(_ORDER, "二（七）", "实施信用监管，差异化抽查"),
    "JZF2020-9/3.2": Clause(_ORDER, "三2", "严格落实责任，细化追责免责办法"),
    "APL-42": Clause("行政处罚法", "第四十二条", "执法人员不得少于两人"),
    "APL-55": Clause("行政处罚法", "第五十五条", "主动出示执法证件，检查应当制作笔录"),
    "GBT22239-8.1.4": Clause("GB/T 22239-2019", "8.1.4", "最小权限；及时停用多余、过期账户"),
    "GBT22239-8.1.5": Clause("GB/T 22239-2019", "8.1.5", "系统、安全、审计管理分设，相互制约"),
    "GBF2024-54": Clause("国办发〔2024〕54号", "规范涉企行政检查", "实施检查前经负责人批准"),
}
