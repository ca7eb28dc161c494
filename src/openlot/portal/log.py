"""The public log (存证日志) as anybody may fetch it, by C2SP tlog-tiles, and what its page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.paginator import Page, Paginator

from fairdraw.errors import FairdrawError
from fairdraw.logproof import Opened, leaf_of
from fairdraw.note import Verifier, parse_vkey
from fairdraw.tiles import WIDTH, Tile, entry_bundle
from openlot.portal.log_words import ACTS
from openlot.publication.models import OpenedEvent, PublicRecord
from openlot.trail.models import Checkpoint, Cosignature, Leaf
from openlot.trail.reading import hashes_of_tile, leaf_with, newest_checkpoint, proof_at, tree_of
from openlot.trail.witness_list import known_witnesses

ROWS = 20


def public_keys() -> list[Verifier]:
    """Return the log's public keys (日志公钥), none while they are not set up."""
    path = Path(settings.LOG_PUBLIC_KEY_FILE or "/dev/null")
    try:
        return [parse_vkey(word) for word in path.read_text(encoding="utf-8").split()]
    except (OSError, UnicodeError, FairdrawError):
        return []


@dataclass(frozen=True, slots=True)
class Compared:
    """What this log says to a size and a root on paper (与纸质记录比对).

    verdict   same, differs, ahead (more entries than are signed) or unread
    """

    size: int
    verdict: str


def compare(size: str, root: str) -> Compared | None:
    """Compare what stands on a sheet of paper with the log (与纸质记录比对), None for empty words."""
    if not (size or root).strip():
        return None
    number = size.strip()
    digits = "".join(root.split()).lower()
    if not (re.fullmatch(r"[1-9][0-9]{0,14}", number) and re.fullmatch(r"[0-9a-f]{64}", digits)):
        return Compared(0, "unread")
    newest = newest_checkpoint()
    if newest is None or int(number) > newest.size:
        return Compared(int(number), "ahead")
    same = tree_of(newest.size).root_at(int(number)).hex() == digits
    return Compared(int(number), "same" if same else "differs")


def tile_bytes(tile: Tile) -> bytes | None:
    """Return a tile of hashes or a bundle of entries (瓦片、条目包), None beyond what is signed."""
    newest = newest_checkpoint()
    if newest is None or not tile.fits(newest.size):
        return None
    if tile.level is not None:
        return hashes_of_tile(tile)
    first = tile.number * WIDTH
    rows = Leaf.objects.filter(index__gte=first, index__lt=first + tile.width).order_by("index")
    return entry_bundle(
        [leaf_of(bytes(one).hex()) for one in rows.values_list("commitment", flat=True)]
    )


def proof_text(event: OpenedEvent) -> str | None:
    """Return the proof of an opened event (存证证明), None until it is placed and signed."""
    newest = newest_checkpoint()
    leaf = leaf_with(bytes(event.commitment))
    if newest is None or leaf is None or leaf.index >= newest.size:
        return None
    opened = Opened(bytes(event.salt), bytes(event.body))
    return proof_at(leaf.index, newest, opened.extra()).text()


@dataclass(frozen=True, slots=True)
class Proven:
    """A published act (已存证的办理) and its place in the log, None while it waits for a signature."""

    number: int
    title: str
    index: int | None


def proven(record: PublicRecord) -> list[Proven]:
    """Return what of a record's story is in the log (存证), in the order in which it was opened."""
    newest = newest_checkpoint()
    size = newest.size if newest else 0
    events = list(OpenedEvent.objects.filter(record=record).order_by("pk"))
    rows = Leaf.objects.filter(commitment__in=[bytes(one.commitment) for one in events])
    places = {bytes(leaf.commitment): leaf.index for leaf in rows.filter(index__lt=size)}
    return [
        Proven(number, str(ACTS.get(one.kind, one.kind)), places.get(bytes(one.commitment)))
        for number, one in enumerate(events, start=1)
    ]


@dataclass(frozen=True, slots=True)
class Watcher:
    """A witness (见证人) as the page shows it: the largest size it has signed, and when."""

    name: str
    vkey: str
    size: int
    at: datetime | None


def watchers() -> list[Watcher]:
    """Return the witnesses (见证人) and what each has signed last."""
    made = []
    for witness in known_witnesses():
        name = witness.verifier.name
        last = Cosignature.objects.filter(witness=name).order_by("-size").first()
        size, at = (last.size, last.at) if last else (0, None)
        made.append(Watcher(name, witness.verifier.text, size, at))
    return made


def checkpoints(page: str | None) -> Page[Checkpoint]:
    """Return a page of the signed checkpoints (历次检查点), newest first."""
    return Paginator(Checkpoint.objects.order_by("-size"), ROWS).get_page(page)
