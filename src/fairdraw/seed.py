"""The opening record and the seed (启封记录与种子)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Mapping

from fairdraw.announce import Announcement
from fairdraw.errors import BadOpening, FairdrawError
from fairdraw.lines import expect, hx, read, token, write
from fairdraw.sources import chain_links, check_value, commitment, entropy_bits

__all__ = ["Opening", "chain_links", "check_value", "commitment", "entropy_bits", "seed"]

FILE = "opening.vdr"


@dataclass(frozen=True)
class Opening:
    """The values of all sources (启封记录), in the announcement's order."""

    session: str
    values: Mapping[str, str]

    def to_bytes(self) -> bytes:
        """Return the opening file (启封文件)."""
        rows = [f"vdr1|open|{self.session}"]
        rows += [f"value|{name}|{value}" for name, value in self.values.items()]
        return write([*rows, "end"])

    @classmethod
    def parse(cls, data: bytes) -> Opening:
        """Read an opening file (读取启封记录).

        raises    FairdrawError with file, line and reason
        """
        values: Dict[str, str] = {}
        session, ended, number = "", False, 1
        for number, fields in read(data, FILE):
            try:
                if ended:
                    raise BadOpening("nothing stands after the end")
                if number == 1:
                    session = _session(fields)
                elif fields == ["end"]:
                    ended = True
                else:
                    _value(fields, values)
            except FairdrawError as error:
                raise error.at(FILE, number) from None
        if not ended:
            raise BadOpening("the opening does not end", file=FILE, line=number)
        return cls(session, values)

    def check_against(self, announcement: Announcement) -> None:
        """Refuse an opening that is not of this announcement (核对启封).

        raises    BadOpening
        """
        if self.session != announcement.session:
            raise BadOpening("the session is another one", file=FILE, line=1)
        if list(self.values) != [s.id for s in announcement.sources]:
            raise BadOpening("the sources are not those of the announcement", file=FILE)
        for line, source in enumerate(announcement.sources, start=2):
            try:
                check_value(source, self.values[source.id], self.session, announcement.suite)
            except FairdrawError as error:
                raise error.at(FILE, line) from None


def _session(fields: List[str]) -> str:
    expect(fields, 3)
    if fields[:2] != ["vdr1", "open"]:
        raise BadOpening("not an opening")
    return token(fields[2], "session")


def _value(fields: List[str], values: Dict[str, str]) -> None:
    expect(fields, 3)
    if fields[0] != "value" or token(fields[1], "source") in values:
        raise BadOpening("expected one value line per source")
    values[fields[1]] = fields[2]


def seed(announcement: Announcement, opening: Opening) -> str:
    """Return the seed (种子): 64 hex digits over announcement and all values.

    raises    BadOpening
    """
    opening.check_against(announcement)
    values = "|".join(f"{s.id}={opening.values[s.id]}" for s in announcement.sources)
    return hx(f"vdr1|seed|{announcement.digest}|{values}", announcement.suite)
