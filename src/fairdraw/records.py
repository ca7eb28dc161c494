"""Reading the records of later acts (后续记录): one line after the other, in their only order."""

from __future__ import annotations

from itertools import zip_longest
from typing import Iterator, List, Optional, Tuple

from fairdraw.errors import BadRecord, FairdrawError
from fairdraw.lines import expect, read


class Cursor:
    """A file that is read line by line (逐行读取): each line must be what comes next."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self.rows: List[Tuple[int, List[str]]] = list(read(data, file))
        self.at = 0

    @property
    def line(self) -> int:
        """The number of the line that was read last."""
        return self.at

    def sees(self, word: str) -> bool:
        """Say whether the next line begins with a word."""
        return self.at < len(self.rows) and self.rows[self.at][1][0] == word

    def take(self, word: str, count: int) -> List[str]:
        """Return the fields of the next line, which begins with ``word`` and has ``count``.

        raises    FairdrawError with file and line
        """
        if not self.sees(word):
            found = self.rows[self.at][1][0] if self.at < len(self.rows) else "-"
            raise BadRecord(
                "expected a {wanted} line, found {word!r}",
                wanted=word,
                word=found,
                file=self.file,
                line=self.at + 1,
            )
        self.at += 1
        try:
            return expect(self.rows[self.at - 1][1], count)
        except FairdrawError as error:
            raise error.at(self.file, self.at) from None

    def take_all(self, word: str, count: int) -> Iterator[List[str]]:
        """Yield the fields of all following lines that begin with ``word``."""
        while self.sees(word):
            yield self.take(word, count)

    def head(self, kind: str, count: int) -> List[str]:
        """Return the fields of the first line, ``vdr1|<kind>|…``."""
        fields = self.take("vdr1", count)
        if fields[1] != kind:
            raise BadRecord(
                "expected a {wanted} line, found {word!r}",
                wanted=f"vdr1|{kind}",
                word=f"vdr1|{fields[1]}",
                file=self.file,
                line=1,
            )
        return fields

    def end(self) -> None:
        """Take the last line and refuse anything after it."""
        self.take("end", 1)
        if self.at < len(self.rows):
            raise BadRecord("nothing stands after the end", file=self.file, line=self.at + 1)


def check_head(rdigest: str, number: int, file: str, *, wanted: str, following: int) -> None:
    """Refuse a record of another draw, or one that is not the next of its kind.

    raises    BadRecord
    """
    if rdigest != wanted:
        raise BadRecord("the record is of another draw", file=file, line=1)
    if number != following or not file.endswith(f"-{number}.vdr"):
        raise BadRecord(
            "the number is {found}, the next one is {wanted}",
            found=number,
            wanted=following,
            file=file,
            line=1,
        )


def check_same(made: bytes, found: bytes, file: str) -> None:
    """Refuse a file that differs from what was recomputed, naming the first line.

    raises    BadRecord
    """
    difference = first_difference(made, found)
    if difference is not None:
        line, wanted, there = difference
        raise BadRecord(
            "recomputed {wanted!r}, found {found!r}",
            wanted=wanted,
            found=there,
            file=file,
            line=line,
        )


def first_difference(made: bytes, found: bytes) -> Optional[Tuple[int, str, str]]:
    """Return number and both texts of the first line that differs (首处不同), None without any."""
    if made == found:
        return None
    pairs = zip_longest(made.split(b"\n"), found.split(b"\n"))
    return next(
        (number, _shown(mine), _shown(other))
        for number, (mine, other) in enumerate(pairs, start=1)
        if mine != other
    )


def _shown(line: Optional[bytes]) -> str:
    return "-" if line is None else line.decode("ascii", "backslashreplace")
