"""Rows written as a stream are the cells that XlsxWriter writes one by one, and its private parts are where we lean."""

from __future__ import annotations

import errno
import gc
import inspect
import re
import zipfile

import numpy as np
import openpyxl
import pytest
import xlsxwriter.workbook
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.worksheet import Worksheet

import nrr_xl
from nrr_xl.errors import OutputError
from nrr_xl.workbook import bulk
from nrr_xl.workbook.book import Book
from nrr_xl.workbook.bulk import FastWorkbook, FastZip
from nrr_xl.workbook.cells import StreamColumn
from nrr_xl.workbook.theme import load_theme

from . import cubes

NAMES = ["a & b", "", "<c>", '"quoted" %s %d', "\ud83d", "x" * 40_000, "=1+1", " spaces "] * 9
NUMBERS = np.random.default_rng(1).choice(
    [0.0, 1.0, 0.1, 1234.56, 1e16, 1e22, 1e-7, 123456789.123, 5e-324, -2.5], (len(NAMES), 5)
)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 16)


def text_formula(row: int) -> str:
    return f'IF($E{row + 1}>0,"up & <away> 100%","")'


def book(path, streamed: bool):
    """A sheet of texts, numbers, formulas and a block, as a stream or cell by cell."""
    made = Book(str(path), load_theme())
    page = made.page("Rows")
    page.put(0, 0, "head", "header")
    words = ["up & <away> 100%" if value > 0 else "down" for value in NUMBERS[:, 0]]
    counts = np.arange(len(NAMES))
    columns = [
        StreamColumn(NAMES),
        StreamColumn(counts, "formula", "count", lambda row: f"ROW($A${row + 1})&1"),
        StreamColumn(words, "formula", "general", text_formula),
        StreamColumn(words, "formula", "general"),
    ]
    if streamed:
        page.stream(2, columns, 4, NUMBERS)
        columns = {"columns": [{"header": letter} for letter in "abcdefghi"]}
        page.sheet.add_long_table(1, 0, 1 + len(NAMES), 8, columns, {})
    else:
        page.column(2, 0, NAMES)
        for row in range(len(NAMES)):
            page.formula(row + 2, 1, f"ROW($A${row + 3})&1", int(counts[row]), "formula", "count")
            page.formula(row + 2, 2, text_formula(row + 2), words[row], "formula", "general")
            page.put(row + 2, 3, words[row], "formula", "general")
        page.numbers(2, 4, NUMBERS)
        page.sheet.add_table(1, 0, 1 + len(NAMES), 8, {"columns": [{"header": letter} for letter in "abcdefghi"]})
    made.close()
    return path


def cells(path, formulas: bool) -> list:
    sheet = openpyxl.load_workbook(path, data_only=not formulas)["Rows"]
    return [
        [(cell.value, cell.number_format, cell.font.color.rgb if cell.font.color else None) for cell in row]
        for row in sheet.iter_rows()
    ]


@pytest.mark.parametrize("orjson", [True, False])
def test_a_stream_writes_the_cells_that_are_written_one_by_one(tmp_path, monkeypatch, orjson):
    if not orjson:
        monkeypatch.setitem(__import__("sys").modules, "orjson", None)
    fast, plain = book(tmp_path / "fast.xlsx", True), book(tmp_path / "plain.xlsx", False)
    for formulas in (True, False):
        assert cells(fast, formulas) == cells(plain, formulas)
    with zipfile.ZipFile(fast) as one, zipfile.ZipFile(plain) as other:
        assert one.namelist() == other.namelist()
        table = "xl/tables/table1.xml"
        assert one.read(table) == other.read(table)


def test_numbers_are_the_same_texts_with_and_without_orjson(monkeypatch):
    pytest.importorskip("orjson")
    fast = bulk._texts(NUMBERS)
    monkeypatch.setitem(__import__("sys").modules, "orjson", None)
    assert fast == bulk._texts(NUMBERS)


