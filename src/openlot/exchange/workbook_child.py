"""The child that opens a workbook (读取工作簿的子进程): whatever happens, only it dies."""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime
from io import BytesIO

MEMORY_LIMIT = 1024**3
CPU_SECONDS = 60
CELL_LIMIT = 20_000_000
_REFERENCE = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"|<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')


def extent(sheet: bytes) -> tuple[int, int]:
    """Return the rows and columns that a sheet's cells span (单元格范围)."""
    rows = columns = 0
    for found in _REFERENCE.finditer(sheet):
        letters, digits = (found[1], found[2]) if found[1] else (found[3], found[4])
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        rows, columns = max(rows, int(digits)), max(columns, column)
    return rows, columns


def text(value: object) -> str:
    """Return a cell as text (单元格文本): dates in ISO form, whole numbers without a point."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def main() -> int:
    """Read a workbook from standard input and write its first sheet as JSON: 3 for a bomb."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                rows, columns = extent(archive.read(name))
                if rows * columns > CELL_LIMIT:
                    return 3
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  # only after the limits are set

    sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
    cells = [[text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    json.dump(cells, sys.stdout, ensure_ascii=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
