"""The record of a voided attempt (作废记录), which the next attempt names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairdraw.errors import BadText, FairdrawError
from fairdraw.lines import expect, hexadecimal, hx, read

FILE = "void.vdr"
_STAGE = re.compile(r"T[1-6]\Z")
REASONS = ("V1", "V2", "V3", "V4", "V9")


@dataclass(frozen=True)
class VoidRecord:
    """One voided attempt (作废): at which stage, why, and what had come out."""

    adigest: str
    stage: str
    reason: str
    doc: str
    rdigest: str

    def line(self) -> str:
        """Return the record as its line (作废行)."""
        return f"vdr1|void|{self.adigest}|{self.stage}|{self.reason}|{self.doc}|{self.rdigest}"

    def to_bytes(self) -> bytes:
        """Return the file (作废文件)."""
        return (self.line() + "\n").encode("ascii")

    def digest(self, suite: str = "sha256") -> str:
        """Return its digest (作废校验码), ``prev`` of the next attempt."""
        return hx(self.line(), suite)

    @classmethod
    def parse(cls, data: bytes) -> VoidRecord:
        """Read a void record (读取作废记录).

        raises    FairdrawError with file, line and reason
        """
        rows = list(read(data, FILE))
        if len(rows) != 1:
            raise BadText("a void record is one line", file=FILE, line=2 if rows else 1)
        fields = rows[0][1]
        try:
            expect(fields, 7)
            if fields[:2] != ["vdr1", "void"] or not _STAGE.match(fields[3]):
                raise BadText("not a void record")
            if fields[4] not in REASONS:
                raise BadText("{reason!r} is no reason to void", reason=fields[4])
            hexadecimal(fields[2], 64, "announcement digest")
            hexadecimal(fields[5], 64, "document digest")
            if fields[6] != "-":
                hexadecimal(fields[6], 64, "result digest")
        except FairdrawError as error:
            raise error.at(FILE, 1) from None
        return cls(*fields[2:])
