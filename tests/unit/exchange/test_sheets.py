"""Register files as offices really send them, and the ones that mean harm."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

import openlot.ops.demo as demo
from openlot.exchange.sheets import write_csv, write_xlsx
from openlot.exchange.tables import read_table
from openlot.exchange.target_sheet import parse
from openlot.kernel.errors import Invalid, TooLarge

FIXTURE = Path(__file__).parent.parent.parent / "fixtures" / "targets-excerpt.csv"
with (Path(demo.__file__).parent / "regions-341282.csv").open(encoding="utf-8") as stream:
    REGIONS = {row["name"]: row["code"] for row in csv.DictReader(stream)}


def test_the_excerpt_is_read_row_by_row():
    """Every fault is found with the sheet's own row, and only faults are."""
    table = read_table(FIXTURE.read_bytes(), FIXTURE.name)
    sheet = parse(table, REGIONS)
    rows = list(sheet)
    assert sheet.n_rows == len(rows) + len(sheet.faults) == 300
    assert {f.code for f in sheet.faults} >= {
        "name_missing",
        "class_unknown",
        "region_unknown",
        "code_check",
    }
    by_number = dict(table)
    for fault in sheet.faults:
        cells = by_number[fault.row]
        if fault.code == "name_missing":
            assert not cells[1].strip()
        if fault.code == "class_unknown":
            assert cells[12] not in "ABCD"
        assert fault.mend
    statuses = {row.registration_status for row in rows}
    assert {"cancelled", "revoked", "moved_out"} & statuses
    assert any(row.name.startswith("=HYPERLINK") for row in rows)
    assert any(row.registration_no for row in rows)


@pytest.mark.parametrize(
    ("name", "good"), [("targets-sample-gb18030.csv", 4837), ("targets-sample.xlsx", 4838)]
)
def test_the_whole_samples(name: str, good: int):
    """The full samples, where they are at hand."""
    folder = os.environ.get("OPENLOT_SHARED")
    if folder is None:
        data = FIXTURE.read_bytes()
        assert list(parse(read_table(data, "x.csv"), REGIONS))
        return
    sheet = parse(read_table((Path(folder) / "data" / name).read_bytes(), name), REGIONS)
    assert len(list(sheet)) == good


def _sheet(*rows: list[str]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(
        [["备注", "名称", "信用代码", "主体类型", "登记状态", "乡镇街道", "成立日期"], *rows]
    )
    return stream.getvalue().encode()


def test_repeats_and_dates():
    """A repeated code names the first row; an impossible day names its column."""
    good = ["", "甲店", "92341282MA2TGX020N", "个体工商户", "在业", "光武镇", "2020-2-29"]
    data = _sheet(
        good,
        [*good[:1], "乙店", *good[2:]],
        [*good[:2], "91341282MA2TGX012Y", *good[3:6], "2021-02-29"],
    )
    sheet = parse(read_table(data, "x.csv"), REGIONS)
    assert [row.row for row in sheet] == [2]
    assert [(f.row, f.field, f.code) for f in sheet.faults] == [
        (3, "信用代码", "code_repeated"),
        (4, "成立日期", "date_impossible"),
    ]
    assert "2" in sheet.faults[0].message


def test_a_missing_column_is_named():
    """A sheet without a needed column is refused by the column's name."""
    with pytest.raises(Invalid) as caught:
        parse(read_table("名称\n甲\n".encode(), "x.csv"), REGIONS)
    assert "统一社会信用代码" in caught.value.message


def _workbook(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_bombs_die_politely():
    """A zip bomb, a corner bomb, a fake and an old workbook are refused in words."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "a", "b"
    corner = io.BytesIO()
    book.save(corner)
    with pytest.raises(TooLarge):
        read_table(corner.getvalue(), "corner.xlsx")
    bomb = _workbook(
        {
            "[Content_Types].xml": b"x",
            "xl/workbook.xml": b"x",
            "xl/worksheets/sheet1.xml": b"0" * 60_000_000,
        }
    )
    with pytest.raises(TooLarge):
        read_table(bomb, "bomb.xlsx")
    with pytest.raises(Invalid):
        read_table(_workbook({"a.txt": b"x"}), "fake.xlsx")
    with pytest.raises(Invalid):
        read_table(b"\xd0\xcf\x11\xe0old", "old.xls")
    with pytest.raises(Invalid):
        read_table("名称,代码".encode("utf-16"), "wide.csv")


def test_a_workbook_is_read_like_its_csv():
    """The same table as XLSX and CSV reads the same."""
    rows = [["名称", "信用代码"], ["甲店", "007"], ["", ""], ["乙店", "=1+1"]]
    stream = io.BytesIO()
    write_xlsx(stream, rows[0], rows[1:])
    table = read_table(stream.getvalue(), "x.xlsx")
    assert table.headings == rows[0]
    assert list(table) == [(2, ["甲店", "007"]), (4, ["乙店", "=1+1"])]


def test_exports_are_inert():
    """A cell that a spreadsheet would run is exported as text."""
    stream = io.BytesIO()
    write_csv(stream, ["a"], [["=1+1"]])
    assert b"'=1+1" in stream.getvalue()


@pytest.mark.parametrize(
    "text", ["x" * 40_000, "=1+1", "\x0b\x00\ufffe", "_x0041_", "\r\n", "长" * 32_767]
)
def test_any_text_is_a_cell_of_a_workbook(text: str):
    """Too long a word is cut and says so; nobody's long reason keeps the others from their export."""
    file = io.BytesIO()
    write_xlsx(file, ["a", "b"], iter([[text, 1]]))
    file.seek(0)
    cell = openpyxl.load_workbook(file)["list"]["A2"]
    assert cell.data_type == "s"
    assert len(cell.value) <= 32_767
    assert cell.value.endswith("…") == (len(text) > 32_767)
