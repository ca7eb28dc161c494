"""The announcement (抽取公告): everything that binds a draw before any seed value exists."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from fairdraw.allocate import quota
from fairdraw.announce_lines import parse_announcement
from fairdraw.announce_parts import (
    DocLine,
    ExcludedLine,
    FrameLine,
    RosterLine,
    Slot,
    Source,
    StratumLine,
    StratumRule,
)
from fairdraw.errors import BadAnnouncement, FairdrawError
from fairdraw.frame import Countable
from fairdraw.lines import file_digest, join_tags, write
from fairdraw.roster import Roster

__all__ = [
    "Announcement",
    "Slot",
    "Source",
    "StratumRule",
    "announce",
]

FILE = "announcement.vdr"


@dataclass(frozen=True)
class Announcement:
    """What is fixed before the seed (抽取公告)."""

    suite: str
    draw_id: str
    attempt: int
    prev: str
    session: str
    org: str
    asof: str
    embargo: str
    docs: Tuple[DocLine, ...]
    frames: Tuple[FrameLine, ...]
    strata: Tuple[StratumLine, ...]
    excluded: Tuple[ExcludedLine, ...]
    roster: Optional[RosterLine]
    slots: Tuple[Slot, ...]
    sources: Tuple[Source, ...] = field(default=())

    def to_bytes(self) -> bytes:
        """Return the announcement file (公告文件)."""
        strata: Dict[str, List[str]] = {frame.fid: [] for frame in self.frames}
        for s in self.strata:
            strata[s.fid].append(
                f"stratum|{s.fid}|{s.stratum}|{s.eligible}|{s.rule}|{s.n}|{s.reserve}"
            )
        for e in self.excluded:
            strata[e.fid].append(f"excluded|{e.fid}|{e.disp}|{e.count}")
        rows: List[str] = [
            f"vdr1|announce|{self.suite}",
            f"draw|{self.draw_id}|{self.attempt}|{self.prev}",
            f"session|{self.session}",
            f"org|{self.org}",
            f"asof|{self.asof}",
            f"embargo|{self.embargo}",
            *(f"doc|{d.name}|{d.digest}" for d in self.docs),
            *(f"frame|{f.fid}|{f.lane}|{f.root}|{f.size}|{f.digest}" for f in self.frames),
        ]
        for counts in strata.values():
            rows += counts
        if self.roster is not None:
            r = self.roster
            rows.append(f"roster|{r.root}|{r.size}|{r.digest}|{r.slack}")
        rows += [f"slot|{s.fid}|{s.k}|{s.dept}|{join_tags(s.tags)}|{s.region}" for s in self.slots]
        rows += [f"source|{s.index}|{s.id}|{s.type}|{s.param}" for s in self.sources]
        return write([*rows, "end"])

    @property
    def digest(self) -> str:
        """The announcement's digest (公告校验码), which the seed contains."""
        return file_digest(self.to_bytes(), self.suite)

    @classmethod
    def parse(cls, data: bytes) -> Announcement:
        """Read an announcement file (读取公告).

        raises    FairdrawError with file, line and reason
        """
        return cls(*parse_announcement(data))

    def check_against(self, frames: Sequence[Countable], roster: Optional[Roster]) -> None:
        """Refuse an announcement that does not follow from its frames and roster (核对公告).

        roster    None where a public copy leaves it out
        raises    BadAnnouncement naming the first line that differs
        """
        rules = [StratumRule(s.fid, s.stratum, s.rule, s.reserve) for s in self.strata]
        try:
            rebuilt = replace(self, **_counted(self.suite, frames, rules)._asdict())
        except FairdrawError as error:
            raise error.at(FILE) from None
        if roster is not None:
            slack = self.roster.slack if self.roster else 0
            rebuilt = replace(rebuilt, roster=_roster_line(self.suite, roster, slack))
        own, other = self.to_bytes().split(b"\n"), rebuilt.to_bytes().split(b"\n")
        for number, (mine, theirs) in enumerate(zip_longest(own, other, fillvalue=b""), start=1):
            if mine != theirs:
                raise BadAnnouncement(
                    "is {found!r} but the files give {wanted!r}",
                    found=mine.decode(),
                    wanted=theirs.decode(),
                    file=FILE,
                    line=number,
                )