def test_a_large_part_packed_fast_holds_the_same_bytes(tmp_path, monkeypatch):
    slow = book(tmp_path / "slow.xlsx", True)
    monkeypatch.setattr(bulk, "LARGE_PART", 1000)
    fast = book(tmp_path / "fast.xlsx", True)
    with zipfile.ZipFile(fast) as one, zipfile.ZipFile(slow) as other:
        assert one.testzip() is None
        assert {name: one.read(name) for name in one.namelist()} == {
            name: other.read(name) for name in other.namelist()
        }


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_other_cells_may_not_stand_in_streamed_rows(tmp_path):
    made = Book(str(tmp_path / "book.xlsx"), load_theme())
    page = made.page("Rows")
    page.stream(1, [StreamColumn(["a", "b"])], 1, np.ones((2, 2)))
    page.put(2, 7, "late")
    with pytest.raises(ValueError, match="streamed rows"):
        made.close()
    del made, page
    gc.collect()


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (Worksheet, "_write_rows", "self"),
        (Worksheet, "_write_cell", "self, row, col, cell"),
        (Worksheet, "_check_dimensions", "self, row, col, ignore_row, ignore_col"),
        (Worksheet, "_prepare_formula", "self, formula, expand_future_functions"),
        (FastWorkbook, "_store_workbook", "self"),
        (SharedStrings, "_write_sst_strings", "self"),
        (SharedStrings, "_write_si", "self, string"),
        (zipfile.ZipFile, "_open_to_write", "self, zinfo, force_zip64"),
    ],
)
def test_the_private_parts_are_as_they_were(owner, name, parameters):
    assert ", ".join(inspect.signature(getattr(owner, name)).parameters) == parameters


@pytest.mark.parametrize(
    "odd",
    [
        "a & b",
        "<r>x</r>",
        " led",
        "followed ",
        "two\nlines",
        "two \nlines",
        "_x0041_",
        "bell\x07",
        "\u00a0",
        "Łódź",
        "x_y",
    ],
)
def test_shared_texts_are_written_as_one_by_one(tmp_path, odd):
    def texts(workbook):
        sheet = workbook.add_worksheet()
        for row, text in enumerate(["plain", odd, "other"]):
            sheet.write_string(row, 0, text)
        workbook.close()
        with zipfile.ZipFile(workbook.filename) as parts:
            return parts.read("xl/sharedStrings.xml")

    assert texts(FastWorkbook(tmp_path / "fast.xlsx")) == texts(xlsxwriter.Workbook(tmp_path / "plain.xlsx"))


def test_parts_in_memory_and_on_disk_make_the_same_file(tmp_path, monkeypatch):
    kept = book(tmp_path / "memory.xlsx", True).read_bytes()
    monkeypatch.setattr(bulk, "IN_MEMORY", 0)
    assert book(tmp_path / "disk.xlsx", True).read_bytes() == kept


@pytest.mark.parametrize("small", [True, False])
def test_a_full_disk_is_one_line_and_leaves_no_file(tmp_path, monkeypatch, small):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FastZip, "writestr" if small else "write", full)
    monkeypatch.setattr(bulk, "IN_MEMORY", bulk.IN_MEMORY if small else 0)
    analysis = nrr_xl.analyse(cubes.ordinary(), months=12)
    with pytest.raises(OutputError, match="No space left on device") as caught:
        nrr_xl.write_report(analysis, tmp_path / "out.xlsx")
    assert "\n" not in str(caught.value) and not list(tmp_path.iterdir())


def test_the_workbook_is_packed_by_our_archive_and_by_no_other_afterwards(tmp_path):
    assert xlsxwriter.workbook.ZipFile is zipfile.ZipFile
    assert re.search(r"ZipFile\(", inspect.getsource(xlsxwriter.workbook.Workbook._store_workbook))
    book(tmp_path / "book.xlsx", True)
    assert xlsxwriter.workbook.ZipFile is zipfile.ZipFile
