"""Events for tests of the log, a key for it, and what must hold in its tree."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from fairdraw.logproof import leaf_of
from fairdraw.merkle import leaf_hash, root_of_hashes
from fairdraw.tiles import WIDTH, tiles_of
from openlot.accounts.models import Department
from openlot.kernel.actor import Actor
from openlot.trail.events import Event, PerStr, PubStr, event
from openlot.trail.keys import make_key
from openlot.trail.models import Checkpoint, Entry, Head, Leaf, Tile
from openlot.trail.sequencer import commitment_of
from openlot.trail.writer import record

SYSTEM = Actor.system("test")


@event("test.told", v=1)
class Told(Event):
    """Something was told in a test."""

    what: PubStr
    person: PerStr


@event("test.sealed", v=1, seals=True)
class Sealed(Event):
    """Something that is signed at once."""

    what: PubStr


@pytest.fixture
def key(settings, tmp_path):
    """Give the log a key of its own."""
    settings.LOG_KEY_FILE = str(tmp_path / "log.key")
    return make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)


def tell(n: int = 1, fact: Event | None = None) -> list[Entry]:
    """Write ``n`` events in one transaction."""
    subject = Department.objects.first()
    with transaction.atomic():
        told = [
            record(fact or Told(f"a{i}", "张三"), actor=SYSTEM, subject=subject) for i in range(n)
        ]
    return list(Entry.objects.filter(pk__in=[row.number for row in told]).order_by("pk"))


def leaf_hashes() -> list[bytes]:
    """Return the leaf hashes as anyone computes them from the commitments."""
    rows = Leaf.objects.order_by("index").values_list("commitment", flat=True)
    return [leaf_hash(leaf_of(bytes(c).hex())) for c in rows]


def wrong_in_tree() -> list[str]:
    """Return what does not hold in a tree: gaps, commitments, tiles, head, checkpoints."""
    found = []
    leaves = list(Leaf.objects.order_by("index").select_related("entry"))
    if [leaf.index for leaf in leaves] != list(range(len(leaves))):
        found.append("gap")
    for leaf in leaves:
        if bytes(leaf.commitment) != commitment_of(bytes(leaf.entry.salt), bytes(leaf.entry.body)):
            found.append(f"commitment {leaf.index}")
    hashes = leaf_hashes()
    if [bytes(leaf.hash) for leaf in leaves] != hashes:
        found.append("hashes")
    if Head.objects.get().size != len(leaves):
        found.append("head")
    for tile in Tile.objects.all():
        span = WIDTH**tile.level
        first = tile.number * WIDTH * span
        rows = [
            root_of_hashes(hashes[first + k * span : first + (k + 1) * span]) for k in range(WIDTH)
        ]
        if bytes(tile.hashes) != b"".join(rows) or bytes(tile.root) != root_of_hashes(rows):
            found.append(f"tile {tile}")
    full = [t for t in tiles_of(len(leaves)) if t.width == WIDTH]
    if len(full) != Tile.objects.count():
        found.append("tiles")
    for checkpoint in Checkpoint.objects.all():
        if bytes(checkpoint.root) != root_of_hashes(hashes[: checkpoint.size]):
            found.append(f"checkpoint {checkpoint.size}")
    return found
