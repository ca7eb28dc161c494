"""The trail as rows of a table (留痕表格), for a page with what each line is about, and for a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from openlot.exchange.sheets import Cell
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.marks import clauses, told_as
from openlot.trail.searching import numbered
from openlot.web.trail.stories import Text, Told, told
from openlot.web.trail.subjects import subject_words

Lines = Sequence[tuple[Told, SafeString]]
HEADINGS = (
    _("序号"),
    _("存证序号"),
    _("时间"),
    _("事件"),
    _("对象"),
    _("状态变化"),
    _("操作人"),
    _("部门"),
    _("内容"),
    _("变更"),
    _("依据"),
)


def with_subjects(lines: Sequence[Told], actor: Actor) -> Lines:
    """Return lines with what each is about (留痕对象)."""
    words = subject_words([line.subject for line in lines], actor)
    return [(line, words[line.subject]) for line in lines]


def table(numbers: Iterable[int], actor: Actor) -> Iterator[list[Cell]]:
    """Yield entries as rows of a file (导出行), as far as ``actor`` reads them."""
    for batch in numbered(numbers):
        departments = {entry.pk: entry.department_code for entry in batch}
        for line, subject in with_subjects(told(batch, actor), actor):
            yield [
                line.number,
                line.place,
                clock.local(line.at).strftime("%Y-%m-%d %H:%M:%S"),
                str(line.words),
                strip_tags(subject),
                line.moved,
                line.actor,
                departments[line.number],
                clauses(told_as(label, _plain(value)) for label, value in line.facts),
                clauses(
                    told_as(c.label, f"{c.before or '—'} → {c.after or '—'}") for c in line.changes
                ),
                line.law,
            ]


def _plain(value: Text) -> str:
    """Return a value without the link that a page shows it with."""
    return strip_tags(value) if isinstance(value, SafeString) else str(value)
