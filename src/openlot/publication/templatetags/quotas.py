"""Rules of a quota and reasons of an exclusion as people read them, not as the protocol writes."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

EXCLUSIONS = {
    "X01": gettext_lazy("注销、吊销、迁出"),
    "X02": gettext_lazy("近期已检查"),
    "X03": gettext_lazy("年度频次已满"),
    "X04": gettext_lazy("已列入同年其他抽查"),
    "X05": gettext_lazy("立案调查中"),
    "X06": gettext_lazy("包容审慎监管期"),
    "X07": gettext_lazy("歇业"),
    "X08": gettext_lazy("司法、公安措施中"),
    "X09": gettext_lazy("已有互认结果"),
    "X90": gettext_lazy("本任务已抽中"),
}


@register.filter
def quota_words(rule: str) -> str:
    """Return a quota's rule in words (抽取规则文字): ``ratio:300/10000:up`` is 3%, rounded up."""
    kind, _colon, rest = rule.partition(":")
    if kind == "all":
        return _("全部抽取")
    if kind == "fixed":
        return _("固定 %(count)s 个") % {"count": rest}
    ratio, _colon, rounding = rest.partition(":")
    part, whole = (int(number) for number in ratio.split("/"))
    words = {"up": _("尾数进一"), "down": _("尾数舍去"), "half": _("四舍五入")}[rounding]
    return _("%(percent)s%%，%(rounding)s") % {
        "percent": f"{part * 100 / whole:g}",
        "rounding": words,
    }


@register.filter
def exclusion_words(code: str) -> str:
    """Return a reason in words (不可抽取的原因): ``X01`` is deregistered, revoked or moved out."""
    return str(EXCLUSIONS.get(code, code))
