"""A time-stamping authority of our own, for tests: what it stamps, when, and with which key."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SHA256_OID = bytes.fromhex("0609608648016503040201")
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
ECDSA_SHA256 = bytes.fromhex("06082a8648ce3d040302")


def der(tag: int, *parts: bytes) -> bytes:
    """Return a DER value."""
    content = b"".join(parts)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


class Authority:
    """A made-up authority whose certificate holds around a day."""

    def __init__(self, day: datetime, *, purpose=ExtendedKeyUsageOID.TIME_STAMPING) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Time Authority")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(4711)
            .not_valid_before(day - timedelta(days=30))
            .not_valid_after(day + timedelta(days=30))
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def stamp(
        self, digest: str, at: datetime, *, with_certificate: bool = True, status: int = 0
    ) -> bytes:
        """Return the response to a request to stamp a SHA-256."""
        algorithm = der(0x30, SHA256_OID, b"\x05\x00")
        moment = at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode()
        info = der(
            0x30,
            der(0x02, b"\x01"),
            bytes.fromhex("06042a030401"),
            der(0x30, algorithm, der(0x04, bytes.fromhex(digest))),
            der(0x02, b"\x07"),
            der(0x18, moment),
        )
        attributes = der(0x30, CONTENT_TYPE, der(0x31, TST_INFO)) + der(
            0x30, MESSAGE_DIGEST, der(0x31, der(0x04, hashlib.sha256(info).digest()))
        )
        signature = self.key.sign(der(0x31, attributes), ec.ECDSA(hashes.SHA256()))
        raw = self.certificate.public_bytes(serialization.Encoding.DER)
        issuer = self.certificate.issuer.public_bytes()
        signer = der(
            0x30,
            der(0x02, b"\x01"),
            der(0x30, issuer, der(0x02, (4711).to_bytes(2, "big"))),
            algorithm,
            der(0xA0, attributes),
            der(0x30, ECDSA_SHA256),
            der(0x04, signature),
        )
        signed = der(
            0x30,
            der(0x02, b"\x03"),
            der(0x31, algorithm),
            der(0x30, TST_INFO, der(0xA0, der(0x04, info))),
            der(0xA0, raw) if with_certificate else b"",
            der(0x31, signer),
        )
        token = der(0x30, SIGNED_DATA, der(0xA0, signed))
        return der(0x30, der(0x30, der(0x02, bytes([status]))), token)
