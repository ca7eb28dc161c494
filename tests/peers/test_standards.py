"""Published examples of the standards that the protocol builds on."""

from __future__ import annotations

import hashlib

import pytest

from fairdraw.lines import hasher
from fairdraw.sm3 import sm3

# RFC 3797 §6: lottery results as the key, and the sixteen picks out of twenty-five.
RFC_3797_KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"
RFC_3797_FIRST = "990DD0A5692A029A98B5E01AA28F3459"
RFC_3797_PICKS = [17, 7, 2, 16, 25, 23, 8, 24, 19, 13, 22, 5, 18, 9, 1, 4]


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_the_examples_of_gbt_32905(data: bytes, digest: str):
    """SM3 of the standard's two examples, by our own code and by the one at hand."""
    assert sm3(data).hex() == digest
    assert hasher("sm3")(data).hex() == digest


def test_our_sm3_is_that_of_openssl():
    """Every length around the block borders, against the library's."""
    if "sm3" not in hashlib.algorithms_available:
        return
    for size in [*range(130), 1000, 4096]:
        data = bytes(n % 251 for n in range(size))
        assert sm3(data) == hashlib.new("sm3", data).digest(), size


def test_the_worked_example_of_rfc_3797():
    """Text to hash to number as the RFC does it: the sixteen picks come out."""
    left, picks = list(range(1, 26)), []
    for index in range(16):
        mark = index.to_bytes(2, "big")
        number = hashlib.md5(mark + RFC_3797_KEY.encode("ascii") + mark).hexdigest()
        if index == 0:
            assert number.upper() == RFC_3797_FIRST
        picks.append(left.pop(int(number, 16) % len(left)))
    assert picks == RFC_3797_PICKS
