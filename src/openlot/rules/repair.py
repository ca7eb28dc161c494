"""Silent repairs (自动修正) of what offices type: widths, spaces, date forms."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_DATE = re.compile(
    r"(?P<y>\d{4})\s*(?:年|[-/.])\s*(?P<m>\d{1,2})\s*(?:月|[-/.])\s*(?P<d>\d{1,2})\s*日?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?\Z"
)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})\Z")
_SERIAL = re.compile(r"\d{5}(?:\.0)?\Z")
_OPEN_END = {"长期", "永久", "长期有效", "9999-09-09", "9999-12-31"}
_EXCEL_EPOCH = date(1899, 12, 30)


def narrow(text: str) -> str:
    """Return text with full-width letters and digits made narrow and spaces tidied (半角化)."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def tidy(text: str) -> str:
    """Return a name or address (名称) with outer and doubled spaces gone, its punctuation kept."""
    return " ".join(text.replace("\u3000", " ").split())


def compact(text: str) -> str:
    """Return a code (代码) narrow, upper-case, without any space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


def parse_day(text: str) -> date | None:
    """Return the day (日期) that a cell means, None for an empty one.

    raises    ValueError for a day that does not exist

    >>> parse_day("2023年10月5日"), parse_day("20110320")
    (datetime.date(2023, 10, 5), datetime.date(2011, 3, 20))
    """
    plain = narrow(text)
    if not plain:
        return None
    found = _DATE.match(plain) or _COMPACT.match(plain)
    if found:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    if _SERIAL.match(plain):
        return _EXCEL_EPOCH + timedelta(days=int(float(plain)))
    raise ValueError(f"{text!r} is not a date")


def parse_end(text: str) -> date | None:
    """Return the last day of validity (有效期至), None for none and for open ends such as 长期."""
    return None if narrow(text) in _OPEN_END else parse_day(text)
