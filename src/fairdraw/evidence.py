"""Verification (核验): every file of a bundle, recomputed and compared."""

from __future__ import annotations

from functools import partial
from typing import Callable, List, Optional

from fairdraw import acts, sums
from fairdraw.announce import Announcement
from fairdraw.bundle import FIRST, Bundle, write_folder, write_zip
from fairdraw.disclosure import disclosed
from fairdraw.frame import Frame
from fairdraw.hall import describe
from fairdraw.levels import THRESHOLD_BITS, strongest_bits
from fairdraw.lines import file_digest, split_lines
from fairdraw.match import queue_of
from fairdraw.partial import check_matching
from fairdraw.records import check_same
from fairdraw.report import Check, Report, check, failure, same_digest
from fairdraw.result import FILE as RESULT
from fairdraw.result import Result
from fairdraw.result import draw as run_draw
from fairdraw.roster import Roster
from fairdraw.seed import FILE as OPENING
from fairdraw.seed import Opening
from fairdraw.selection import Lists
from fairdraw.void import FILE as VOID
from fairdraw.void import VoidRecord
from fairdraw.words import Words

__all__ = ["Bundle", "Examination", "recompute", "verify", "write_folder", "write_zip"]


def recompute(bundle: Bundle) -> Result:
    """Draw again from the bundle alone (重算).

    raises    FairdrawError
    """
    announcement = bundle.announcement()
    frames = bundle.frames(announcement)
    roster = bundle.roster(announcement)
    opening = Opening.parse(bundle.need(OPENING))
    return run_draw(announcement, frames, roster, opening)


def verify(bundle: Bundle) -> Report:
    """Recompute everything and compare (核验): each check says what it looked at.

    raises    FairdrawError for what cannot be read
    """
    return Examination(bundle).report


class Examination:
    """One bundle under examination (核验过程): what was found, and what later attempts refer to.

    raises    FairdrawError for what cannot be read
    """

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.checks: List[Check] = []
        self.result: Optional[Result] = None
        self.rdigest = ""
        self.void: Optional[VoidRecord] = None
        self.announcement = bundle.announcement()
        self.frames: List[Frame] = []
        self._run()

    @property
    def report(self) -> Report:
        """All checks so far."""
        return Report(tuple(self.checks))

    def _run(self) -> None:
        announcement, files = self.announcement, self.bundle.files
        self._say("announcement", "adigest {digest}", FIRST, digest=announcement.digest)
        if announcement.embargo != "-":
            template = "nothing is published before {embargo}"
            self._say("embargo", template, FIRST, embargo=announcement.embargo)
        self.checks += [
            _entropy(announcement),
            *sums.checks(files),
            *digests(self.bundle, announcement),
        ]
        if not self.report.ok:
            return
        self.frames = self.bundle.frames(announcement)
        roster = self.bundle.roster(announcement)
        if not self._try("consistency", partial(announcement.check_against, self.frames, roster)):
            return
        self._say("counts", "roots, counts and rules follow from the lists", FIRST)
        if VOID in files:
            self.void = VoidRecord.parse(files[VOID])
        if OPENING in files or RESULT in files or self.void is None:
            self._drawn(roster)
        if self.void is not None:
            self.checks += acts.voided(self.bundle, announcement, self.void, self.rdigest)

    def _drawn(self, roster: Optional[Roster]) -> None:
        announcement = self.announcement
        opening = Opening.parse(self.bundle.need(OPENING))
        if not self._try("opening", partial(opening.check_against, announcement)):
            return
        result = run_draw(announcement, self.frames, roster, opening)
        self._say("opening", "every value opens its source; seed {seed}", OPENING, seed=result.seed)
        lists = Lists(announcement, self.frames)
        if not self._compared(result, lists, roster):
            return
        self.result = result
        if result.shortage is not None and roster is not None:
            self.checks.append(Check("matching", None, describe(result.shortage, roster), RESULT))
        self.checks += disclosed(self.bundle, announcement, self.frames, result, self.rdigest)
        self.checks += acts.replaced(self.bundle, lists, opening, result, self.rdigest)
        self.checks += acts.rematched(self.bundle, lists, roster, result, self.rdigest)

    def _compared(self, result: Result, lists: Lists, roster: Optional[Roster]) -> bool:
        """Compare the result with the recomputed one; a copy without roster as far as it goes."""
        whole = roster is not None or self.announcement.roster is None
        if whole:
            self.rdigest = result.digest
        if RESULT not in self.bundle.files:
            template = "not in this bundle; it would be {digest}"
            self.checks.append(
                check("result", None, template, file=RESULT, digest=self.rdigest or "-")
            )
            return True
        found = self.bundle.files[RESULT]
        if whole:
            if not self._try("result", partial(check_same, result.to_bytes(), found, RESULT)):
                return False
            self._say("result", "rdigest {digest}", RESULT, digest=result.digest)
            return True
        if not self._try("result", partial(check_part, result, lists, found)):
            return False
        self.rdigest = file_digest(found, self.announcement.suite)
        self._say(
            "result", "every drawn target is right; rdigest {digest}", RESULT, digest=self.rdigest
        )
        self.checks.append(
            check("matching", None, "needs the roster, which auditors hold", file=RESULT)
        )
        return True

    def _say(self, name: str, template: str, file: str, **values: object) -> None:
        self.checks.append(Check(name, True, Words(template, values), file))

    def _try(self, name: str, act: Callable[[], None]) -> bool:
        failed = failure(name, act)
        if failed is not None:
            self.checks.append(failed)
        return failed is None


