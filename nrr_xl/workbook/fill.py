"""Put revenue rows into a template that its owners have restyled: the table grows, all else stays byte for byte.

Only the sheet with the table, the two facts of its settings and the values of formulas are written. These are what
Python has for the new rows, where the template's own formulas are as they were made; else the workbook holds none and
is calculated when it is opened.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.files import written_whole
from nrr_xl.periods import year_month
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.files.edited import check_edited
from nrr_xl.workbook.onecell import escape
from nrr_xl.workbook.parts import Parts, Rows
from nrr_xl.workbook.template.example import EXAMPLE
from nrr_xl.workbook.template.layout import MONTHS, TABLE_COLUMNS
from nrr_xl.workbook.template.page import serial
from nrr_xl.workbook.template.refreshed import refresh
from nrr_xl.workbook.template.table import Table, address_of, find_table

Lines = list[tuple[str, dt.date, float, str | None]]


def fill(
    template: str | os.PathLike[str],
    cube: RevenueCube,
    output: str | os.PathLike[str],
    *,
    segment: str | None = None,
    company: str | None = None,
    overwrite: bool = False,
) -> int:
    """Write `template` with the cube's rows in its table to `output`; return how many rows went in.

    Parameters
    ----------
    template : str or path
        A workbook with the template's table (named RevenueRows, or the only one with its columns).
    cube : RevenueCube
        Monthly amounts; those that are not 0 become rows.
    output : str or path
        Where to write; its ending must be the template's.
    segment : str, optional
        The cube's attribute for the Segment column; its first one by default.
    company : str, optional
        The company's name; without it, an example's name is taken out and any other one stays.

    Raises
    ------
    InputError
        If the template has no such table, or the rows do not fit.
    OutputError
        If `output` exists and may not be overwritten, or cannot be written.
    """
    template, output = Path(template), Path(output)
    if template.suffix.lower() != output.suffix.lower():
        raise InputError(f"{output} must end in {template.suffix}, as the template does.")
    lines = _lines(cube, segment)
    book = _opened(template)
    table = find_table(book, template)
    _require_room(book, table, cube, lines, template)
    facts = _facts(book, cube, company)
    _write(book, table, lines, facts, template)
    refresh(book, lines, len(cube.customers))
    with written_whole(output, overwrite, (template, cube.source.path or template)) as beside:
        book.write(beside)
    return len(lines)


def _lines(cube: RevenueCube, segment: str | None) -> Lines:
    """The cube's amounts other than 0 by month and customer, as the template's columns."""
    if cube.periods.step != 1:
        raise InputError("The template holds months, but the rows are by quarter or year. Give monthly rows.")
    if segment is None:
        segment = next(iter(cube.segments), None)
    elif segment not in cube.segments:
        known = ", ".join(cube.segments) or "none"
        raise InputError(f"The rows have no segment {segment!r}: choose from {known}.")
    ends = cube.periods.ends
    found: Lines = []
    for place, customer in np.argwhere(cube.amounts.T != 0).tolist():
        year, month = year_month(ends[place])
        label = None
        if segment is not None:
            attribute = cube.segments[segment]
            code = int(attribute.at(place)[customer])
            label = attribute.values[code] if code >= 0 else None
        found.append((cube.customers[customer], dt.date(year, month, 1), float(cube.amounts[customer, place]), label))
    return found


def _opened(template: Path) -> Parts:
    if not template.exists():
        raise InputError(f"{template} does not exist. Make a template with: nrr-xl template {template}")
    check_edited(template)
    try:
        return Parts.read(template)
    except Exception as broken:
        # zipfile and expat raise whatever comes of damaged bytes.
        raise InputError(f"{template} is not a workbook that can be filled: {broken}.") from None


def _require_room(book: Parts, table: Table, cube: RevenueCube, lines: Lines, template: Path) -> None:
    """The rows must fit the capacity of the template's workings, and the cells below the table must be free."""
    names = book.names()
    for name, size, what in (
        ("RowStatus", len(lines), "rows"),
        ("CustomerNames", len(cube.customers), "customers"),
    ):
        if name in names:
            first, last = re.findall(r"\d+", names[name])[-2:]
            room = int(last) - int(first) + 1
            if size > room:
                customers = max(len(cube.customers), -(-len(lines) // MONTHS))
                raise InputError(
                    f"{template} holds {room:,} {what}, but there are {size:,}."
                    f" Make a larger one: nrr-xl template OUT.xlsx --customers {customers}"
                )
    rows = _rows(book, table, template)
    last = table.top + len(lines)
    for row in range(table.bottom + 1, last + 1):
        for col in range(table.left, table.right + 1):
            if rows.holds(row, col):
                raise InputError(
                    f"{template}: {table.sheet}!{address_of(row, col)} stands in the way of the table, which grows"
                    f" to row {last}. Move it, for example beside the table."
                )


def _rows(book: Parts, table: Table, template: Path) -> Rows:
    try:
        return Rows(book.content[book.sheets[table.sheet]])
    except ValueError as odd:
        raise InputError(
            f"{template}: the sheet {table.sheet} is written in a way that cannot be filled ({odd})."
            " Save it once in Excel or LibreOffice."
        ) from None


def _write(book: Parts, table: Table, lines: Lines, facts: dict[tuple[str, int, int], Any], template: Path) -> None:
    """The lines into the table, and the facts of the settings into theirs; what ended with the table does again."""
    rows = _rows(book, table, template)
    filled = [table.columns.get(name.lower()) for name in TABLE_COLUMNS]
    computed = _computed(table, rows, {col for col in filled if col is not None})
    looks = {col: rows.style(table.top + 1, col) for col in range(table.left, table.right + 1)}
    for place in range(max(len(lines), table.bottom - table.top)):
        row = table.top + 1 + place
        values: dict[int | None, Any] = {}
        if place < len(lines):
            customer, day, amount, label = lines[place]
            values.update(computed.items())
            values.update(zip(filled, (customer, serial(day), amount, label), strict=True))
        for col, look in looks.items():
            rows.set(row, col, values.get(col), look if row > table.bottom else rows.style(row, col))
    book.content[book.sheets[table.sheet]] = rows.sheet()
    table.stretch(book, table.top + max(1, len(lines)))
    for (sheet, row, col), value in facts.items():
        part = book.sheets[sheet]
        cells = Rows(book.content[part])
        cells.set(row, col, value, cells.style(row, col))
        book.content[part] = cells.sheet()
    book.without("xl/calcChain.xml")


def _computed(table: Table, rows: Rows, filled: set[int]) -> dict[int, bytes]:
    """The formulas of the table's calculated columns; a column with anything else of its own cannot be kept."""
    formulas = {}
    for name, col in table.columns.items():
        if col in filled:
            continue
        if name in table.formulas:
            formulas[col] = escape(table.formulas[name]).encode()
        elif any(rows.holds(row, col) for row in range(table.top + 1, table.bottom + 1)):
            raise InputError(
                f"The table's column {table.spelt[name]!r} holds values of its own, which do not belong to the new"
                " rows. Make it a calculated column, or move it out of the table."
            )
    return formulas


def _facts(book: Parts, cube: RevenueCube, company: str | None) -> dict[tuple[str, int, int], Any]:
    """The company and the currency of the new rows, for the cells of those names; never those of the example."""
    found: dict[tuple[str, int, int], Any] = {}
    for name, value in (("Company", company), ("Currency", cube.currency or None)):
        place = book.place(name)
        if place is not None and (value or book.text(*place) == EXAMPLE[name.lower()]):
            found[place] = value
    return found
