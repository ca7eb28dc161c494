"""Whatever comes in as a sheet, the process that asked lives on and the refusal names the cause."""

from __future__ import annotations

import csv
import io
import os
import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.exchange.bombs import BOMBS, shared, sheet_naming_a_string, with_strings, workbook

from openlot.exchange.tables import read_table
from openlot.kernel.errors import DomainError

RARE = "昇玥淏喆𠮷㐂〇鿃"
CELLS = st.text(
    st.one_of(
        st.sampled_from(RARE + "界首市东城街道饭店,;\t\"'\n（）·"),
        st.characters(codec="gb18030", exclude_categories=("C", "Z")),
    ),
    max_size=12,
)


@pytest.mark.parametrize("kind", sorted(BOMBS))
def test_every_bomb_dies_politely(kind: str):
    """Each is refused as a domain error that names the file, the cause and the mend; memory stays."""
    name, make, words = BOMBS[kind]
    data = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DomainError) as caught:
        read_table(data, name)
    said = caught.value.message + "".join(map(str, getattr(caught.value, "fields", {}).values()))
    assert words in said, said
    assert caught.value.status in (413, 422)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100_000, "kilobytes in the process that asked"


def test_the_child_has_limits_of_its_own():
    """What the pre-check cannot see, the child's limits end; this process keeps its own limits."""
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    name, make, _words = BOMBS["hidden corner"]
    with pytest.raises(DomainError):
        read_table(make(), name)
    assert os.getpid()


def test_the_harmless_twin_of_a_bomb_is_read():
    """The hand-made workbook of the bombs, without the harm, is a workbook: they die of the harm."""
    table = read_table(with_strings(shared(b"name"), sheet_naming_a_string(3)), "a.xlsx")
    assert table.headings == ["name"]
    assert list(table) == [(2, ["name"]), (3, ["name"])]


def test_a_sheet_that_begins_further_in_keeps_its_places():
    """Empty rows and columns before the first cell count: numbers are the sheet's own."""
    table = read_table(workbook({"B1": "名称", "B4": "甲店", "C4": "x"}), "a.xlsx")
    assert table.headings == ["", "名称", ""]
    assert list(table) == [(4, ["", "甲店", "x"])]
    assert list(table) == [(4, ["", "甲店", "x"])], "read again from the beginning"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@settings(max_examples=400)
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_csv_comes_back_as_it_went(encoding: str, rows: list[list[str]], reading):
    """400 random sheets in each of three encodings, rare characters among them, read the same."""
    stream = io.StringIO()
    csv.writer(stream).writerows([["名称", "代码", "备注"], *rows])
    assert reading(stream.getvalue().encode(encoding)) == [
        (n, row) for n, row in enumerate(rows, start=2) if any(row)
    ]


@pytest.fixture(scope="module")
def reading():
    """Return the child's own reading, in this process: a process per example would take an hour."""
    from openlot.exchange.table_child import csv_rows

    def read(data: bytes):
        rows = list(csv_rows(data))
        return [(n, row) for n, row in enumerate(rows[1:], start=2) if any(row)]

    return read


def test_the_child_reads_as_its_functions_do(reading):
    """The same rows through the child as through its functions, in both encodings."""
    text = '名称,代码\n昇玥淏喆𠮷,"a\nb"\n,\n甲,\'1\n'
    for encoding in ("utf-8", "gb18030"):
        data = text.encode(encoding)
        assert list(read_table(data, "a.csv")) == reading(data)
