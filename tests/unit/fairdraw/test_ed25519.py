"""Signatures: the standard's vectors, the library's, and everything that programs differ about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from fairdraw.ed25519 import BASE, ORDER, P, _add, _decode, _times, verify

VECTORS = Path(__file__).parents[2] / "vectors" / "ed25519.jsonl"
ROWS = [json.loads(line) for line in VECTORS.read_text().splitlines()]
# y of the points of order 1, 2, 4 and 8, which RFC 8032 leaves to the reader
ORDER_EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL = [1, P - 1, 0, ORDER_EIGHT, P - ORDER_EIGHT]


def encoded(y: int, sign: int = 0) -> bytes:
    """Return 32 bytes of a point."""
    return (y | sign << 255).to_bytes(32, "little")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_the_vectors_of_the_standard_verify(row: dict[str, str]):
    """RFC 8032 §7.1, each whole; with any bit of key, message or signature changed, none."""
    key, message, signature = (bytes.fromhex(row[k]) for k in ("key", "message", "signature"))
    assert verify(key, message, signature)
    for at in range(0, 64, 7):
        assert not verify(key, message, flipped(signature, at))
        assert not verify(flipped(key, at % 32), message, signature)
    assert not verify(key, message + b"\0", signature)


def flipped(data: bytes, at: int) -> bytes:
    """Return data with the lowest bit of a byte changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_what_the_library_signs_verifies_and_no_bit_may_change(
    seed: bytes, message: bytes, bit: int
):
    """Signatures of `cryptography`, good and with one bit turned."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    signature, key = private.sign(message), private.public_key().public_bytes_raw()
    assert verify(key, message, signature)
    turned = bytearray(signature)
    turned[bit // 8] ^= 1 << bit % 8
    assert not verify(key, message, bytes(turned))


@given(st.binary(max_size=70), st.binary(max_size=70))
def test_bytes_of_any_length_are_refused_without_an_exception(key: bytes, signature: bytes):
    """Neither key nor signature."""
    assert not verify(key, b"", signature)


def test_a_scalar_is_below_the_order():
    """The same signature with L added to its scalar is another writing of it, and refused."""
    key, message, signature = (bytes.fromhex(ROWS[2][k]) for k in ("key", "message", "signature"))
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not verify(key, message, signature[:32] + scalar.to_bytes(32, "little"))


@pytest.mark.parametrize("y", SMALL)
@pytest.mark.parametrize("sign", [0, 1])
def test_keys_and_nonces_of_small_order_are_refused(y: int, sign: int):
    """With such a key the signature (R = key, S = 0) would fit one message in eight or more."""
    small, key = encoded(y, sign), bytes.fromhex(ROWS[0]["key"])
    signature = bytes.fromhex(ROWS[0]["signature"])
    for n in range(32):
        assert not verify(small, bytes([n]), small + bytes(32))
    assert not verify(small, b"", signature)
    assert not verify(key, b"", small + signature[32:])


def test_the_small_points_are_points_indeed():
    """The list of the test above means something: all but two of its ten writings decode."""
    decoded = [_decode(encoded(y, sign)) for y in SMALL for sign in (0, 1)]
    assert decoded.count(None) == 2
    for point in filter(None, decoded):
        assert _times(8, point)[0] % P == 0


@pytest.mark.parametrize("y", [P, P + 1, 2**255 - 1])
def test_an_encoding_that_is_not_reduced_is_refused(y: int):
    """p stands for 0, p + 1 for 1: a second writing of the same point."""
    assert _decode(encoded(y)) is None


def test_a_y_without_a_point_is_refused():
    """About half of all numbers are on no point of the curve."""
    assert _decode(encoded(2)) is None
    assert not verify(encoded(2), b"", bytes(64))


def test_the_base_has_the_order_of_the_standard():
    """L times the base is nothing, and no smaller factor of it is."""
    assert _times(ORDER, BASE)[0] % P == 0
    assert _add(BASE, _times(ORDER - 1, BASE))[0] % P == 0
    assert _times(8, BASE)[0] % P
    assert encoded(BASE[1] % P).hex() == "58" + "66" * 31
