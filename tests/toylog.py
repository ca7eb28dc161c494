"""A log and witnesses made of nothing but keys and lists, for tests of what is read and verified."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fairdraw.logproof import LogProof, Opened
from fairdraw.merkle import inclusion_path, leaf_hash, root_of_hashes
from fairdraw.note import (
    COSIGNATURE,
    Checkpoint,
    Verifier,
    cosignature_line,
    cosigned_message,
    note_of,
    signature_line,
)
from fairdraw.tiles import WIDTH, Tile

ORIGIN = "openlot-341282/log1"


def key(number: int) -> Ed25519PrivateKey:
    """Return the private key of a number."""
    return Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def public(private: Ed25519PrivateKey) -> bytes:
    """Return the 32 bytes of a public key."""
    return private.public_key().public_bytes_raw()


@dataclass
class Log:
    """Entries in a row, and the key that signs how many there are."""

    entries: list[bytes] = field(default_factory=list)
    origin: str = ORIGIN
    private: Ed25519PrivateKey = field(default_factory=lambda: key(1))

    @classmethod
    def of(cls, count: int, mark: str = "entry", **options: object) -> Log:
        """Return a log of so many entries."""
        return cls([f"{mark} {n}".encode() for n in range(count)], **options)  # type: ignore[arg-type]

    @property
    def verifier(self) -> Verifier:
        """The public key."""
        return Verifier(self.origin, public(self.private))

    @property
    def hashes(self) -> list[bytes]:
        """The leaves."""
        return [leaf_hash(entry) for entry in self.entries]

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Return the state after so many entries."""
        size = len(self.entries) if size is None else size
        return Checkpoint(self.origin, size, root_of_hashes(self.hashes[:size]))

    def note(self, size: int | None = None, *lines: str) -> str:
        """Return the signed checkpoint, with more signature lines."""
        text = self.checkpoint(size).text()
        own = signature_line(self.origin, public(self.private), self.private.sign(text.encode()))
        return note_of(text, [own, *lines])

    def proof(self, index: int, opened: Opened | None = None, note: str = "") -> LogProof:
        """Return the proof of an entry in the whole log."""
        path = tuple(inclusion_path(self.hashes, index))
        return LogProof(index, path, note or self.note(), opened.extra() if opened else b"")

    def tile(self, tile: Tile) -> bytes:
        """Return a tile's bytes by the definition, slowly."""
        assert tile.level is not None
        span = 256**tile.level
        starts = [(tile.number * WIDTH + n) * span for n in range(tile.width)]
        hashes = self.hashes
        return b"".join(root_of_hashes(hashes[at : at + span]) for at in starts)


@dataclass
class Eye:
    """Somebody who cosigns."""

    name: str = "audit.example/w1"
    private: Ed25519PrivateKey = field(default_factory=lambda: key(2))

    @property
    def verifier(self) -> Verifier:
        """The public key."""
        return Verifier(self.name, public(self.private), COSIGNATURE)

    def line(self, text: str, at: int = 1_790_000_000) -> str:
        """Return the cosignature of a checkpoint's text."""
        signed = self.private.sign(cosigned_message(at, text))
        return cosignature_line(self.name, public(self.private), at, signed)
