"""Keeping the evidence of a draw (证据留存): the files, and the rows that mirror them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from fairdraw.announce import Announcement, Source, StratumRule, announce
from fairdraw.frame import Frame
from fairdraw.result import Result
from fairdraw.roster import Roster
from openlot.draws.framing import Framed, slots_of
from openlot.draws.models import (
    Draw,
    DrawExclusion,
    DrawFrame,
    DrawnTarget,
    DrawStratum,
    EvidenceFile,
    MatchedOfficer,
)
from openlot.draws.selectors import evidence
from openlot.kernel import clock
from openlot.registers.models import Inspector
from openlot.tasks.selectors import pool


def announcement_of(draw: Draw) -> Announcement:
    """Build the announcement (抽取公告) from what was sealed."""
    frames = [
        Frame.parse(row.fid, row.lane, evidence(draw, f"frame-{row.fid}.vdr"))
        for row in draw.frames.all()
    ]
    return announce(
        suite=draw.suite,
        draw_id=draw.draw_id,
        attempt=draw.attempt,
        prev=_prev(draw),
        session=draw.session,
        org=draw.task.department.uscc,
        asof=draw.as_of_on.isoformat(),
        embargo=_instant(draw.embargo_at),
        docs={
            row.name.removeprefix("docs/"): row.sha256
            for row in draw.files.filter(name__startswith="docs/")
        },
        frames=frames,
        stratum_rules=[
            StratumRule(row.frame.fid, row.alias, row.rule, row.n_reserve)
            for row in DrawStratum.objects.filter(frame__draw=draw).select_related("frame")
        ],
        roster=Roster.parse(evidence(draw, "roster.vdr")),
        slack=draw.task.slack,
        slots=slots_of(draw.task),
        sources=[Source(s.index, s.source_id, s.type, s.param) for s in draw.sources.all()],
    )


def _prev(draw: Draw) -> str:
    """Return what the announcement names: the voided attempt, or the result that is matched again."""
    if draw.predecessor is not None:
        return draw.predecessor.void_digest
    return draw.matches_again.rdigest if draw.matches_again else "-"


def _instant(instant: datetime | None) -> str:
    return clock.local(instant).isoformat(timespec="seconds") if instant else "-"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a draw is a function of, but for the values (已封存的输入)."""

    announcement: Announcement
    frames: list[Frame]
    roster: Roster


def sealed_inputs(draw: Draw) -> Sealed:
    """Read announcement, lists and roster as they were sealed (读取封存内容)."""
    frames = [
        Frame.parse(row.fid, row.lane, evidence(draw, f"frame-{row.fid}.vdr"))
        for row in draw.frames.all()
    ]
    return Sealed(
        Announcement.parse(evidence(draw, "announcement.vdr")),
        frames,
        Roster.parse(evidence(draw, "roster.vdr")),
    )


def keep(draw: Draw, name: str, data: bytes) -> None:
    """Keep a file of the evidence (留存证据), byte for byte."""
    EvidenceFile.objects.create(
        draw=draw,
        name=name,
        content=data,
        sha256=hashlib.sha256(data).hexdigest(),
        at=clock.now(),
    )


def keep_frame(draw: Draw, framed: Framed) -> None:
    """Keep a sealed list with its strata and counts (留存名单)."""
    frame, data = framed.frame, framed.frame.to_bytes()
    row = DrawFrame.objects.create(
        draw=draw,
        fid=frame.fid,
        lane=frame.lane,
        department=framed.department,
        root=frame.root(draw.suite),
        file_digest=frame.digest(draw.suite),
        n_entries=len(frame.leaves),
        n_eligible=sum(x.disp == "E" for x in frame.leaves),
    )
    sizes: dict[str, int] = {}
    excluded: dict[str, int] = {}
    for leaf in frame.leaves:
        counts, key = (sizes, leaf.stratum) if leaf.disp == "E" else (excluded, leaf.disp)
        counts[key] = counts.get(key, 0) + 1
    DrawStratum.objects.bulk_create(
        DrawStratum(
            frame=row,
            alias=rule.stratum,
            meaning=framed.meanings[rule.stratum],
            n_eligible=sizes[rule.stratum],
            rule=rule.rule,
            n_reserve=rule.reserve,
        )
        for rule in framed.rules
    )
    DrawExclusion.objects.bulk_create(
        DrawExclusion(frame=row, code=code, n_excluded=n) for code, n in excluded.items()
    )
    keep(draw, f"frame-{frame.fid}.vdr", data)


def keep_result(draw: Draw, result: Result) -> None:
    """Keep what came out, row by row (留存结果), beside the file that proves it."""
    frames = {row.fid: row for row in draw.frames.all()}
    targets = _register_rows(draw, result)
    DrawnTarget.objects.bulk_create(
        DrawnTarget(
            draw=draw,
            frame=frames[hit.fid],
            target_id=targets[hit.fid, hit.target],
            stratum=hit.stratum,
            rank=hit.rank,
            ticket=hit.ticket,
            is_spare=spare,
        )
        for spare, hits in ((False, result.hits), (True, result.spares))
        for hit in hits
    )
    visited = {hit.target: targets[hit.fid, hit.target] for hit in reversed(result.hits)}
    inspectors = {
        i.number: i
        for i in Inspector.objects.filter(number__in={m.inspector for m in result.assignments})
    }
    MatchedOfficer.objects.bulk_create(
        MatchedOfficer(
            draw=draw,
            target_id=visited[man.target],
            slot=man.k,
            department_id=inspectors[man.inspector].department_id,
            inspector=inspectors[man.inspector],
            pick=man.pick,
            n_candidates=man.eligible,
        )
        for man in result.assignments
    )


def _register_rows(draw: Draw, result: Result) -> dict[tuple[str, str], int]:
    """Find the register entry of each drawn target, in the register that its frame was made of."""
    codes: dict[str, set[str]] = {}
    for hit in (*result.hits, *result.spares):
        codes.setdefault(hit.fid, set()).add(hit.target)
    found = {}
    for frame in draw.frames.select_related("department"):
        rows = pool(draw.task, frame.department).filter(code__in=codes.get(frame.fid, ()))
        found.update({(frame.fid, code): pk for code, pk in rows.values_list("code", "pk")})
    return found
