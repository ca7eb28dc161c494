"""The documents whose digests the announcement binds: rules, strata, parties (抽取附件)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openlot.draws.framing import DRAWN_HERE, LANE, Framed, listing_departments
from openlot.draws.models import Draw, Extension, Reserve
from openlot.draws.selectors import dice_thrower
from openlot.kernel import clock
from openlot.kernel.record import on_record
from openlot.policies.selectors import draw_setting
from openlot.tasks.models import Stratify


@on_record
def rules_document(draw: Draw) -> bytes:
    """Return the rules of a draw (抽取规则) as plain text."""
    task = draw.task
    lines = [
        f"任务编号：{task.number}",
        f"任务名称：{task.name}",
        f"任务来源：{task.get_origin_display()}",
        f"抽查事项：{'、'.join(task.task_items.values_list('item__name', flat=True))}",
        f"检查时间：{task.window_from_on}—{task.window_to_on}",
        f"分层方式：{task.get_stratify_display()}",
        f"公开方式：{task.get_disclosure_display()}",
        f"每部门每户执法人员：{task.min_officers} 名",
        f"区域规则：{task.region_rule}",
        f"负荷余量：{task.slack}",
        f"每人上限：{task.max_per_inspector}",
        _reserve_line(draw),
        f"递补事由：{_reasons('replace_reasons')}",
        f"改派事由：{_reasons('rematch_reasons')}",
        *(
            f"名单 {fid}：{department.name}名录，签道 {LANE}"
            for fid, department in listing_departments(task).items()
        ),
        f"负荷分档：本年度每 {draw_setting('load_band', clock.today())} 户为一档",
    ]
    if draw.extension is not None:
        lines += _extension_lines(draw.extension)
    if task.plan_line is not None:
        line = task.plan_line
        lines.append(f"计划条目：{line.plan.number} 第 {line.line_no} 条 {line.name}")
        lines.append(f"抽查范围：{line.target_scope}")
        lines.append(f"抽取数下限：{line.min_count or '无'}，上限：{line.max_count or '无'}")
        if line.small_pool_size:
            lines.append(
                f"小基数：可抽取不超过 {line.small_pool_size} 户时至少 {line.small_pool_count} 户"
            )
    return _text(lines)


def _extension_lines(extension: Extension) -> list[str]:
    """Bind the supplementary draw to the one that it extends, and explain its exclusions."""
    first, decided = extension.first, extension.decided_by_department
    more = sum(row.n for row in extension.shares.all())
    return [
        f"补充抽取：第 {extension.serial} 次，共补充 {more} 户次，重新产生随机数",
        f"首次抽取：{first}，结果校验码 {first.rdigest}",
        f"补充原因：{extension.reason}（证明材料校验码 {extension.document_sha256}）",
        f"批准单位：{decided.name if decided else ''}",
        f"{DRAWN_HERE}：本任务已抽中，不再列入补充抽取",
    ]


def _reserve_line(draw: Draw) -> str:
    if draw.reserve == Reserve.OPEN:
        return f"递补对象：每层 {draw.task.n_reserve} 个，按签号顺延"
    if draw.reserve == Reserve.SEALED:
        return "递补对象：密封递补，每次由保管单位公布下一链值，重新计算签号后确定"
    return "递补对象：不设"


def _reasons(key: str) -> str:
    found: Mapping[str, str] = draw_setting(key, clock.today())
    return "；".join(f"{code} {words}" for code, words in found.items())


@on_record
def strata_document(draw: Draw, framed: Iterable[Framed]) -> bytes:
    """Return what the strata mean (分层对照表); where they mean a class it is never public."""
    lines = []
    for row in framed:
        lines.append(f"名单 {row.frame.fid}：{row.department.name}名录")
        lines += [f"{alias}：{name}" for alias, name in sorted(row.meanings.items())]
    head = "分层对照表（内部，不公开）" if draw.task.stratify == Stratify.CREDIT else "分层对照表"
    return _text([head, *lines])


@on_record
def parties_document(draw: Draw) -> bytes:
    """Return who brings which random value (随机数参与方)."""
    sources = list(draw.sources.select_related("party"))
    lines = [f"{s.index}. {s.source_id}：{s.party_name}" for s in sources]
    if draw.event_at is not None:
        at = clock.local(draw.event_at)
        lines.append(f"公共事件开奖时间：{at:%Y-%m-%d %H:%M}，此前须在本市以外存证公告校验码")
    return _text(["随机数来源", *lines, f"掷骰单位：{dice_thrower(sources, draw)}"])


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
