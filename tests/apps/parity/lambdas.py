"""The shared table of cases through the LAMBDA names and through the same formulas without a name, in IronCalc."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

import nrr_xl.functions.catalogue  # noqa: F401 - declares them
from nrr_xl.functions.worksheet import FUNCTIONS
from nrr_xl.metrics import METRICS
from nrr_xl.workbook.lambdas import WORDED, guarded, lambda_names, parameters
from tests.cases import OMITTED, Error

# Rows of the sheet for each case: no range of the table is higher.
HEIGHT = 7
KEYS = dict(zip((name.name for name in lambda_names()), (*METRICS, *WORDED), strict=True))
# A worksheet argument's name where a worksheet reserves the catalogue's.
PARAMETERS = {"new": "new_amount"}


def expected(case):
    """What IronCalc can answer, and the letter of the difference: #DIV/0! for a power that no number can hold."""
    if case.function != "NRR_ANNUALIZE":
        return case.expected, ""
    rate = case.arguments[0]
    if not isinstance(case.expected, list):
        return ("#DIV/0!", "e") if (rate, case.expected) == (1e308, "#NUM!") else (case.expected, "")
    shown = (
        [
            ["#DIV/0!" if (line, cell) == ([1e308], "#NUM!") else cell for cell in row]
            for line, row in zip(rate, case.expected, strict=True)
        ]
        if isinstance(rate, list) and len(rate) == len(case.expected)
        else case.expected
    )
    return shown, "e" if shown != case.expected else ""


class Sheet:
    """The cells of every case below one another, and formulas over them on a second sheet."""

    def __init__(self, path):
        self.path = path
        self.book = xlsxwriter.Workbook(path)
        self.cells = self.book.add_worksheet("Cells")
        self.book.add_worksheet("Answers")
        for name in lambda_names():
            self.book.define_name(name.name, name.formula)

    def put(self, number: int, case) -> list[str]:
        """Write a case's arguments; a reference to each, or the argument itself where it stands alone."""
        column, references = 0, []
        for argument in case.arguments:
            if argument is OMITTED:
                continue
            table = argument if isinstance(argument, list) else [[argument]]
            top = number * HEIGHT
            for row, cells in enumerate(table):
                for place, cell in enumerate(cells):
                    self.write(top + row, column + place, cell)
            first, last = (
                xl_rowcol_to_cell(top, column),
                xl_range(top, column, top + len(table) - 1, column + len(table[0]) - 1),
            )
            references.append(f"Cells!{first if len(table) * len(table[0]) == 1 else last}")
            column += len(table[0])
        return references

    def write(self, row: int, column: int, cell) -> None:
        if isinstance(cell, Error):
            # An error is the result of a formula: a cell cannot hold one as a value.
            self.cells.write_formula(row, column, f"={cell}", value=str(cell))
        elif cell == "":
            self.cells.write_formula(row, column, '=""', value="")
        elif isinstance(cell, bool):
            self.cells.write_boolean(row, column, cell)
        elif isinstance(cell, str):
            self.cells.write_string(row, column, cell)
        elif cell is not None:
            self.cells.write_number(row, column, float(cell) if isinstance(cell, Decimal) else cell)

    def evaluate(self, formulas: list[str]) -> list:
        """What each formula spills, each in rows of its own."""
        import ironcalc

        self.book.close()
        model = ironcalc.load_from_xlsx(str(self.path), "en", "UTC", "en")
        for number, formula in enumerate(formulas):
            model.set_user_input(1, number * HEIGHT + 1, 1, formula)
        model.evaluate()
        spilled: dict[int, dict] = {}
        for sheet, row, column in model.get_all_cells():
            if sheet == 1:
                value = model.get_cell_value(1, row, column)
                if value not in (None, ""):
                    spilled.setdefault((row - 1) // HEIGHT, {})[(row - 1) % HEIGHT, column - 1] = value
        return [table(spilled.get(number, {})) for number in range(len(formulas))]


def table(found: dict):
    """Cells by their place as rows, or as the one cell that there is."""
    if set(found) == {(0, 0)}:
        return found[0, 0]
    height, width = (1 + max((place[axis] for place in found), default=-1) for axis in (0, 1))
    return [[found.get((row, column)) for column in range(width)] for row in range(height)]


def answers(folder: Path, asked) -> tuple[dict[str, object], dict[str, object]]:
    """What the LAMBDA names, and the formulas without them, answer to each case."""
    sheet = Sheet(folder / "cases.xlsx")
    by_name, bare = [], []
    for number, case in enumerate(asked):
        references = sheet.put(number, case)
        by_name.append(f"={case.function}({','.join(references)})")
        bare.append("=" + formula(case.function, references))
    found = sheet.evaluate(by_name + bare)
    names = [case.name for case in asked]
    return dict(zip(names, found, strict=False)), dict(zip(names, found[len(names) :], strict=True))


def formula(function: str, references: list[str]) -> str:
    """The function as a native formula over references; what is omitted is 0, or no word."""
    key = KEYS[function]
    given = dict(zip(FUNCTIONS[function].arguments, references, strict=False))
    _, required, optional = parameters(key)
    asked = {
        name: given.get(PARAMETERS.get(name, name), '""' if name == "scheme" else "0")
        for name in (*required, *optional)
    }
    return guarded(key, asked).replace("_xlfn.", "").replace("_xlpm.", "")
