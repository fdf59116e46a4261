"""The few things that the macros ask of a running Excel, through its own object model."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nrr_xl.errors import InputError, NrrError, OutputError
from nrr_xl.excel.settings import HEAD
from nrr_xl.functions.values import as_cell, flatten
from nrr_xl.functions.words import SHEET
from nrr_xl.revenue.files.grid import DATE, NUMBER, Grid, column_letter, grid_of_columns

if TYPE_CHECKING:
    from nrr_xl.revenue.table.table import Table

# Cells read at a time: a reading shows progress, and one answer of Excel stays small.
CHUNK_CELLS = 500_000
# What Excel answers while it cannot serve a call: a cell is being edited, a dialog is open.
BUSY = (-2147418111, -2147417846, -2146777998)
BUSY_SECONDS = 5.0
MANUAL = -4135
DAYS_TO_1904 = 1462
# Excel's numbers for a list of choices with a stop at anything else.
LIST, STOP, BETWEEN = 3, 1, 1


class ExcelBusyError(NrrError):
    """Excel did not answer in time."""


def patiently(call: Callable[..., Any]) -> Any:
    """The result of a call to Excel, tried again while Excel is busy."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return call()
        except Exception as error:
            if getattr(error, "hresult", None) not in BUSY:
                raise
            if time.monotonic() > deadline:
                raise ExcelBusyError(
                    "Excel is busy: a cell is being edited or a dialog is open. Finish that and click again."
                ) from None
        time.sleep(0.1)


