"""The policy numbers that the demo city adopts, each with its source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ORDER = "界政发〔2020〕9号"


def _code(
    code: str,
    name: str,
    severity: int,
    scope: str = "item",
    follow_up: str = "",
    *,
    exclusive: bool = False,
    terminal: bool = False,
    text: bool = False,
) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "exclusive": exclusive,
        "negative": bool(follow_up),
        "terminal": terminal,
        "scope": scope,
        "severity": severity,
        "needs_text": text,
        "follow_up": follow_up,
    }


RESULT_CODES = [
    _code("RC01", "未发现问题", 0, "both", exclusive=True),
    _code("RC02", "未按规定公示应当公示的信息", 50, "item", "责令公示"),
    _code("RC03", "公示信息隐瞒真实情况、弄虚作假", 70, "item", "责令改正虚假信息"),
    _code("RC04", "通过登记的住所（经营场所）无法联系", 80, "overall", "拟列入经营异常名录"),
    _code("RC05", "发现问题，依法责令立即改正或者限期改正", 40, "item", "责令改正并复查"),
    _code("RC06", "不配合检查情节严重", 90, "overall", "公示其不予配合"),
    _code("RC07", "未发现开展本次抽查涉及的经营活动", 5, "item", exclusive=True),
    _code("RC08", "发现问题，待后续调查处理", 60, "item", "发现案件线索，移送办案机构"),
    _code("RC09", "合格", 0, "item", exclusive=True),
    _code("RC10", "不合格", 65, "item", "通知生产经营者并后续处理", exclusive=True),
    _code("RC11", "已关闭停业或正在组织清算", 20, "overall", exclusive=True, terminal=True),
    _code("RC12", "注销", 20, "overall", exclusive=True, terminal=True),
    _code("RC13", "被吊销", 20, "overall", exclusive=True, terminal=True),
    _code("RC14", "被撤销", 20, "overall", exclusive=True, terminal=True),
    _code("RC15", "迁出", 20, "overall", exclusive=True, terminal=True),
    _code("RC16", "其他", 10, "both", text=True),
]

DEADLINES: dict[str, tuple[dict[str, Any], str]] = {
    "publish_result": ({"days": 20, "unit": "working"}, f"{ORDER} 二（五）"),
    "soon": ({"days": 3, "unit": "working"}, "本市工作约定：到期前3个工作日提醒"),
    "follow_up": ({"days": 15, "unit": "working"}, "市场监督管理行政处罚程序规定第十八条"),
    "file_plan": ({"month": 3, "day": 31}, f"{ORDER} 二（三）"),
}

DRAW_SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "load_band": ({"visits": 5}, "本市工作约定：人员负荷按本年度每 5 户一档比较"),
    "replace_reasons": (
        {"reasons": {"R1": "注销、吊销", "R2": "迁出本市", "R3": "无法联系且已公示"}},
        "本市工作约定：递补事由限于所列，须附证明，由其他单位批准",
    ),
    "rematch_reasons": (
        {
            "reasons": {
                "H1": "与检查对象有亲属关系",
                "H2": "在检查对象投资或任职",
                "H3": "曾在检查对象任职",
                "H4": "其他可能影响公正的情形",
                "H5": "因病、因公不能到场",
            }
        },
        "行政执法回避规定；本市工作约定：改派事由限于所列，由其他单位批准",
    ),
    "reserve_links": (
        {"rule": {"least": 5, "per_hundred": 20}},
        "本市工作约定：密封递补按抽取对象数的百分之二十备足链值，不少于 5 次",
    ),
    "simulations": ({"draws": 1000}, "抽取规程 9.6：概率说明默认模拟 1000 次"),
    "unrated_class": ({"class": "B"}, "本市工作约定：尚未评定信用风险等级的对象按 B 类抽取"),
}

ACCOUNT_SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "dormant": ({"days": 90}, "GB/T 22239-2019 8.1.4.2；本市工作约定：90 天未使用的账号予以锁定"),
}

RATIOS = {
    "classes": {"A": [100, 1, 1], "B": [300, 1, 1], "C": [1000, 2, 1], "D": [3000, 4, 1]},
    "note": "按 A≤B≤C≤D 设置",
}


def calendars() -> dict[str, tuple[dict[str, Any], str]]:
    """Return the published calendars (放假安排): year to body and source."""
    found = {}
    for path in sorted(HERE.glob("holidays-cn-*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        kept = {"year": body["year"], "days": body["days"]}
        source = (body.get("papers") or ["国务院办公厅节假日安排通知"])[0]
        found[str(body["year"])] = (kept, source)
    return found
