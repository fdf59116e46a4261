"""A cell's XML is the one that XlsxWriter writes, of every kind, and what it treats apart is left to it."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from nrr_xl.workbook.onecell import ERRORS, cell_xml, formula_cell

FORMULAS = ["=A1+1", '=IF(A1<B1,"<&>\'",SUM(A1:A9))', "=AND(ROW(A1)>1,COLUMN(B2)=2)", "A1"]
VALUES = [1, 1.0, 0.1, 1e22, -5e-324, 123456789.123, True, False, "", "text & <more>", "TRUE", *sorted(ERRORS)]


@pytest.fixture
def sheet():
    book = xlsxwriter.Workbook(io.BytesIO())
    made = book.add_worksheet()
    made.look = book.add_format({"bold": True})
    made.fh = io.StringIO()
    yield made
    made.fh = None
    book.close()


def of_xlsxwriter(sheet, row, col):
    sheet.fh.seek(0)
    sheet.fh.truncate()
    Worksheet._write_cell(sheet, row, col, sheet.table[row][col])
    return sheet.fh.getvalue()


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_kept_and_written_as_by_xlsxwriter(sheet, formula, value):
    sheet.write_formula(4, 28, formula, sheet.look, value)
    assert formula_cell(formula, sheet.look, value) == sheet.table[4][28]
    assert cell_xml(4, 28, sheet.table[4][28]) == of_xlsxwriter(sheet, 4, 28)


@pytest.mark.parametrize("value", [*VALUES[:6], "a text", None])
def test_a_value_is_written_as_by_xlsxwriter(sheet, value):
    sheet.write(99, 3, value, sheet.look)
    assert cell_xml(99, 3, sheet.table[99][3]) == of_xlsxwriter(sheet, 99, 3)


@pytest.mark.parametrize(
    "formula", ["=UNIQUE(A1:A9)", "=_xlfn._xlws.FILTER(A1:A9,B1:B9)", "=1+XLOOKUP(1,A:A,B:B)", "={SUM(A1:A2)}", "="]
)
def test_what_xlsxwriter_writes_in_another_way_is_left_to_it(formula):
    assert formula_cell(formula, None, 0) is None


def test_a_cell_without_a_format_may_have_that_of_its_row(sheet):
    sheet.write_number(1, 1, 5)
    assert cell_xml(1, 1, sheet.table[1][1]) is None