class Desk:
    """A running Excel and a workbook in it, by default the one in front."""

    def __init__(self, excel: Any, workbook: Any = None) -> None:
        self.excel = excel
        self._workbook = workbook

    @property
    def workbook(self) -> Any:
        """The workbook; an InputError where none is open."""
        if self._workbook is None:
            self._workbook = patiently(lambda: self.excel.ActiveWorkbook)
        if self._workbook is None:
            raise InputError(
                "No workbook is open for editing. Open one (in Protected View, choose Enable Editing) and click again."
            )
        return self._workbook

    @property
    def sheet(self) -> Any:
        """The worksheet in front; an InputError where that is a chart sheet, or the settings."""
        sheet = patiently(lambda: self.workbook.ActiveSheet)
        if sheet is None or sheet.Name not in self._sheet_names():
            name = f" {sheet.Name}" if sheet is not None else ""
            raise InputError(
                f"The sheet{name} in front is a chart and has no cells. Go to the sheet with the revenue rows and click"
                " again."
            )
        if sheet.Name == SHEET:
            raise InputError(f"The sheet {SHEET} is in front. Go to the sheet with the revenue rows and click again.")
        return sheet

    def _sheet_names(self) -> list[str]:
        found: list[str] = patiently(lambda: [sheet.Name for sheet in self.workbook.Worksheets])
        return found

    @contextmanager
    def at_work(self, what: str) -> Iterator[Callable[[str, float], None]]:
        """Say in the status bar what is done; screen and calculation are set back however the work ends."""
        # Without a workbook Excel has no calculation mode to set.
        excel = self.workbook and self.excel
        screen, calculation = patiently(lambda: (excel.ScreenUpdating, excel.Calculation))

        def tell(step: str, share: float) -> None:
            excel.StatusBar = f"nrr_xl: {step} ({share:.0%})"

        try:
            excel.ScreenUpdating = False
            excel.Calculation = MANUAL
            tell(what, 0.0)
            yield tell
        finally:
            # Each is set back even where another cannot be.
            for name, value in (("Calculation", calculation), ("ScreenUpdating", screen), ("StatusBar", False)):
                patiently(lambda name=name, value=value: setattr(excel, name, value))

    def selected_cells(self, tell: Callable[[str, float], None], around_cursor: bool = False) -> Grid:
        """The Excel Table with the cursor, else the sheet in front; or the block around the cursor. With addresses."""
        sheet = self.sheet
        area = patiently(lambda: self._region() if around_cursor else self._area(sheet))
        top, left, rows, columns = patiently(lambda: (area.Row, area.Column, area.Rows.Count, area.Columns.Count))
        cells: list[Any] = []
        step = max(1, CHUNK_CELLS // columns)
        for first in range(0, rows, step):
            tell(f"Reading {sheet.Name}", 0.3 * first / rows)
            last = min(first + step, rows) - 1
            corners = (top + first, left), (top + last, left + columns - 1)
            part = patiently(lambda corners=corners: sheet.Range(*(sheet.Cells(*corner) for corner in corners)).Value2)
            cells += flatten(part)[0]
        grid = grid_of_columns(
            sheet.Name,
            [[as_cell(cell) for cell in cells[place::columns]] for place in range(columns)],
            origin=(top - 1, left - 1),
        )
        hidden_rows, hidden_columns = self._hidden(area)
        return self._with_dates(replace(grid, hidden_rows=hidden_rows, hidden_columns=hidden_columns), area)

    def _hidden(self, area: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The rows and columns of a range that are hidden or filtered away, from 0; they are read like all others."""
        sheet, top, left = area.Worksheet, area.Row, area.Column

        def hides(rows: bool, first: int, last: int) -> Any:
            if rows:
                lines = f"{top + first}:{top + last}"
                return patiently(lambda: sheet.Rows(lines).Hidden)
            lines = f"{column_letter(left + first - 1)}:{column_letter(left + last - 1)}"
            return patiently(lambda: sheet.Columns(lines).Hidden)

        return tuple(_which(partial(hides, True), 0, area.Rows.Count - 1)), tuple(
            _which(partial(hides, False), 0, area.Columns.Count - 1)
        )

    def _area(self, sheet: Any) -> Any:
        # A block ends at a blank row, and what goes on below it would be left out without a word.
        cell = self.excel.ActiveCell
        return sheet.UsedRange if cell is None or cell.ListObject is None else cell.ListObject.Range

    def _region(self) -> Any:
        return self.excel.ActiveCell.CurrentRegion

    def cursor_elsewhere(self, table: Table | None) -> bool:
        """Whether the cursor stands in a block of cells of its own, which none of a table's cells (None: any) is in."""
        if patiently(lambda: self.excel.ActiveCell) is None:
            return False
        region = patiently(self._region)
        top, left, rows, columns = patiently(
            lambda: (region.Row, region.Column, region.Rows.Count, region.Columns.Count)
        )
        if rows < 2 or columns < 2:
            return False
        if table is None:
            return True
        down, right = table.grid.origin
        used = [*table.roles.values(), *table.periods]
        first, last = table.header[0] + down + 1, table.last + down + 1
        beside = min(used) + right + 1 > left + columns - 1 or max(used) + right + 1 < left
        return bool(first > top + rows - 1 or last < top or beside)

    def _with_dates(self, grid: Grid, area: Any) -> Grid:
        """The grid with the numbers that Excel shows as dates as dates; Value2 gives both as plain numbers."""
        kinds, values = grid.kinds.copy(), grid.values.copy()
        days = DAYS_TO_1904 if patiently(lambda: self.workbook.Date1904) else 0
        for column in range(grid.columns):
            numbers = (kinds[column] == NUMBER).nonzero()[0]
            if not numbers.size:
                continue

            def dated(first: int, last: int, column: int = column) -> bool | None:
                """Whether a part of the column shows dates; None where its cells are not formatted alike."""
                cells = patiently(
                    lambda: area.Worksheet.Range(area.Cells(first + 1, column + 1), area.Cells(last + 1, column + 1))
                )
                code = patiently(lambda: cells.NumberFormat)
                return None if code is None else is_date_format(code)

            # A title above may show a date where the amounts below do not, and the other way round.
            rows = list(_which(dated, int(numbers[0]), int(numbers[-1])))
            rows = [row for row in rows if kinds[column, row] == NUMBER]
            kinds[column, rows] = DATE
            values[column, rows] += days
        return replace(grid, kinds=kinds, values=values)

    def settings(self) -> list[list[Any]]:
        """The rows of the workbook's settings sheet; none where there is no such sheet."""
        if not self.has_settings():
            return []
        flat, (_, width) = flatten(patiently(lambda: self.workbook.Worksheets(SHEET).UsedRange.Value2))
        return [flat[i : i + width] for i in range(0, len(flat), width)]

    def has_settings(self) -> bool:
        return SHEET in self._sheet_names()

    def add_settings(self, rows: list[list[str]]) -> None:
        """Add a settings sheet before the one in front: texts, and a list where a row goes on with choices."""
        sheet = patiently(lambda: self.workbook.Worksheets.Add())
        sheet.Name = SHEET
        self._put_texts(sheet, [row + [""] * (max(map(len, rows)) - len(row)) for row in rows])
        first = len(HEAD)
        for number, row in enumerate(rows[1:], 2):
            if len(row) >= first:
                choices = f"=${column_letter(first - 1)}${number}:${column_letter(len(row) - 1)}${number}"
                patiently(lambda n=number, c=choices: sheet.Cells(n, 2).Validation.Add(LIST, STOP, BETWEEN, c))

    @property
    def path(self) -> str:
        """Where the workbook is saved, "" for one that never was."""
        folder = patiently(lambda: self.workbook.Path)
        return patiently(lambda: self.workbook.FullName) if folder else ""

    def place(self) -> tuple[Path | None, str]:
        """The workbook's folder, where new files may go beside it; else None, and why not."""
        folder = patiently(lambda: self.workbook.Path)
        if not folder:
            return None, "this workbook was never saved"
        if "://" in folder:
            return None, "this workbook is on OneDrive or SharePoint"
        try:
            with tempfile.TemporaryFile(dir=folder):
                return Path(folder), ""
        except OSError:
            return None, f"nothing can be written into {folder}"

    def free_path(self, home: Path, ending: str) -> Path:
        """A new file's path in a folder, named after the workbook."""
        name = Path(patiently(lambda: self.workbook.Name)).stem
        stem, suffix = f"{name}_{Path(ending).stem}", Path(ending).suffix
        path, count = home / f"{stem}{suffix}", 1
        while path.exists():
            count += 1
            path = home / f"{stem}_{count}{suffix}"
        return path

    def make(self, ending: str, write: Callable[[Path], object]) -> tuple[Desk, str]:
        """A new file, written by `write` and opened: beside the workbook, or open and not yet saved; where it is."""
        home, why = self.place()
        if home:
            path = self.free_path(home, ending)
            write(path)
            return self.open(path), f"It is beside the workbook: {path}"
        with tempfile.TemporaryDirectory(prefix="nrr_xl_") as folder:
            path = self.free_path(Path(folder), ending)
            write(path)
            made = self.new(path)
        return made, f"It is open and not yet saved, since {why}. Save it where you want to keep it."

    def save_copy(self, path: Path) -> None:
        patiently(lambda: self.workbook.SaveCopyAs(str(path)))

    def open(self, path: Path) -> Desk:
        """Another workbook, opened; an OutputError that says where it is where Excel cannot open it."""
        try:
            return Desk(self.excel, patiently(lambda: self.excel.Workbooks.Open(str(path))))
        except ExcelBusyError:
            raise
        except Exception as refused:
            raise OutputError(f"{path} was written, but Excel did not open it. Open it yourself.") from refused

    def new(self, template: Path | None = None) -> Desk:
        """A new workbook, empty or from a template."""
        add = self.excel.Workbooks.Add
        return Desk(self.excel, patiently(lambda: add(str(template)) if template else add()))

    @property
    def knows_lambda(self) -> bool:
        """Whether this Excel computes LAMBDA, as 365 and 2024 do."""
        found: bool = patiently(lambda: self.excel.Evaluate("=LAMBDA(x,x+1)(1)")) == 2.0
        return found

    def write_texts(self, rows: list[list[Any]]) -> None:
        """Write rows to the first sheet as text, so that nothing in them becomes a formula; headings first."""
        if not rows:
            raise InputError("There is nothing to write.")
        self._put_texts(patiently(lambda: self.workbook.Worksheets(1)), rows)

    @staticmethod
    def _put_texts(sheet: Any, rows: list[list[Any]]) -> None:
        area = patiently(lambda: sheet.Range(sheet.Cells(1, 1), sheet.Cells(len(rows), len(rows[0]))))
        area.NumberFormat = "@"
        area.Value2 = tuple(tuple(str(cell) for cell in row) for row in rows)
        sheet.Rows(1).Font.Bold = True
        area.Columns.AutoFit()


def _which(says: Callable[[int, int], bool | None], first: int, last: int) -> Iterator[int]:
    """The lines from `first` to `last` of which it holds; of a block Excel says yes, no, or None where it is mixed."""
    answer = says(first, last)
    if answer is None and first < last:
        middle = (first + last) // 2
        yield from _which(says, first, middle)
        yield from _which(says, middle + 1, last)
    elif answer:
        yield from range(first, last + 1)


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date.

    >>> is_date_format("mmm yyyy"), is_date_format("d.m.yy"), is_date_format('#,##0.00 "days"'), is_date_format("h:mm")
    (True, True, False, False)
    """
    bare = re.sub(r'"[^"]*"|\\.|_.|\[[^\]]*\]', "", code.split(";", maxsplit=1)[0]).lower()
    return any(letter in bare for letter in "dy") or "mmm" in bare
