"""Small sheets written as text, turned into real workbooks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import xlsxwriter

CURRENCY_FORMATS = {"€": "#,##0.00 [$€-407]", "$": '"$"#,##0.00'}


def cells_of(grid: str) -> list[list[str]]:
    """The cells of a text grid, by rows."""
    return [[cell.strip() for cell in line.split("|")] for line in grid.strip("\n").split("\n")]


def write_workbook(case: dict, path: Path) -> Path:
    """A case's grid as an .xlsx.

    A cell is a number if it looks like one; 'x is a text, d:2024-01-31 a date, %:0.12 a number shown as a percentage,
    €:10 a number shown in a currency, =... a formula without a value, #REF! an error, TRUE a boolean.
    """
    book = xlsxwriter.Workbook(str(path), {"date_1904": case.get("date_1904", False)})
    sheet = book.add_worksheet(case.get("sheet", "Revenue"))
    for row, cells in enumerate(cells_of(case["grid"])):
        for column, cell in enumerate(cells):
            _write(book, sheet, row, column, cell, case.get("text_only", False))
    for merge in case.get("merge", ()):
        sheet.merge_range(merge, "")
        first = merge.split(":")[0]
        row, column = xlsxwriter.utility.xl_cell_to_rowcol(first)
        _write(book, sheet, row, column, cells_of(case["grid"])[row][column], False)
    for row in case.get("hidden_rows", ()):
        sheet.set_row(row, None, None, {"hidden": True})
    for column in case.get("hidden_columns", ()):
        sheet.set_column(column, column, None, None, {"hidden": True})
    if "table" in case:
        top, left = xlsxwriter.utility.xl_cell_to_rowcol(case["table"].split(":")[0])
        _, right = xlsxwriter.utility.xl_cell_to_rowcol(case["table"].split(":")[1])
        headers = [{"header": text} for text in cells_of(case["grid"])[top][left : right + 1]]
        sheet.add_table(case["table"], {"columns": headers})
    if "defined_name" in case:
        first, last = case["defined_name"].split(":")
        book.define_name("revenue_rows", f"=Revenue!${first[0]}${first[1:]}:${last[0]}${last[1:]}")
    book.close()
    return path


def _write(book, sheet, row: int, column: int, cell: str, text_only: bool) -> None:
    if not cell:
        return
    kind, _, rest = cell.partition(":")
    if cell.startswith("'"):
        sheet.write_string(row, column, cell[1:])
    elif kind == "d" and rest:
        sheet.write_datetime(row, column, dt.datetime.fromisoformat(rest), book.add_format({"num_format": "mmm-yy"}))
    elif kind == "%" and rest:
        sheet.write_number(row, column, float(rest), book.add_format({"num_format": "0%"}))
    elif kind in CURRENCY_FORMATS and rest:
        sheet.write_number(row, column, float(rest), book.add_format({"num_format": CURRENCY_FORMATS[kind]}))
    elif cell.startswith("#"):
        sheet.write_formula(row, column, "=NA()", None, cell)
    elif cell in ("TRUE", "FALSE"):
        sheet.write_boolean(row, column, cell == "TRUE")
    elif cell.startswith("=") and not text_only:
        sheet.write_formula(row, column, cell, None, "")
    elif _is_number(cell):
        sheet.write_number(row, column, float(cell))
    else:
        sheet.write_string(row, column, cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
