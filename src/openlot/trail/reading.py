"""Reading the public tree (读取公开日志) from its four public tables alone; both sites do."""

from __future__ import annotations

from fairdraw.logproof import LogProof
from fairdraw.tiles import WIDTH, TileTree
from fairdraw.tiles import Tile as Place
from openlot.trail.models import Checkpoint, Cosignature, Leaf, Tile
from openlot.trail.sequencer import partial_tile


def newest_checkpoint() -> Checkpoint | None:
    """Return the newest signed checkpoint (最新检查点)."""
    return Checkpoint.objects.order_by("-size").first()


def first_checkpoint(index: int) -> Checkpoint | None:
    """Return the first signed checkpoint that covers a leaf (最早覆盖的检查点)."""
    return Checkpoint.objects.filter(size__gt=index).order_by("size").first()


def signed_note(checkpoint: Checkpoint) -> str:
    """Return a checkpoint's note with the witnesses' lines (附见证签名的检查点)."""
    lines = Cosignature.objects.filter(size=checkpoint.size).order_by("pk")
    return checkpoint.note + "".join(lines.values_list("line", flat=True))


def tree_of(size: int) -> TileTree:
    """Return the tree of one size (某一大小的树), read tile by tile."""
    return TileTree(size, hashes_of_tile)


def hashes_of_tile(place: Place) -> bytes:
    """Return the bytes of a tile (瓦片), whole or in part."""
    level = place.level or 0
    if place.width == WIDTH:
        return bytes(Tile.objects.get(level=level, number=place.number).hashes)
    return b"".join(partial_tile(level, place.number, place.width))


def proof_at(index: int, checkpoint: Checkpoint, extra: bytes = b"") -> LogProof:
    """Return the proof (存证证明) that leaf ``index`` is in a checkpoint's tree.

    extra     salt and body of the event, when it is opened
    """
    path = tree_of(checkpoint.size).inclusion_path(index)
    return LogProof(index, tuple(path), signed_note(checkpoint), extra)


def leaf_with(commitment: bytes) -> Leaf | None:
    """Return the leaf of a commitment (按承诺查叶子), None while it waits for its place."""
    return Leaf.objects.filter(commitment=commitment).first()
