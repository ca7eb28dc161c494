"""What the verifier in the browser says (核验页用语): its modules know codes only, the page gives the words.

``{name}`` is filled in by the page. Keys: ``step`` titles, ``ok`` and ``open`` sentences, ``why`` it could not
have been otherwise, ``fact`` lines below a step, ``bad`` reasons, ``stage`` names of the progress.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

PAGE: Words = {
    "page.ready": _("尚未核验。"),
    "page.fetching": _("正在取得公开的证据包……"),
    "page.failed": _("没有取得证据包：请检查网络，或下载后把文件拖到这里。"),
    "page.working": _("正在您的浏览器里重算……"),
    "page.good": _("全部重算一致。这次抽取就是公布的这个结果。"),
    "page.part": _("能核验的全部一致；有 {open} 步因材料不在公开之列，这里不能核验。"),
    "page.receipt": _(
        "回执核验一致：您在封存的名单中，结果与公布的相符。签号由监督机关用全部证据重算。"
    ),
    "page.alone": _(
        "这份材料自身完全一致。请再把公告校验码和结果校验码与抽取前公布、当场签字的逐位核对，"
        "相同才是那一次抽取。"
    ),
    "page.bad": _("发现不一致。下面写明在哪个文件、哪一行、差在哪里。"),
    "page.crashed": _("核验程序中断，没有得出结论：{message}"),
    "page.ok": _("一致"),
    "page.not": _("不一致"),
    "page.open": _("未核验"),
    "page.why": _("为什么不可能是别的结果"),
    "page.details": _("看看算出了什么"),
    "page.wanted": _("应为"),
    "page.found": _("文件里是"),
    "page.nothing": _("（没有这一行）"),
    "page.place": _("{file} 第 {line} 行"),
    "stage.lists": _("核对名单"),
    "stage.tickets": _("计算签号"),
    "stage.matching": _("重排人员"),
}

STEPS: Words = {
    "step.bundle": _("打开证据包"),
    "step.announcement": _("这次抽取的公告"),
    "step.sums": _("校验码清单"),
    "step.documents": _("公告绑定的附件"),
    "step.lists": _("封存的名单"),
    "step.opening": _("随机数启封"),
    "step.result": _("签号和抽取结果"),
    "step.matching": _("执法检查人员匹配"),
    "step.disclosure": _("结果明细和公开版"),
    "step.replacements": _("递补"),
    "step.rematches": _("回避后改派"),
    "step.void": _("作废"),
    "step.receipt": _("您的回执"),
    "step.leaf-proof": _("您在封存的名单中"),
    "step.row-proof": _("您的结果在封存的结果中"),
    "step.edition": _("与公布的一致"),
    "ok.announcement": _(
        "公告完整、合乎规程：{draw} 第 {attempt} 次抽取，名单 {frames} 份。公告校验码是 {adigest}"
    ),
    "ok.sums": _("{n} 个文件都与证据包所附的校验码清单 SHA256SUMS 一致。"),
    "ok.documents": _("{n} 份附件都与公告里的校验码一致。"),
    "open.documents": _("公告绑定 {n} 份附件，有的不在证据包里；在的都与校验码一致。"),
    "ok.lists": _(
        "每份名单的校验码、户数、分层数、排除数都与公告一致，抽取对象数按公告的规则算出。"
    ),
    "ok.opening": _("每一方启封的随机数都对得上事先的密封。合成的随机数是 {seed}"),
    "ok.result": _(
        "为每个对象算出签号，从小到大排队，共抽中 {n} 个，与公布的结果逐行相同。"
        "结果校验码是 {rdigest}"
    ),
    "open.result": _("已从头算出抽取结果（抽中 {n} 个），证据包里没有结果文件可以比较。"),
    "ok.matching": _("按规则从头匹配执法检查人员，与公布的结果逐行相同。"),
    "open.matching": _(
        "人员名册含回避等个人信息，不公开；岗位次序和每个人的排序数已核对，由监督机关核验其余部分。"
    ),
    "ok.disclosure": _("{n} 行结果明细都由上面的结果得出，公开版与之一致。"),
    "open.disclosure": _(
        "公开版的校验码、户数和抽中名单都由上面的结果得出；没有结果明细，总校验值这里不能核验。"
    ),
    "ok.replacements": _("{n} 次递补都由事先封存的次序决定。"),
    "ok.rematches": _("{n} 次改派都按同一规则得出，其余人员不变。"),
    "open.rematches": _("有 {n} 次改派；没有人员名册，这里不能核验。"),
    "ok.void": _("这次抽取已公开作废（{stage}，原因 {reason}），作废校验码 {digest}"),
    "ok.receipt.hit": _("您在待抽取名单中，签号 {ticket}，本次抽到第 {n} 名为止，因此抽中。"),
    "ok.receipt.no": _("您在待抽取名单中，签号 {ticket}，本次抽到第 {n} 名为止，因此未抽中。"),
    "ok.receipt.spare": _(
        "您在待抽取名单中，签号 {ticket}，本次抽到第 {n} 名为止，因此未抽中，列为递补对象。"
    ),
    "ok.leaf-proof": _("您是名单 {size} 户中的第 {index} 户，名单校验值 {root}"),
    "ok.row-proof": _("您的结果是 {size} 行中的第 {index} 行，结果校验值 {root}"),
    "ok.edition": _(
        "结果校验值与公告校验码、结果校验码一起公布，名单和公布的抽中名单也与回执一致。"
    ),
    "open.edition": _("手边没有公开版 public.vdr，没有与公布的比较。"),
}

WHY: Words = {
    "why.announcement": _(
        "公告校验码先公布、签字，各方后启封随机数。它由公告的每一个字节算出：名单、规则、"
        "随机数来源改动一个字，校验码就完全不同，也没有人能造出另一份校验码相同的公告。"
    ),
    "why.sums": _("清单随证据包一起生成，连递补原因等不进入其他校验码的内容也由它固定。"),
    "why.documents": _("公告写着每份附件的校验码，换一份附件就对不上。"),
    "why.lists": _(
        "名单的校验码写在公告里，公告先于随机数公布。所以随机数出来以后，谁也不能再添、删或换一户。"
    ),
    "why.opening": _(
        "各方先交出随机数的密封，后启封，启封的必须与密封吻合；按规程，骰子和摇号在启封之后当众产生。"
        "最后的随机数由所有来源合成，少一方都算不出来，谁也不能单独决定它。"
    ),
    "why.result": _(
        "签号只由合成的随机数和对象代码算出，与名单次序、与谁操作无关。"
        "每户的签号只有一个，签号小的先抽中，没有可以挑选的余地。"
    ),
    "why.matching": _(
        "人员次序也由同一个随机数算出；规则每一步只有一个人可选，跳过谁、为什么跳过都要写明。"
    ),
    "why.disclosure": _("公开版的校验值由每一行结果明细算出，改动一行就对不上。"),
    "why.replacements": _("递补次序由另一方掌握的密封链逐次揭开，之前谁也不知道下一户是谁。"),
    "why.rematches": _("回避的人退出后，只重排这一个岗位，仍用原来的随机数。"),
    "why.void": _("作废要公开记录，下一次抽取的公告必须写上这条记录的校验码。"),
    "why.receipt": _("名单、签号和抽到第几名为止都写在回执里，三者只容得下这一个结论。"),
    "why.leaf-proof": _("从您这一行逐级算到名单的总校验值，缺了或改了您这一行都到不了它。"),
    "why.row-proof": _("从您的结果逐级算到全部结果的总校验值，单独改您的结果会被发现。"),
    "why.edition": _("总校验值和两个校验码在抽取时就已固定，并由监督机关核验。"),
}

FACTS: Words = {
    "fact.later": _("{name} 在清单之后加入"),
    "fact.document": _("附件 {name}：一致"),
    "fact.document-absent": _("附件 {name}：不在证据包里，未核验"),
    "fact.frame": _("名单 {fid}：{n} 户，其中可抽取 {eligible} 户"),
    "fact.source-commit": _("{source} 启封 {value}，与事先的密封吻合"),
    "fact.source-chain": _("{source} 揭开密封链的一环 {value}，与事先公布的顶端相接"),
    "fact.source-digits": _("{source} 当众产生 {value}"),
    "fact.source-numbers": _("{source} 公开摇出 {value}"),
    "fact.cut": _(
        "名单 {fid} 的 {stratum} 层：{eligible} 户抽 {n} 户，最后抽中的签号 {last}，"
        "第一个未抽中的签号 {next}"
    ),
    "fact.cut-none": _("名单 {fid} 的 {stratum} 层：{eligible} 户，按规则不抽"),
    "fact.no-result": _("结果校验码应为 {rdigest}"),
    "fact.roster-absent": _("证据包里没有 roster.vdr"),
    "fact.staffed": _("{n} 个岗位已派人，每人最多 {ceiling} 个，跳过 {skips} 人次"),
    "fact.infeasible": _("没有一种派法能派满全部岗位，抽中的对象不变，另行匹配"),
    "fact.public-absent": _("把公开版 public.vdr 与回执一起拖入即可比较"),
}

REASONS: Words = {
    "bad.no-bundle": _("这里没有证据包：应有 announcement.vdr，或者回执 receipt.vdr。"),
    "bad.two-bundles": _("这里有不止一个证据包，请一次核验一个。"),
    "bad.zip-broken": _("压缩包损坏，读不出来。"),
    "bad.zip-kind": _("压缩包加了密或用了少见的压缩方法。"),
    "bad.zip-crc": _("压缩包里这个文件已损坏。"),
    "bad.zip-large": _("压缩包解开后超过 512 MB，请用 fairdraw.pyz 核验。"),
    "bad.missing": _("证据包里缺少这个文件。"),
    "bad.ascii": _("有不该出现的字节。"),
    "bad.byte-order-mark": _("文件开头有字节顺序标记。"),
    "bad.carriage-return": _("有回车符，行末只能是换行符。"),
    "bad.final-newline": _("最后一行没有换行符。"),
    "bad.blank-line": _("有空行。"),
    "bad.trailing-space": _("行末有空格。"),
    "bad.fields": _("这一行的字段数不对。"),
    "bad.field": _("字段 {field} 的写法不合规程：{value}"),
    "bad.wanted": _("这里应该是 {kind} 行。"),
    "bad.after-end": _("结束行之后还有内容。"),
    "bad.order": _("次序不对：{value}"),
    "bad.twice": _("出现了两次：{value}"),
    "bad.beacon": _("{type} 来源的签名尚不能核验，一律不接受。"),
    "bad.prev-missing": _("再次抽取必须写明前一次作废记录的校验码。"),
    "bad.doc-name": _("附件名不合规程：{value}"),
    "bad.unknown-frame": _("公告里没有名单 {value}。"),
    "bad.frame-without-slot": _("名单 {value} 没有写要派的岗位。"),
    "bad.slot-without-roster": _("有岗位却没有人员名册。"),
    "bad.quota": _("抽取对象数与规则 {rule} 不符。"),
    "bad.digest-differs": _("文件与公告里的校验码不符：文件被改动过。"),
    "bad.mismatch": _("与名单不符：{what}"),
    "bad.sum-differs": _("文件与校验码清单不符：文件被改动过。"),
    "bad.unannounced": _("公告里没有这个文件，证据包里却有。"),
    "bad.unknown-inspector": _("回避的人员 {value} 不在名册里。"),
    "bad.session": _("启封记录属于另一场抽取。"),
    "bad.source-missing": _("来源 {source} 没有按公告的次序启封。"),
    "bad.source-unknown": _("启封了公告里没有的来源 {source}。"),
    "bad.not-opened-commit": _("{source} 启封的随机数与事先的密封不符。"),
    "bad.not-opened-chain": _("{source} 揭开的一环与密封链不相接。"),
    "bad.not-opened-digits": _("{source} 的数字个数或范围不符：{value}"),
    "bad.not-opened-numbers": _("{source} 的号码个数、范围或次序不符：{value}"),
    "bad.line-differs": _("重算的与文件里的不同。"),
    "bad.place": _("岗位不在它该在的位置。"),
    "bad.published-differs": _("与本网站先前公布的不同：{what}"),
    "bad.other-draw": _("这个文件属于另一次抽取。"),
    "bad.number": _("编号不连续。"),
    "bad.not-standing": _("{target} 此时不在抽中之列，不能替换或改派。"),
    "bad.link": _("揭开的一环与密封链不相接，或密封链已用完。"),
    "bad.receipt-parts": _("回执的名单行、结果行和截止行说的不是同一户。"),
    "bad.receipt-sense": _("回执里的签号、名次和截止签号互相矛盾。"),
    "bad.receipt-list": _("回执与公布的抽中名单不符。"),
    "bad.proof": _("证明走不到公布的总校验值。"),
}


def verify_words() -> dict[str, str]:
    """Return every word of the verifier (核验页用语) in the language of the request."""
    return {
        key: str(text) for part in (PAGE, STEPS, WHY, FACTS, REASONS) for key, text in part.items()
    }
