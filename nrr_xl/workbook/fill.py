"""Put revenue rows into a template that its owners have restyled: the table grows, all else stays as it is.

openpyxl edits the workbook; what it would drop is found first and refused. It keeps no results of formulas, so the
filled workbook calculates when Excel or LibreOffice opens it, and shows no numbers to programs that do not calculate.
"""

from __future__ import annotations

import copy
import datetime as dt
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.files import written_whole
from nrr_xl.periods import year_month
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.files.edited import check_edited
from nrr_xl.workbook.losses import lost_between
from nrr_xl.workbook.template.example import EXAMPLE
from nrr_xl.workbook.template.layout import MONTHS, TABLE, TABLE_COLUMNS

Rows = list[tuple[str, dt.date, float, str | None]]
_FIXED = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


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
        If the template has no such table, something in it would be lost, or the rows do not fit.
    OutputError
        If `output` exists and may not be overwritten, or cannot be written.
    """
    template, output = Path(template), Path(output)
    if template.suffix.lower() != output.suffix.lower():
        raise InputError(f"{output} must end in {template.suffix}, as the template does.")
    rows = _rows(cube, segment)
    book = _load(template)
    try:
        sheet, table = _table(book, template)
        _require_room(book, sheet, table, cube, rows, template)
        _write(sheet, table, rows)
        _facts(book, cube, company)
        book.calculation.fullCalcOnLoad = True
        with written_whole(output, overwrite, (template, cube.source.path or template)) as beside:
            book.save(beside)
            _settle(beside)
            if lost := lost_between(template, beside):
                raise InputError(
                    f"{template} holds what filling would lose: {'; '.join(lost)}."
                    " Remove it from the template, or paste the rows into it by hand."
                )
    finally:
        if book.vba_archive:
            book.vba_archive.close()
    return len(rows)


def _rows(cube: RevenueCube, segment: str | None) -> Rows:
    """The cube's amounts other than 0 by month and customer, as the template's columns."""
    if cube.periods.step != 1:
        raise InputError("The template holds months, but the rows are by quarter or year. Give monthly rows.")
    if segment is None:
        segment = next(iter(cube.segments), None)
    elif segment not in cube.segments:
        known = ", ".join(cube.segments) or "none"
        raise InputError(f"The rows have no segment {segment!r}: choose from {known}.")
    ends = cube.periods.ends
    found: Rows = []
    for place, customer in np.argwhere(cube.amounts.T != 0).tolist():
        year, month = year_month(ends[place])
        label = None
        if segment is not None:
            attribute = cube.segments[segment]
            code = int(attribute.at(place)[customer])
            label = attribute.values[code] if code >= 0 else None
        found.append((cube.customers[customer], dt.date(year, month, 1), float(cube.amounts[customer, place]), label))
    return found


def _load(template: Path) -> Any:
    from openpyxl import load_workbook

    if template.exists():
        check_edited(template)
    try:
        return load_workbook(template, keep_vba=template.suffix.lower() == ".xlsm", rich_text=True)
    except FileNotFoundError:
        raise InputError(f"{template} does not exist. Make a template with: nrr-xl template {template}") from None
    except Exception as broken:
        # openpyxl raises whatever comes of damaged XML.
        raise InputError(f"{template} is not a workbook that can be filled: {broken}.") from None


def _table(book: Any, template: Path) -> tuple[Any, Any]:
    """The sheet and the table to fill: the one of the template's name, or else the only one with its columns."""
    tables = [(sheet, table) for sheet in book.worksheets for table in sheet.tables.values()]
    named = [each for each in tables if each[1].displayName == TABLE]
    wanted = {name.lower() for name in TABLE_COLUMNS[:3]}
    alike = [each for each in tables if wanted <= {name.lower() for name in each[1].column_names}]
    if not named and len(alike) != 1:
        count = f"{len(alike)} such tables" if alike else "no such table"
        raise InputError(
            f"{template} must have one Excel table named {TABLE}, or one with the columns"
            f" {', '.join(TABLE_COLUMNS[:3])}; it has {count}."
        )
    sheet, table = (named or alike)[0]
    missing = wanted - {name.lower() for name in table.column_names}
    if missing:
        raise InputError(f"{template}: the table {table.displayName} has no column {', '.join(sorted(missing))}.")
    if table.totalsRowCount:
        raise InputError(
            f"{template}: turn off the total row of the table {table.displayName}; rows are added below it."
        )
    return sheet, table


