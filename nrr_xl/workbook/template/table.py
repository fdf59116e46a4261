"""The table of a template, wherever its owners have moved it: where it stands, its columns, and how it grows."""

from __future__ import annotations

import re
from pathlib import Path

from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

from nrr_xl.errors import InputError
from nrr_xl.records import struct
from nrr_xl.workbook.parts import MAIN, Parts
from nrr_xl.workbook.template.layout import TABLE, TABLE_COLUMNS

_AREAS = re.compile(rb'(\bsqref="|<xm:sqref>)([^"<]+)')
_AREA = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")
_NAMES = re.compile(rb"<definedName\b([^>]*)>([^<]*)</definedName>")


@struct()
class Table:
    """An Excel Table: its sheet and part, its ends, and its columns (from 0) in lower case."""

    sheet: str
    part: str
    name: str
    ref: str
    columns: dict[str, int]
    spelt: dict[str, str]
    formulas: dict[str, str]
    with_totals: bool

    @property
    def _ends(self) -> tuple[tuple[int, int], tuple[int, int]]:
        first, _, last = self.ref.partition(":")
        return xl_cell_to_rowcol(first), xl_cell_to_rowcol(last or first)

    @property
    def top(self) -> int:
        return self._ends[0][0] + 1

    @property
    def bottom(self) -> int:
        return self._ends[1][0] + 1

    @property
    def left(self) -> int:
        return self._ends[0][1]

    @property
    def right(self) -> int:
        return self._ends[1][1]

    def stretch(self, book: Parts, last: int) -> None:
        """Let the table end with a row, and with it the validations, formats and print area that ended with it."""
        left, right, top = xl_col_to_name(self.left), xl_col_to_name(self.right), self.top
        new = f"{left}{top}:{right}{last}".encode()
        book.content[self.part] = book.content[self.part].replace(
            b'ref="' + self.ref.encode() + b'"', b'ref="' + new + b'"'
        )
        if last == self.bottom:
            return
        part = book.sheets[self.sheet]
        book.content[part] = _AREAS.sub(lambda match: match[1] + self._stretched(match[2], last), book.content[part])
        sheets = [sheet.get("name") for sheet in book.tree("xl/workbook.xml").iter(f"{MAIN}sheet")]
        number = sheets.index(self.sheet)

        def printed(match: re.Match[bytes]) -> bytes:
            attributes = match[1]
            if b"_xlnm.Print_Area" not in attributes or b'localSheetId="%d"' % number not in attributes:
                return match[0]
            old, ends = str(self.bottom).encode(), str(last).encode()
            area = re.sub(rb"(?<=\$)" + old + rb"\b", ends, match[2])
            return b"<definedName" + attributes + b">" + area + b"</definedName>"

        book.content["xl/workbook.xml"] = _NAMES.sub(printed, book.content["xl/workbook.xml"])

    def _stretched(self, areas: bytes, last: int) -> bytes:
        """Those of some areas that lie within the table's columns and end with it, ending with another row."""

        def one(match: re.Match[str]) -> str:
            row, first = xl_cell_to_rowcol(match[1] + match[2])
            end, final = xl_cell_to_rowcol(match[3] + match[4])
            inside = self.left <= first and final <= self.right
            if inside and end + 1 == self.bottom and row + 1 < self.bottom:
                return f"{match[1]}{match[2]}:{match[3]}{last}"
            return match[0]

        return _AREA.sub(one, areas.decode()).encode()


def find_table(book: Parts, template: Path) -> Table:
    """The table to fill: the one of the template's name, or else the only one with its columns."""
    tables = [
        _table(book, sheet, part)
        for sheet, holder in book.sheets.items()
        for _, part in book.related(holder)
        if "/tables/" in part
    ]
    named = [table for table in tables if table.name == TABLE]
    wanted = {name.lower() for name in TABLE_COLUMNS[:3]}
    alike = [table for table in tables if wanted <= set(table.columns)]
    if not named and len(alike) != 1:
        count = f"{len(alike)} such tables" if alike else "no such table"
        raise InputError(
            f"{template} must have one Excel table named {TABLE}, or one with the columns"
            f" {', '.join(TABLE_COLUMNS[:3])}; it has {count}."
        )
    table = (named or alike)[0]
    missing = wanted - set(table.columns)
    if missing:
        raise InputError(f"{template}: the table {table.name} has no column {', '.join(sorted(missing))}.")
    if table.with_totals:
        raise InputError(f"{template}: turn off the total row of the table {table.name}; rows are added below it.")
    return table


def _table(book: Parts, sheet: str, part: str) -> Table:
    tree = book.tree(part)
    ref = tree.get("ref") or "A1"
    left = xl_cell_to_rowcol(ref.partition(":")[0])[1]
    columns, spelt, formulas = {}, {}, {}
    for place, column in enumerate(tree.iter(f"{MAIN}tableColumn"), left):
        name = column.get("name") or ""
        columns[name.lower()], spelt[name.lower()] = place, name
        formula = column.find(f"{MAIN}calculatedColumnFormula")
        if formula is not None:
            formulas[name.lower()] = formula.text or ""
    totals = bool(int(tree.get("totalsRowCount") or 0))
    return Table(sheet, part, tree.get("displayName") or "", ref, columns, spelt, formulas, totals)


def address_of(row: int, col: int) -> str:
    """An address, its row counted from 1 and its column from 0.

    >>> address_of(7, 0)
    'A7'
    """
    return f"{xl_col_to_name(col)}{row}"
