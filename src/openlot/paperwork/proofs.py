"""The proofs of many entries at once (存证证明): one checkpoint, one tree, each tile read once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings

from fairdraw.logproof import LogProof, Opened
from fairdraw.tiles import TileTree
from openlot.trail.models import Entry
from openlot.trail.reading import first_checkpoint, hashes_of_tile, newest_checkpoint, signed_note
from openlot.trail.selectors import places_of


def proofs_of(entries: Sequence[Entry]) -> dict[str, bytes]:
    """Return a proof for each entry that is signed (存证证明), the checkpoint, and the log's key.

    The checkpoint is the first that covers them all, so that what is proven once is proven the same
    way again; the newest where some still wait.
    """
    places = places_of(entries)
    last = max(places.values(), default=-1)
    checkpoint = first_checkpoint(last) or newest_checkpoint()
    if checkpoint is None:
        return {}
    note = signed_note(checkpoint)
    tree = TileTree(checkpoint.size, cache(hashes_of_tile))
    files = {"checkpoint": note.encode()}
    key = Path(settings.LOG_PUBLIC_KEY_FILE) if settings.LOG_PUBLIC_KEY_FILE else None
    if key is not None and key.exists():
        files["log.vkey"] = key.read_bytes()
    for entry in entries:
        index = places.get(entry.pk, checkpoint.size)
        if index < checkpoint.size:
            opened = Opened(bytes(entry.salt), bytes(entry.body))
            names_a_person = json.loads(opened.body)["v"] == 1
            extra = b"" if names_a_person else opened.extra()
            path = tuple(tree.inclusion_path(index))
            files[f"{entry.pk}.tlog-proof"] = LogProof(index, path, note, extra).text().encode()
    return files
