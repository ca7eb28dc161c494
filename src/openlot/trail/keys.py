"""The log's signing key (日志签名密钥): a file of its own, never in the database or a backup."""

from __future__ import annotations

import os
import stat
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from fairdraw.note import ED25519, in_base64, key_hash, signature_line, vkey
from openlot.kernel.errors import Conflict, Misconfigured

PRIVATE = "PRIVATE+KEY"


@dataclass(frozen=True, slots=True)
class LogKey:
    """An Ed25519 key (签名密钥) under the log's name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The public key (公钥), 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @property
    def vkey(self) -> str:
        """The public key as one word (公钥文本), to be pinned by witnesses and verifiers."""
        return vkey(self.name, self.public)

    def line(self, text: str) -> str:
        """Return the signature line (签名行) on a note's text."""
        return signature_line(self.name, self.public, self.private.sign(text.encode()))

    def text(self) -> str:
        """Return the private key as one word (私钥文本), as Go's note package writes it."""
        mark = key_hash(self.name, self.public).hex()
        seed = bytes([ED25519]) + self.private.private_bytes_raw()
        return f"{PRIVATE}+{self.name}+{mark}+{in_base64(seed)}\n"


def make_key(path: Path, name: str, *, replace: bool = False) -> LogKey:
    """Make a key (生成密钥) and keep it in a new file that only its owner may read.

    The public key goes into ``.pub`` beside it, which the portal reads.


    raises    Conflict when there is a file already
    """
    made = LogKey(name, Ed25519PrivateKey.generate())
    path.parent.mkdir(parents=True, exist_ok=True)
    if replace:
        path.unlink(missing_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        text = _("密钥文件 %(path)s 已存在；轮换密钥请先改名并设为 LOG_OLD_KEY_FILE")
        raise Conflict(text, path=str(path)) from error
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(made.text())
    path.with_name(f"{path.name}.pub").write_text(f"{made.vkey}\n", encoding="ascii")
    return made


def read_key(path: Path) -> LogKey:
    """Read a key (读取密钥).

    raises    Misconfigured when it is missing, readable by others, or no key
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(_("无法读取日志签名密钥文件 %(path)s"), path=str(path)) from error
    if stat.S_IMODE(mode) & 0o077:
        words = _("日志签名密钥文件 %(path)s 可被他人读取，请执行 chmod 600")
        raise Misconfigured(words, path=str(path))
    try:
        name, mark, seed = text.removeprefix(f"{PRIVATE}+").split("+", 2)
        data = b64decode(seed, validate=True)
        key = LogKey(name, Ed25519PrivateKey.from_private_bytes(data[1:]))
    except (ValueError, NotBase64) as error:
        raise Misconfigured(_("文件 %(path)s 不是日志签名密钥"), path=str(path)) from error
    if data[0] != ED25519 or key_hash(name, key.public).hex() != mark:
        raise Misconfigured(_("文件 %(path)s 不是日志签名密钥"), path=str(path))
    return key


def log_keys() -> list[LogKey]:
    """Return the keys that sign (签名密钥): the log's own, and the old one while keys are rotated.

    raises    Misconfigured, also when a key bears another name than the log
    """
    files = [settings.LOG_KEY_FILE, settings.LOG_OLD_KEY_FILE]
    keys = [read_key(Path(path)) for path in files if path]
    for key in keys:
        if key.name != settings.LOG_ORIGIN:
            text = _("签名密钥的名称是 %(name)s，而 LOG_ORIGIN 是 %(origin)s")
            raise Misconfigured(text, name=key.name, origin=settings.LOG_ORIGIN)
    return keys
