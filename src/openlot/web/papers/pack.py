"""The page of the due-diligence pack (尽职材料包), and its chronicle in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from openlot.documents.papers import Row
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.record import on_record
from openlot.paperwork.pack import TAKEN, own_story
from openlot.tasks.models import InspectionTask
from openlot.trail.selectors import entries_about
from openlot.web.page import Act, Block, Page, href
from openlot.web.trail.stories import Told, told

CONTENTS = (
    (_("封面"), _("抽取、期限、检查与结果、递补与改派、后续处置、办理留痕，一份可打印的文件")),
    (_("抽取"), _("公告单、记录表和证据包；未公开的部分仅监督机关可得")),
    (_("规则"), _("计划条目、检查方案，批准时有效的各项政策参数及其依据")),
    (_("文书"), _("检查文书，与打印时逐字节相同")),
    (_("公示"), _("计划、抽取、结果的历次公示内容")),
    (_("留痕"), _("全部办理留痕与存证证明")),
    (_("证据清单"), _("每份证据的校验码")),
    (_("校验"), _("每个文件的校验码和核对方法")),
)


def pack_page(task: InspectionTask) -> Page:
    """Return the page that says what the pack holds (材料包说明)."""
    return Page(
        title=_("尽职材料包"),
        subtitle=f"{task.number} {task.name}",
        crumbs=[
            (pgettext("list", "抽查任务"), href("tasks")),
            (task.name, href("task", pid=task.public_id)),
        ],
        notices=[("info", _("材料包按您的权限汇集，含个人信息，请妥善保管；每次调取都会留痕。"))],
        acts=[Act(href("task-pack", pid=task.public_id), _("调取材料包"))],
        blocks=[Block(_("包内材料"), (_("部分"), _("内容")), CONTENTS)],
    )


@on_record
def chronicle(task: InspectionTask, actor: Actor) -> list[Row]:
    """Return what happened to the task and its draws in words (办理留痕), as ``actor`` may read it."""
    entries = [entry for entry in entries_about(own_story(task)) if entry.kind != TAKEN]
    return [_row(line) for line in told(entries, actor)]


def _row(line: Told) -> Row:
    facts = "；".join(f"{label}：{value}" for label, value in line.facts)
    changes = "；".join(f"{c.label}：{c.before or '—'} → {c.after or '—'}" for c in line.changes)
    law = f"（{line.law}）" if line.law else ""
    what = f"{line.words}\n{line.moved}" if line.moved else str(line.words)
    when = clock.local(line.at).strftime("%Y-%m-%d %H:%M:%S")
    return when, what, line.actor, "；".join(part for part in (facts, changes) if part) + law
