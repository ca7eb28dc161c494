"""Signed notes and checkpoints (签名条、检查点) of C2SP: signed-note, tlog-checkpoint, tlog-cosignature."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from hashlib import sha256
from typing import Dict, Iterable, List, Sequence, Set, Tuple, Union

from fairdraw import ed25519
from fairdraw.errors import BadNote

ED25519 = 0x01
COSIGNATURE = 0x04
SIZE_MAX = 2**63 - 1
NOTE_MAX = 1_000_000
SIGNATURES_MAX = 64

FILE = "note"
_DASH = "— "
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,18})\Z")
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\Z")


def read_text(data: Union[bytes, str], file: str = FILE) -> str:
    """Return bytes as text (读取文本): UTF-8, no control character but the line feed.

    raises    BadNote
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        size = len(text.encode("utf-8"))
    except UnicodeError:
        raise BadNote("is not UTF-8 text", file=file) from None
    if size > NOTE_MAX:
        raise BadNote("is larger than {limit} bytes", file=file, limit=NOTE_MAX)
    for number, line in enumerate(text.split("\n"), start=1):
        if any(letter < " " for letter in line):
            raise BadNote("a line holds a byte that may not be there", file=file, line=number)
    return text


def natural(text: str, what: str, *, file: str = FILE, line: int = 0) -> int:
    """Return a decimal number (自然数) below 2**63, without leading zero.

    raises    BadNote
    """
    if not _NUMBER.match(text) or int(text) > SIZE_MAX:
        raise BadNote("{what} {text!r} is not a number", file=file, line=line, what=what, text=text)
    return int(text)


def unbase64(text: str, *, file: str = FILE, line: int = 0) -> bytes:
    """Return the bytes of base64 (解码), of which only the one canonical writing is accepted.

    raises    BadNote
    """
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except (UnicodeError, BadBase64):
        data = b""
    if b64encode(data).decode("ascii") != text:
        raise BadNote("is not base64", file=file, line=line)
    return data


def hash_of(text: str, *, file: str = FILE, line: int = 0) -> bytes:
    """Return the 32 bytes of a hash in base64 (读取杂凑值).

    raises    BadNote
    """
    data = unbase64(text, file=file, line=line)
    if len(data) != 32:
        raise BadNote("a hash has {n} bytes, not 32", file=file, line=line, n=len(data))
    return data


def in_base64(data: bytes) -> str:
    """Return bytes in base64 (编码)."""
    return b64encode(data).decode("ascii")


def key_hash(name: str, key: bytes, kind: int = ED25519) -> bytes:
    """Return the 4 bytes (密钥标识) by which a signature line names its key."""
    return sha256(name.encode("utf-8") + b"\n" + bytes([kind]) + key).digest()[:4]


@dataclass(frozen=True)
class Verifier:
    """A public key (验证公钥) that is known and trusted under a name.

    kind      ``ED25519`` signs a note's text, ``COSIGNATURE`` signs time and text
    """

    name: str
    key: bytes
    kind: int = ED25519

    def __post_init__(self) -> None:
        if not _is_name(self.name) or len(self.key) != 32:
            raise BadNote("not a verifier key", file="vkey")
        if self.kind not in (ED25519, COSIGNATURE):
            raise BadNote(
                "{kind} is no kind of key that is known here", file="vkey", kind=self.kind
            )

    @property
    def key_id(self) -> bytes:
        """The 4 bytes (密钥标识) that its signature lines carry."""
        return key_hash(self.name, self.key, self.kind)

    @property
    def text(self) -> str:
        """The key as one word (公钥文本)."""
        return vkey(self.name, self.key, self.kind)

    def verifies(self, text: str, value: bytes) -> bool:
        """Say whether ``value`` is this key's signature (验证签名) on a note's text."""
        if self.kind == ED25519:
            return ed25519.verify(self.key, text.encode("utf-8"), value)
        if len(value) != 72 or timestamp(value) > SIZE_MAX:
            return False
        return ed25519.verify(self.key, cosigned_message(timestamp(value), text), value[8:])


def vkey(name: str, key: bytes, kind: int = ED25519) -> str:
    """Return a public key as one word (公钥文本): ``name+id+base64``."""
    return f"{name}+{key_hash(name, key, kind).hex()}+{in_base64(bytes([kind]) + key)}"


def parse_vkey(text: str) -> Verifier:
    """Return the key that one word names (读取公钥文本).

    raises    BadNote
    """
    match = _VKEY.match(text)
    if match is None:
        raise BadNote("not a verifier key", file="vkey")
    data = unbase64(match[3], file="vkey")
    found = Verifier(match[1], data[1:], data[0])
    if found.key_id.hex() != match[2]:
        raise BadNote("the key's id does not follow from its name and bytes", file="vkey")
    return found


def _is_name(name: str) -> bool:
    fits = bool(name) and not any(letter.isspace() or letter in "+\0" for letter in name)
    return fits and all(letter < "\ud800" or letter > "\udfff" for letter in name)


def signature_line(name: str, key: bytes, signature: bytes, kind: int = ED25519) -> str:
    """Return the line (签名行) of a signature, with its line feed."""
    return f"{_DASH}{name} {in_base64(key_hash(name, key, kind) + signature)}\n"


def cosigned_message(at: int, text: str) -> bytes:
    """Return what a witness signs (见证签名内容) at ``at``, in seconds since 1970."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosignature_line(name: str, key: bytes, at: int, signature: bytes) -> str:
    """Return the line of a witness's cosignature (见证签名行)."""
    return signature_line(name, key, at.to_bytes(8, "big") + signature, COSIGNATURE)


