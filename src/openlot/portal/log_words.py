"""What the check of the log says in the browser (存证核验用语): modules know codes only."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openlot.portal.verify_words import PAGE as SHARED
from openlot.portal.verify_words import Words

PAGE: Words = {
    "page.reading": _("正在取得证明和检查点……"),
    "page.checking": _("正在您的浏览器里核验……"),
    "page.proven": _("核验一致：该事件确已写入存证日志，此后没有改动。"),
    "page.stands": _("核验一致：检查点由本日志签名，日志只增不改。"),
    "page.partly": _("能核验的全部一致；有 {open} 步因缺少材料未能核验，见下。"),
    "page.differs": _("发现不一致。下面写明是哪一步、差在哪里。"),
    "page.unread": _("没有取得证明：请检查网络，或下载后把文件拖到这里。"),
    "page.no-paper": _("没有读出条数和根：请写成“条数 空格 64 位根”，或粘贴整个检查点。"),
    "page.stopped": _("核验程序中断，没有得出结论：{message}"),
}

STEPS: Words = {
    "step.proof": _("打开证明"),
    "step.event": _("公开的事件"),
    "step.checkpoint": _("打开检查点"),
    "step.signature": _("日志的签名"),
    "step.witness": _("见证人的签名"),
    "step.inclusion": _("事件在日志中的位置"),
    "step.newest": _("日志现在的状态"),
    "step.growth-newest": _("此后只增不改"),
    "step.growth-paper": _("与您手里的记录一致"),
    "step.growth-known": _("与上次看到的一致"),
    "ok.proof": _("证明完整，说的是日志中的第 {index} 号。"),
    "ok.event": _("由事件正文和盐值算出日志条目 {commitment}"),
    "open.event": _("事件尚未公开，日志中只有它的密封值，这里不能核验内容。"),
    "ok.checkpoint": _("检查点完整。"),
    "ok.signature": _("{origin} 的签名正确：共 {size} 条，根为 {root}"),
    "ok.witness": _("{n} 个见证人加签：他们各自核对过日志只增不改。"),
    "open.witness": _("还没有见证人加签；可用手里的纸质记录核对。"),
    "ok.inclusion": _("该事件是 {size} 条中的第 {index} 号，由 {n} 个校验值推到已签名的根。"),
    "ok.newest": _("日志现有 {size} 条，根为 {root}"),
    "ok.growth-newest": _("证明中的 {first} 条原样保留在现有的 {second} 条之中。"),
    "open.growth-newest": _("没有取得日志瓦片，未与现在的日志比较。"),
    "ok.growth-paper": _("您手里的 {first} 条与签名的 {second} 条相续，没有改动。"),
    "open.growth-paper": _("没有取得日志瓦片，未与您手里的记录比较。"),
    "ok.growth-known": _("本浏览器上次看到的 {first} 条与现在的 {second} 条相续，没有改动。"),
    "open.growth-known": _("没有取得日志瓦片，未与上次看到的比较。"),
    "why.proof": _("证明是一个文本文件，独立成立，不依赖本网站。"),
    "why.event": _("日志条目是正文加盐后的 SHA-256：改动正文一个字，条目就完全不同。"),
    "why.checkpoint": _("检查点写明日志名称、条数和根，并带签名。"),
    "why.signature": _("只有持有日志私钥的人签得出；签过名的条数和根，日志不能否认。"),
    "why.witness": _("见证人在别的单位、别的机器上，只给接续以前的日志加签，改写过的一律拒绝。"),
    "why.inclusion": _("根由全部条目逐级算出，少一条、改一条、调换次序都到不了这个根。"),
    "why.newest": _("检查点当场取得，签名当场核对。"),
    "why.growth-newest": _("由日志瓦片重新算出当时的根，与证明里的相同，再推到现在的根。"),
    "why.growth-paper": _("纸上的根在打印时就固定了；日志若改过任何一条，算不出同一个根。"),
    "why.growth-known": _("上次看到的条数和根记在您的浏览器里，网站改不了。"),
}

FACTS: Words = {
    "fact.field": _("{name}：{value}"),
    "fact.witness": _("{name}，{at}"),
}

REASONS: Words = {
    "bad.too-large": _("文件过大。"),
    "bad.not-text": _("不是 UTF-8 文本，或有不该出现的字节。"),
    "bad.not-base64": _("不是规范的 base64。"),
    "bad.not-hash": _("校验值应为 32 字节。"),
    "bad.not-number": _("不是数：{value}"),
    "bad.not-key": _("不是验证公钥。"),
    "bad.not-signature": _("不是签名行。"),
    "bad.not-note": _("不是签名条。"),
    "bad.signed-twice": _("同一把密钥签了两次。"),
    "bad.wrong-signature": _("{name} 的签名不正确：内容被改动过，或不是它签的。"),
    "bad.no-known-key": _("没有本日志的签名。"),
    "bad.not-checkpoint": _("不是检查点：应为名称、条数、根各一行。"),
    "bad.other-log": _("签名的密钥属于另一个日志。"),
    "bad.not-proof": _("不是存证证明，或少了一行。"),
    "bad.no-path": _("由该事件推不到已签名的根：事件或证明被改动过。"),
    "bad.rewritten": _(
        "现有的 {second} 条不是由当时的 {first} 条续写而成：日志被改写，或输入的条数、根有误。"
    ),
    "bad.smaller": _(
        "日志现有 {second} 条，少于当时的 {first} 条：日志被截短，或本网站给出的不是最新状态。"
    ),
    "bad.wrong-tiles": _("取得的日志瓦片与检查点不符，无法比较；请稍后再试或换一个网络。"),
}

ACTS: Words = {
    "item.published": _("公示生效"),
    "plan.published": _("备案并公开"),
    "draw.announced": _("抽取公告"),
    "draw.drawn": _("抽取并匹配"),
    "draw.voided": _("作废"),
    "draw.attested": _("核验签署"),
    "result.published": _("公示结果"),
    "publication.recorded": _("发布公示"),
}

_BORROWED = ("ok", "not", "open", "why", "details", "wanted", "found", "nothing", "place")


def log_words() -> dict[str, str]:
    """Return every word of the check (存证核验用语) in the language of the request."""
    shared = {f"page.{word}": SHARED[f"page.{word}"] for word in _BORROWED}
    parts = (shared, PAGE, STEPS, FACTS, REASONS)
    return {key: str(text) for part in parts for key, text in part.items()}
