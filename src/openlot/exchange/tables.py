"""Reading a table out of a file that nobody vouches for (读取表格文件)."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from openlot.kernel.errors import Invalid, TooLarge

ENTRY_LIMIT = 2_000
UNPACKED_LIMIT = 300 * 1024 * 1024
RATIO_LIMIT = 100
CHILD_SECONDS = 60

NOT_A_WORKBOOK = _("%(name)s 不是可读取的 Excel 工作簿（.xlsx），请另存为 .xlsx 或 CSV 后再导入")
BOMB = _("%(name)s 解压后过大，疑似异常文件，已拒绝")
WRONG_ENCODING = _("%(name)s 的文字编码无法识别，请另存为 UTF-8 或 GB18030 编码的 CSV")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the sheet has it (表格): headings of row 1, then (row number, cells)."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(data: bytes, filename: str) -> Table:
    """Read an XLSX or CSV file (读取表格).

    raises    Invalid for what is no table, TooLarge for what unpacks to too much
    """
    if data[:4] == b"PK\x03\x04":
        cells = _read_workbook(data, filename)
    elif filename.lower().endswith((".xls", ".xlsx", ".ods")) or data[:4] == b"\xd0\xcf\x11\xe0":
        raise Invalid(NOT_A_WORKBOOK, name=filename)
    else:
        cells = _read_csv(data, filename)
    if not cells or not any(cells[0]):
        raise Invalid(_("%(name)s 没有标题行，请在第 1 行写明各列名称"), name=filename)
    rows = [(number, row) for number, row in enumerate(cells[1:], start=2) if any(row)]
    return Table([heading.strip() for heading in cells[0]], rows)


def _read_csv(data: bytes, filename: str) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return _rows_of(text, filename)
    raise Invalid(WRONG_ENCODING, name=filename)


def _rows_of(text: str, filename: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Invalid(
            _("%(name)s 的引号或分隔符有误：%(reason)s"), name=filename, reason=str(error)
        ) from error


def _read_workbook(data: bytes, filename: str) -> list[list[str]]:
    _scan(data, filename)
    try:
        done = subprocess.run(  # our own module in a child with its own limits
            [sys.executable, "-m", "openlot.exchange.workbook_child"],
            input=data,
            capture_output=True,
            timeout=CHILD_SECONDS * 2,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooLarge(BOMB, name=filename) from None
    if done.returncode == 3:
        raise TooLarge(BOMB, name=filename)
    if done.returncode != 0:
        raise Invalid(NOT_A_WORKBOOK, name=filename)
    cells: list[list[str]] = json.loads(done.stdout)
    return cells


def _scan(data: bytes, filename: str) -> None:
    """Refuse a bomb before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            encrypted = any(entry.flag_bits & 1 for entry in entries)
    except zipfile.BadZipFile as error:
        raise Invalid(NOT_A_WORKBOOK, name=filename) from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > ENTRY_LIMIT or unpacked > UNPACKED_LIMIT:
        raise TooLarge(BOMB, name=filename)
    if unpacked > 1024 * 1024 and unpacked / packed > RATIO_LIMIT:
        raise TooLarge(BOMB, name=filename)
    if encrypted or "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Invalid(NOT_A_WORKBOOK, name=filename)
