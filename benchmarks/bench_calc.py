"""LibreOffice Calc: 5,000 cells of the add-in, each with its function, against the same rate as a native formula.

It needs LibreOffice with its Python bridge: run it from the top of the checkout as `python -m benchmarks.bench_calc`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import xlsxwriter

from nrr_xl.calc.build import build_extension
from nrr_xl.calc.engine import ENVIRONMENT
from nrr_xl.calc.install import environment
from tests.apps.office import Office

CELLS = 5_000
NATIVE = "=(A{row}+B{row}-C{row}-D{row})/A{row}"
FUNCTION = "=NRR(A{row},B{row},C{row},D{row})"


def write(path: Path, formula: str, array: bool = False) -> Path:
    """A workbook of 5,000 rows of amounts, each with its rate, or with one array formula for all."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(CELLS):
            sheet.write_row(row, 0, (1000 + row, 100, 20, 30))
            if not array:
                sheet.write_formula(row, 4, formula.format(row=row + 1))
        if array:
            sheet.write_array_formula(0, 4, CELLS - 1, 4, f"{{{formula}}}")
    return path


def main() -> None:
    """Print the seconds of one hard recalculation, the best of three, and each one's ratio to the native formula."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        extension = folder / "nrr_xl.oxt"
        extension.write_bytes(build_extension({ENVIRONMENT: environment()}))
        columns = ",".join(f"{letter}1:{letter}{CELLS}" for letter in "ABCD")
        books = {
            "native formula": write(folder / "native.xlsx", NATIVE),
            "5,000 cells of NRR": write(folder / "cells.xlsx", FUNCTION),
            "one array of NRR": write(folder / "array.xlsx", f"=NRR({columns})", array=True),
        }
        with Office([extension]) as office:
            seconds = {
                name: min(office.recalculate(path, formulas_only=True).seconds for _ in range(3))
                for name, path in books.items()
            }
    for name, spent in seconds.items():
        print(
            f"{name:<20} {spent:8.3f} s  {spent / seconds['native formula']:8.1f} x  {1e6 * spent / CELLS:8.1f} us/cell"
        )


if __name__ == "__main__":
    main()
