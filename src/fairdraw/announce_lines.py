"""Reading an announcement line by line, in the only order that is allowed."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Tuple

from fairdraw.allocate import quota
from fairdraw.announce_parts import (
    DocLine,
    ExcludedLine,
    FrameLine,
    RosterLine,
    Slot,
    Source,
    StratumLine,
)
from fairdraw.errors import BadAnnouncement, FairdrawError
from fairdraw.frame import DISP
from fairdraw.lines import SUITES, day, expect, hexadecimal, instant, integer, read, tags, token
from fairdraw.sources import check_param

FILE = "announcement.vdr"
REGIONS = ("any", "same", "outside", "prefer-same", "prefer-outside")
HEAD = ("vdr1", "draw", "session", "org", "asof", "embargo")
STAGES = {
    "doc": 0,
    "frame": 1,
    "stratum": 2,
    "excluded": 2,
    "roster": 3,
    "slot": 4,
    "source": 5,
    "end": 6,
}


class Parts(NamedTuple):
    """What an announcement says (公告内容), in the order of its lines."""

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
    sources: Tuple[Source, ...]


class _Reader:
    """The announcement as far as it has been read."""

    def __init__(self) -> None:
        self.head: Dict[str, List[str]] = {}
        self.docs: List[DocLine] = []
        self.frames: List[FrameLine] = []
        self.strata: List[StratumLine] = []
        self.excluded: List[ExcludedLine] = []
        self.rosters: List[RosterLine] = []
        self.slots: List[Slot] = []
        self.sources: List[Source] = []
        self.stage = 0
        self.at_frame = 0
        self.positions: Dict[str, int] = {}

    def take(self, fields: List[str]) -> None:
        """Take one line; ``stage`` only grows."""
        if len(self.head) < len(HEAD):
            self._head(fields)
            return
        if fields[0] not in STAGES:
            raise BadAnnouncement("{word!r} is no line of an announcement", word=fields[0])
        stage = STAGES[fields[0]]
        if stage < self.stage or self.stage == STAGES["end"]:
            raise BadAnnouncement("a {word} line may not stand here", word=fields[0])
        self.stage = stage
        if stage == STAGES["stratum"]:
            self._counts(fields)
        else:
            getattr(self, "_" + fields[0])(fields)

    def _head(self, fields: List[str]) -> None:
        wanted = HEAD[len(self.head)]
        if fields[0] != wanted:
            raise BadAnnouncement(
                "expected a {wanted} line, found {word!r}", wanted=wanted, word=fields[0]
            )
        expect(fields, {"vdr1": 3, "draw": 4}.get(wanted, 2))
        if wanted == "vdr1":
            if fields[1] != "announce" or fields[2] not in SUITES:
                raise BadAnnouncement("not an announcement of a known suite")
        elif wanted == "draw":
            token(fields[1], "draw")
            attempt = integer(fields[2], "attempt", 1)
            if fields[3] != "-":
                hexadecimal(fields[3], 64, "prev")
            elif attempt > 1:
                raise BadAnnouncement("a later attempt names the void record before it")
        elif wanted != "embargo" or fields[1] != "-":
            {"asof": day, "embargo": instant}.get(wanted, token)(fields[1], wanted)
        self.head[wanted] = fields

    def _doc(self, fields: List[str]) -> None:
        expect(fields, 3)
        name = token(fields[1], "document")
        if name in (".", "..") or ":" in name:
            raise BadAnnouncement("a document may not be called {name!r}", name=name)
        if any(d.name.lower() == name.lower() for d in self.docs):
            raise BadAnnouncement("two documents are called {name} but for case", name=name)
        if self.docs and name <= self.docs[-1].name:
            raise BadAnnouncement("documents are not in order")
        self.docs.append(DocLine(name, hexadecimal(fields[2], 64, "document digest")))

    def _frame(self, fields: List[str]) -> None:
        expect(fields, 6)
        fid = token(fields[1], "frame")
        if self.frames and fid <= self.frames[-1].fid:
            raise BadAnnouncement("frames are not in order, or one stands twice")
        self.positions[fid] = len(self.frames)
        self.frames.append(
            FrameLine(
                fid,
                token(fields[2], "lane"),
                hexadecimal(fields[3], 64, "root"),
                integer(fields[4], "size"),
                hexadecimal(fields[5], 64, "file digest"),
            )
        )

    def _counts(self, fields: List[str]) -> None:
        position = self.positions.get(fields[1] if len(fields) > 1 else "")
        if position is None:
            raise BadAnnouncement("counts of a frame that is not announced")
        if position < self.at_frame:
            raise BadAnnouncement("counts are not in the order of their frames")
        self.at_frame = position
        if fields[0] == "stratum":
            self._stratum(expect(fields, 7))
        else:
            self._excluded(expect(fields, 4))

    def _stratum(self, fields: List[str]) -> None:
        line = StratumLine(
            fields[1],
            token(fields[2], "stratum"),
            integer(fields[3], "eligible", 1),
            fields[4],
            integer(fields[5], "n"),
            integer(fields[6], "reserve"),
        )
        last = self.strata[-1] if self.strata else None
        if last and (line.fid, line.stratum) <= (last.fid, last.stratum):
            raise BadAnnouncement("strata are not in order, or one stands twice")
        if self.excluded and self.excluded[-1].fid == line.fid:
            raise BadAnnouncement("strata come before exclusions")
        if quota(line.rule, line.eligible) != line.n:
            raise BadAnnouncement(
                "{rule} of {eligible} is {wanted}, not {n}",
                rule=line.rule,
                eligible=line.eligible,
                wanted=quota(line.rule, line.eligible),
                n=line.n,
            )
        self.strata.append(line)

    def _excluded(self, fields: List[str]) -> None:
        line = ExcludedLine(fields[1], fields[2], integer(fields[3], "count", 1))
        last = self.excluded[-1] if self.excluded else None
        if last and last.fid == line.fid and line.disp <= last.disp:
            raise BadAnnouncement("exclusions are not in order, or one stands twice")
        if line.disp == "E" or not DISP.match(line.disp):
            raise BadAnnouncement("{disp!r} is no known reason to exclude", disp=line.disp)
        self.excluded.append(line)

    def _roster(self, fields: List[str]) -> None:
        expect(fields, 5)
        if self.rosters:
            raise BadAnnouncement("a second roster")
        self.rosters.append(
            RosterLine(
                hexadecimal(fields[1], 64, "roster root"),
                integer(fields[2], "roster size"),
                hexadecimal(fields[3], 64, "roster digest"),
                integer(fields[4], "slack"),
            )
        )

    def _slot(self, fields: List[str]) -> None:
        expect(fields, 6)
        slot = Slot(
            fields[1],
            token(fields[2], "slot"),
            token(fields[3], "dept"),
            tags(fields[4], "slot tags", need_word=True),
            fields[5],
        )
        if slot.fid not in self.positions:
            raise BadAnnouncement("a slot of a frame that is not announced")
        if slot.region not in REGIONS:
            raise BadAnnouncement("{region!r} is no region rule", region=slot.region)
        if any(slot.k == other.k for other in self.slots):
            raise BadAnnouncement("slot {k} stands twice", k=slot.k)
        if self.slots and (slot.fid, slot.k) <= (self.slots[-1].fid, self.slots[-1].k):
            raise BadAnnouncement("slots are not in order")
        self.slots.append(slot)

    def _source(self, fields: List[str]) -> None:
        expect(fields, 5)
        source = Source(
            integer(fields[1], "source number", 1), token(fields[2], "source"), fields[3], fields[4]
        )
        if source.index != len(self.sources) + 1:
            raise BadAnnouncement("sources are not numbered 1, 2, …")
        if any(source.id == other.id for other in self.sources):
            raise BadAnnouncement("source {source} stands twice", source=source.id)
        check_param(source)
        self.sources.append(source)

    def _end(self, fields: List[str]) -> None:
        expect(fields, 1)
        if not self.frames or not self.sources:
            raise BadAnnouncement("an announcement names a frame and a source at least")
        if self.rosters and {s.fid for s in self.slots} != set(self.positions):
            raise BadAnnouncement("with a roster every frame has a slot")
        if self.slots and not self.rosters:
            raise BadAnnouncement("slots need a roster")


def parse_announcement(data: bytes) -> Parts:
    """Return what an announcement file says (公告内容).

    raises    FairdrawError with file, line and reason
    """
    reader = _Reader()
    number = 1
    for number, fields in read(data, FILE):
        try:
            reader.take(fields)
        except FairdrawError as error:
            raise error.at(FILE, number) from None
    if reader.stage != STAGES["end"]:
        raise BadAnnouncement("the announcement does not end", file=FILE, line=number)
    _, draw_id, attempt, prev = reader.head["draw"]
    return Parts(
        reader.head["vdr1"][2],
        draw_id,
        int(attempt),
        prev,
        reader.head["session"][1],
        reader.head["org"][1],
        reader.head["asof"][1],
        reader.head["embargo"][1],
        tuple(reader.docs),
        tuple(reader.frames),
        tuple(reader.strata),
        tuple(reader.excluded),
        reader.rosters[0] if reader.rosters else None,
        tuple(reader.slots),
        tuple(reader.sources),
    )