def _entropy(announcement: Announcement) -> Check:
    bits = strongest_bits(announcement.sources)
    template = "the strongest physical source has {bits} bits; the protocol asks for {least}"
    enough = True if bits >= THRESHOLD_BITS else None
    return check("entropy", enough, template, file=FIRST, bits=f"{bits:.1f}", least=THRESHOLD_BITS)


def digests(bundle: Bundle, announcement: Announcement) -> List[Check]:
    """Compare lists, roster and documents with the announced digests (核对校验码).

    raises    BadBundle when an announced list is missing
    """
    files, suite = bundle.files, announcement.suite
    made: List[Check] = []
    wanted = [(f"frame-{f.fid}.vdr", f.digest, suite) for f in announcement.frames]
    announced = {name for name, _, _ in wanted}
    if announcement.roster is not None and "roster.vdr" in files:
        wanted.append(("roster.vdr", announcement.roster.digest, suite))
    elif announcement.roster is not None:
        template = "not in this copy: matching is not recomputed"
        made.append(check("roster", None, template, file="roster.vdr"))
    elif "roster.vdr" in files:
        made.append(check("roster", False, "the announcement names no roster", file="roster.vdr"))
    for name in sorted(files):
        if name.startswith("frame-") and name not in announced:
            made.append(check("digest", False, "the announcement names no such list", file=name))
    for doc in announcement.docs:
        name = f"docs/{doc.name}"
        if name in files:
            wanted.append((name, doc.digest, "sha256"))
        else:
            made.append(check("document", None, "not in this copy", file=name))
    return made + [
        same_digest(bundle.need(name), name, digest, suite) for name, digest, suite in wanted
    ]


def check_part(result: Result, lists: Lists, found: bytes) -> None:
    """Refuse a result whose drawn part differs or whose matching cannot be of this draw.

    raises    FairdrawError with file and line
    """
    suite = lists.announcement.suite
    ours, theirs = split_lines(result.to_bytes(), RESULT)[:-1], split_lines(found, RESULT)
    check_same(b"\n".join(ours), b"\n".join(theirs[: len(ours)]), RESULT)
    queue = queue_of(result.seed, lists.places(result.hits), suite)
    check_matching(theirs, len(ours), result.seed, queue, suite)
