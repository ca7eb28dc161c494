"""The tiles as leaves fill them (逐层瓦片), beside those that are stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from fairdraw.merkle import root_of_hashes
from fairdraw.tiles import WIDTH
from openlot.ops.fsck.findings import Finding, Findings
from openlot.trail.models import Tile

CHUNK = 64


def beside(stream: Iterator[tuple[Any, ...]]) -> Callable[[int], list[tuple[Any, ...]]]:
    """Return what gives the rows of keys that are asked for in ascending order (并行读取).

    stream    rows in the order of their first column, the key; the answer leaves it out
    """
    ahead = next(stream, None)

    def rows_of(key: int) -> list[tuple[Any, ...]]:
        nonlocal ahead
        found = []
        while ahead is not None and ahead[0] <= key:
            if ahead[0] == key:
                found.append(ahead[1:])
            ahead = next(stream, None)
        return found

    return rows_of


class Rows:
    """The tiles that are being filled (逐层瓦片), one row of hashes on each level."""

    def __init__(self) -> None:
        self._rows: dict[int, list[bytes]] = defaultdict(list)
        self._numbers: dict[int, int] = defaultdict(int)
        self._stored: dict[int, Callable[[int], list[tuple[Any, ...]]]] = {}

    def fill(self, row: list[bytes]) -> Findings:
        """Compare the tile that a row of leaves fills (比对瓦片), and those above that it fills."""
        level = 0
        while len(row) == WIDTH:
            number, root = self._numbers[level], root_of_hashes(row)
            name = f"{level}/{number}"
            kept = self._kept(level)(number)
            if not kept:
                yield Finding("trail_tile", name, _("瓦片缺失"))
            elif kept[0] != (b"".join(row), root):
                yield Finding("trail_tile", name, _("瓦片与叶子不符"))
            self._numbers[level] += 1
            self._rows[level] = []
            level += 1
            row = self._rows[level]
            row.append(root)

    def left_over(self) -> Findings:
        """Tell of stored tiles that no leaves fill (多出的瓦片)."""
        for level, number in Tile.objects.values_list("level", "number"):
            if number >= self._numbers[level]:
                yield Finding("trail_tile", f"{level}/{number}", _("多出的瓦片"))

    def _kept(self, level: int) -> Callable[[int], list[tuple[Any, ...]]]:
        if level not in self._stored:
            tiles = Tile.objects.filter(level=level).order_by("number")
            stream = tiles.values_list("number", "hashes", "root").iterator(CHUNK)
            self._stored[level] = beside(stream)
        return self._stored[level]
