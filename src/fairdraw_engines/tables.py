"""Lists that lie in a table (表内名单): counted, sealed and drawn by statements of its engine."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from fairdraw.announce import Announcement
from fairdraw.announce_parts import FrameLine, StratumLine
from fairdraw.bundle import Bundle
from fairdraw.eligible import Place
from fairdraw.errors import BadBundle, BadFrame
from fairdraw.lines import tags
from fairdraw.result import Result, draw_from
from fairdraw.seed import FILE as OPENING
from fairdraw.seed import Opening
from fairdraw.selection import Hit, Selection, places_of, selection_of, wanted_of
from fairdraw.tickets import Ranked, lane_key, threshold
from fairdraw_engines.sealing import Seals, seal

BEYOND = "g"  # greater than every ticket
LINE = (
    "'vdr1|leaf|' || target || '|' || stratum || '|' || weight || '|' || disp"
    " || '|' || district || '|' || need || '|' || salt"
)


class Engine(Protocol):
    """What an engine brings (引擎): a table per list, statements, and its own hash.

    compare    how texts are compared by bytes, after an expression
    """

    compare: str

    def table(self, fid: str) -> str:
        """Return the table of a list: target, stratum, weight, disp, district, need, salt."""

    def lines(self, statement: str) -> Iterator[str | None]:
        """Yield the texts of a statement of one column, however many."""

    def rows(self, statement: str) -> Iterable[Sequence[Any]]:
        """Return the few rows of a statement, on all cores."""

    def hashed(self, text: str) -> str:
        """Return the expression of the hex SHA-256 of an expression."""

    def least(self, prefix: str) -> str:
        """Return the expression of the least of ``weight`` hashes of prefix, target and number."""


class TableFrame:
    """One list in a table (表内名单), counted and sealed where it lies."""

    def __init__(self, engine: Engine, line: FrameLine) -> None:
        self.fid, self.lane = line.fid, line.lane
        self._engine = engine
        self._seals: Seals | None = None

    @property
    def size(self) -> int:
        """How many entries the list has (名单条数)."""
        return self._sealed("sha256").size

    def counts(self) -> Counter[tuple[str, str]]:
        """Return how many entries have which reason and stratum (分层计数)."""
        rows = self._engine.rows(
            f"select disp, stratum, count(*) from {self._engine.table(self.fid)} group by 1, 2"
        )
        return Counter({(disp, stratum): count for disp, stratum, count in rows})

    def root(self, suite: str = "sha256") -> str:
        """Return the Merkle root (名单根) over the lines."""
        return self._sealed(suite).root

    def digest(self, suite: str = "sha256") -> str:
        """Return the digest of the whole file (名单校验码)."""
        return self._sealed(suite).digest

    def _sealed(self, suite: str) -> Seals:
        if self._seals is None:
            table, compare = self._engine.table(self.fid), self._engine.compare
            rows = self._engine.lines(f"select {LINE} from {table} order by target {compare}")
            self._seals = seal(self.fid, self._lines(rows), suite)
        return self._seals

    def _lines(self, rows: Iterator[str | None]) -> Iterator[str]:
        for number, line in enumerate(rows, start=1):
            if line is None:
                raise BadFrame("an empty value is written -", file=f"frame-{self.fid}", line=number)
            yield line


class TableLists:
    """The sealed lists of an announcement in tables (表内待抽名单): threshold, then rank.

    raises    BadBundle for a suite that the engine cannot hash
    """

    def __init__(self, announcement: Announcement, engine: Engine) -> None:
        if announcement.suite != "sha256":
            raise BadBundle("this engine has no {suite}; draw without it", suite=announcement.suite)
        self.announcement = announcement
        self.frames = [TableFrame(engine, line) for line in announcement.frames]
        self._engine = engine
        self._weights: dict[str, dict[str, int]] = {}

    def select(self, seed: str) -> Selection:
        """Return what a seed draws (抽取): few tickets pass a threshold, those are ranked.

        paper     vdr1 §7.1
        """
        found: dict[tuple[str, str], list[Ranked]] = {}
        for frame in self.announcement.frames:
            key = lane_key(seed, frame.lane)
            lines = [line for line in self.announcement.strata if line.fid == frame.fid]
            found.update(self._ranked(frame.fid, key, lines, self._bounds(frame.fid, lines)))
            short = [
                line
                for line in lines
                if len(found[line.fid, line.stratum]) < min(wanted_of(line), line.eligible)
            ]
            if short:
                everything = {line.stratum: BEYOND for line in short}
                found.update(self._ranked(frame.fid, key, short, everything))
        return selection_of(
            self.announcement, lambda fid, stratum, wanted: found[fid, stratum][:wanted]
        )

    def places(self, hits: Sequence[Hit]) -> dict[str, list[Place]]:
        """Return the places to fill at each hit target (待匹配席位), read from its own list."""
        known: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
        by_frame: dict[str, list[str]] = defaultdict(list)
        for hit in hits:
            by_frame[hit.fid].append(hit.target)
        for fid, targets in by_frame.items():
            asked = ", ".join(f"'{target}'" for target in targets)
            rows = self._engine.rows(
                f"select target, district, need from {self._engine.table(fid)}"
                f" where target in ({asked})"
            )
            known.update(
                {(fid, target): (district, tags(need, "need")) for target, district, need in rows}
            )
        return places_of(self.announcement, hits, [known[h.fid, h.target] for h in hits])

    def _bounds(self, fid: str, lines: Sequence[StratumLine]) -> dict[str, str]:
        """Return below which ticket the first of each stratum lie, but for very rare seeds."""
        weights = self._weights_of(fid)
        bounds = {}
        for line in lines:
            limit = threshold(wanted_of(line), weights[line.stratum])
            bounds[line.stratum] = BEYOND if limit is None else f"{limit:064x}"
        return bounds

    def _weights_of(self, fid: str) -> dict[str, int]:
        """Return how many hashes each stratum has; the list is sealed, so it is asked once."""
        if fid not in self._weights:
            rows = self._engine.rows(
                f"select stratum, sum(weight) from {self._engine.table(fid)} where disp = 'E'"
                " group by 1"
            )
            self._weights[fid] = {stratum: int(total) for stratum, total in rows}
        return self._weights[fid]

    def _ticket(self, fid: str, key: str, lines: Sequence[StratumLine]) -> str:
        """Return the expression of a ticket; without weights it is one hash and nothing else."""
        engine, weights = self._engine, self._weights_of(fid)
        one = engine.hashed(f"'{key}|' || target || '|1'")
        if all(weights[line.stratum] == line.eligible for line in lines):
            return f"{one} {engine.compare}"
        return (
            f"case when weight = 1 then {one} else {engine.least(f'{key}|')} end {engine.compare}"
        )

    def _ranked(
        self, fid: str, key: str, lines: Sequence[StratumLine], bounds: dict[str, str]
    ) -> dict[tuple[str, str], list[Ranked]]:
        engine = self._engine
        ranked: dict[tuple[str, str], list[Ranked]] = {(fid, line.stratum): [] for line in lines}
        if not lines:
            return ranked
        wanted = ", ".join(
            f"('{line.stratum}', '{bounds[line.stratum]}', {wanted_of(line)})" for line in lines
        )
        ticket = self._ticket(fid, key, lines)
        most = max(bounds[line.stratum] for line in lines)
        rows = engine.rows(
            f"with bounds(stratum, bound, wanted) as (values {wanted}),"
            f" tickets as (select stratum, target, {ticket} as ticket from {engine.table(fid)}"
            f" where disp = 'E' and {ticket} < '{most}'),"
            " ranked as (select stratum, ticket, target, wanted, row_number() over"
            f" (partition by stratum order by ticket, target {engine.compare}) as place"
            " from tickets join bounds using (stratum) where ticket < bound)"
            " select stratum, ticket, target from ranked where place <= wanted"
            f" order by stratum {engine.compare}, place"
        )
        for stratum, number, target in rows:
            ranked[fid, stratum].append((number, target))
        return ranked


def drawn(bundle: Bundle, engine: Engine) -> Result:
    """Draw a bundle whose lists lie in an engine (大名单抽取); the same bytes as the core.

    raises    FairdrawError
    """
    announcement = bundle.announcement()
    roster = bundle.roster(announcement)
    lists = TableLists(announcement, engine)
    announcement.check_against(lists.frames, roster)
    return draw_from(lists, roster, Opening.parse(bundle.need(OPENING)))
