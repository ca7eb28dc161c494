"""What a draw's seed is made of, in one table (随机数来源)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from openlot.draws.models import Draw, SeedSource
from openlot.kernel.marks import clauses
from openlot.web.page import Block, tag


def source_block(draw: Draw) -> Block:
    """Show each source: whose it is and how far it is (随机数来源)."""
    rows = []
    for source in draw.sources.all():
        rows.append(
            (
                source.index,
                source.party_name,
                source.source_id,
                _source_state(source),
                _source_note(source),
            )
        )
    heads = (_("序号"), _("参与方"), _("来源"), _("状态"), _("备注"))
    return Block(_("随机数来源"), heads, rows)


def _source_note(source: SeedSource) -> str:
    """Say who made the value when the party did not, and that it refused before it opened."""
    notes = [_("系统代封")] if source.by_server else []
    if source.refused_at and source.opened_at:
        notes.append(_("曾声明不启封，后启封"))
    return clauses(notes)


def _source_state(source: SeedSource) -> object:
    if source.type == "numbers":
        told = bool(source.opened_at)
        return tag(_("已录入"), "green") if told else tag(_("公告后开奖"), "grey")
    if source.type == "digits":
        thrown = bool(source.opened_at)
        return tag(_("已掷骰"), "green") if thrown else tag(_("公告后掷骰"), "grey")
    if source.opened_at:
        return tag(_("已启封"), "green")
    if source.is_refused:
        return tag(_("声明不启封"), "red")
    return tag(_("已密封"), "blue") if source.param else tag(_("待密封"), "gold")
