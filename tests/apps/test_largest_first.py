"""Of more customers than are printed the largest stand first, and those that are not printed have one row."""

from __future__ import annotations

import numpy as np
import pytest

import nrr_xl
from nrr_xl.workbook.report import write_report
from tests.apps import cached
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def test_the_largest_are_printed_and_the_others_have_one_row(office, tmp_path):
    cube = cubes.ordinary(260, 14)
    # Equal changes, whose order on Movers is that of the sheet.
    cube.amounts[:40, 1], cube.amounts[:40, 13] = 100.0 + np.arange(40), 150.0 + np.arange(40)
    path = write_report(nrr_xl.analyse(cube), tmp_path / "report.xlsx", pack="diligence")
    after = office.recalculate(path, formulas_only=True)
    assert cached.differences(path, after.cells) == []
    assert after.value("Summary", "A4").startswith("✓")
    told = {at: cell.value for (sheet, at), cell in after.cells.items() if sheet == "Customers"}
    (row,) = (at for at, value in told.items() if "not printed" in str(value))
    assert after.value("Customers", row) == "60 further customers, not printed"
    closing = after.value("Customers", row.replace("A", "F"))
    assert closing == pytest.approx(np.sort(cube.amounts[:, 13])[:60].sum())
    broken = office.recalculate(path, [("Customers", row.replace("A", "F"), 1.0)], formulas_only=True)
    assert broken.value("Summary", "A4")[0] != "✓"
