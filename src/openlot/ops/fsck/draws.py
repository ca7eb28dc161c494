"""Level 2 (重放): every draw is computed again from its files, and the rows must say the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from fairdraw.errors import FairdrawError
from fairdraw.evidence import Bundle, verify
from openlot.draws.models import Draw, DrawnTarget, EvidenceFile, MatchedOfficer
from openlot.draws.selectors import bundle_files
from openlot.ops.fsck.findings import Finding, Findings, Level, check
from openlot.trail.selectors import of_kind, public_fields


@check(Level.REPLAY)
def evidence_files_are_whole() -> Findings:
    """Each evidence file has the digest that is kept beside it."""
    for row in EvidenceFile.objects.order_by("pk").iterator(50):
        if hashlib.sha256(bytes(row.content)).hexdigest() != row.sha256:
            yield Finding("draws_evidencefile", str(row.pk), _("%s 的内容与校验码不符") % row.name)


@check(Level.REPLAY)
def draws_come_out_again() -> Findings:
    """Each bundle verifies, and its digests are those of the row and of the event."""
    for draw in Draw.objects.exclude(adigest="").order_by("pk"):
        files = bundle_files(draw)
        try:
            report = verify(Bundle(Path(str(draw)), files))
        except FairdrawError as error:
            yield Finding("draws_evidencefile", str(draw), str(error))
            continue
        for one in report.checks:
            if one.ok is False:
                yield Finding("draws_evidencefile", str(draw), one.say("zh"))
        yield from _digests(draw, files)
        if draw.rdigest and "result.vdr" in files:
            yield from _rows(draw, files["result.vdr"])


def _digests(draw: Draw, files: dict[str, bytes]) -> Iterator[Finding]:
    for kind, name, column in (
        ("draw.announced", "announcement.vdr", "adigest"),
        ("draw.drawn", "result.vdr", "rdigest"),
    ):
        stored = getattr(draw, column)
        told = of_kind(draw, kind).order_by("-pk").first()
        if told is not None and public_fields(told)[column] != stored:
            yield Finding("draws_draw", str(draw), _("%s 与留痕不符") % column)
        if stored and hashlib.new(draw.suite, files.get(name, b"")).hexdigest() != stored:
            yield Finding("draws_draw", str(draw), _("%s 与证据文件不符") % column)


def _rows(draw: Draw, result: bytes) -> Iterator[Finding]:
    told: dict[str, set[tuple[str, ...]]] = {"pick": set(), "man": set()}
    for line in result.decode().splitlines():
        word, *fields = line.split("|")
        if word in ("hit", "spare"):
            told["pick"].add((word, *fields))
        elif word == "man":
            told["man"].add(tuple(fields[:4]))
    drawn = DrawnTarget.objects.filter(draw=draw).select_related("frame", "target")
    kept = {
        (
            "spare" if row.is_spare else "hit",
            row.frame.fid,
            row.stratum,
            str(row.rank),
            row.target.code,
            row.ticket,
        )
        for row in drawn
    }
    for pick in sorted(kept ^ told["pick"]):
        words = _("抽取结果与证据不符：%s") % pick[4]
        yield Finding("draws_drawntarget", str(draw), words)
    officers = MatchedOfficer.objects.filter(draw=draw).select_related("target", "inspector")
    sent = {(m.target.code, m.slot, m.inspector.number, m.pick) for m in officers}
    for man in sorted(sent ^ told["man"]):
        words = _("匹配结果与证据不符：%s") % " ".join(man[:2])
        yield Finding("draws_matchedofficer", str(draw), words)
