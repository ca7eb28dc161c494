"""Later acts in a bundle (后续记录核验): replacements, re-matchings, the void of an attempt."""

from __future__ import annotations

from functools import partial
from typing import List, Optional

from fairdraw.announce import Announcement
from fairdraw.bundle import Bundle
from fairdraw.rematch import Rematch, Standing
from fairdraw.replace import Replacement, Reserve
from fairdraw.report import Check, check, failure, same_digest
from fairdraw.result import Result
from fairdraw.roster import Roster
from fairdraw.seed import Opening
from fairdraw.selection import Lists, Selection
from fairdraw.void import FILE as VOID
from fairdraw.void import VoidRecord


def replaced(
    bundle: Bundle, lists: Lists, opening: Opening, result: Result, rdigest: str
) -> List[Check]:
    """Check every replacement in its order (核验递补).

    raises    FairdrawError for a record that cannot be read
    """
    names = bundle.numbered("replace")
    made: List[Check] = []
    if not rdigest:
        for name in names:
            made.append(check("replacement", None, "needs the whole result", file=name))
            made += _document(bundle, name, Replacement.parse(bundle.files[name], name).doc)
        return made
    selection = Selection(result.hits, result.spares, result.cuts)
    reserve = Reserve(lists, opening, result.seed, selection, rdigest)
    for name in names:
        record = Replacement.parse(bundle.files[name], name)
        failed = failure("replacement", partial(reserve.check, record, name))
        if failed is not None:
            return [*made, failed]
        out, into = record.out.target, record.into.target
        template = "{out} goes out, {into} comes in"
        made.append(check("replacement", True, template, file=name, out=out, into=into))
        made += _document(bundle, name, record.doc)
    return made


def rematched(
    bundle: Bundle, lists: Lists, roster: Optional[Roster], result: Result, rdigest: str
) -> List[Check]:
    """Check every re-matching in its order (核验改派).

    raises    FairdrawError for a record that cannot be read
    """
    names = bundle.numbered("rematch")
    line = lists.announcement.roster
    made: List[Check] = []
    if roster is None or line is None or result.matching is None:
        template = "needs the roster, which auditors hold"
        for name in names:
            made.append(check("rematch", None, template, file=name))
            made += _document(bundle, name, Rematch.parse(bundle.files[name], name).doc)
        return made
    places = lists.places(result.hits)
    standing = Standing(
        result.seed, places, result.matching, roster, line.slack, result.suite, rdigest
    )
    for name in names:
        record = Rematch.parse(bundle.files[name], name)
        failed = failure("rematch", partial(standing.check, record, name))
        if failed is not None:
            return [*made, failed]
        template = "{target}, place {k}: {inspector}"
        man = record.man
        made.append(
            check(
                "rematch",
                True,
                template,
                file=name,
                target=man.target,
                k=man.k,
                inspector=man.inspector,
            )
        )
        made += _document(bundle, name, record.doc)
    return made


def voided(
    bundle: Bundle, announcement: Announcement, void: VoidRecord, rdigest: str
) -> List[Check]:
    """Check the record that voids this attempt (核验作废): a result that came out is named in it."""
    if void.adigest != announcement.digest:
        return [check("void", False, "the record is of another draw", file=VOID, line=1)]
    if rdigest and void.rdigest != rdigest:
        template = "names the result {found}, but {wanted} came out"
        return [
            check("void", False, template, file=VOID, line=1, found=void.rdigest, wanted=rdigest)
        ]
    template = "attempt {attempt} was voided at {stage}: {reason}; void digest {digest}"
    made = check(
        "void",
        True,
        template,
        file=VOID,
        attempt=announcement.attempt,
        stage=void.stage,
        reason=void.reason,
        digest=void.digest(announcement.suite),
    )
    return [made, *_document(bundle, VOID, void.doc)]


def _document(bundle: Bundle, name: str, digest: str) -> List[Check]:
    """Compare the evidence of an act, when it is kept as ``docs/`` with the name of the record."""
    file = f"docs/{name[: -len('.vdr')]}"
    if file not in bundle.files:
        return [check("document", None, "not in this copy", file=file)]
    return [same_digest(bundle.files[file], file, digest)]
