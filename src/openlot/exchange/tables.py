"""Reading a table out of a file that nobody vouches for (读取表格文件)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.exchange.table_child import CPU_SECONDS, REFUSED
from openlot.kernel.archives import Archive, Refused, look_into
from openlot.kernel.errors import Invalid, TooLarge
from openlot.kernel.uploads import Accept, receive

WALL_SECONDS = 10 * CPU_SECONDS  # the processor is what is limited; others may want it too
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_FOREIGN = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"{\\rtf", b"<", b"PK\x05\x06")

NOT_A_WORKBOOK = _("%(name)s 不是可读取的 Excel 工作簿（.xlsx），请另存为 .xlsx 或 CSV 后再导入")
CAUSES: dict[str, str | Promise] = {
    "broken": _("%(name)s 不完整或已损坏，请在 Excel 中打开并重新保存为 .xlsx 后再导入"),
    "path": NOT_A_WORKBOOK,
    "encrypted": _("%(name)s 设有打开密码，请在 Excel 中取消密码后再导入"),
    "macros": _("%(name)s 含有宏，请另存为不含宏的 .xlsx 后再导入"),
    "xls": _("%(name)s 是旧版 Excel（.xls）文件，请在 Excel 中另存为 .xlsx 后再导入"),
    "xlsb": _("%(name)s 是二进制工作簿（.xlsb），请在 Excel 中另存为 .xlsx 后再导入"),
    "ods": _("%(name)s 是 OpenDocument（.ods）表格，请另存为 .xlsx 后再导入"),
    "foreign": _("%(name)s 不是表格文件，请选择 Excel（.xlsx）或 CSV 文件"),
    "named": _("%(name)s 的内容不是 Excel 工作簿，请核对文件；如为 CSV，请将扩展名改为 .csv"),
    "doctype": _("%(name)s 含有不应出现的文档类型声明，疑似恶意文件，已拒绝"),
    "empty": _("%(name)s 里没有工作表，请核对文件"),
    "encoding": _("%(name)s 的文字编码无法识别，请另存为 UTF-8 或 GB18030 编码的 CSV"),
    "utf16": _("%(name)s 是 UTF-16（Unicode 文本）编码，请另存为 CSV UTF-8 后再导入"),
    "cut": _("%(name)s 在文字中间断开，可能没有传完整，请重新导出后再导入"),
    "mixed": _("%(name)s 混用了 UTF-8 和 GB18030 两种编码，请统一另存为 CSV UTF-8 后再导入"),
    "csv": _("%(name)s 的引号或分隔符有误，请用 Excel 打开核对后另存为 CSV"),
}
TOO_LARGE: dict[str, str | Promise] = {
    "entries": _("%(name)s 压缩包内文件超过 2000 个，不是正常的工作簿，已拒绝"),
    "unpacked": _("%(name)s 解压后超过 300 MB，请拆成几个文件分别导入"),
    "ratio": _("%(name)s 压缩比超过 100 倍，疑似压缩炸弹，已拒绝"),
    "cells": _("%(name)s 的表格范围超过 2000 万格，请删去远处的空白格或拆分后再导入"),
    "text": _("%(name)s 有单元格或行的文字过长，请核对后再导入"),
    "memory": _("%(name)s 需要的内存超过上限，请拆成几个文件分别导入"),
    "time": _("%(name)s 读取超过一分钟，请拆成几个文件分别导入"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the sheet has it (表格): headings of row 1; iterating gives (row number, cells)."""

    headings: list[str]
    lines: IO[bytes]
    begin: int

    def __len__(self) -> int:
        self.lines.seek(self.begin)
        return sum(1 for _line in self.lines)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        self.lines.seek(self.begin)
        for line in self.lines:
            number, cells = json.loads(line)
            yield number, cells


def read_table(data: bytes, filename: str) -> Table:
    """Read an XLSX or CSV file (读取表格) in a child that has its own limits.

    raises    Invalid for what is no table, TooLarge for what is too much; both say how to mend it
    """
    file = receive(filename, data, Accept.TABLE, field="file")
    _check(data, file.name)
    lines = _read(data, file.name)
    first = lines.readline()
    headings = [str(cell).strip() for cell in json.loads(first)[1]] if first else []
    if not any(headings):
        raise Invalid(_("%(name)s 没有标题行，请在第 1 行写明各列名称"), name=file.name)
    return Table(headings, lines, len(first))


def _check(data: bytes, name: str) -> None:
    """Refuse, before anything is unpacked, what is certainly no table."""
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise _refusal("encrypted" if locked else "xls", name)
    if data.startswith(_ZIP):
        try:
            cause = _fault(look_into(data))
        except Refused as refused:
            raise _refusal(refused.cause, name) from refused
        if cause:
            raise _refusal(cause, name)
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_FOREIGN):
        raise _refusal("foreign", name)
    elif name.lower().endswith((".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".et")):
        raise _refusal("named", name)


def _fault(archive: Archive) -> str:
    if archive.has_macros:
        return "macros"
    if b"opendocument" in archive.mimetype:
        return "ods"
    if "xl/workbook.bin" in archive.names:
        return "xlsb"
    if not archive.content_types or "xl/workbook.xml" not in archive.names:
        return "foreign"
    return ""


def _read(data: bytes, name: str) -> IO[bytes]:
    """Return the rows that the child wrote, in a file that is gone when it is closed."""
    lines = tempfile.TemporaryFile()  # noqa: SIM115  # the table reads it on
    try:
        done = subprocess.run(  # our own module, with limits that it sets itself
            [sys.executable, "-m", "openlot.exchange.table_child"],
            input=data,
            stdout=lines,
            stderr=subprocess.PIPE,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _refusal("time", name) from None
    if done.returncode == REFUSED:
        raise _refusal(done.stderr.decode(errors="replace"), name)
    if done.returncode != 0:
        raise _refusal(_how_it_died(done.returncode, done.stderr), name)
    lines.seek(0)
    return lines


def _how_it_died(status: int, said: bytes) -> str:
    if status in (-24, -9):
        return "time"
    if status in (-6, -11, -7) or b"memory" in said or b"MemoryError" in said:
        return "memory"
    if status == -25 or b"File too large" in said:
        return "text"
    return "broken"


def _refusal(cause: str, name: str) -> Invalid | TooLarge:
    if cause in TOO_LARGE:
        return TooLarge(TOO_LARGE[cause], name=name)
    return Invalid(CAUSES.get(cause, NOT_A_WORKBOOK), name=name)
