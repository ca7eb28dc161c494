"""Who comes in, by the rule of the draw (递补、改派的计算): the core, on what was sealed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from fairdraw.errors import FairdrawError
from fairdraw.rematch import Rematch, Standing
from fairdraw.replace import Replacement, Reserve
from fairdraw.result import draw as run_protocol
from fairdraw.seed import Opening
from fairdraw.selection import Lists, Selection
from openlot.draws.keeping import sealed_inputs
from openlot.draws.models import Amendment, Draw
from openlot.draws.selectors import evidence
from openlot.draws.words import said
from openlot.kernel.errors import Conflict, Invalid


def replacement_of(row: Amendment, link: str = "-") -> Replacement:
    """Compute who comes in for a replaced target (递补计算).

    link      of the sealed reserve, ``-`` where the stratum has spares
    raises    Conflict; Invalid when the link is not the next of its chain
    paper     vdr1 §7.4
    """
    draw = row.draw
    sealed, opening = sealed_inputs(draw), Opening.parse(evidence(draw, "opening.vdr"))
    result = run_protocol(sealed.announcement, sealed.frames, sealed.roster, opening)
    selection = Selection(result.hits, result.spares, result.cuts)
    reserve = Reserve(
        Lists(sealed.announcement, sealed.frames), opening, result.seed, selection, result.digest
    )
    for file in _files(draw, Amendment.Kind.REPLACE):
        reserve.check(Replacement.parse(evidence(draw, file), file), file)
    fid = row.frame.fid if row.frame else ""
    grounds = {"reason": row.reason_code, "doc": row.document_sha256}
    try:
        return reserve.replace(fid, row.target.code, link=link, **grounds)
    except FairdrawError as error:
        if link != "-":
            wrong = _("不是公告所定链条的下一链值，请核对递补凭据与序号：%(reason)s")
            raise Invalid(fields={"link": wrong % {"reason": said(error.words)}}) from error
        raise Conflict(_("无法递补：%(reason)s"), reason=said(error.words)) from error


def rematch_of(row: Amendment) -> Rematch:
    """Compute which officer comes in (改派计算).

    raises    Conflict
    paper     vdr1 §9.5
    """
    draw = row.draw
    sealed, opening = sealed_inputs(draw), Opening.parse(evidence(draw, "opening.vdr"))
    announcement, frames, roster = sealed.announcement, sealed.frames, sealed.roster
    result = run_protocol(announcement, frames, roster, opening)
    if result.matching is None or announcement.roster is None:
        raise Conflict(_("抽取尚未完成人员匹配，不能改派"))
    standing = Standing(
        result.seed,
        Lists(announcement, frames).places(result.hits),
        result.matching,
        roster,
        announcement.roster.slack,
        result.suite,
        result.digest,
    )
    for file in _files(draw, Amendment.Kind.REMATCH):
        standing.check(Rematch.parse(evidence(draw, file), file), file)
    try:
        return standing.rematch(
            row.target.code, row.slot, reason=row.reason_code, doc=row.document_sha256
        )
    except FairdrawError as error:
        raise Conflict(_("无法改派：%(reason)s"), reason=said(error.words)) from error


def _files(draw: Draw, kind: str) -> list[str]:
    done = draw.amendments.filter(kind=kind, number__isnull=False)
    return [f"{kind}-{number}.vdr" for number in range(1, done.count() + 1)]
