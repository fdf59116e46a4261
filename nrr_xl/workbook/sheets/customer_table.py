"""The Excel Table around the customers: headers that differ from each other, and what a new row is filled with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xlsxwriter.utility import xl_cell_to_rowcol

from nrr_xl.records import struct
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page, StreamColumn
from nrr_xl.workbook.frame import Report
from nrr_xl.workbook.headers import unique_headers

TABLE = "CustomerAmounts"


@struct()
class Bounds:
    """The row of the headers, the last row and column, and how many columns from the first hold texts."""

    header: int
    last_row: int
    last_col: int
    text_columns: int


def write(report: Report, page: Page, at: Bounds, labels: Sequence[str], columns: Sequence[StreamColumn]) -> None:
    """Declare the Table; `columns` are its first ones, whose formulas a new row gets as well."""
    names = unique_headers(labels)
    right, left = report.book.format("header"), report.book.format("header_left")
    looks = [left if col < at.text_columns else right for col in range(len(names))]
    headers = [{"header": name, "header_format": look} for name, look in zip(names, looks, strict=True)]
    calculated = {
        col: _calculated(column.formula(at.header + 1), names, at)
        for col, column in enumerate(columns)
        if column.formula
    }
    options = {"name": TABLE, "style": None, "columns": headers}
    page.sheet.add_long_table(at.header, 0, at.last_row, at.last_col, options, calculated)


def _calculated(formula: str, names: Sequence[str], at: Bounds) -> str:
    """A formula of the first row as Excel fills it in a new one: by the Table's headers."""
    first = at.header + 2

    def header(column: str) -> str:
        return "[" + re.sub(r"(['\[\]#])", r"'\1", names[xl_cell_to_rowcol(f"{column}1")[1]]) + "]"

    def here(found: re.Match[str]) -> str:
        start, end = found[1], found[2]
        return f"{TABLE}[[#This Row],{header(start)}{f':{header(end)}' if end else ''}]"

    everyone = fx.block(at.header + 1, 0, at.last_row, 0)
    rowwise = re.sub(rf"\$([A-Z]+){first}(?::\$([A-Z]+){first})?\b", here, formula)
    return rowwise.replace(everyone, f"{TABLE}{header('A')}")
