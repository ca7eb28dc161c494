"""Attempts of one task (历次抽取): each names the void record, or the result, before it."""

from __future__ import annotations

from typing import List, Sequence

from fairdraw.bundle import FIRST
from fairdraw.evidence import Examination
from fairdraw.report import Check, Report, check


def verify_attempts(examined: Sequence[Examination]) -> Report:
    """Check that bundles follow one another (核验历次抽取), given in their order.

    A later attempt raises the number, names the void record and has a session of its own; a
    draw that only matches again draws all hits of the one before and names its result; a
    supplementary draw has an id of its own and nobody in it who was hit in one before.

    paper     vdr1 §5.5, §7.5, §9.5
    """
    made: List[Check] = []
    for before, after in zip(examined, examined[1:]):
        if after.announcement.attempt > 1:
            made += _next_attempt(before, after)
        elif after.announcement.prev == "-" and _is_extension(before, after):
            made += _extension(before, after)
        else:
            made += _second_matching(before, after)
    return Report(tuple(made))


def first_checks(examination: Examination) -> List[Check]:
    """Say what of an attempt needs the one before it (前次抽取)."""
    announcement = examination.announcement
    if announcement.prev == "-":
        return []
    template = "follows {prev}, which is not among these bundles"
    return [check("attempt", None, template, file=FIRST, line=2, prev=announcement.prev)]


def _next_attempt(before: Examination, after: Examination) -> List[Check]:
    old, new = before.announcement, after.announcement
    wrong: List[Check] = []
    if before.void is None or new.prev != before.void.digest(old.suite):
        wrong.append(_wrong("does not name the void record of the attempt before it"))
    if new.draw_id != old.draw_id or new.attempt != old.attempt + 1:
        wrong.append(_wrong("is not the next attempt of the same draw"))
    if new.session == old.session:
        wrong.append(_wrong("has the session of the attempt before it", line=3))
    return wrong or [check("attempt", True, "follows the voided attempt", file=FIRST)]


def _second_matching(before: Examination, after: Examination) -> List[Check]:
    old, new = before.announcement, after.announcement
    wrong: List[Check] = []
    if not before.rdigest or new.prev != before.rdigest:
        wrong.append(_wrong("does not name the result before it"))
    if new.draw_id == old.draw_id:
        wrong.append(_wrong("is another draw and needs an id of its own"))
    if before.result is not None and before.result.ceiling is not None:
        wrong.append(_wrong("matches again what was matched before"))
    hits = {(h.fid, h.target) for h in before.result.hits} if before.result else set()
    listed = {(f.fid, leaf.target) for f in after.frames for leaf in f.leaves if leaf.disp == "E"}
    if listed != hits or any(line.rule != "all" for line in new.strata):
        wrong.append(_wrong("does not draw all hits of the result before it", line=0))
    return wrong or [check("attempt", True, "matches the hits of the result before it", file=FIRST)]


def _is_extension(before: Examination, after: Examination) -> bool:
    """Say whether a draw is called after the one before it, or after the same first one: ``…-E1``."""
    first, mark, _ = after.announcement.draw_id.rpartition("-E")
    old = before.announcement.draw_id
    return bool(mark) and first in (old, old.rpartition("-E")[0])


def _extension(before: Examination, after: Examination) -> List[Check]:
    old, new = before.announcement, after.announcement
    wrong: List[Check] = []
    if new.session == old.session:
        wrong.append(_wrong("has the session of the attempt before it", line=3))
    hits = {h.target for h in before.result.hits} if before.result else set()
    listed = {leaf.target for f in after.frames for leaf in f.leaves if leaf.disp == "E"}
    if hits & listed:
        wrong.append(_wrong("may draw again who was hit in the draw before it", line=0))
    return wrong or [check("attempt", True, "draws from the rest of the one before it", file=FIRST)]


def _wrong(template: str, line: int = 2) -> Check:
    return check("attempt", False, template, file=FIRST, line=line)
