"""The child that reads a sheet (读取表格的子进程): whatever happens, only it dies.

It imports nothing of the platform, reads the file from standard input and writes one JSON line
per row, ``[row number, [cells]]``; a refusal is exit status 4 with its cause on standard error.
"""

from __future__ import annotations

import csv
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO, StringIO

MEMORY_LIMIT = 1024**3
OUTPUT_LIMIT = 2 * 1024**3
CPU_SECONDS = 60
CELL_LIMIT = 20_000_000
CELL_TEXT_LIMIT = 32_767
ROW_TEXT_LIMIT = 1_000_000
COLUMN_LIMIT = 16_384
REFUSED = 4
MIXED_LETTERS = 4
_CHUNK = 8 * 1024 * 1024
_OVERLAP = 256
_REFERENCE = re.compile(rb'<(?:\w+:)?c [^<>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_LETTER = re.compile("[\u3400-\u9fff]")


class Refusal(Exception):
    """A file that is no table (拒收): cells, text, doctype, empty, encoding, utf16, cut, mixed, csv."""


def extent(chunks: Iterator[bytes]) -> tuple[int, int]:
    """Return the rows and columns that a sheet's cells span (单元格范围).

    raises    Refusal for a document type, which no sheet needs and a bomb of entities does
    """
    rows = columns = 0
    rest = b""
    for chunk in chunks:
        part = rest + chunk
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
            raise Refusal("doctype")
        places = _REFERENCE.findall(part)
        columns = max(columns, *map(_column, {letters for letters, _row in places}), 0)
        rows = max(rows, *map(int, {row for _letters, row in places}), 0)
        rest = part[-_OVERLAP:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def text(value: object) -> str:
    """Return a cell as text (单元格文本): dates in ISO form, whole numbers without a point."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def workbook_rows(data: bytes) -> Iterator[list[str]]:
    """Yield the rows of a workbook's first sheet (工作簿各行)."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml") and name.startswith("xl/"):
                with archive.open(name) as member:
                    rows, columns = extent(iter(lambda: member.read(_CHUNK), b""))
                if name.startswith("xl/worksheets/") and rows * columns > CELL_LIMIT:
                    raise Refusal("cells")
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  # only after the limits are set

    book = CalamineWorkbook.from_filelike(BytesIO(data))
    if not book.sheet_names:
        raise Refusal("empty")
    sheet = book.get_sheet_by_index(0)
    margin = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield margin + [text(value) for value in row]


def decoded(data: bytes) -> str:
    """Return the text of a CSV (解码): UTF-8, else GB18030, and nothing half and half."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refusal("utf16")
    if b"\x00" in data:
        raise Refusal("encoding")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if "end of data" in error.reason and error.start > 0:
            raise Refusal("cut") from error
    try:
        found = data.decode("gb18030")
    except UnicodeDecodeError as error:
        cut = "incomplete" in error.reason and not _utf8_lines(data)
        raise Refusal("cut" if cut else "mixed" if _utf8_lines(data) else "encoding") from error
    if _utf8_lines(data):
        raise Refusal("mixed")
    return found


def _utf8_lines(data: bytes) -> bool:
    """Say whether lines read as UTF-8 although the whole does not: two encodings in one file."""
    for line in data.splitlines():
        try:
            seen = line.decode()
        except UnicodeDecodeError:
            continue
        if len(_LETTER.findall(seen)) >= MIXED_LETTERS:
            return True
    return False


def csv_rows(data: bytes) -> Iterator[list[str]]:
    """Yield the rows of a CSV (CSV 各行): comma, tab or semicolon."""
    whole = decoded(data)
    first = whole.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    n_cells = 0
    try:
        for row in csv.reader(StringIO(whole, newline=""), delimiter=delimiter, strict=True):
            n_cells += len(row)
            if n_cells > CELL_LIMIT:
                raise Refusal("cells")
            yield row
    except csv.Error as error:
        raise Refusal("csv") from error


def write(rows: Iterator[list[str]]) -> None:
    """Write the rows that hold anything (输出各行), within what a cell and a row may hold."""
    encode = json.JSONEncoder(check_circular=False).encode
    for number, row in enumerate(rows, start=1):
        if not any(row) and number > 1:
            continue
        if sum(map(len, row)) > ROW_TEXT_LIMIT or max(map(len, row), default=0) > CELL_TEXT_LIMIT:
            raise Refusal("text")
        if len(row) > COLUMN_LIMIT:
            raise Refusal("cells")
        sys.stdout.write(f"{encode([number, row])}\n")


def main() -> int:
    """Read the file from standard input under limits and write its rows: 0, or 4 with a cause."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, OUTPUT_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        write(workbook_rows(data) if data[:4] == b"PK\x03\x04" else csv_rows(data))
    except Refusal as refusal:
        sys.stderr.write(str(refusal))
        return REFUSED
    except MemoryError:
        sys.stderr.write("memory")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
