"""No percentage of a report is a constant unawares: a formula, a blue input, a chart's line, or headed as written."""

from __future__ import annotations

import openpyxl
import pytest

import nrr_xl
from nrr_xl.workbook.texts import texts
from tests.workbook import cubes


def typed_percentages(sheet) -> list[str]:
    """The constant percentages that are no inputs (blue) and no line at 100 %."""
    return [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "n"
        and cell.value not in (None, 1)
        and "%" in cell.number_format
        and not (cell.font.color and cell.font.color.rgb == "FF0000FF")
    ]


def formulas(book) -> list[str]:
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return [cell.coordinate for cell in cells if cell.data_type == "f" and "%" in cell.number_format]


def heading(sheet, address: str, mark: str) -> bool:
    """Whether a row above says that what follows is as written."""
    rows = sheet.iter_rows(max_row=sheet[address].row, values_only=True)
    return any(isinstance(value, str) and mark in value for row in rows for value in row)


CUBE = cubes.ordinary()


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
@pytest.mark.parametrize("pack", ["diligence"])
def test_every_constant_percentage_is_headed_as_written(tmp_path, pack):
    path = nrr_xl.write_report(nrr_xl.analyse(CUBE), tmp_path / "report.xlsx", pack=pack)
    mark = texts()["live"]["written"].partition(":")[0]
    book = openpyxl.load_workbook(path)
    counted = {sheet.title: typed_percentages(sheet) for sheet in book}
    untold = {name: [at for at in found if not heading(book[name], at, mark)] for name, found in counted.items()}
    print({name: len(found) for name, found in counted.items() if found})
    assert {name: found for name, found in untold.items() if found} == {}
    assert sum(map(len, counted.values())) < len(formulas(book)) / 3
