"""A report of ours read back: the amounts of its Customers sheet, its window, and the options it names."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods, parse_period
from nrr_xl.records import struct
from nrr_xl.revenue.cube.build import RevenueCube, Segment
from nrr_xl.revenue.cube.rows import Account, Labels, Source
from nrr_xl.revenue.files.budget import TREE_BYTES
from nrr_xl.revenue.files.grid import BLANK, NUMBER, Grid
from nrr_xl.revenue.files.sources import Book, open_file
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.sheets.rest import beside
from nrr_xl.workbook.texts import texts


@struct()
class Reopened:
    """A report's cube and the window that its two cells name ("YYYY-MM", months), with its options as texts."""

    cube: RevenueCube
    as_of: str
    months: int
    choices: dict[str, str]


def is_report(path: str | Path) -> bool:
    """Whether a file is a workbook with a report's names in it."""
    try:
        with zipfile.ZipFile(path) as package:
            part = package.getinfo("xl/workbook.xml")
            names = package.read(part) if part.file_size <= TREE_BYTES else b""
    except Exception:
        # Encrypted and damaged parts have error classes of many kinds; the reader says what is wrong with the file.
        return False
    return all(f'name="{name}"'.encode() in names for name in (fx.AMOUNTS, fx.AS_OF, fx.MONTHS))


def reopen(path: str | Path, fiscal_year_end: int = 12) -> Reopened:
    """Read a report's own amounts back, exchange rates applied and gaps filled as they were when it was written.

    Raises InputError, naming the cell, where an amount or the window is not what a report holds.
    """
    path = Path(path)
    book, _ = open_file(path)
    places = _names(path)
    area = _area(path, places, fx.AMOUNTS)
    grid = book.load(area.sheet, None)
    header = area.top - 1
    periods = _periods(path, grid, header, area, fiscal_year_end)
    first_word = texts()["customer_columns"]["first"]
    middle = [grid.text(header, column) for column in range(1, area.left)]
    count = middle.index(first_word) if first_word in middle else 0
    if texts()["customer_columns"]["counted"] in middle[count:]:
        raise InputError(
            f"{path}: some rows of {area.sheet} stand for many customers each. Take {beside(path).name}, which was"
            " written beside this report and has every customer."
        )
    rows, amounts = _amounts(path, grid, area)
    names = [grid.text(row, 0) for row in rows]
    segments = {
        middle[offset]: _segment(middle[offset], [grid.text(row, 1 + offset) for row in rows])
        for offset in range(count)
    }
    said = _definitions(book)
    unit, _, currency = said.get(texts()["definition_lines"]["amounts"], "").partition(", ")
    total = float(amounts.sum())
    cube = RevenueCube(
        tuple(names),
        periods,
        amounts,
        segments,
        unit=unit or "MRR",
        currency=match[0] if (match := re.match("[A-Z]{3}", currency)) else "",
        source=Source(str(path), area.sheet, "report", len(names)),
        account=Account(total, total, 0.0, int((amounts > 0).sum()), int((amounts > 0).sum()), 0),
    )
    as_of, months = _window(path, book, places, periods, fiscal_year_end)
    keys = (texts()["definition_lines"][key] for key in ("options", "policy"))
    return Reopened(cube, as_of, months, {key: said[key] for key in keys if key in said})


@struct()
class _Area:
    sheet: str
    top: int
    left: int
    bottom: int
    right: int


