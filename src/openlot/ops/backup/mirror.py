"""The mirror (日志镜像): the public log as plain files, and on demand the events themselves.

``checkpoint`` and ``tile/…`` are C2SP tlog-tiles: any web server may hand them out. ``private/…``
holds what the leaves commit to, for ``openlot restore --replay``: as secret as the database.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from fairdraw.errors import FairdrawError
from fairdraw.logproof import leaf_of
from fairdraw.note import Checkpoint, parse_checkpoint, parse_note
from fairdraw.tiles import WIDTH, Tile, TileTree, entry_bundle, parse_entry_bundle, tiles_of
from openlot.kernel.errors import Conflict, Invalid
from openlot.trail.frontier import grow, root_of
from openlot.trail.models import Leaf
from openlot.trail.reading import hashes_of_tile, newest_checkpoint, signed_note, tree_of

CHECKPOINT = "checkpoint"
PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Written:
    """What a run added to a mirror (镜像增量): the sizes before and after, and the files."""

    before: int
    size: int
    n_files: int


def write_mirror(folder: Path, *, private: bool) -> Written:
    """Bring a mirror up to the newest checkpoint (更新镜像); the checkpoint is written last.

    private   write the events as well, for a replay
    raises    Conflict without a checkpoint, or when the mirror holds another history; Invalid
    """
    newest = newest_checkpoint()
    if newest is None:
        raise Conflict(_("日志尚未签署，无可镜像的检查点"))
    before = _continues(folder, newest.size)
    n = 0
    for tile in tiles_of(newest.size):
        n += _write(folder / tile.path, lambda tile=tile: hashes_of_tile(tile))
    for tile in bundles_of(newest.size):
        n += _write(folder / tile.path, lambda tile=tile: _bundle(tile))
        if private:
            n += _write(folder / PRIVATE / tile.path, lambda tile=tile: _events(tile), mode=0o600)
    os.sync()
    note = signed_note(newest).encode()
    _replace(folder / CHECKPOINT, note, 0o644)
    return Written(before, newest.size, n)


def bundles_of(size: int) -> Iterator[Tile]:
    """Yield the bundles (条目包) that a log of ``size`` has."""
    for number in range(-(-size // WIDTH)):
        yield Tile(None, number, min(WIDTH, size - number * WIDTH))


def _continues(folder: Path, size: int) -> int:
    """Return the size that the mirror stands at, after seeing that the log continues it."""
    if not (folder / CHECKPOINT).exists():
        return 0
    known = Mirror(folder).checkpoint
    if known.size > size or tree_of(size).root_at(known.size) != known.root:
        words = _("镜像 %(folder)s 有 %(n)s 条，与本库的历史不符：库可能被回退或改写")
        raise Conflict(words, folder=folder, n=known.size)
    return known.size


def _write(path: Path, make: Any, mode: int = 0o644) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, make(), mode)
    return True


def _replace(path: Path, data: bytes, mode: int) -> None:
    aside = path.with_name(f"{path.name}.part")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    aside.replace(path)


def _leaves(tile: Tile) -> Any:
    first = tile.number * WIDTH
    return Leaf.objects.filter(index__gte=first, index__lt=first + tile.width).order_by("index")


def _bundle(tile: Tile) -> bytes:
    rows = _leaves(tile).values_list("commitment", flat=True)
    return entry_bundle([leaf_of(bytes(one).hex()) for one in rows])


def _events(tile: Tile) -> bytes:
    rows = _leaves(tile).select_related("entry").prefetch_related("entry__private_parts")
    return b"".join(_line(leaf) for leaf in rows)


def _line(leaf: Leaf) -> bytes:
    entry = leaf.entry
    told = {
        "index": leaf.index,
        "id": entry.pk,
        "uuid": str(entry.uuid),
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "actor_ref": entry.actor_ref,
        "department_code": entry.department_code,
        "subject": entry.subject,
        "salt": bytes(entry.salt).hex(),
        "body": bytes(entry.body).decode(),
        "parts": [
            [part.kind, bytes(part.salt).hex(), bytes(part.payload).decode()]
            for part in entry.private_parts.all()
        ],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class Mirror:
    """A mirror as it lies on the disk (读取镜像); nothing but its files is read.

    raises    Invalid when it is none
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.note = (folder / CHECKPOINT).read_text(encoding="utf-8")
            self.checkpoint: Checkpoint = parse_checkpoint(parse_note(self.note).text)
        except (OSError, UnicodeError, FairdrawError) as error:
            words = _("%(folder)s 不是日志镜像：%(error)s")
            raise Invalid(words, folder=folder, error=error) from error

    def read(self, path: str) -> bytes:
        """Return one file of the mirror (镜像文件).

        raises    Invalid
        """
        try:
            return (self.folder / path).read_bytes()
        except OSError as error:
            words = _("镜像缺少文件 %(path)s：%(error)s")
            raise Invalid(words, path=path, error=error) from error

    def tree(self) -> TileTree:
        """Return the mirror's tree (镜像的树), read tile by tile."""
        return TileTree(self.checkpoint.size, lambda tile: self.read(tile.path))

    def leaves(self, since: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield index and data of the leaves (镜像叶子), from the bundle that holds ``since`` on."""
        for tile in bundles_of(self.checkpoint.size):
            if (tile.number + 1) * WIDTH > since:
                data = parse_entry_bundle(self.read(tile.path), tile.width)
                yield from enumerate(data, start=tile.number * WIDTH)

    def events(self, since: int) -> Iterator[dict[str, Any]]:
        """Yield the events from index ``since`` on (镜像中的留痕).

        raises    Invalid where the mirror was made without them
        """
        for tile in bundles_of(self.checkpoint.size):
            if (tile.number + 1) * WIDTH <= since:
                continue
            for line in self.read(f"{PRIVATE}/{tile.path}").splitlines():
                told: dict[str, Any] = json.loads(line)
                if told["index"] >= since:
                    yield told

    def require_whole(self) -> None:
        """Build every tile and the root again out of the bundles alone (由镜像重建根).

        raises    Invalid when a tile or the checkpoint tells otherwise
        """
        try:
            row = [hashlib.sha256(b"\x00" + data).digest() for _index, data in self.leaves()]
            root, level = root_of(grow(0, [], row)), 0
            while row:
                row = self._above(level, row)
                level += 1
        except FairdrawError as error:
            raise Invalid(_("镜像已损坏：%(error)s"), error=error) from error
        if root != self.checkpoint.root:
            raise Invalid(_("镜像已损坏：根与检查点不符"))

    def _above(self, level: int, row: list[bytes]) -> list[bytes]:
        """Compare the tiles of a level with its hashes, and return those of the level above."""
        roots = []
        for number in range(-(-len(row) // WIDTH)):
            part = row[number * WIDTH : (number + 1) * WIDTH]
            path = Tile(level, number, len(part)).path
            if self.read(path) != b"".join(part):
                raise Invalid(_("镜像已损坏：%(path)s 与条目不符"), path=path)
            if len(part) == WIDTH:
                roots.append(root_of(grow(0, [], part)))
        return roots