class _Counted(NamedTuple):
    """What is counted and hashed of the frames."""

    frames: Tuple[FrameLine, ...]
    strata: Tuple[StratumLine, ...]
    excluded: Tuple[ExcludedLine, ...]


def announce(
    *,
    suite: str,
    draw_id: str,
    attempt: int,
    prev: str,
    session: str,
    org: str,
    asof: str,
    embargo: str,
    docs: Mapping[str, str],
    frames: Sequence[Countable],
    stratum_rules: Sequence[StratumRule],
    roster: Optional[Roster],
    slack: int,
    slots: Sequence[Slot],
    sources: Sequence[Source],
) -> Announcement:
    """Make an announcement (生成公告) whose counts, roots and digests follow from its files.

    docs      name to SHA-256 hex; stratum_rules for every stratum with an eligible target, no other
    raises    FairdrawError for anything that the protocol refuses
    """
    counted = _counted(suite, frames, stratum_rules)
    made = Announcement(
        suite=suite,
        draw_id=draw_id,
        attempt=attempt,
        prev=prev,
        session=session,
        org=org,
        asof=asof,
        embargo=embargo,
        docs=tuple(DocLine(name, docs[name]) for name in sorted(docs)),
        frames=counted.frames,
        strata=counted.strata,
        excluded=counted.excluded,
        roster=_roster_line(suite, roster, slack) if roster is not None else None,
        slots=tuple(sorted(slots, key=lambda s: (s.fid, s.k))),
        sources=tuple(sources),
    )
    Announcement.parse(made.to_bytes())
    return made


def _counted(suite: str, frames: Sequence[Countable], rules: Sequence[StratumRule]) -> _Counted:
    left = {(r.fid, r.stratum): r for r in rules}
    if len(left) != len(rules):
        raise BadAnnouncement("a stratum has two rules")
    lines: List[FrameLine] = []
    strata: List[StratumLine] = []
    excluded: List[ExcludedLine] = []
    for frame in sorted(frames, key=lambda f: f.fid):
        digest = frame.digest(suite)
        lines.append(FrameLine(frame.fid, frame.lane, frame.root(suite), frame.size, digest))
        counts = frame.counts()
        eligible = {stratum: n for (disp, stratum), n in counts.items() if disp == "E"}
        strata += _strata(frame.fid, eligible, left)
        reasons: Dict[str, int] = {}
        for (disp, _), n in counts.items():
            reasons[disp] = reasons.get(disp, 0) + n
        excluded += [ExcludedLine(frame.fid, d, reasons[d]) for d in sorted(reasons) if d != "E"]
    if left:
        fid, stratum = next(iter(left))
        raise BadAnnouncement(
            "stratum {stratum} of {fid} has a rule but no eligible target",
            stratum=stratum,
            fid=fid,
        )
    return _Counted(tuple(lines), tuple(strata), tuple(excluded))


def _strata(
    fid: str, eligible: Mapping[str, int], rules: Dict[Tuple[str, str], StratumRule]
) -> List[StratumLine]:
    lines = []
    for stratum in sorted(eligible):
        rule = rules.pop((fid, stratum), None)
        if rule is None:
            raise BadAnnouncement(
                "stratum {stratum} of {fid} has no rule", stratum=stratum, fid=fid
            )
        size = eligible[stratum]
        lines.append(
            StratumLine(fid, stratum, size, rule.rule, quota(rule.rule, size), rule.reserve)
        )
    return lines


def _roster_line(suite: str, roster: Roster, slack: int) -> RosterLine:
    return RosterLine(roster.root(suite), len(roster.lines()), roster.digest(suite), slack)
