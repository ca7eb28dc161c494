"""Rules of a quota as people read them, beside the letters the protocol writes."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()


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
