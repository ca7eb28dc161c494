"""Replacements (递补): the next spare, or who comes first under a sealed link of a chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, NamedTuple, Optional, Set, Tuple

from fairdraw import tickets
from fairdraw.errors import BadRecord, FairdrawError
from fairdraw.lines import hexadecimal, hx, integer, token, write
from fairdraw.records import Cursor, check_head, check_same
from fairdraw.seed import Opening
from fairdraw.selection import Lists, Selection
from fairdraw.sources import chain_length


class Row(NamedTuple):
    """A target and where it stands (对象所在名单和层)."""

    fid: str
    stratum: str
    target: str


@dataclass(frozen=True)
class Replacement:
    """One replaced target (递补记录), who came in, why, and the link that was published for it."""

    rdigest: str
    number: int
    reason: str
    doc: str
    link: str
    out: Row
    into: Row
    ticket: str

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"replace-{self.number}.vdr"

    def to_bytes(self) -> bytes:
        """Return the record's file (递补文件)."""
        return write(
            [
                f"vdr1|replace|{self.rdigest}|{self.number}|{self.reason}|{self.doc}|{self.link}",
                f"out|{'|'.join(self.out)}",
                f"in|{'|'.join(self.into)}|{self.ticket}",
                "end",
            ]
        )

    @classmethod
    def parse(cls, data: bytes, file: str) -> Replacement:
        """Read a replacement (读取递补记录).

        raises    FairdrawError with file, line and reason
        """
        cursor = Cursor(data, file)
        try:
            head = cursor.head("replace", 7)
            hexadecimal(head[2], 64, "result digest")
            integer(head[3], "number", 1)
            token(head[4], "reason")
            hexadecimal(head[5], 64, "document digest")
            if head[6] != "-":
                hexadecimal(head[6], 64, "link")
            out = cursor.take("out", 4)
            for text, what in zip(out[1:], ("frame", "stratum", "target")):
                token(text, what)
            into = cursor.take("in", 5)
            token(into[1], "frame")
            token(into[2], "stratum")
            if into[3:] != ["-", "-"]:
                token(into[3], "target")
                hexadecimal(into[4], 64, "ticket")
            cursor.end()
        except FairdrawError as error:
            raise error.at(file, cursor.line) from None
        return cls(
            head[2],
            int(head[3]),
            head[4],
            head[5],
            head[6],
            Row(*out[1:]),
            Row(*into[1:4]),
            into[4],
        )


class Reserve:
    """What is left to replace from (递补顺序) after the acts so far; each act changes it.

    rdigest   of the whole result, which a copy without its roster cannot recompute
    """

    def __init__(
        self, lists: Lists, opening: Opening, seed: str, selection: Selection, rdigest: str
    ) -> None:
        self._lists = lists
        self._opening = opening
        self._seed = seed
        self._selection = selection
        self._rdigest = rdigest
        self._taken: Set[Tuple[str, str]] = {(h.fid, h.target) for h in selection.hits}
        self._standing = {Row(h.fid, h.stratum, h.target) for h in selection.hits}
        self.n_replaced = 0

    def replace(
        self, fid: str, target: str, *, link: str = "-", reason: str, doc: str
    ) -> Replacement:
        """Replace a drawn target (递补) and return the record.

        link      of the chain, ``-`` where the stratum has spares
        reason    of the closed list that the draw's rules name
        doc       SHA-256 of the evidence
        raises    BadRecord
        """
        out = next((r for r in self._standing if (r.fid, r.target) == (fid, target)), None)
        if out is None:
            raise BadRecord("{target} is not a drawn target of {fid}", target=target, fid=fid)
        number = self.n_replaced + 1
        found = self._sealed(out, number, link) if link != "-" else self._spare(out)
        ticket, name = found or ("-", "-")
        self.n_replaced = number
        self._standing.discard(out)
        if found:
            self._taken.add((fid, name))
            self._standing.add(Row(fid, out.stratum, name))
        into = Row(fid, out.stratum, name)
        return Replacement(self._rdigest, number, reason, doc, link, out, into, ticket)

    def check(self, record: Replacement, file: str) -> None:
        """Refuse a record that does not follow from those before it (核对递补).

        raises    BadRecord with file and line
        """
        check_head(
            record.rdigest,
            record.number,
            file,
            wanted=self._rdigest,
            following=self.n_replaced + 1,
        )
        try:
            made = self.replace(
                record.out.fid,
                record.out.target,
                link=record.link,
                reason=record.reason,
                doc=record.doc,
            )
        except FairdrawError as error:
            raise error.at(file, 1 if record.link != "-" else 2) from None
        check_same(made.to_bytes(), record.to_bytes(), file)

    def _spare(self, out: Row) -> Optional[Tuple[str, str]]:
        announcement = self._lists.announcement
        line = next(s for s in announcement.strata if (s.fid, s.stratum) == out[:2])
        if not line.reserve and any(s.type == "chain" for s in announcement.sources):
            raise BadRecord("a sealed reserve needs the next link of its chain")
        for spare in self._selection.spares:
            if (spare.fid, spare.stratum) == out[:2] and (
                spare.fid,
                spare.target,
            ) not in self._taken:
                return spare.ticket, spare.target
        return None

    def _sealed(self, out: Row, number: int, link: str) -> Optional[Tuple[str, str]]:
        announcement = self._lists.announcement
        suite = announcement.suite
        chains = [s for s in announcement.sources if s.type == "chain"]
        if all(number >= chain_length(source) for source in chains):
            raise BadRecord("the chain is used up, or there is none")
        top = link
        for _ in range(number):
            top = hx(f"vdr1|link|{top}", suite)
        if all(self._opening.values[s.id] != top or number >= chain_length(s) for s in chains):
            raise BadRecord("the link does not lead to the chain of the draw")
        seed = hx(f"vdr1|reseed|{self._seed}|{number}|{link}", suite)
        key = tickets.lane_key(seed, self._lists.frames[out.fid].lane, suite)
        left: List[Tuple[str, int]] = [
            entry
            for entry in self._lists.pools[out.fid, out.stratum]
            if (out.fid, entry[0]) not in self._taken
        ]
        return next(iter(tickets.first(key, left, 1, suite)), None)
