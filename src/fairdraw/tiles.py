"""Tiles of a log (日志瓦片) of C2SP tlog-tiles: their paths, widths and bundles; proofs out of tiles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from fairdraw.errors import BadNote
from fairdraw.merkle import node_hash, root_of_hashes

WIDTH = 256
HEIGHT = 8
LEVEL_MAX = 7  # 256**8 entries are more than a size can say
ENTRY_MAX = 65_535
NUMBER_MAX = 2**55

_PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?\Z"
)


@dataclass(frozen=True)
class Tile:
    """One tile (瓦片): 256 hashes of a level or, where ``level`` is None, 256 entries.

    width     fewer than 256 at the right edge of the tree
    """

    level: Optional[int]
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The address (瓦片路径) below the log's prefix."""
        text = f"{self.number % 1000:03d}"
        rest = self.number // 1000
        while rest:
            text = f"x{rest % 1000:03d}/{text}"
            rest //= 1000
        name = "entries" if self.level is None else str(self.level)
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{name}/{text}{part}"

    def fits(self, size: int) -> bool:
        """Say whether a tree of ``size`` has this tile (瓦片是否存在), whole or in part."""
        return self.number * WIDTH + self.width <= size >> HEIGHT * (self.level or 0)


def parse_path(path: str) -> Tile:
    """Return the tile that a path names (读取瓦片路径); each tile has one path.

    raises    BadNote
    """
    match = _PATH.match(path)
    if match is not None:
        level = None if match[1] == "entries" else int(match[1])
        number = int(re.sub(r"[x/]", "", match[2]))
        found = Tile(level, number, int(match[3] or WIDTH))
        if found.path == path and found.width <= WIDTH and number < NUMBER_MAX:
            return found
    raise BadNote("{path!r} names no tile", file="tile", path=path)


def width_at(level: int, number: int, size: int) -> int:
    """Return how many hashes (瓦片宽度) a tile has in a tree of ``size``, 0 to 256."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - number * WIDTH))


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """Yield the tiles of hashes (全部瓦片) that a tree of ``size`` has and one of ``since`` lacks."""
    level = 0
    while size >> HEIGHT * level:
        first = (since >> HEIGHT * level) // WIDTH
        last = ((size >> HEIGHT * level) - 1) // WIDTH
        for number in range(first, last + 1):
            width = width_at(level, number, size)
            if width != width_at(level, number, since):
                yield Tile(level, number, width)
        level += 1


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as one bundle (日志条目包), each after its length in two bytes.

    raises    BadNote for an entry above 65,535 bytes
    """
    for entry in entries:
        if len(entry) > ENTRY_MAX:
            raise BadNote("an entry is larger than {limit} bytes", file="entries", limit=ENTRY_MAX)
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_entry_bundle(data: bytes, width: int) -> List[bytes]:
    """Return the ``width`` entries of a bundle (读取日志条目包).

    raises    BadNote
    """
    entries: List[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise BadNote("an entry is cut off", file="entries")
        entries.append(data[at + 2 : end])
        at = end
    if len(entries) != width:
        raise BadNote(
            "holds {found} entries, not {wanted}", file="entries", found=len(entries), wanted=width
        )
    return entries


def hashes_of(data: bytes, width: int) -> List[bytes]:
    """Return the ``width`` hashes of a tile (读取瓦片), 32 bytes each.

    raises    BadNote
    """
    if len(data) != 32 * width:
        raise BadNote("holds {n} bytes, not {wanted}", file="tile", n=len(data), wanted=32 * width)
    return [data[at : at + 32] for at in range(0, len(data), 32)]


class TileTree:
    """A tree of ``size`` leaves read from its tiles (瓦片树), few of them per question.

    read      returns the bytes of a tile; each is asked for once
    """

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        self.size = size
        self._read = read
        self._tiles: Dict[Tuple[int, int], List[bytes]] = {}

    def root(self) -> bytes:
        """Return the root (根) of all leaves."""
        return self.root_at(self.size)

    def root_at(self, size: int) -> bytes:
        """Return the root of the first ``size`` leaves (当时的根).

        raises    IndexError
        """
        if not 0 <= size <= self.size:
            raise IndexError("no such size")
        return self._range(0, size) if size else root_of_hashes([])

    def leaf(self, index: int) -> bytes:
        """Return the hash of a leaf (叶子).

        raises    IndexError
        """
        if not 0 <= index < self.size:
            raise IndexError("no such leaf")
        return self._node(0, index)

    def inclusion_path(self, index: int) -> List[bytes]:
        """Return the inclusion proof (存在证明) of a leaf, from the leaf upwards.

        raises    IndexError
        """
        if not 0 <= index < self.size:
            raise IndexError("no such leaf")
        low, high = 0, self.size
        path: List[bytes] = []
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low = middle
        return path[::-1]

    def consistency_path(self, first: int) -> List[bytes]:
        """Return the consistency proof (一致性证明) from ``first`` leaves to all.

        raises    IndexError
        """
        if not 0 < first <= self.size:
            raise IndexError("no such size")
        low, high, whole = 0, self.size, True
        path: List[bytes] = []
        while first != high:
            middle = low + _split(high - low)
            if first <= middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low, whole = middle, False
        if not whole:
            path.append(self._range(low, high))
        return path[::-1]

    def _range(self, low: int, high: int) -> bytes:
        width = high - low
        if width & (width - 1) == 0:
            height = width.bit_length() - 1
            return self._node(height, low >> height)
        middle = low + _split(width)
        return node_hash(self._range(low, middle), self._range(middle, high))

    def _node(self, height: int, index: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        number, at = divmod(index << above, WIDTH)
        return root_of_hashes(self._tile(level, number)[at : at + (1 << above)])

    def _tile(self, level: int, number: int) -> List[bytes]:
        if (level, number) not in self._tiles:
            tile = Tile(level, number, width_at(level, number, self.size))
            self._tiles[level, number] = hashes_of(self._read(tile), tile.width)
        return self._tiles[level, number]


def _split(width: int) -> int:
    """Return the largest power of two below ``width``, where RFC 9162 splits a tree."""
    return 1 << (width - 1).bit_length() - 1
