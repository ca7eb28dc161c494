"""Writing lists for offices (导出表格): text stays text, formulas never run, memory stays small."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from typing import IO

from rustpy_xlsxwriter import FastExcel

Cell = str | int | None

# What a spreadsheet may take for the beginning of a formula; the wide forms are turned into the
# narrow ones by Chinese and Japanese versions.
_RUNNING = frozenset("=+-@\t\r\n|＝＋－＠")
CELL_MAX = 32_767
_UNSEEN = " \u00a0\u3000\u200b\ufeff"


def write_xlsx(file: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a workbook of one sheet (Excel 文件) row by row; every text is a text cell.

    headings  are all different
    """
    records = (dict(zip(headings, map(_fitting, row), strict=True)) for row in rows)
    FastExcel(file).sheet("list", records).save()  # type: ignore[arg-type]  # any binary file


def _fitting(cell: Cell) -> Cell:
    """Return a cell as a workbook takes it (单元格长度上限): what is longer is cut, and says so."""
    if isinstance(cell, str) and len(cell) > CELL_MAX:
        return f"{cell[: CELL_MAX - 1]}…"
    return cell


def write_csv(file: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a CSV (CSV 文件) with a BOM; a cell that a spreadsheet would run gets an apostrophe."""
    file.write(b"\xef\xbb\xbf")
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow([inert(heading) for heading in headings])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    text.detach()


def inert(cell: Cell) -> Cell:
    """Return a cell of a CSV so that it is read as text (防公式注入); numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    seen = cell.lstrip(_UNSEEN)
    return f"'{cell}" if cell[:1] in _RUNNING or seen[:1] in _RUNNING else cell