def _require_room(book: Any, sheet: Any, table: Any, cube: RevenueCube, rows: Rows, template: Path) -> None:
    """The rows must fit the capacity of the template's workings, and the cells below the table must be free."""
    for name, size, what in (
        ("RowStatus", len(rows), "rows"),
        ("CubeAmounts", len(cube.customers), "customers"),
    ):
        if name in book.defined_names:
            first, last = re.findall(r"\d+", book.defined_names[name].attr_text)[-2:]
            room = int(last) - int(first) + 1
            if size > room:
                customers = max(len(cube.customers), -(-len(rows) // MONTHS))
                raise InputError(
                    f"{template} holds {room:,} {what}, but there are {size:,}."
                    f" Make a larger one: nrr-xl template OUT.xlsx --customers {customers}"
                )
    left, _, right, bottom = _bounds(table)
    growth = range(bottom + 1, bottom + 1 + max(0, _top(table) + len(rows) - bottom))
    for row in sheet.iter_rows(growth.start, growth.stop - 1, left, right) if growth else ():
        for cell in row:
            if cell.value is not None:
                raise InputError(
                    f"{template}: {sheet.title}!{cell.coordinate} stands in the way of the table, which grows"
                    f" to row {_top(table) + len(rows)}. Move it, for example beside the table."
                )


def _bounds(table: Any) -> tuple[int, int, int, int]:
    """First column, header row, last column and last row."""
    from openpyxl.utils import range_boundaries

    found: tuple[int, int, int, int] = range_boundaries(table.ref)
    return found


def _top(table: Any) -> int:
    return _bounds(table)[1]


def _write(sheet: Any, table: Any, rows: Rows) -> None:
    from openpyxl.utils import get_column_letter

    left, top, right, bottom = _bounds(table)
    column = {name.lower(): left + place for place, name in enumerate(table.column_names)}
    filled = [column.get(name.lower()) for name in TABLE_COLUMNS]
    computed = _computed(sheet, table, set(filled))
    last = top + max(1, len(rows))
    looks = {number: sheet.cell(top + 1, number) for number in range(left, right + 1)}
    for place in range(max(len(rows), bottom - top)):
        row = top + 1 + place
        values = dict(zip(filled, rows[place], strict=True)) if place < len(rows) else {}
        for number, look in looks.items():
            cell = sheet.cell(row, number)
            cell.value = computed.get(number) if place < len(rows) else None
            value = values.get(number)
            if value is not None:
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # a text is a text, whatever it begins with
            if row > bottom:
                cell._style = copy.copy(look._style)
    _stretch(sheet, (left, right), bottom, last)
    table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{last}"
    if table.autoFilter:
        table.autoFilter.ref = table.ref


def _computed(sheet: Any, table: Any, filled: set[Any]) -> dict[int, str]:
    """The formulas of the table's calculated columns; a column with anything else of its own cannot be kept."""
    left, top, _, bottom = _bounds(table)
    formulas: dict[int, str] = {}
    for place, column in enumerate(table.tableColumns):
        number = left + place
        if number in filled:
            continue
        if column.calculatedColumnFormula is not None:
            formulas[number] = "=" + column.calculatedColumnFormula.attr_text
        elif any(sheet.cell(row, number).value is not None for row in range(top + 1, bottom + 1)):
            raise InputError(
                f"The table's column {column.name!r} holds values of its own, which do not belong to the new rows."
                " Make it a calculated column, or move it out of the table."
            )
    return formulas


def _facts(book: Any, cube: RevenueCube, company: str | None) -> None:
    """The company and the currency of the new rows, in the cells of those names; never those of the example."""
    for name, value in (("Company", company), ("Currency", cube.currency or None)):
        if name not in book.defined_names:
            continue
        for sheet, address in book.defined_names[name].destinations:
            cell = book[sheet][address.replace("$", "")]
            if value or cell.value == EXAMPLE[name]:
                cell.value = value


def _stretch(sheet: Any, columns: tuple[int, int], old: int, new: int) -> None:
    """Let validations, conditional formats and the print area that ended with the table end with it again."""
    from openpyxl.formatting.formatting import ConditionalFormattingList

    if old == new:
        return

    def stretched(area: Any) -> bool:
        inside = columns[0] <= area.min_col and area.max_col <= columns[1]
        if inside and area.max_row == old and area.min_row < old:
            area.max_row = new
            return True
        return False

    for validation in sheet.data_validations.dataValidation:
        for area in validation.sqref.ranges:
            stretched(area)
    formats = ConditionalFormattingList()
    for each in sheet.conditional_formatting:
        for area in each.cells.ranges:
            stretched(area)
        for rule in each.rules:
            formats.add(str(each.cells), rule)
    sheet.conditional_formatting = formats
    if sheet.print_area:
        sheet.print_area = re.sub(rf"(?<=\$){old}\b", str(new), sheet.print_area.split("!")[-1])


def _settle(path: Path) -> None:
    """Take the time of saving out of the file: the same input gives the same bytes."""
    with zipfile.ZipFile(path) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", content)
            package.writestr(zipfile.ZipInfo(name, _FIXED), content, zipfile.ZIP_DEFLATED)
