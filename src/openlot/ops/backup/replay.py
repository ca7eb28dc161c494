"""Bringing missing events back from a mirror (由镜像补回), so that the log goes on where it stood."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from fairdraw.errors import FairdrawError
from fairdraw.logproof import leaf_of
from fairdraw.note import Verifier, note_of, open_note, parse_note, parse_vkey
from openlot.kernel import clock
from openlot.kernel.errors import Conflict, Invalid, Misconfigured
from openlot.ops.backup.mirror import Mirror
from openlot.trail.events import PersonalPartShredded
from openlot.trail.frontier import root_of, split
from openlot.trail.keys import log_keys
from openlot.trail.models import Checkpoint, Cosignature, Entry, Head, Pending, PrivatePart
from openlot.trail.selectors import public_fields
from openlot.trail.sequencer import append, commitment_of

BATCH = 1_000


def replay(folder: Path) -> int:
    """Take the events that a mirror has and the database lacks (补回留痕); return how many.

    Either all of them come back or none. What they did to other tables is not done again.

    raises    Invalid, Conflict when the mirror is broken, unsigned or tells another history
    """
    mirror = Mirror(folder)
    _signed_by_the_log(mirror)
    mirror.require_whole()
    head = Head.objects.get()
    if mirror.checkpoint.size < head.size:
        words = _("镜像只有 %(n)s 条，备份已有 %(size)s 条")
        raise Conflict(words, n=mirror.checkpoint.size, size=head.size)
    if mirror.tree().root_at(head.size) != root_of(split(bytes(head.frontier))):
        raise Conflict(_("镜像与备份的历史不同，不能补回"))
    before = head.size
    with transaction.atomic():
        events = mirror.events(before)
        leaves = dict(mirror.leaves(before))
        while batch := list(islice(events, BATCH)):
            _take(head, batch, leaves)
        if head.size != mirror.checkpoint.size:
            raise Invalid(_("镜像中缺少留痕内容（private），不能补回"))
        _shred_again(before)
        _end(mirror)
    return head.size - before


def _signed_by_the_log(mirror: Mirror) -> None:
    keys = _known_keys()
    if not keys:
        raise Misconfigured(_("请设置 LOG_KEY_FILE 或 LOG_PUBLIC_KEY_FILE，以核验镜像的签名"))
    try:
        open_note(mirror.note, keys)
    except FairdrawError as error:
        raise Invalid(_("镜像的检查点没有本日志的有效签名：%(error)s"), error=error) from error


def _known_keys() -> list[Verifier]:
    if settings.LOG_KEY_FILE:
        return [Verifier(key.name, key.public) for key in log_keys()]
    if not settings.LOG_PUBLIC_KEY_FILE:
        return []
    words = Path(settings.LOG_PUBLIC_KEY_FILE).read_text(encoding="utf-8").split()
    return [parse_vkey(word) for word in words]


def _take(head: Head, batch: list[dict[str, Any]], leaves: dict[int, bytes]) -> None:
    placed = []
    for told, index in zip(batch, range(head.size, head.size + len(batch)), strict=True):
        commitment = commitment_of(bytes.fromhex(told["salt"]), told["body"].encode())
        if told["index"] != index or leaves[index] != leaf_of(commitment.hex()):
            raise Invalid(_("镜像中第 %(index)s 条留痕与日志不符"), index=index)
        placed.append((told["id"], commitment))
    # An entry that waited for its place when the archive was made is there already.
    there = dict(Entry.objects.filter(pk__in=[pk for pk, _c in placed]).values_list("pk", "uuid"))
    fresh = [told for told in batch if told["id"] not in there]
    if any(there.get(told["id"], uuid.UUID(told["uuid"])).hex != _hex(told) for told in batch):
        raise Conflict(_("镜像与备份的历史不同，不能补回"))
    Entry.objects.bulk_create([_entry(told) for told in fresh], 500)
    PrivatePart.objects.bulk_create(_parts(fresh), 500)
    append(head, placed)
    Pending.objects.filter(pk__in=[pk for pk, _c in placed]).delete()


def _hex(told: dict[str, Any]) -> str:
    return uuid.UUID(told["uuid"]).hex


def _entry(told: dict[str, Any]) -> Entry:
    return Entry(
        pk=told["id"],
        uuid=uuid.UUID(told["uuid"]),
        kind=told["kind"],
        at=datetime.fromisoformat(told["at"]),
        actor_ref=told["actor_ref"],
        department_code=told["department_code"],
        subject=told["subject"],
        salt=bytes.fromhex(told["salt"]),
        body=told["body"].encode(),
    )


def _parts(batch: Iterable[dict[str, Any]]) -> list[PrivatePart]:
    return [
        PrivatePart(
            entry_id=told["id"], kind=kind, salt=bytes.fromhex(salt), payload=payload.encode()
        )
        for told in batch
        for kind, salt, payload in told["parts"]
    ]


def _shred_again(since: int) -> None:
    """Erase what was erased after the archive was made: neither it nor the mirror may undo that."""
    told = Entry.objects.filter(leaf__index__gte=since, kind=PersonalPartShredded.kind)
    for entry in told:
        name = public_fields(entry)["entry"]
        parts = PrivatePart.objects.filter(entry__uuid=name, kind=PrivatePart.Kind.PERSONAL)
        parts.delete()


def _end(mirror: Mirror) -> None:
    """Keep the mirror's checkpoint with its cosignatures; new entries are numbered after the old."""
    known, note = mirror.checkpoint, parse_note(mirror.note)
    own = [one.line for one in note.signatures if one.name == known.origin]
    Checkpoint.objects.get_or_create(
        size=known.size,
        defaults={"root": known.root, "note": note_of(note.text, own), "at": clock.now()},
    )
    Cosignature.objects.bulk_create(
        [
            Cosignature(size=known.size, witness=one.name, line=one.line, at=clock.now())
            for one in note.signatures
            if one.name != known.origin
        ],
        ignore_conflicts=True,
    )
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Entry]):
            cursor.execute(statement)
