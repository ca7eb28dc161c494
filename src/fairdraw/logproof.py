"""Proofs that an event is in the log (存证证明): C2SP tlog-proof, with the opened event inside."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Tuple, Union

from fairdraw.errors import BadNote
from fairdraw.merkle import leaf_hash, verify_inclusion
from fairdraw.note import Checkpoint, hash_of, in_base64, natural, read_text, unbase64

HEADER = "c2sp.org/tlog-proof@v1"
FILE = "proof"
SALT = 16
PATH_MAX = 63


def commitment(salt: bytes, body: bytes) -> str:
    """Return the salted commitment (加盐承诺): hex SHA-256 of 0x02, salt and body."""
    return sha256(b"\x02" + salt + body).hexdigest()


def leaf_of(commitment: str) -> bytes:
    """Return the entry of the log (日志条目) that a commitment stands in."""
    return b'{"c":"%b","v":1}' % commitment.encode("ascii")


@dataclass(frozen=True)
class Opened:
    """An event that was opened (已公开事件): the bytes behind a commitment of the log.

    salt      16 bytes
    """

    salt: bytes
    body: bytes

    def entry(self) -> bytes:
        """Return the entry (日志条目) that the event has in the log."""
        return leaf_of(commitment(self.salt, self.body))

    def extra(self) -> bytes:
        """Return salt and body as a proof carries them (附加数据)."""
        return self.salt + self.body


def parse_opened(extra: bytes) -> Opened:
    """Return the opened event of a proof's extra data (读取已公开事件).

    raises    BadNote when there is none
    """
    if len(extra) <= SALT:
        raise BadNote("the proof carries no opened event", file=FILE)
    return Opened(extra[:SALT], extra[SALT:])


@dataclass(frozen=True)
class LogProof:
    """A proof that an entry is in a log (存证证明); it stands alone, offline.

    path      hashes from the leaf's sibling upwards
    note      the signed checkpoint, verbatim
    extra     salt and body of the opened event, empty while it is secret
    """

    index: int
    path: Tuple[bytes, ...]
    note: str
    extra: bytes = b""

    def text(self) -> str:
        """Return the proof as its file (存证证明文件)."""
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {in_base64(self.extra)}")
        lines += [f"index {self.index}", *map(in_base64, self.path)]
        return "\n".join(lines) + f"\n\n{self.note}"

    def leads_to(self, entry: bytes, checkpoint: Checkpoint) -> bool:
        """Say whether an entry is in the log of a checkpoint (核验存在证明)."""
        return verify_inclusion(
            leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root
        )


def parse_log_proof(data: Union[bytes, str], file: str = FILE) -> LogProof:
    """Return a proof (读取存证证明) whose checkpoint is still to be opened.

    raises    BadNote with file and line
    """
    head, found, note = read_text(data, file).partition("\n\n")
    lines = head.split("\n")
    if not found or lines[0] != HEADER:
        raise BadNote("not a proof of the log", file=file, line=1)
    at, extra = 1, b""
    if len(lines) > at and lines[at].startswith("extra "):
        extra = unbase64(lines[at][6:], file=file, line=at + 1)
        if not extra:
            raise BadNote("is not base64", file=file, line=at + 1)
        at += 1
    if len(lines) <= at or not lines[at].startswith("index "):
        raise BadNote("an index line should stand here", file=file, line=at + 1)
    index = natural(lines[at][6:], "index", file=file, line=at + 1)
    steps = lines[at + 1 :]
    if len(steps) > PATH_MAX:
        raise BadNote("a path has at most {limit} steps", file=file, limit=PATH_MAX)
    path = [hash_of(step, file=file, line=n) for n, step in enumerate(steps, start=at + 2)]
    return LogProof(index, tuple(path), note, extra)
