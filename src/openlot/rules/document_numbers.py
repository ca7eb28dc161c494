"""Document numbers (发文字号) and the platform's own numbering."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"(?P<word>[^〔〕\s]{1,20})〔(?P<year>\d{4})〕(?P<serial>[1-9]\d*)号\Z")
_BRACKETS = str.maketrans(dict.fromkeys("﹝[［【(（", "〔") | dict.fromkeys("﹞]］】)）", "〕"))


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A document number (发文字号): word, year, serial."""

    word: str
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.word}〔{self.year}〕{self.serial}号"


def parse_document_number(text: str) -> DocumentNumber:
    """Return the parts of a document number (解析发文字号); other brackets are normalised.

    raises    ValueError

    >>> str(parse_document_number("界政发[2020]9号"))
    '界政发〔2020〕9号'
    """
    found = _NUMBER.match(text.strip().translate(_BRACKETS))
    if found is None:
        raise ValueError("not a document number")
    return DocumentNumber(found["word"], int(found["year"]), int(found["serial"]))


def plan_number(region: str, year: int, serial: int) -> str:
    """Return a plan's number (计划编号): ``341282-2026-P-0007``."""
    return f"{region[:6]}-{year}-P-{serial:04d}"


def task_number(region: str, year: int, serial: int) -> str:
    """Return a task's number (任务编号): region, year, serial, as the national system writes it."""
    return f"{region[:6]}{year}{serial:04d}"


def draw_number(task: str) -> str:
    """Return a draw's number (抽取编号) from its task's: ``341282-2026-D-0021``."""
    return f"{task[:6]}-{task[6:10]}-D-{task[10:]}"


def drawing_day_number(region: str, year: int, serial: int) -> str:
    """Return the number of a drawing day (抽签日编号)."""
    return f"{region}-{year}-R-{serial:03d}"


def notice_number(word: str, year: int, task: str, serial: int) -> str:
    """Return a notice's number (通知书文号): ``界市监检通〔2026〕21-003号``."""
    return f"{word}检通〔{year}〕{int(task[10:])}-{serial:03d}号"


def filing_number(year: int, serial: int) -> str:
    """Return a filing number (备案号) of the joint-conference office: ``联办备〔2026〕3号``."""
    return f"联办备〔{year}〕{serial}号"
