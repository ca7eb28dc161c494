"""Rosters (可派人员名册): inspectors and recusals, sealed with the frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import List, Sequence, Tuple

from fairdraw import merkle
from fairdraw.errors import BadRoster, FairdrawError
from fairdraw.lines import (
    expect,
    file_digest,
    hexadecimal,
    integer,
    join_tags,
    read,
    tags,
    token,
    write,
)

FILE = "roster.vdr"


@dataclass(frozen=True)
class Inspector:
    """One inspector (执法检查人员): cap = most slots in this draw, load = the year's band so far."""

    id: str
    dept: str
    district: str
    cap: int
    load: int
    tags: Tuple[str, ...]
    salt: str

    def line(self) -> str:
        """Return the inspector as a line (人员行)."""
        return (
            f"vdr1|insp|{self.id}|{self.dept}|{self.district}|{self.cap}|{self.load}"
            f"|{join_tags(self.tags)}|{self.salt}"
        )


@dataclass(frozen=True)
class Recusal:
    """An inspector who must not inspect a target (回避)."""

    inspector: str
    target: str
    code: str
    salt: str

    def line(self) -> str:
        """Return the recusal as a line (回避行)."""
        return f"vdr1|recuse|{self.inspector}|{self.target}|{self.code}|{self.salt}"


@dataclass(frozen=True)
class Roster:
    """A sealed roster (已封存人员名册), sorted."""

    inspectors: Sequence[Inspector] = field(default=(), repr=False)
    recusals: Sequence[Recusal] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        people = sorted(self.inspectors, key=lambda i: i.id)
        recusals = sorted(self.recusals, key=lambda r: (r.inspector, r.target))
        object.__setattr__(self, "inspectors", tuple(people))
        object.__setattr__(self, "recusals", tuple(recusals))
        known = {i.id for i in people}
        if len(known) != len(people):
            raise BadRoster("an inspector is on the roster twice")
        pairs = {(r.inspector, r.target) for r in recusals}
        if len(pairs) != len(recusals):
            raise BadRoster("a recusal is given twice")
        for line, recusal in enumerate(recusals, start=len(people) + 1):
            if recusal.inspector not in known:
                raise BadRoster(
                    "the recusal of {inspector}, who is not on the roster",
                    inspector=recusal.inspector,
                    line=line,
                )

    def lines(self) -> List[str]:
        """Return all lines (全部行) in file order."""
        return [i.line() for i in self.inspectors] + [r.line() for r in self.recusals]

    def to_bytes(self) -> bytes:
        """Return the roster file (人员名册文件)."""
        return write(self.lines())

    def root(self, suite: str = "sha256") -> str:
        """Return the Merkle root (名册根) over every line."""
        return merkle.root([line.encode("ascii") for line in self.lines()], suite).hex()

    def digest(self, suite: str = "sha256") -> str:
        """Return the digest of the whole file (名册校验码)."""
        return file_digest(self.to_bytes(), suite)

    @classmethod
    def parse(cls, data: bytes) -> Roster:
        """Read a roster file (读取人员名册).

        raises    FairdrawError with file, line and reason
        """
        people: List[Inspector] = []
        recusals: List[Recusal] = []
        for number, fields in read(data, FILE):
            try:
                _take(fields, people, recusals)
            except FairdrawError as error:
                raise error.at(FILE, number) from None
        try:
            return cls(people, recusals)
        except FairdrawError as error:
            raise error.at(FILE) from None


def _take(fields: List[str], people: List[Inspector], recusals: List[Recusal]) -> None:
    if fields[:2] == ["vdr1", "insp"]:
        if recusals:
            raise BadRoster("inspectors come before recusals")
        person = parse_inspector(fields)
        if people and person.id <= people[-1].id:
            raise BadRoster("inspectors are not in order, or one stands twice")
        people.append(person)
    elif fields[:2] == ["vdr1", "recuse"]:
        recusal = parse_recusal(fields)
        last = recusals[-1] if recusals else None
        if last and (recusal.inspector, recusal.target) <= (last.inspector, last.target):
            raise BadRoster("recusals are not in order, or one stands twice")
        recusals.append(recusal)
    else:
        raise BadRoster("a roster holds insp and recuse lines only")


def parse_inspector(fields: List[str]) -> Inspector:
    """Return the inspector (人员) of a line's fields.

    raises    FairdrawError
    """
    expect(fields, 9)
    if fields[4] != "-":
        token(fields[4], "district")
    return Inspector(
        id=token(fields[2], "inspector"),
        dept=token(fields[3], "dept"),
        district=fields[4],
        cap=integer(fields[5], "cap"),
        load=integer(fields[6], "load"),
        tags=tags(fields[7], "tags"),
        salt=hexadecimal(fields[8], 32, "salt"),
    )


def parse_recusal(fields: List[str]) -> Recusal:
    """Return the recusal (回避) of a line's fields.

    raises    FairdrawError
    """
    expect(fields, 6)
    return Recusal(
        inspector=token(fields[2], "inspector"),
        target=token(fields[3], "target"),
        code=token(fields[4], "recusal code"),
        salt=hexadecimal(fields[5], 32, "salt"),
    )
