"""Files that mean harm, or are just not what they say: made here, none is kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl

_CONTENT = b"http://schemas.openxmlformats.org/package/2006/content-types"
TYPES = (
    b'<?xml version="1.0"?><Types xmlns="%s"><Default Extension="xml" '
    b'ContentType="application/xml"/><Default Extension="rels" ContentType='
    b'"application/vnd.openxmlformats-package.relationships+xml"/></Types>' % _CONTENT
)
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def archive(members: dict[str, bytes]) -> bytes:
    """Return a zip archive of members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return stream.getvalue()


def workbook(cells: dict[str, object] | None = None) -> bytes:
    """Return a good workbook with some cells."""
    book = openpyxl.Workbook()
    for place, value in (cells or {"A1": "名称", "A2": "甲店"}).items():
        book.active[place] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def changed(change: Callable[[str, bytes], bytes], added: dict[str, bytes] | None = None) -> bytes:
    """Return a good workbook with its members changed, and more of them."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as good:
        members = {name: change(name, good.read(name)) for name in good.namelist()}
    return archive({**members, **(added or {})})


def sheet_of(xml: bytes) -> bytes:
    """Return a workbook whose first sheet is this XML."""
    return changed(lambda name, data: xml if name == "xl/worksheets/sheet1.xml" else data)


def with_strings(strings: bytes, sheet: bytes) -> bytes:
    """Return a workbook of one sheet whose cells name shared strings."""
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = b"http://schemas.openxmlformats.org/package/2006/relationships"
    made = b"application/vnd.openxmlformats-officedocument.spreadsheetml."
    parts = {b"/xl/workbook.xml": b"sheet.main", b"/xl/worksheets/sheet1.xml": b"worksheet"}
    parts[b"/xl/sharedStrings.xml"] = b"sharedStrings"
    kinds = b"".join(
        b'<Override PartName="%s" ContentType="%s%s+xml"/>' % (name, made, kind)
        for name, kind in parts.items()
    )
    relations = {b"officeDocument": b"xl/workbook.xml"}
    inner = {b"worksheet": b"worksheets/sheet1.xml", b"sharedStrings": b"sharedStrings.xml"}

    def related(rows: dict[bytes, bytes]) -> bytes:
        links = b"".join(
            b'<Relationship Id="r%d" Type="%s/%s" Target="%s"/>' % (n, office, kind, to)
            for n, (kind, to) in enumerate(rows.items())
        )
        return HEAD + b'<Relationships xmlns="%s">%s</Relationships>' % (package, links)

    book = b'<workbook %s xmlns:r="%s"><sheets><sheet name="a" sheetId="1" r:id="r0"/></sheets>'
    return archive(
        {
            "[Content_Types].xml": TYPES.replace(b"</Types>", kinds + b"</Types>"),
            "_rels/.rels": related(relations),
            "xl/workbook.xml": HEAD + book % (MAIN, office) + b"</workbook>",
            "xl/_rels/workbook.xml.rels": related(inner),
            "xl/worksheets/sheet1.xml": sheet,
            "xl/sharedStrings.xml": strings,
        }
    )


def sheet_naming_a_string(n_rows: int) -> bytes:
    """Return a sheet whose every row names the first shared string."""
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, n_rows + 1)
    )
    return HEAD + b"<worksheet " + MAIN + b"><sheetData>" + rows + b"</sheetData></worksheet>"


def shared(text: bytes) -> bytes:
    """Return one shared string."""
    return HEAD + b"<sst " + MAIN + b"><si><t>" + text + b"</t></si></sst>"


def encrypted_member() -> bytes:
    """Return a workbook whose entries say that they are encrypted."""
    data = bytearray(workbook())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def billion_laughs() -> bytes:
    """Return a workbook whose shared strings grow a thousand millionfold."""
    levels = "".join(
        f'<!ENTITY l{n} "{"".join([f"&l{n - 1};"] * 10)}">' for n in range(1, 10)
    ).encode()
    strings = b'<!DOCTYPE sst [<!ENTITY l0 "lol">' + levels + b"]>"
    return with_strings(shared(b"&l9;").replace(HEAD, HEAD + strings), sheet_naming_a_string(2))


def long_strings() -> bytes:
    """Return a small file whose one long shared string stands in two hundred thousand cells."""
    return with_strings(shared(b"long " * 6_000), sheet_naming_a_string(200_000))


def hidden_corner() -> bytes:
    """Return a corner bomb whose cells carry a prefix and single quotes, which a scan may miss."""
    sheet = (
        HEAD
        + b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + b"<x:sheetData><x:row r='1'><x:c r='A1'><x:v>1</x:v></x:c></x:row>"
        + b"<x:row r='1048576'><x:c r='XFD1048576'><x:v>1</x:v></x:c></x:row>"
        + b"</x:sheetData></x:worksheet>"
    )
    return sheet_of(sheet)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)

# name of the file, its bytes, and words of the refusal that name the cause
BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip bomb": (
        "a.xlsx",
        lambda: sheet_of(b"0" * 100_000_000),
        "压缩比",
    ),
    "too much": (
        "a.xlsx",
        lambda: archive({f"xl/{n}.xml": bytes(65_000_000) for n in range(5)}),
        "300 MB",
    ),
    "too many entries": (
        "a.xlsx",
        lambda: archive({f"xl/{n}.xml": b"x" for n in range(2_001)}),
        "2000 个",
    ),
    "corner": ("a.xlsx", lambda: workbook({"A1": "a", "XFD1048576": "b"}), "2000 万格"),
    "hidden corner": ("a.xlsx", hidden_corner, "a.xlsx"),
    "billion laughs": ("a.xlsx", billion_laughs, "文档类型"),
    "long strings": ("a.xlsx", long_strings, "a.xlsx"),
    "encrypted members": ("a.xlsx", encrypted_member, "密码"),
    "encrypted": ("a.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "old workbook": ("a.xls", lambda: OLE + "Workbook".encode("utf-16-le"), ".xls"),
    "old workbook renamed": ("a.xlsx", lambda: OLE + b"Workbook", ".xls"),
    "open document": (
        "a.ods",
        lambda: archive(
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"x"}
        ),
        ".ods",
    ),
    "macros": ("a.xlsm", lambda: changed(lambda _n, d: d, {"xl/vbaProject.bin": b"x"}), "宏"),
    "macros inside": (
        "a.xlsx",
        lambda: archive(
            {"[Content_Types].xml": TYPES, "xl/workbook.xml": b"x", "xl/vbaProject.bin": b"x"}
        ),
        "宏",
    ),
    "binary workbook": (
        "a.xlsb",
        lambda: archive({"[Content_Types].xml": TYPES, "xl/workbook.bin": b"x"}),
        ".xlsb",
    ),
    "truncated": ("a.xlsx", lambda: workbook()[:-200], "损坏"),
    "something behind": ("a.xlsx", lambda: workbook() + b"<script>", "损坏"),
    "empty": ("a.xlsx", lambda: b"", "0 字节"),
    "not XML": ("a.xlsx", lambda: sheet_of(b"\x00\x01garbage<<<"), "a.xlsx"),
    "another archive": ("a.xlsx", lambda: archive({"a.txt": b"x"}), "不是表格"),
    "an absolute path": ("a.xlsx", lambda: archive({"/etc/passwd": b"x"}), "a.xlsx"),
    "a picture": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(40), "不是表格"),
    "a page": ("a.csv", lambda: b"<html><script>alert(1)</script></html>", "不是表格"),
    "a PDF": ("a.csv", lambda: b"%PDF-1.7\n", "不是表格"),
    "a CSV that says XLSX": ("a.xlsx", "名称,代码\n甲,1\n".encode, ".csv"),
    "UTF-16": ("a.csv", lambda: "名称,代码".encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": ("a.csv", lambda: "名称,代码".encode("utf-16-le"), "编码"),
    "cut UTF-8": ("a.csv", lambda: "名称,代码\n甲店,淏喆".encode()[:-1], "断开"),
    "cut GB18030": ("a.csv", lambda: "名称,代码\n甲店,昇".encode("gb18030")[:-1], "断开"),
    "mixed": (
        "a.csv",
        lambda: "名称,代码\n".encode("gb18030") + "界首市东城街道小吃店,1\n".encode(),
        "两种编码",
    ),
    "mixed the other way": (
        "a.csv",
        lambda: "界首市的企业名称,代码\n".encode() + "东城街道小吃店,1\n".encode("gb18030"),
        "两种编码",
    ),
    "noise": ("a.csv", lambda: bytes(range(128, 256)) * 4, "编码"),
    "an open quote": ("a.csv", '名称,代码\n"甲店,1\n'.encode, "引号"),
    "an endless cell": ("a.csv", lambda: b"a,b\n" + b"x" * 120_000 + b",1\n", "过长"),
    "an endless row": ("a.csv", lambda: b"a\n" + b"x,," * 900_000 + b"\n", "a.csv"),
    "no heading": ("a.csv", lambda: b",,\n1,2,3\n", "标题行"),
    "nothing but lines": ("a.csv", lambda: b"\n\n\n", "标题行"),
}