def timestamp(value: bytes) -> int:
    """Return the time (见证时间) of a cosignature's value, in seconds since 1970."""
    return int.from_bytes(value[:8], "big")


def note_of(text: str, lines: Sequence[str]) -> str:
    """Return the note (签名条) of a text and its signature lines."""
    return f"{text}\n{''.join(lines)}"


@dataclass(frozen=True)
class Signature:
    """One signature line (签名行) as it stands; nothing is said about its truth."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line itself (签名行), with its line feed."""
        return f"{_DASH}{self.name} {in_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True)
class Note:
    """A text and the signatures (签名条) that known keys made on it."""

    text: str
    signatures: Tuple[Signature, ...]


def parse_note(data: Union[bytes, str], file: str = FILE) -> Note:
    """Return text and signature lines (读取签名条), none of them verified.

    raises    BadNote with file and line
    """
    note = read_text(data, file)
    split = note.rfind("\n\n")
    if split < 1 or not note.endswith("\n"):
        raise BadNote("not a signed note", file=file)
    text, block = note[: split + 1], note[split + 2 :]
    first = text.count("\n") + 2
    lines = block.split("\n")[:-1]
    if not 0 < len(lines) <= SIGNATURES_MAX:
        raise BadNote("a note carries 1 to {limit} signatures", file=file, limit=SIGNATURES_MAX)
    return Note(text, tuple(parse_signatures(lines, file, first)))


def parse_signatures(lines: Iterable[str], file: str = FILE, first: int = 1) -> List[Signature]:
    """Return signature lines (读取签名行), none of them verified and none twice.

    raises    BadNote with file and line
    """
    found: List[Signature] = []
    seen: Set[Tuple[str, bytes]] = set()
    for number, line in enumerate(lines, start=first):
        parts = line[len(_DASH) :].split(" ")
        if not line.startswith(_DASH) or len(parts) != 2 or not _is_name(parts[0]):
            raise BadNote("not a signature line", file=file, line=number)
        data = unbase64(parts[1], file=file, line=number)
        if len(data) < 5:
            raise BadNote("a signature is too short", file=file, line=number)
        one = Signature(parts[0], data[:4], data[4:])
        if (one.name, one.key_id) in seen:
            raise BadNote("{name} has signed twice", file=file, line=number, name=one.name)
        seen.add((one.name, one.key_id))
        found.append(one)
    return found


def verified(note: Note, verifiers: Iterable[Verifier], file: str = FILE) -> Note:
    """Return the note with the signatures of known keys alone (验证签名条).

    Signatures of unknown keys are passed over.

    raises    BadNote when a known key's signature is wrong, or no known key has signed
    """
    known: Dict[Tuple[str, bytes], Verifier] = {(v.name, v.key_id): v for v in verifiers}
    good: List[Signature] = []
    for one in note.signatures:
        verifier = known.get((one.name, one.key_id))
        if verifier is None:
            continue
        if not verifier.verifies(note.text, one.value):
            raise BadNote("the signature of {name} is wrong", file=file, name=one.name)
        good.append(one)
    if not good:
        raise BadNote("no known key has signed", file=file)
    return Note(note.text, tuple(good))


def open_note(data: Union[bytes, str], verifiers: Iterable[Verifier], file: str = FILE) -> Note:
    """Return text and signatures of known keys (打开签名条).

    raises    BadNote with file, line and reason
    """
    return verified(parse_note(data, file), verifiers, file)


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log (检查点): its name, how many entries, and their root.

    root      32 bytes
    """

    origin: str
    size: int
    root: bytes
    extensions: Tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed (检查点文本)."""
        lines = (self.origin, str(self.size), in_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(data: Union[bytes, str], file: str = "checkpoint") -> Checkpoint:
    """Return the checkpoint of a note's text (读取检查点).

    raises    BadNote with file and line
    """
    text = read_text(data, file)
    lines = text.split("\n")
    if lines.pop() or len(lines) < 3 or not all(lines):
        raise BadNote("a checkpoint is a name, a size and a root, a line each", file=file)
    size = natural(lines[1], "size", file=file, line=2)
    return Checkpoint(lines[0], size, hash_of(lines[2], file=file, line=3), tuple(lines[3:]))


@dataclass(frozen=True)
class SealedCheckpoint:
    """A checkpoint that its log has signed (已签名检查点), and who has witnessed it."""

    checkpoint: Checkpoint
    signatures: Tuple[Signature, ...]
    cosignatures: Tuple[Signature, ...]


def open_checkpoint(
    data: Union[bytes, str],
    log_keys: Sequence[Verifier],
    witnesses: Sequence[Verifier] = (),
    file: str = "checkpoint",
) -> SealedCheckpoint:
    """Return the checkpoint that one of the log's keys has signed (打开检查点).

    raises    BadNote, also when the log is another one than its key is named after
    """
    note = parse_note(data, file)
    own = verified(note, log_keys, file).signatures
    checkpoint = parse_checkpoint(note.text, file)
    if any(one.name != checkpoint.origin for one in own):
        raise BadNote("the key is not of the log {origin}", file=file, origin=checkpoint.origin)
    every = verified(note, (*log_keys, *witnesses), file).signatures
    return SealedCheckpoint(checkpoint, own, tuple(one for one in every if one not in own))
