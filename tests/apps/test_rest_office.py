"""A report that does not list every customer, recalculated: its checks hold, and no edit of it stays green."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

import nrr_xl
from nrr_xl.workbook.report import write_report
from tests.apps import cached
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def test_the_rows_of_many_hold_and_are_watched(office, tmp_path):
    analysis = nrr_xl.analyse(cubes.ordinary(500, 26))
    path = write_report(analysis, tmp_path / "full.xlsx", pack="full", most_customers=130)
    after = office.recalculate(path, formulas_only=True)
    assert cached.differences(path, after.cells) == []
    assert after.value("Summary", "A4").startswith("✓")
    path = write_report(analysis, tmp_path / "report.xlsx", most_customers=130)
    book = openpyxl.load_workbook(path, read_only=True)
    (row,) = (row for row in book["Customers"].iter_rows(min_row=10, max_row=10, values_only=True))
    last = book["Customers"].max_row
    book.close()
    for head, value in (
        ("Region", "EMEA!"),
        ("Opening", 7.0),
        ("Movement", "new"),
        ("Customers", 7.0),
        ("Jun 2023", 7.0),
    ):
        edit = ("Customers", f"{get_column_letter(row.index(head) + 1)}{last}", value)
        assert office.recalculate(path, [edit], formulas_only=True).value("Summary", "A4")[0] != "✓", head
