"""Where entries stand in the signed tree (存证位置), and how long the oldest has waited."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from fairdraw.logproof import LogProof, Opened
from openlot.kernel import clock
from openlot.trail.events import BackupDrilled
from openlot.trail.models import Checkpoint, Entry, Leaf, Pending
from openlot.trail.reading import first_checkpoint, newest_checkpoint, proof_at
from openlot.trail.selectors import of_kind, public_fields


def newest_of(obj: models.Model, *kinds: str) -> list[Entry]:
    """Return the newest entry of each kind about an object (最近一次各类留痕), where there is one."""
    found = [of_kind(obj, kind).order_by("-id").first() for kind in kinds]
    return [entry for entry in found if entry is not None]


@dataclass(frozen=True, slots=True)
class PlaceInTree:
    """Where an entry stands (存证位置): its index, and the newest checkpoint that covers it."""

    entry: Entry
    index: int
    checkpoint: Checkpoint

    def proof(self) -> LogProof:
        """Return the proof (存证证明) with salt and body, by which anyone can check it.

        A body of version 1 names who acted: its proof opens nothing.
        """
        opened = Opened(bytes(self.entry.salt), bytes(self.entry.body))
        named = json.loads(opened.body)["v"] == 1
        return proof_at(self.index, self.checkpoint, b"" if named else opened.extra())


def place_of(entry: Entry) -> PlaceInTree | None:
    """Return where an entry stands (存证位置), None until a checkpoint covers it."""
    leaf = Leaf.objects.filter(entry=entry).first()
    checkpoint = newest_checkpoint()
    if leaf is None or checkpoint is None or leaf.index >= checkpoint.size:
        return None
    return PlaceInTree(entry, leaf.index, checkpoint)


def first_place_of(entry: Entry) -> PlaceInTree | None:
    """Return where an entry stands in the first checkpoint that covers it (最初存证位置).

    What is printed again says the same again, however the tree has grown.
    """
    leaf = Leaf.objects.filter(entry=entry).first()
    checkpoint = first_checkpoint(leaf.index) if leaf else None
    return PlaceInTree(entry, leaf.index, checkpoint) if leaf and checkpoint else None


def proof_of(entry: Entry) -> str | None:
    """Return the proof of an entry as its file (存证证明文件), None until a checkpoint covers it."""
    place = place_of(entry)
    return place.proof().text() if place else None


def waiting_since() -> datetime | None:
    """Return since when the oldest entry waits to be placed and signed (待存证起始), None if none."""
    last = newest_checkpoint()
    waits = Pending.objects.order_by("entry")
    unsigned = Leaf.objects.filter(index__gte=last.size if last else 0).order_by("index")
    instants = [rows.values_list("entry__at", flat=True).first() for rows in (waits, unsigned)]
    return min((at for at in instants if at is not None), default=None)


LATE = timedelta(seconds=60)


def is_late() -> bool:
    """Say whether the tree lags so much that people must know (存证滞后告警)."""
    since = waiting_since()
    return since is not None and clock.now() - since > LATE


def last_drill() -> tuple[Entry, dict[str, Any]] | None:
    """Return the newest restore drill (最近恢复演练) with its figures, None before the first."""
    entry = Entry.objects.filter(kind=BackupDrilled.kind).order_by("-id").first()
    return (entry, public_fields(entry)) if entry else None
