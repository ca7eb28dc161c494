"""RFC 3161 time-stamps (可信时间戳): what a token says, and whether its own signature holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

SIGNED_DATA = "2a864886f70d010702"
TST_INFO = "2a864886f70d0109100104"
CONTENT_TYPE = "2a864886f70d010903"
MESSAGE_DIGEST = "2a864886f70d010904"
SHA256 = "608648016503040201"
DIGESTS: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    SHA256: ("sha256", hashes.SHA256()),
    "608648016503040202": ("sha384", hashes.SHA384()),
    "608648016503040203": ("sha512", hashes.SHA512()),
}
INTEGER, OCTETS, OID, SEQUENCE, SET, TIME = 0x02, 0x04, 0x06, 0x30, 0x31, 0x18
FIRST, SECOND = 0xA0, 0xA1


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What a time-stamp says (时间戳内容).

    imprint    SHA-256 that was stamped, in hex
    authority  the signer's name in its certificate, empty where none is inside
    is_signed  the signature was verified with that certificate; whether the certificate is to be
               trusted is another question, which nothing here answers
    """

    imprint: str
    at: datetime
    authority: str
    is_signed: bool


@dataclass(frozen=True, slots=True)
class _Part:
    tag: int
    content: bytes
    whole: bytes


def read_timestamp(data: bytes) -> Timestamp:
    """Read a time-stamp response or token (读取时间戳) and check what can be checked.

    raises    ValueError for anything that is no such token, or whose signature does not hold
    paper     RFC 3161 §2.4.2, RFC 5652 §5.4
    """
    signed = list(_inside(_signed_data(data)))
    encapsulated = _child(signed[2], 1, FIRST)
    if _child(signed[2], 0, OID).content.hex() != TST_INFO:
        raise ValueError("no TSTInfo inside")
    info = _child(encapsulated, 0, OCTETS).content
    fields = list(_inside(_only(info, SEQUENCE)))
    algorithm = _child(_child(fields[2], 0, SEQUENCE), 0, OID).content.hex()
    if algorithm != SHA256:
        raise ValueError("the imprint is no SHA-256")
    moment = next(part for part in fields if part.tag == TIME)
    at = _moment(moment.content)
    certificates = [x509.load_der_x509_certificate(raw) for raw in _certificates(signed)]
    signer = list(_inside(_child(signed[-1], 0, SEQUENCE)))
    certificate = _signer(certificates, signer[1])
    verified = certificate is not None and _verify(certificate, signer, info, at)
    return Timestamp(
        imprint=_child(fields[2], 1, OCTETS).content.hex(),
        at=at,
        authority=certificate.subject.rfc4514_string() if certificate is not None else "",
        is_signed=verified,
    )


def _signed_data(data: bytes) -> _Part:
    """Return the SignedData of a response, or of a bare token."""
    outer = _only(data, SEQUENCE)
    parts = list(_inside(outer))
    if parts[0].tag == SEQUENCE:
        status = int.from_bytes(_child(parts[0], 0, INTEGER).content, "big")
        if status > 1 or len(parts) < 2:
            raise ValueError("the authority refused to stamp")
        parts = list(_inside(parts[1]))
    if parts[0].content.hex() != SIGNED_DATA or parts[1].tag != FIRST:
        raise ValueError("no SignedData")
    return _child(parts[1], 0, SEQUENCE)


def _certificates(signed: list[_Part]) -> list[bytes]:
    return [one.whole for part in signed if part.tag == FIRST for one in _inside(part)]


def _signer(found: list[x509.Certificate], sid: _Part) -> x509.Certificate | None:
    """Return the certificate that the token names by serial number (or the only one)."""
    if sid.tag != SEQUENCE:
        return found[0] if len(found) == 1 else None
    serial = int.from_bytes(_child(sid, 1, INTEGER).content, "big", signed=True)
    return next((one for one in found if one.serial_number == serial), None)


def _verify(certificate: x509.Certificate, signer: list[_Part], info: bytes, at: datetime) -> bool:
    """Verify digest, purpose, validity and signature; False where the algorithm is not known here."""
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise ValueError("the certificate was not valid at that time")
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    if ExtendedKeyUsageOID.TIME_STAMPING not in usage:
        raise ValueError("the certificate is not for time-stamping")
    oid = _child(signer[2], 0, OID).content.hex()
    attributes = signer[3]
    if oid not in DIGESTS or attributes.tag != FIRST:
        return False
    name, digest = DIGESTS[oid]
    if _attribute(attributes, MESSAGE_DIGEST) != hashlib.new(name, info).digest():
        raise ValueError("the signed digest is another")
    if _attribute(attributes, CONTENT_TYPE).hex() != TST_INFO:
        raise ValueError("the signed content is no TSTInfo")
    text = bytes([SET]) + attributes.whole[1:]
    key, signature = certificate.public_key(), signer[5].content
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature as error:
        raise ValueError("the signature does not hold") from error
    return True


def _attribute(attributes: _Part, oid: str) -> bytes:
    for one in _inside(attributes):
        if _child(one, 0, OID).content.hex() == oid:
            return next(_inside(_child(one, 1, SET))).content
    raise ValueError("a signed attribute is missing")


def _moment(text: bytes) -> datetime:
    whole = text.decode("ascii").removesuffix("Z").partition(".")[0]
    return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _only(data: bytes, tag: int) -> _Part:
    part, end = _part(data, 0)
    if part.tag != tag or end != len(data):
        raise ValueError("not a DER value of the kind that is expected")
    return part


def _child(part: _Part, index: int, tag: int) -> _Part:
    found = list(_inside(part))
    if index >= len(found) or found[index].tag != tag:
        raise ValueError("a part is missing")
    return found[index]


def _inside(part: _Part) -> Iterator[_Part]:
    at = 0
    while at < len(part.content):
        one, at = _part(part.content, at)
        yield one


def _part(data: bytes, at: int) -> tuple[_Part, int]:
    """Return the DER value that begins at ``at``, and where it ends."""
    if at + 2 > len(data):
        raise ValueError("the value is cut off")
    size, head = data[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4:
            raise ValueError("a length is not written as DER asks")
        size, head = int.from_bytes(data[head : head + count], "big"), head + count
    end = head + size
    if end > len(data):
        raise ValueError("the value is cut off")
    return _Part(data[at], data[head:end], data[at:end]), end
