"""The types of seed sources (随机数来源): what their parameters and values must look like."""

from __future__ import annotations

import math
from typing import List, Tuple

from fairdraw.announce_parts import Source
from fairdraw.errors import BadAnnouncement, BadOpening
from fairdraw.lines import hexadecimal, hx, integer, is_token

SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RESERVED = ("drand", "nist")
PHYSICAL = ("digits", "numbers")


def commitment(session: str, source_id: str, value: str, suite: str = "sha256") -> str:
    """Return the commitment (密封值) of a party's value: it names session and source.

    >>> commitment("S1", "party", "00" * 32)[:8]
    '4e7a17f8'
    """
    return hx(f"vdr1|commit|{session}|{source_id}|{value}", suite)


def chain_links(secret: str, n: int, suite: str = "sha256") -> List[str]:
    """Return the links 0..n of a reserve chain (递补链); the last is its top."""
    links = [secret]
    for _ in range(n):
        links.append(hx(f"vdr1|link|{links[-1]}", suite))
    return links


def chain_length(source: Source) -> int:
    """Return how many links a chain source has above its secret (链长)."""
    return _chain_param(source.param)[0]


def check_param(source: Source) -> None:
    """Refuse a source whose parameter does not fit its type (来源参数).

    raises    FairdrawError
    """
    if source.type in RESERVED:
        raise BadAnnouncement(
            "{type} sources are reserved until their signatures can be verified", type=source.type
        )
    if source.type == "commit":
        hexadecimal(source.param, 64, "commitment")
    elif source.type == "chain":
        _chain_param(source.param)
    elif source.type == "digits":
        _digits_param(source.param)
    elif source.type == "numbers":
        _numbers_param(source.param)
    else:
        raise BadAnnouncement("{type!r} is no type of source", type=source.type)


def check_value(source: Source, value: str, session: str, suite: str = "sha256") -> None:
    """Refuse a value that does not open its source (启封校验).

    raises    FairdrawError
    """
    if source.type == "commit":
        hexadecimal(value, 64, "value")
        if commitment(session, source.id, value, suite) != source.param:
            raise BadOpening(
                "the value of {source} is not the one that was sealed", source=source.id
            )
    elif source.type == "chain":
        _, top = _chain_param(source.param)
        hexadecimal(value, 64, "link")
        if hx(f"vdr1|link|{value}", suite) != top:
            raise BadOpening("the link of {source} does not lead to its top", source=source.id)
    elif source.type == "digits":
        low, high, count = _digits_param(source.param)
        if len(value) != count or any(not low <= c <= high or c not in SYMBOLS for c in value):
            raise BadOpening(
                "{source} needs {count} symbols from {low} to {high}",
                source=source.id,
                count=count,
                low=low,
                high=high,
            )
    elif source.type == "numbers":
        _check_numbers(source, value)
    else:
        raise BadOpening("{type!r} is no type of source", type=source.type)


def entropy_bits(source: Source) -> float:
    """Return the bits of a physical source (熵), 256 for a sealed value, 0 for a chain."""
    if source.type == "digits":
        low, high, count = _digits_param(source.param)
        faces = sum(low <= c <= high for c in SYMBOLS)
        return count * math.log2(faces)
    if source.type == "numbers":
        first, last, count, order, _ = _numbers_param(source.param)
        span = last - first + 1
        return math.log2(math.comb(span, count)) if order == "sorted" else count * math.log2(span)
    return 256.0 if source.type == "commit" else 0.0


def _chain_param(param: str) -> Tuple[int, str]:
    parts = param.split(":")
    if len(parts) != 2:
        raise BadAnnouncement("a chain is written n:top")
    return integer(parts[0], "chain length", 1), hexadecimal(parts[1], 64, "chain top")


def _digits_param(param: str) -> Tuple[str, str, int]:
    span, _, count = param.partition(":")
    ends = span.split("-")
    good = len(ends) == 2 and all(len(e) == 1 and e in SYMBOLS for e in ends)
    if not good or ends[0] >= ends[1]:
        raise BadAnnouncement("digits are written lo-hi:count")
    return ends[0], ends[1], integer(count, "count", 1)


def _numbers_param(param: str) -> Tuple[int, int, int, str, str]:
    parts = param.split(":", 3)
    ends = parts[0].split("-")
    if len(parts) != 4 or len(ends) != 2 or parts[2] not in ("ordered", "sorted"):
        raise BadAnnouncement("numbers are written lo-hi:count:ordered or sorted:event")
    low, high = integer(ends[0], "lowest number"), integer(ends[1], "highest number")
    count = integer(parts[1], "count", 1)
    if low >= high or (parts[2] == "sorted" and count > high - low + 1):
        raise BadAnnouncement("the numbers of the event cannot be drawn so")
    if not is_token(parts[3]):
        raise BadAnnouncement("{what} {text!r} is not a token", what="event", text=parts[3])
    return low, high, count, parts[2], parts[3]


def _check_numbers(source: Source, value: str) -> None:
    low, high, count, order, _ = _numbers_param(source.param)
    width = len(str(high))
    parts = value.split(".")
    good = len(parts) == count and all(
        len(p) == width and p.isascii() and p.isdigit() and low <= int(p) <= high for p in parts
    )
    if good and order == "sorted":
        good = all(a < b for a, b in zip(parts, parts[1:]))
    if not good:
        raise BadOpening(
            "{source} needs {count} numbers of {width} digits from {low} to {high}, {order}",
            source=source.id,
            count=count,
            width=width,
            low=low,
            high=high,
            order=order,
        )
