"""Frames (待抽名单): every entry of a register as it was when the list was sealed."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import List, Sequence, Tuple

from fairdraw import merkle
from fairdraw.errors import BadFrame, FairdrawError
from fairdraw.lines import (
    expect,
    file_digest,
    hexadecimal,
    integer,
    is_token,
    join_tags,
    read,
    tags,
    token,
)

_DISP = re.compile(r"(E|X0[1-9]|X9[0-9])\Z")
WEIGHT_MAX = 64


def salt(key: bytes, text: str) -> str:
    """Return the salt (盐) of an entry: first 128 bits of HMAC-SHA256, 32 hex digits."""
    return hmac.new(key, text.encode("ascii"), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class Leaf:
    """One entry of a register (名单条目): ``disp`` is ``E`` or the reason why it cannot be drawn."""

    target: str
    stratum: str
    weight: int
    disp: str
    district: str
    need: Tuple[str, ...]
    salt: str

    def line(self) -> str:
        """Return the leaf as its line (名单行), without the line feed."""
        return (
            f"vdr1|leaf|{self.target}|{self.stratum}|{self.weight}|{self.disp}"
            f"|{self.district}|{join_tags(self.need)}|{self.salt}"
        )

    def check(self) -> None:
        """Refuse a leaf whose fields break the grammar.

        raises    FairdrawError
        """
        parse_leaf(self.line().split("|"))


def parse_leaf(fields: List[str]) -> Leaf:
    """Return the leaf (名单条目) of a line's fields.

    raises    FairdrawError
    """
    expect(fields, 9)
    if fields[:2] != ["vdr1", "leaf"]:
        raise BadFrame("a frame holds leaf lines only")
    if not _DISP.match(fields[5]):
        raise BadFrame(f"{fields[5]!r} is neither E nor a known reason")
    if fields[6] != "-":
        token(fields[6], "district")
    return Leaf(
        target=token(fields[2], "target"),
        stratum=token(fields[3], "stratum"),
        weight=integer(fields[4], "weight", 1, WEIGHT_MAX),
        disp=fields[5],
        district=fields[6],
        need=tags(fields[7], "need"),
        salt=hexadecimal(fields[8], 32, "salt"),
    )


@dataclass(frozen=True)
class Frame:
    """A sealed list (已封存名单) with its lane; leaves are sorted by target and unique."""

    fid: str
    lane: str
    leaves: Sequence[Leaf] = field(repr=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.leaves, key=lambda leaf: leaf.target)
        object.__setattr__(self, "leaves", tuple(ordered))
        for name in (self.fid, self.lane):
            if not is_token(name):
                raise BadFrame(f"{name!r} is not a token")
        for before, after in zip(ordered, ordered[1:]):
            if before.target == after.target:
                raise BadFrame(f"{after.target} is in the frame twice")

    def to_bytes(self) -> bytes:
        """Return the frame file (名单文件)."""
        return "".join(leaf.line() + "\n" for leaf in self.leaves).encode("ascii")

    def root(self, suite: str = "sha256") -> str:
        """Return the Merkle root (名单根) over the lines."""
        return merkle.root([leaf.line().encode("ascii") for leaf in self.leaves], suite).hex()

    def digest(self, suite: str = "sha256") -> str:
        """Return the digest of the whole file (名单校验码)."""
        return file_digest(self.to_bytes(), suite)

    @classmethod
    def build(cls, fid: str, lane: str, leaves: Sequence[Leaf]) -> Frame:
        """Return a frame of checked leaves (生成名单).

        raises    FairdrawError naming the first entry that breaks the grammar
        """
        for leaf in leaves:
            leaf.check()
        return cls(fid, lane, leaves)

    @classmethod
    def parse(cls, fid: str, lane: str, data: bytes) -> Frame:
        """Read a frame file (读取名单).

        raises    FairdrawError with file, line and reason
        """
        file = f"frame-{fid}.vdr"
        leaves: List[Leaf] = []
        for number, fields in read(data, file):
            try:
                leaf = parse_leaf(fields)
            except FairdrawError as error:
                raise error.at(file, number) from None
            if leaves and leaf.target <= leaves[-1].target:
                raise BadFrame(
                    "targets are not in order, or one stands twice", file=file, line=number
                )
            leaves.append(leaf)
        return cls(fid, lane, leaves)
