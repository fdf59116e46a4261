"""IronCalc as a second spreadsheet engine: unlike LibreOffice it knows LAMBDA names, LET and spilling formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.apps.cell import Cell, Cells

ERROR = re.compile(r"#(NAME\?|REF!|VALUE!|DIV/0!|N/A|NUM!|NULL!|SPILL!|CALC!|CIRC!|ERROR!|N/IMPL!?)")


def evaluate(path: str | Path, formulas: Iterable[str] = ()) -> tuple[Cells, list[Cell]]:
    """Load and evaluate a workbook: its formula cells, and the results of further `formulas` ("=NRR(1000,100,50,50)").

    The further formulas go one by one into a sheet of their own, where they see the workbook's names.
    """
    import ironcalc

    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    names = [sheet["name"] for sheet in model.get_worksheets_properties()]
    model.add_sheet("Evaluated here")
    asked = list(formulas)
    for row, formula in enumerate(asked, 1):
        # Far apart, so that a spilling result meets no other one.
        model.set_user_input(len(names), 1 + (row - 1) * 1000, 1, formula)
    model.evaluate()
    cells: Cells = {}
    for sheet, row, column in model.get_all_cells():
        if sheet < len(names) and model.get_cell_formula(sheet, row, column):
            address = f"{ironcalc.column_name_from_number(column)}{row}"
            cells[names[sheet], address] = _cell(model, sheet, row, column)
    return cells, [_cell(model, len(names), 1 + row * 1000, 1) for row in range(len(asked))]


def _cell(model, sheet: int, row: int, column: int) -> Cell:
    formula = (model.get_cell_formula(sheet, row, column) or "").lstrip("=")
    value = model.get_cell_value(sheet, row, column)
    if isinstance(value, str) and ERROR.fullmatch(value):
        return Cell(formula, None, value)
    return Cell(formula, float(value) if isinstance(value, bool | int) else value)
