"""The line-file grammar (行文件) of vdr1: tokens, fields, and the two hash suites."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from typing import Callable, Iterable, Iterator, List, Sequence, Tuple

from fairdraw.errors import BadText
from fairdraw.sm3 import sm3

SUITES = ("sha256", "sm3")
INT_MAX = 2147483647

_TOKEN = re.compile(r"[A-Za-z0-9._:+-]{1,64}\Z")
_INT = re.compile(r"(0|[1-9][0-9]{0,9})\Z")
_HEX = re.compile(r"[0-9a-f]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+08:00\Z"
)
_LINE = re.compile(rb"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?\Z")


def _finds_sm3() -> bool:
    try:
        hashlib.new("sm3", b"")
    except ValueError:
        return False
    return True


_HAS_SM3 = _finds_sm3()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _native_sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def hasher(suite: str) -> Callable[[bytes], bytes]:
    """Return the hash function (杂凑算法) of a suite, bytes to 32 bytes.

    raises    BadText for an unknown suite
    """
    if suite == "sha256":
        return _sha256
    if suite == "sm3":
        return _native_sm3 if _HAS_SM3 else sm3
    raise BadText("unknown suite {suite!r}", suite=suite)


def digest(data: bytes, suite: str = "sha256") -> bytes:
    """Return the hash (杂凑值) of bytes under a suite, 32 bytes."""
    return hasher(suite)(data)


def hx(text: str, suite: str = "sha256") -> str:
    """Return the hex hash (十六进制校验码) of ASCII text.

    >>> hx("abc")[:8]
    'ba7816bf'
    """
    return digest(text.encode("ascii"), suite).hex()


def file_digest(data: bytes, suite: str = "sha256") -> str:
    """Return the hex digest of a file (文件校验码)."""
    return digest(data, suite).hex()


def is_token(text: str) -> bool:
    """Say whether ``text`` is a TOKEN other than the lone ``-`` (标识符)."""
    return text != "-" and _TOKEN.match(text) is not None


def token(text: str, what: str) -> str:
    """Return ``text`` when it is a TOKEN; refuse it else."""
    if not is_token(text):
        raise BadText("{what} {text!r} is not a token", what=what, text=text)
    return text


def integer(text: str, what: str, low: int = 0, high: int = INT_MAX) -> int:
    """Return a decimal number (整数) without sign or leading zero, within bounds."""
    if not _INT.match(text) or not low <= int(text) <= high:
        raise BadText(
            "{what} {text!r} is not a whole number from {low} to {high}",
            what=what,
            text=text,
            low=low,
            high=high,
        )
    return int(text)


def hexadecimal(text: str, digits: int, what: str) -> str:
    """Return lower-case hex (小写十六进制) of exactly so many digits."""
    if len(text) != digits or not _HEX.match(text):
        raise BadText("{what} must be {digits} lower-case hex digits", what=what, digits=digits)
    return text


def day(text: str, what: str) -> str:
    """Return a real DATE (日期)."""
    if _DATE.match(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return text
    raise BadText("{what} {text!r} is not a date", what=what, text=text)


def instant(text: str, what: str) -> str:
    """Return a real DATETIME at +08:00 (时间)."""
    if _DATETIME.match(text):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return text
    raise BadText("{what} {text!r} is not a time at +08:00", what=what, text=text)


def tags(text: str, what: str, *, need_word: bool = False) -> Tuple[str, ...]:
    """Return the TAGS (标签) of a field: sorted by bytes, unique, joined by ``+``."""
    if text == "-":
        return ()
    parts = text.split("+")
    for part in parts:
        if not (need_word and part == "@need") and not is_token(part):
            raise BadText("{what} holds {part!r}, which is not a tag", what=what, part=part)
    if parts != sorted(set(parts)):
        raise BadText("{what} {text!r} is not sorted or repeats a tag", what=what, text=text)
    return tuple(parts)


def join_tags(words: Iterable[str]) -> str:
    """Return the field (标签字段) of these tags."""
    return "+".join(sorted(set(words))) or "-"


def fields_of(line: bytes) -> List[str]:
    """Return the fields of one line (字段), without its line feed.

    raises    BadText for a byte outside ASCII, CR, BOM, a blank line, a trailing space
    """
    if not _LINE.match(line):
        raise BadText("a line holds a byte that may not be there")
    return line.decode("ascii").split("|")


def split_lines(data: bytes, file: str) -> List[bytes]:
    """Return the lines of a file (各行), each without its line feed.

    raises    BadText when the last line has none
    """
    if data and not data.endswith(b"\n"):
        raise BadText("the last line has no line feed", file=file, line=data.count(b"\n") + 1)
    return data.split(b"\n")[:-1]


def read(data: bytes, file: str) -> Iterator[Tuple[int, List[str]]]:
    """Yield number and fields of each line (逐行读取).

    raises    BadText with file and line
    """
    for number, line in enumerate(split_lines(data, file), start=1):
        try:
            fields = fields_of(line)
        except BadText as error:
            raise error.at(file, number) from None
        yield number, fields


def write(rows: Iterable[str]) -> bytes:
    """Return the file (行文件) of these lines.

    raises    BadText for a letter outside ASCII
    """
    try:
        return "".join([row + "\n" for row in rows]).encode("ascii")
    except UnicodeEncodeError as error:
        letter = error.object[error.start]
        raise BadText("{letter!r} may not stand in a file", letter=letter) from None


def expect(fields: List[str], count: int) -> List[str]:
    """Return ``fields`` when there are ``count`` of them and none is empty."""
    if len(fields) != count:
        raise BadText(
            "{word!r} line has {found} fields, not {count}",
            word=fields[0],
            found=len(fields),
            count=count,
        )
    if "" in fields:
        raise BadText("an empty value is written -")
    return fields


def hash_each(suite: str, prefix: bytes, endings: Sequence[bytes]) -> List[bytes]:
    """Return the hash of the prefix with each ending (逐一杂凑), in their order."""
    if suite == "sha256":
        sha256 = hashlib.sha256
        return [sha256(prefix + ending).digest() for ending in endings]
    hashed = hasher(suite)
    return [hashed(prefix + ending) for ending in endings]
