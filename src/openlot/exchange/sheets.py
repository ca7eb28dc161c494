"""Writing lists for offices (导出表格): text stays text, formulas never run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rustpy_xlsxwriter import FastExcel

Cell = str | int | None


def xlsx(headings: Sequence[str], rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    """Return a workbook of one sheet (Excel 文件)."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        records = (dict(zip(headings, row, strict=True)) for row in rows)
        FastExcel(str(path)).sheet(title, records).save()
        return path.read_bytes()


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV (CSV 文件) with a BOM; a cell that a spreadsheet would run gets an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(headings)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _inert(cell: Cell) -> Cell:
    return "'" + cell if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
