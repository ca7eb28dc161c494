"""The witness's key (见证密钥) and the logs that it watches, each in a file of its home."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fairdraw.errors import BadNote
from fairdraw.note import (
    COSIGNATURE,
    Verifier,
    cosignature_line,
    cosigned_message,
    parse_vkey,
    unbase64,
)

KEY = "key"
LOGS = "logs"
_MARK = "PRIVATE+KEY+"


@dataclass(frozen=True)
class Key:
    """A name and the private key (见证密钥) that cosigns under it."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The public key (公钥), 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @property
    def verifier(self) -> Verifier:
        """What others pin (验证公钥)."""
        return Verifier(self.name, self.public, COSIGNATURE)

    def line(self, text: str, at: int) -> str:
        """Return the cosignature (见证签名行) of a checkpoint's text at a time."""
        signature = self.private.sign(cosigned_message(at, text))
        return cosignature_line(self.name, self.public, at, signature)

    @property
    def secret(self) -> str:
        """The private key as one word (密钥文本)."""
        seed = bytes([COSIGNATURE]) + self.private.private_bytes_raw()
        return f"{_MARK}{self.name}+{self.verifier.key_id.hex()}+{b64encode(seed).decode()}\n"


def make_key(home: Path, name: str) -> Key:
    """Make the witness's key (生成密钥), readable by its owner alone.

    raises    BadNote when there is one already: a witness that changes its key loses its word
    """
    made = Key(name, Ed25519PrivateKey.generate())
    secret = made.secret
    home.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(home / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadNote("is there already and is never overwritten", file=str(home / KEY)) from None
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(secret)
    return made


def read_key(home: Path) -> Key:
    """Return the witness's key (读取密钥).

    raises    BadNote when others may read the file, or it is no key
    """
    path = home / KEY
    if path.stat().st_mode & 0o077:
        raise BadNote("may be read by others; chmod 600", file=str(path))
    word = path.read_text(encoding="utf-8").strip()
    parts = word.removeprefix(_MARK).split("+", 2)
    if not word.startswith(_MARK) or len(parts) != 3:
        raise BadNote("not a private key", file=str(path))
    seed = unbase64(parts[2], file=str(path))
    if len(seed) != 33 or seed[0] != COSIGNATURE:
        raise BadNote("not a private key", file=str(path))
    found = Key(parts[0], Ed25519PrivateKey.from_private_bytes(seed[1:]))
    if found.verifier.key_id.hex() != parts[1]:
        raise BadNote("the key's id does not follow from its name and bytes", file=str(path))
    return found


def read_logs(home: Path) -> list[Verifier]:
    """Return the keys of the logs to watch (受见证日志): one per line, ``#`` begins a remark.

    raises    BadNote with the line
    """
    path = home / LOGS
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        word = line.split("#")[0].strip()
        if word:
            try:
                found.append(parse_vkey(word))
            except BadNote as error:
                raise BadNote("not a verifier key", file=str(path), line=number) from error
    if not found:
        raise BadNote("names no log", file=str(path))
    return found
