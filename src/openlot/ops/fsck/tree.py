"""Level 1 (散列): every byte is hashed again, every tile, root and signature compared."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.utils.translation import gettext as _

from fairdraw.errors import FairdrawError
from fairdraw.logproof import leaf_of
from fairdraw.note import key_hash, parse_checkpoint, parse_note
from fairdraw.tiles import WIDTH
from openlot.kernel.errors import Misconfigured
from openlot.ops.fsck.findings import Finding, Findings, Level, check
from openlot.trail.drift import disagreements
from openlot.trail.frontier import grow, root_of
from openlot.trail.keys import LogKey, log_keys
from openlot.trail.models import Checkpoint, Entry, Head, Leaf, Tile
from openlot.trail.sequencer import commitment_of
from openlot.trail.signer import last_signed

CHUNK = 2_000


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
        if commitment != bytes(sealed):
            yield Finding("trail_entry", str(entry), _("正文或盐与存证序号 %s 的承诺不符") % index)
        if sha256(b"\x00" + leaf_of(bytes(sealed).hex())).digest() != bytes(stored):
            yield Finding("trail_leaf", str(index), _("叶子散列与承诺不符"))


@check(Level.TREE)
def columns_tell_what_was_sealed() -> Findings:
    """The plain columns of an entry, and its private parts, are those that its body seals."""
    rows = Entry.objects.order_by("pk").prefetch_related("private_parts")
    shredded = set(_shredded())
    for entry in rows.iterator(CHUNK):
        try:
            names = disagreements(entry)
        except (ValueError, KeyError, TypeError):
            yield Finding("trail_entry", str(entry.pk), _("正文不是留痕记录的格式"))
            continue
        for name in names:
            yield Finding("trail_entry", str(entry.pk), _("%s 与封存内容不符") % name)
        body = json.loads(bytes(entry.body))
        kept = {part.kind for part in entry.private_parts.all()}
        for kind in {"internal", "personal"} & set(body) - kept:
            if kind == "internal" or str(entry.uuid) not in shredded:
                words = _("%s 部分缺失，且无删除留痕") % kind
                yield Finding("trail_privatepart", str(entry.pk), words)


def _shredded() -> Iterator[str]:
    for body in Entry.objects.filter(kind="trail.shredded").values_list("body", flat=True):
        yield str(json.loads(bytes(body))["public"]["entry"])


@check(Level.TREE)
def tiles_head_and_checkpoints_follow() -> Findings:
    """Tiles, frontier and the root of every checkpoint are what the leaves give."""
    wanted = dict(Checkpoint.objects.values_list("size", "root"))
    frontier: list[bytes] = []
    rows: dict[int, list[bytes]] = defaultdict(list)
    numbers: dict[int, int] = defaultdict(int)
    leaves = Leaf.objects.order_by("index").values_list("hash", flat=True)
    for size, leaf in enumerate(leaves.iterator(CHUNK), start=1):
        frontier = grow(size - 1, frontier, [bytes(leaf)])
        yield from _tiles(rows, numbers, bytes(leaf))
        if size in wanted and bytes(wanted.pop(size)) != root_of(frontier):
            yield Finding("trail_checkpoint", str(size), _("检查点的根与日志不符"))
    for beyond in wanted:
        yield Finding("trail_checkpoint", str(beyond), _("检查点比日志还长：有记录被删除"))
    head = Head.objects.first()
    if head is not None and bytes(head.frontier) != b"".join(frontier):
        yield Finding("trail_head", "1", _("树头与日志不符"))
    for level, number in Tile.objects.values_list("level", "number"):
        if number >= numbers[level]:
            yield Finding("trail_tile", f"{level}/{number}", _("多出的瓦片"))


def _tiles(rows: dict[int, list[bytes]], numbers: dict[int, int], leaf: bytes) -> Iterator[Finding]:
    """Take a leaf into the tiles that are being filled, and compare each that it fills."""
    level, value = 0, leaf
    while True:
        row = rows[level]
        row.append(value)
        if len(row) < WIDTH:
            return
        name = f"{level}/{numbers[level]}"
        kept = Tile.objects.filter(level=level, number=numbers[level]).first()
        value = root_of(grow(0, [], row))
        if kept is None:
            yield Finding("trail_tile", name, _("瓦片缺失"))
        elif bytes(kept.hashes) != b"".join(row) or bytes(kept.root) != value:
            yield Finding("trail_tile", name, _("瓦片与叶子不符"))
        rows[level] = []
        numbers[level] += 1
        level += 1


@check(Level.TREE)
def checkpoints_are_signed() -> Findings:
    """Each note is signed by the log's key and says the size and root of its row."""
    keys = {(key.name, key_hash(key.name, key.public)): key.private for key in _own_keys()}
    for row in Checkpoint.objects.order_by("size").iterator(CHUNK):
        try:
            note = parse_note(row.note)
            told = parse_checkpoint(note.text)
            good = [
                keys[one.name, one.key_id].public_key().verify(one.value, note.text.encode())
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
