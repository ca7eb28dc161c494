"""Giving entries their place (排序入树): one holder at a time, gapless, in batches."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import connection, transaction

from fairdraw.logproof import leaf_of
from fairdraw.tiles import HEIGHT, WIDTH
from openlot.trail.frontier import grow, root_of, split
from openlot.trail.models import Head, Leaf, Pending, Tile

BATCH = 2_000
LEAF = 'INSERT INTO "trail_leaf" ("index", entry_id, commitment, hash) VALUES (%s, %s, %s, %s)'
LOCK = 0x6C6F67  # "log": the advisory lock of PostgreSQL that the one sequencer holds


def commitment_of(salt: bytes, body: bytes) -> bytes:
    """Return the salted commitment (加盐承诺) of a body: SHA-256 of 0x02, salt, body."""
    return hashlib.sha256(b"\x02" + salt + body).digest()


def sequence() -> int:
    """Give every pending entry its place (全部入树) and return how many there were.

    A batch is one transaction: leaves, full tiles and head, or none of them.
    """
    done = 0
    while True:
        n = _batch()
        done += n
        if n < BATCH:
            return done


@transaction.atomic
def _batch() -> int:
    if not Pending.objects.exists():
        return 0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    # Ids are given before commits are: a smaller one may appear later, so nothing is skipped by id.
    # Asked from the few that wait: SQLite would look through the whole trail for them.
    rows = Pending.objects.order_by("entry")
    waiting = list(rows.values_list("entry_id", "entry__salt", "entry__body")[:BATCH])
    if waiting:
        head = Head.objects.get()
        append(head, [(pk, commitment_of(bytes(salt), bytes(body))) for pk, salt, body in waiting])
        Pending.objects.filter(pk__in=[pk for pk, _salt, _body in waiting]).delete()
    return len(waiting)


def append(head: Head, entries: Sequence[tuple[int, bytes]]) -> None:
    """Append leaves (追加叶子) for entries' keys and commitments, with what tiles they fill."""
    sha256 = hashlib.sha256
    hashes = [sha256(b"\x00" + leaf_of(commitment.hex())).digest() for _pk, commitment in entries]
    leaves = [
        (index, pk, commitment, leaf)
        for index, ((pk, commitment), leaf) in enumerate(
            zip(entries, hashes, strict=True), head.size
        )
    ]
    with connection.cursor() as cursor:
        cursor.executemany(LEAF, leaves)
    frontier = grow(head.size, split(bytes(head.frontier)), hashes)
    size = head.size + len(leaves)
    _fill(0, head.size, hashes)
    Head.objects.filter(pk=head.pk).update(size=size, frontier=b"".join(frontier))
    head.size, head.frontier = size, b"".join(frontier)


def _fill(level: int, before: int, hashes: list[bytes]) -> None:
    """Write the tiles of ``level`` that ``hashes``, coming after ``before`` ones, make full."""
    begun = before % WIDTH
    if begun + len(hashes) < WIDTH:
        return
    number = before // WIDTH
    row = [*partial_tile(level, number, begun), *hashes] if begun else hashes
    tiles = [
        Tile(level=level, number=number + n, root=root_of(grow(0, [], part)), hashes=b"".join(part))
        for n in range(len(row) // WIDTH)
        if (part := row[n * WIDTH : (n + 1) * WIDTH])
    ]
    Tile.objects.bulk_create(tiles)
    _fill(level + 1, before >> HEIGHT, [bytes(tile.root) for tile in tiles])


def partial_tile(level: int, number: int, width: int) -> list[bytes]:
    """Return the first ``width`` hashes of a tile that is not full (未满瓦片)."""
    first = number * WIDTH
    if level == 0:
        rows = Leaf.objects.filter(index__gte=first, index__lt=first + width).order_by("index")
        return [bytes(one) for one in rows.values_list("hash", flat=True)]
    below = Tile.objects.filter(level=level - 1, number__gte=first, number__lt=first + width)
    return [bytes(one) for one in below.order_by("number").values_list("root", flat=True)]
