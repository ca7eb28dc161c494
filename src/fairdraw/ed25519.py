"""Ed25519 signatures (数字签名) of RFC 8032 §5.1: verification only, written from the text."""

from __future__ import annotations

import hashlib
from typing import Optional, Tuple

Point = Tuple[int, int, int, int]

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, P - 2, P) % P
_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
_IDENTITY: Point = (0, 1, 1, 0)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether ``signature`` is the key's own over ``message`` (验证签名).

    paper     RFC 8032 §5.1.7, without the cofactor
    """
    # RFC 8032 leaves room where implementations differ: points whose encoding is not reduced, a
    # scalar of L or more, and keys of small order, whose signature fits many messages. A proof
    # that one program accepts and another refuses convinces nobody, so each of these is refused.
    if len(public) != 32 or len(signature) != 64:
        return False
    key, nonce = _decode(public), _decode(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or scalar >= ORDER:
        return False
    if _is_small(key) or _is_small(nonce):
        return False
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(hashed, "little") % ORDER
    return _same(_times(scalar, BASE), _add(nonce, _times(challenge, key)))


def _decode(data: bytes) -> Optional[Point]:
    """Return the point of 32 bytes, None when there is none or they are not its one encoding."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    x = _x_of(y)
    if x is None or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _x_of(y: int) -> Optional[int]:
    square = (y * y - 1) * pow(_D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * _ROOT_OF_MINUS_ONE % P
    return None if (x * x - square) % P else x


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * _D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Point) -> Point:
    total = _IDENTITY
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _same(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


def _is_small(point: Point) -> bool:
    return _same(_times(8, point), _IDENTITY)


def _base() -> Point:
    y = 4 * pow(5, P - 2, P) % P
    x = _x_of(y) or 0
    return (P - x if x & 1 else x, y, 1, (P - x if x & 1 else x) * y % P)


BASE = _base()
