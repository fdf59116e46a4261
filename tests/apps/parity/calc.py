"""The shared table of cases through the Calc add-in, in a workbook as Excel would have written it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from nrr_xl.calc import service
from nrr_xl.functions.worksheet import FUNCTIONS
from tests.apps.parity.rows import python
from tests.cases import OMITTED, Error, functions, same
from tests.cases.reference import answer as reference

# Rows of the sheets for each case: no range and no answer of the table is higher.
HEIGHT = 14
FORMULAS = {"#N/A": "NA()", "#DIV/0!": "1/0", "#VALUE!": '"x"+1', "#NUM!": "10^400"}


def answers(office, folder: Path, asked) -> dict[str, object]:
    """What Calc shows for each case."""
    path = folder / "calc.xlsx"
    places = write(path, asked)
    after = office.recalculate(path)
    found = {}
    for case, (height, width, top) in zip(asked, places, strict=True):
        rows = [
            [after.value("Answers", xl_rowcol_to_cell(top + row, column)) for column in range(width)]
            for row in range(height)
        ]
        found[case.name] = rows if isinstance(case.expected, list) else rows[0][0]
    return found


def expected(case):
    """What Calc can answer: it hands arguments over from the last to the first, and not all of their kinds.

    Returns the answer and the letter of the difference that explains it, "" where there is none.
    """
    stopped = next((stop for stop in map(stopping, reversed(case.arguments)) if stop), "")
    if stopped:
        answer, letter = stopped, "b" if stopped.startswith("Err") else "c"
    elif case.function not in functions():
        names = FUNCTIONS[case.function].arguments
        plain = [handed_over(cell, name) for cell, name in zip(case.arguments, names, strict=True)]
        answer = python(case.function, plain, lambda *cells: service.function(case.function, cells))
        letter = "a" if case.holds(bool) else "d"
    else:
        arguments = functions()[case.function]["arguments"]
        kinds = list(arguments.values())
        plain = [handed_over(cell, name) for cell, name in zip(case.arguments, arguments, strict=True)]
        answer, letter = reference(case.function, kinds, plain), "a" if case.holds(bool) else "d"
    if isinstance(case.expected, list) and not isinstance(answer, list):
        answer = [[answer for _ in row] for row in case.expected]
    if isinstance(answer, list) and not isinstance(case.expected, list):
        answer = answer[0][0]  # the formula stands in one cell
    return (answer, "") if same(answer, case.expected) else (answer, letter)


def stopping(argument) -> str:
    """The error that keeps Calc from calling the function at all, "" for an argument without one."""
    if isinstance(argument, list):
        return "Err:504" if any(isinstance(cell, Error) for row in argument for cell in row) else ""
    return argument if isinstance(argument, Error) else ""


def handed_over(cell, name: str):
    """An argument as the add-in gets it: TRUE as 1, and a lone blank as 0, so that a lone rate of 0 is none."""
    if isinstance(cell, list):
        return [[handed_over(each, "") for each in row] for row in cell]
    if cell is OMITTED:
        return None
    if isinstance(cell, bool):
        cell = float(cell)
    if cell is None and name:
        cell = 0.0
    return None if cell == 0.0 and name in ("rate", "rates", "scheme") else cell


def write(path: Path, asked) -> list[tuple[int, int, int]]:
    """Write the workbook; the height, width and top row of each case's answer."""
    places = []
    with xlsxwriter.Workbook(path) as book:
        cells, shown = book.add_worksheet("Cells"), book.add_worksheet("Answers")
        money = book.add_format({"num_format": "#,##0.00 [$€-407]"})
        for number, case in enumerate(asked):
            top, column, references = number * HEIGHT, 0, []
            for argument in case.arguments:
                if argument is OMITTED:
                    references.append("")
                    continue
                table = argument if isinstance(argument, list) else [[argument]]
                for row, line in enumerate(table):
                    for place, cell in enumerate(line):
                        put(cells, top + row, column + place, cell, money)
                area = xl_range(top, column, top + len(table) - 1, column + len(table[0]) - 1)
                references.append(
                    f"Cells!{area.partition(':')[0] if not isinstance(argument, list) else with_colon(area)}"
                )
                column += len(table[0])
            formula = f"={case.function}({','.join(references).rstrip(',')})"
            height, width = (len(case.expected), len(case.expected[0])) if isinstance(case.expected, list) else (1, 1)
            if (height, width) == (1, 1):
                shown.write_formula(top, 0, formula)
            else:
                shown.write_array_formula(top, 0, top + height - 1, width - 1, f"{{{formula}}}")
            places.append((height, width, top))
    return places


def with_colon(area: str) -> str:
    """A range of one cell as a range."""
    return area if ":" in area else f"{area}:{area}"


def put(sheet, row: int, column: int, cell, money) -> None:
    """Write a cell of any kind."""
    if isinstance(cell, Error):
        # An error is the result of a formula: a cell cannot hold one as a value.
        sheet.write_formula(row, column, f"={FORMULAS.get(cell, cell)}", value=str(cell))
    elif cell == "":
        sheet.write_formula(row, column, '=""', value="")
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, Decimal):
        sheet.write_number(row, column, float(cell), money)
    elif cell is not None:
        sheet.write_number(row, column, cell)
