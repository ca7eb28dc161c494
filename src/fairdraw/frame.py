"""Frames (待抽名单): every entry of a register as it was when the list was sealed."""

from __future__ import annotations

import hashlib
import hmac
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, List, NamedTuple, Protocol, Sequence, Tuple

from fairdraw import merkle
from fairdraw.errors import BadFrame, FairdrawError
from fairdraw.lines import (
    expect,
    fields_of,
    file_digest,
    hexadecimal,
    integer,
    is_token,
    join_tags,
    split_lines,
    tags,
    token,
    write,
)

DISP = re.compile(r"(E|X0[1-9]|X9[0-9])\Z")
WEIGHT_MAX = 64
# What nearly every line looks like; a line that it does not match is read field by field.
_PLAIN = re.compile(
    r"vdr1\|leaf\|((?!-\|)[A-Za-z0-9._:+-]{1,64})\|((?!-\|)[A-Za-z0-9._:+-]{1,64})\|([1-9]|[1-5][0-9]|6[0-4])"
    r"\|(E|X0[1-9]|X9[0-9])\|([A-Za-z0-9._:+-]{1,64})\|([A-Za-z0-9._:-]{1,64})\|([0-9a-f]{32})\Z"
)


def salt(key: bytes, text: str) -> str:
    """Return the salt (盐) of an entry: first 128 bits of HMAC-SHA256, 32 hex digits."""
    return hmac.new(key, text.encode("ascii"), hashlib.sha256).hexdigest()[:32]


class Leaf(NamedTuple):
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
    if not DISP.match(fields[5]):
        raise BadFrame("{disp!r} is neither E nor a known reason", disp=fields[5])
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


def _parse_line(line: bytes) -> Leaf:
    found = _PLAIN.match(line.decode("ascii", "replace"))
    if found is None:
        return parse_leaf(fields_of(line))
    target, stratum, weight, disp, district, need, salted = found.groups()
    return Leaf(
        target, stratum, int(weight), disp, district, () if need == "-" else (need,), salted
    )


class Countable(Protocol):
    """A sealed list of which only numbers and digests are asked (可核计名单)."""

    @property
    def fid(self) -> str:
        """The list's name."""

    @property
    def lane(self) -> str:
        """The lane of its tickets."""

    @property
    def size(self) -> int:
        """How many entries it has."""

    def counts(self) -> Counter[Tuple[str, str]]:
        """Return how many entries have which reason and stratum (分层计数)."""

    def root(self, suite: str = "sha256") -> str:
        """Return the Merkle root (名单根) over the lines."""

    def digest(self, suite: str = "sha256") -> str:
        """Return the digest of the whole file (名单校验码)."""


@dataclass(frozen=True)
class Frame:
    """A sealed list (已封存名单) with its lane; leaves are sorted by target and unique.

    raises    BadFrame when a target stands twice or a name is no token
    """

    fid: str
    lane: str
    leaves: Sequence[Leaf] = field(repr=False)
    _kept: Dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.leaves, key=lambda leaf: leaf.target)
        object.__setattr__(self, "leaves", tuple(ordered))
        for name in (self.fid, self.lane):
            if not is_token(name):
                raise BadFrame("{what} {text!r} is not a token", what="frame", text=name)
        for before, after in zip(ordered, ordered[1:]):
            if before.target == after.target:
                raise BadFrame("{target} is in the frame twice", target=after.target)

    def find(self, target: str) -> int:
        """Return where a target stands in the list (名单位置).

        raises    KeyError when it is not in the list
        """
        at = bisect_left(self.leaves, (target,))
        if at == len(self.leaves) or self.leaves[at].target != target:
            raise KeyError(target)
        return at

    def is_eligible(self, target: str) -> bool:
        """Say whether a target is in the list and can be drawn (可抽取)."""
        at = bisect_left(self.leaves, (target,))
        leaf = self.leaves[at] if at < len(self.leaves) else None
        return leaf is not None and leaf.target == target and leaf.disp == "E"

    @property
    def size(self) -> int:
        """How many entries the list has (名单条数)."""
        return len(self.leaves)

    def counts(self) -> Counter[Tuple[str, str]]:
        """Return how many entries have which reason and stratum (分层计数)."""
        return Counter((leaf.disp, leaf.stratum) for leaf in self.leaves)

    def to_bytes(self) -> bytes:
        """Return the frame file (名单文件)."""
        if "file" not in self._kept:
            self._kept["file"] = write(leaf.line() for leaf in self.leaves)
        return self._kept["file"]

    def root(self, suite: str = "sha256") -> str:
        """Return the Merkle root (名单根) over the lines."""
        if suite not in self._kept:
            self._kept[suite] = merkle.root(self.to_bytes().split(b"\n")[:-1], suite)
        return self._kept[suite].hex()

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
        last = ""
        for number, line in enumerate(split_lines(data, file), start=1):
            try:
                leaf = _parse_line(line)
            except FairdrawError as error:
                raise error.at(file, number) from None
            if leaf.target <= last:
                raise BadFrame(
                    "targets are not in order, or one stands twice", file=file, line=number
                )
            last = leaf.target
            leaves.append(leaf)
        frame = cls(fid, lane, leaves)
        frame._kept["file"] = data
        return frame
