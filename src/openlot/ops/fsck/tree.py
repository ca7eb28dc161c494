"""Level 1 (散列): every byte is hashed again, every tile, root and signature compared."""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import suppress
from itertools import islice
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.utils.translation import gettext as _

from fairdraw.errors import FairdrawError
from fairdraw.logproof import leaf_of
from fairdraw.note import key_hash, parse_checkpoint, parse_note
from fairdraw.tiles import WIDTH
from openlot.kernel.errors import Misconfigured
from openlot.ops.fsck.findings import Finding, Findings, Level, check
from openlot.ops.fsck.tiles import Rows, beside
from openlot.trail.drift import Columns, differing
from openlot.trail.frontier import grow, root_of
from openlot.trail.keys import LogKey, log_keys
from openlot.trail.models import Checkpoint, Entry, Head, Leaf, PrivatePart
from openlot.trail.sequencer import commitment_of
from openlot.trail.signer import last_signed

CHUNK = 2_000
PARTS = frozenset(PrivatePart.Kind.values)
END = (sys.maxsize, b"")  # after the last checkpoint


@check(Level.TREE)
def leaves_commit_to_their_entries() -> Findings:
    """Each commitment is that of its entry's salt and body, each hash that of its leaf."""
    sha256 = hashlib.sha256
    rows = Leaf.objects.order_by("index").values_list(
        "index", "commitment", "hash", "entry_id", "entry__salt", "entry__body"
    )
    for index, sealed, stored, entry, salt, body in rows.iterator(CHUNK):
        if salt is None:
            continue  # told by level 0
        commitment = commitment_of(bytes(salt), bytes(body))
        if commitment != sealed:
            yield Finding("trail_entry", str(entry), _("正文或盐与存证序号 %s 的承诺不符") % index)
            commitment = bytes(sealed)
        if sha256(b"\x00" + leaf_of(commitment.hex())).digest() != stored:
            yield Finding("trail_leaf", str(index), _("叶子散列与承诺不符"))


@check(Level.TREE)
def columns_tell_what_was_sealed() -> Findings:
    """The plain columns of an entry, and its private parts, are those that its body seals."""
    rows = Entry.objects.order_by("pk").values_list("pk", "body", *Columns._fields)
    stored = PrivatePart.objects.order_by("entry", "kind").values_list(
        "entry", "kind", "salt", "payload"
    )
    parts_of = beside(stored.iterator(CHUNK))
    shredded = _shredded()
    for pk, sealed, *columns in rows.iterator(CHUNK):
        parts = parts_of(pk)
        try:
            body = json.loads(bytes(sealed))
            names = differing(Columns(*columns), body, parts)
        except (ValueError, KeyError, TypeError):
            yield Finding("trail_entry", str(pk), _("正文不是留痕记录的格式"))
            continue
        for name in names:
            yield Finding("trail_entry", str(pk), _("%s 与封存内容不符") % name)
        for kind in PARTS.intersection(body).difference(part[0] for part in parts):
            if kind == "internal" or pk not in shredded:
                words = _("%s 部分缺失，且无删除留痕") % kind
                yield Finding("trail_privatepart", str(pk), words)


def _shredded() -> set[int]:
    """Return the entries whose personal part was erased, as the trail tells it."""
    told = Entry.objects.filter(kind="trail.shredded").values_list("body", flat=True)
    names: list[UUID] = []
    for body in told.iterator(CHUNK):
        with suppress(ValueError):  # a name that is none erased nothing
            names.append(UUID(json.loads(bytes(body))["public"]["entry"]))
    found: set[int] = set()
    for start in range(0, len(names), CHUNK):
        some = Entry.objects.filter(uuid__in=names[start : start + CHUNK])
        found.update(some.values_list("pk", flat=True))
    return found


@check(Level.TREE)
def tiles_head_and_checkpoints_follow() -> Findings:
    """Tiles, frontier and the root of every checkpoint are what the leaves give."""
    signed = Checkpoint.objects.order_by("size").values_list("size", "root").iterator(CHUNK)
    at, root = next(signed, END)
    size, frontier, rows = 0, list[bytes](), Rows()
    leaves = Leaf.objects.order_by("index").values_list("hash", flat=True).iterator(CHUNK)
    while tile := [bytes(leaf) for leaf in islice(leaves, WIDTH)]:
        grown, end = size, size + len(tile)
        while at <= end:
            frontier = grow(grown, frontier, tile[grown - size : at - size])
            grown = at
            if root != root_of(frontier):
                yield Finding("trail_checkpoint", str(at), _("检查点的根与日志不符"))
            at, root = next(signed, END)
        frontier = grow(grown, frontier, tile[grown - size :])
        size = end
        yield from rows.fill(tile)
    while at != END[0]:
        yield Finding("trail_checkpoint", str(at), _("检查点比日志还长：有记录被删除"))
        at, root = next(signed, END)
    head = Head.objects.first()
    if head is not None and bytes(head.frontier) != b"".join(frontier):
        yield Finding("trail_head", "1", _("树头与日志不符"))
    yield from rows.left_over()


@check(Level.TREE)
def checkpoints_are_signed() -> Findings:
    """Each note is signed by the log's key and says the size and root of its row."""
    keys = {
        (key.name, key_hash(key.name, key.public)): key.private.public_key() for key in _own_keys()
    }
    for row in Checkpoint.objects.order_by("size").iterator(CHUNK):
        try:
            note = parse_note(row.note)
            told = parse_checkpoint(note.text)
            good = [
                keys[one.name, one.key_id].verify(one.value, note.text.encode())
                for one in note.signatures
                if (one.name, one.key_id) in keys
            ]
        except (FairdrawError, InvalidSignature):
            yield Finding("trail_checkpoint", str(row.size), _("签名无效"))
            continue
        if keys and not good:
            yield Finding("trail_checkpoint", str(row.size), _("没有本日志密钥的签名"))
        if (told.size, told.root) != (row.size, bytes(row.root)):
            yield Finding("trail_checkpoint", str(row.size), _("签名内容与登记的大小、根不符"))


def _own_keys() -> list[LogKey]:
    """The log's keys where this machine holds them; a restored copy elsewhere has none."""
    if not settings.LOG_KEY_FILE or not Path(settings.LOG_KEY_FILE).exists():
        return []
    return log_keys()


@check(Level.TREE)
def the_signer_remembers_no_more() -> Findings:
    """What was signed last, by the signer's own memory outside, is not beyond the log."""
    if not settings.LOG_KEY_FILE:
        return
    try:
        last = last_signed()
    except Misconfigured as error:
        yield Finding("trail_checkpoint", "signer", error.message)
        return
    kept = Checkpoint.objects.order_by("-size").first()
    if last is not None and (kept is None or last.size > kept.size):
        yield Finding("trail_checkpoint", str(last.size), _("已签署的检查点不在库中：库被回退"))
    if last is not None and kept is not None and last.size < kept.size:
        yield Finding("trail_checkpoint", str(kept.size), _("签名记录文件落后于库：该文件被换旧"))
