"""A report added to a workbook of one's own: valid, its values there before any recalculation, the others kept."""

from __future__ import annotations

import openpyxl
import pytest
import xlsxwriter

import nrr_xl
from nrr_xl.workbook.into import write_into
from tests.apps import cached, lint
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.mark.parametrize("pack", ["board", "diligence"])
def test_into_a_workbook_of_ones_own(pack, tmp_path, office, validate):
    path = tmp_path / "model.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Mine")
        sheet.write("A1", 20)
        sheet.write_formula("A2", "=A1+1", None, 21)
        sheet.write_formula("A3", '="a"&A1', None, "a20")
    for _ in range(2):
        write_into(nrr_xl.analyse(cubes.ordinary()), path, pack=pack)
    assert lint.findings(path) == []
    assert validate(path) == []
    after = office.recalculate(path, formulas_only=True)
    formulas = {place: cell for place, cell in after.cells.items() if "#DIV/0!" not in (cell.formula or "")}
    assert cached.differences(path, formulas) == []
    mine = openpyxl.load_workbook(path, data_only=True)["Mine"]
    assert (mine["A2"].value, mine["A3"].value) == (21, "a20")