def _names(path: Path) -> dict[str, str]:
    """Where the workbook's names point."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(path, read_only=True)
    found = {name: defined.attr_text for name, defined in book.defined_names.items()}
    book.close()
    return found


def _area(path: Path, places: dict[str, str], name: str) -> _Area:
    from openpyxl.utils.cell import range_boundaries

    sheet, _, address = places[name].rpartition("!")
    try:
        left, top, right, bottom = range_boundaries(address.replace("$", ""))
    except (ValueError, TypeError):
        raise InputError(f"{path}: the name {name} is no range of cells, so this report cannot be read back.") from None
    return _Area(sheet.strip("'").replace("''", "'"), top - 1, left - 1, bottom - 1, right - 1)


def _periods(path: Path, grid: Grid, header: int, area: _Area, fiscal_year_end: int) -> Periods:
    ends = []
    for column in range(area.left, area.right + 1):
        found = parse_period(grid.text(header, column), fiscal_year_end)
        if found is None:
            raise InputError(f"{path}, {area.sheet}!{grid.address(header, column)}: this header names no period.")
        ends.append(found)
    step = ends[0][1]
    axis = Periods(ends[0][0], len(ends), step, fiscal_year_end)
    if [end for end, _ in ends] != list(axis.ends) or {length for _, length in ends} != {step}:
        raise InputError(f"{path}, {area.sheet}: the periods do not follow each other.")
    return axis


def _amounts(path: Path, grid: Grid, area: _Area) -> tuple[list[int], np.ndarray]:
    """The rows that hold a customer, and their amounts; nothing with an amount is passed over."""
    bottom, right = min(area.bottom, grid.rows - 1) + 1, min(area.right, grid.columns - 1) + 1
    kinds = grid.kinds[area.left : right, area.top : bottom]
    values = np.where(kinds == BLANK, 0.0, grid.values[area.left : right, area.top : bottom])
    wrong = np.argwhere(((kinds != NUMBER) & (kinds != BLANK)) | (values < 0))
    if wrong.size:
        column, row = (int(place) for place in wrong[0])
        place, shown = grid.address(area.top + row, area.left + column), grid.text(area.top + row, area.left + column)
        raise InputError(f"{path}, {grid.sheet}!{place}: {shown!r} is not an amount of 0 or more.")
    amounts = np.zeros((bottom - area.top, area.right - area.left + 1))
    amounts[:, : right - area.left] = values.T
    names = [grid.text(row, 0) for row in range(area.top, bottom)]
    seen: set[str] = set()
    for row, name in enumerate(names):
        place = f"{path}, {grid.sheet}!{grid.address(area.top + row, 0)}"
        if not name and amounts[row].any():
            raise InputError(f"{place}: a row with amounts has no customer. Name it, or empty its amounts.")
        if name and name in seen:
            raise InputError(f"{place}: {name!r} stands there a second time. Join its rows.")
        seen.add(name)
    held = [row for row, name in enumerate(names) if name]
    return [area.top + row for row in held], amounts[held]


def _segment(name: str, values: list[str]) -> Segment:
    found = Labels.of(name, values)
    return Segment(name, found.values, found.codes)


def _definitions(book: Book) -> dict[str, str]:
    """The two columns of the Definitions sheet."""
    name = texts()["sheets"]["definitions"]
    if name not in book.sheets:
        return {}
    grid = book.load(name, None)
    return {grid.text(row, 0): grid.text(row, 1) for row in range(grid.rows) if grid.columns > 1 and grid.text(row, 0)}


def _window(path: Path, book: Book, places: dict[str, str], periods: Periods, fiscal_year_end: int) -> tuple[str, int]:
    """The as-of cell and the window cell, as they stand."""
    values = {}
    for name in (fx.AS_OF, fx.MONTHS):
        area = _area(path, places, name)
        grid = book.load(area.sheet, None)
        values[name] = grid.text(area.top, area.left) if area.top < grid.rows and area.left < grid.columns else ""
    found = parse_period(values[fx.AS_OF], fiscal_year_end)
    months = values[fx.MONTHS].removesuffix(".0")
    if found is None or not re.fullmatch(r"\d{1,5}", months) or found[0] not in periods.ends:
        raise InputError(
            f"{path}: its window reads {values[fx.AS_OF]!r}, {values[fx.MONTHS]!r} months, which is none. Open it in"
            " Excel, choose a window and save it."
        )
    return periods.keys[periods.ends.index(found[0])], int(months)
