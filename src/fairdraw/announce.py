"""The announcement (抽取公告): everything that binds a draw before any seed value exists."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

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
from fairdraw.errors import BadAnnouncement
from fairdraw.frame import Frame
from fairdraw.lines import file_digest, join_tags
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
        for frame in self.frames:
            rows += [
                f"stratum|{s.fid}|{s.stratum}|{s.eligible}|{s.rule}|{s.n}|{s.reserve}"
                for s in self.strata
                if s.fid == frame.fid
            ]
            rows += [
                f"excluded|{e.fid}|{e.disp}|{e.count}" for e in self.excluded if e.fid == frame.fid
            ]
        if self.roster is not None:
            r = self.roster
            rows.append(f"roster|{r.root}|{r.size}|{r.digest}|{r.slack}")
        rows += [f"slot|{s.fid}|{s.k}|{s.dept}|{join_tags(s.tags)}|{s.region}" for s in self.slots]
        rows += [f"source|{s.index}|{s.id}|{s.type}|{s.param}" for s in self.sources]
        return "".join(row + "\n" for row in [*rows, "end"]).encode("ascii")

    @property
    def digest(self) -> str:
        """The announcement's digest (公告校验码), which the seed contains."""
        return file_digest(self.to_bytes(), self.suite)

    @classmethod
    def parse(cls, data: bytes) -> Announcement:
        """Read an announcement file (读取公告).

        raises    FairdrawError with file, line and reason
        """
        return cls(**parse_announcement(data))

    def check_against(self, frames: Sequence[Frame], roster: Optional[Roster]) -> None:
        """Refuse an announcement that does not follow from its frames and roster (核对公告).

        raises    BadAnnouncement naming the first line that differs
        """
        rebuilt = (
            announce(
                suite=self.suite,
                draw_id=self.draw_id,
                attempt=self.attempt,
                prev=self.prev,
                session=self.session,
                org=self.org,
                asof=self.asof,
                embargo=self.embargo,
                docs={d.name: d.digest for d in self.docs},
                frames=frames,
                stratum_rules=[
                    StratumRule(s.fid, s.stratum, s.rule, s.reserve) for s in self.strata
                ],
                roster=roster,
                slack=self.roster.slack if self.roster else 0,
                slots=self.slots,
                sources=self.sources,
            )
            if roster is not None or self.roster is None
            else self._without_roster(frames)
        )
        own, other = self.to_bytes().split(b"\n"), rebuilt.to_bytes().split(b"\n")
        for number, (mine, theirs) in enumerate(zip(own, other), start=1):
            if mine != theirs:
                raise BadAnnouncement(
                    f"is {mine.decode()!r} but the files give {theirs.decode()!r}",
                    file=FILE,
                    line=number,
                )
        if len(own) != len(other):
            raise BadAnnouncement("has other lines than its files give", file=FILE)

    def _without_roster(self, frames: Sequence[Frame]) -> Announcement:
        """Rebuild all but the roster, which a public copy leaves out."""
        rest = Announcement(**{**self.__dict__, "roster": None, "slots": ()})
        counted = announce(
            suite=rest.suite,
            draw_id=rest.draw_id,
            attempt=rest.attempt,
            prev=rest.prev,
            session=rest.session,
            org=rest.org,
            asof=rest.asof,
            embargo=rest.embargo,
            docs={d.name: d.digest for d in rest.docs},
            frames=frames,
            stratum_rules=[StratumRule(s.fid, s.stratum, s.rule, s.reserve) for s in rest.strata],
            roster=None,
            slack=0,
            slots=(),
            sources=rest.sources,
        )
        return Announcement(**{**counted.__dict__, "roster": self.roster, "slots": self.slots})


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
    frames: Sequence[Frame],
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
    frame_lines, strata, excluded = [], [], []
    rules = {(r.fid, r.stratum): r for r in stratum_rules}
    if len(rules) != len(stratum_rules):
        raise BadAnnouncement("a stratum has two rules")
    for frame in sorted(frames, key=lambda f: f.fid):
        frame_lines.append(
            FrameLine(
                frame.fid, frame.lane, frame.root(suite), len(frame.leaves), frame.digest(suite)
            )
        )
        eligible = Counter(leaf.stratum for leaf in frame.leaves if leaf.disp == "E")
        strata += _strata(frame.fid, eligible, rules)
        reasons = Counter(leaf.disp for leaf in frame.leaves if leaf.disp != "E")
        excluded += [ExcludedLine(frame.fid, d, reasons[d]) for d in sorted(reasons)]
    if rules:
        fid, stratum = next(iter(rules))
        raise BadAnnouncement(f"stratum {stratum} of {fid} has a rule but no eligible target")
    roster_line = None
    if roster is not None:
        roster_line = RosterLine(
            roster.root(suite), len(roster.lines()), roster.digest(suite), slack
        )
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
        frames=tuple(frame_lines),
        strata=tuple(strata),
        excluded=tuple(excluded),
        roster=roster_line,
        slots=tuple(sorted(slots, key=lambda s: (s.fid, s.k))),
        sources=tuple(sources),
    )
    Announcement.parse(made.to_bytes())
    return made


def _strata(
    fid: str, eligible: Counter[str], rules: Dict[Tuple[str, str], StratumRule]
) -> List[StratumLine]:
    lines = []
    for stratum in sorted(eligible):
        rule = rules.pop((fid, stratum), None)
        if rule is None:
            raise BadAnnouncement(f"stratum {stratum} of {fid} has no rule")
        size = eligible[stratum]
        lines.append(
            StratumLine(fid, stratum, size, rule.rule, quota(rule.rule, size), rule.reserve)
        )
    return lines
