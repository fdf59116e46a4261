"""The few things that the macros ask of a running Excel, through its own object model."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from nrr_xl.errors import InputError, NrrError
from nrr_xl.functions.values import as_cell, flatten
from nrr_xl.revenue.files.grid import DATE, NUMBER, Grid, grid_of_columns

# Cells read at a time: a reading shows progress, and one answer of Excel stays small.
CHUNK_CELLS = 500_000
# What Excel answers while it cannot serve a call: a cell is being edited, a dialog is open.
BUSY = (-2147418111, -2147417846, -2146777998)
BUSY_SECONDS = 5.0
MANUAL = -4135
DAYS_TO_1904 = 1462
SETTINGS_SHEET = "Settings"


class ExcelBusyError(NrrError):
    """Excel did not answer in time."""


def patiently(call: Callable):
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

    def __init__(self, excel, workbook=None):
        self.excel = excel
        self._workbook = workbook

    @property
    def workbook(self):
        """The workbook; an InputError where none is open."""
        if self._workbook is None:
            self._workbook = patiently(lambda: self.excel.ActiveWorkbook)
        if self._workbook is None:
            raise InputError("Open a workbook first.")
        return self._workbook

    @contextmanager
    def at_work(self, what: str) -> Iterator[Callable[[str, float], None]]:
        """Say in the status bar what is done; screen and calculation are set back however the work ends."""
        excel = self.excel
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

    def selected_cells(self, tell: Callable[[str, float], None]) -> Grid:
        """The selected table, else the region around the cursor, else the active sheet, with its addresses."""
        sheet = patiently(lambda: self.workbook.ActiveSheet)
        area = patiently(lambda: self._area(sheet))
        top, left, rows, columns = patiently(lambda: (area.Row, area.Column, area.Rows.Count, area.Columns.Count))
        cells: list = []
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
        return self._with_dates(grid, area)

    def _area(self, sheet):
        cell = self.excel.ActiveCell
        if cell is None:
            return sheet.UsedRange
        if cell.ListObject is not None:
            return cell.ListObject.Range
        region = cell.CurrentRegion
        return region if region.Rows.Count > 1 and region.Columns.Count > 1 else sheet.UsedRange

    def _with_dates(self, grid: Grid, area) -> Grid:
        """The grid with the numbers that Excel shows as dates as dates; Value2 gives both as plain numbers."""
        kinds, values = grid.kinds.copy(), grid.values.copy()
        days = DAYS_TO_1904 if patiently(lambda: self.workbook.Date1904) else 0
        for column in range(grid.columns):
            numbers = (kinds[column] == NUMBER).nonzero()[0].tolist()
            # A header may be a date where the body is none, and the other way round.
            first = numbers[:1] if numbers[:1] == [0] else []
            for some in (first, numbers[len(first) :]):
                if some and self._shown_as_date(area, some[0], column):
                    kinds[column, some] = DATE
                    values[column, some] += days
        return replace(grid, kinds=kinds, values=values)

    @staticmethod
    def _shown_as_date(area, row: int, column: int) -> bool:
        return is_date_format(patiently(lambda: area.Cells(row + 1, column + 1).NumberFormat) or "")

    def settings(self) -> list[list]:
        """The rows of the workbook's settings sheet; none where there is no such sheet."""
        names = patiently(lambda: [sheet.Name for sheet in self.workbook.Worksheets])
        if SETTINGS_SHEET not in names:
            return []
        flat, (_, width) = flatten(patiently(lambda: self.workbook.Worksheets(SETTINGS_SHEET).UsedRange.Value2))
        return [flat[i : i + width] for i in range(0, len(flat), width)]

    @property
    def path(self) -> str:
        """Where the workbook is saved, "" for one that never was."""
        folder = patiently(lambda: self.workbook.Path)
        return patiently(lambda: self.workbook.FullName) if folder else ""

    def free_path(self, ending: str) -> Path:
        """A new file's path beside the workbook, or in the temporary folder where that is none on this computer."""
        name, folder = Path(patiently(lambda: self.workbook.Name)).stem, patiently(lambda: self.workbook.Path)
        local = bool(folder) and "://" not in folder and Path(folder).is_dir()
        home = Path(folder) if local else Path(tempfile.gettempdir()) / "nrr_xl"
        home.mkdir(exist_ok=True)
        stem, suffix = f"{name}_{Path(ending).stem}", Path(ending).suffix
        path, count = home / f"{stem}{suffix}", 1
        while path.exists():
            count += 1
            path = home / f"{stem}_{count}{suffix}"
        return path

    def copy(self, what: str) -> Path:
        """A copy of the workbook as it stands, saved beside it under a free name."""
        path = self.free_path(what + Path(patiently(lambda: self.workbook.Name)).suffix)
        patiently(lambda: self.workbook.SaveCopyAs(str(path)))
        return path

    def open(self, path: Path) -> Desk:
        """Another workbook, opened."""
        return Desk(self.excel, patiently(lambda: self.excel.Workbooks.Open(str(path))))

    def new(self, template: Path | None = None) -> Desk:
        """A new workbook, empty or from a template."""
        add = self.excel.Workbooks.Add
        return Desk(self.excel, patiently(lambda: add(str(template)) if template else add()))

    def write_texts(self, rows: list[list]) -> None:
        """Write rows to the first sheet as text, so that nothing in them becomes a formula; headings first."""
        if not rows:
            raise InputError("There is nothing to write.")
        sheet = patiently(lambda: self.workbook.Worksheets(1))
        area = patiently(lambda: sheet.Range(sheet.Cells(1, 1), sheet.Cells(len(rows), len(rows[0]))))
        area.NumberFormat = "@"
        area.Value2 = tuple(tuple(str(cell) for cell in row) for row in rows)
        sheet.Rows(1).Font.Bold = True
        area.Columns.AutoFit()


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date.

    >>> is_date_format("mmm yyyy"), is_date_format("d.m.yy"), is_date_format('#,##0.00 "days"'), is_date_format("h:mm")
    (True, True, False, False)
    """
    bare = re.sub(r'"[^"]*"|\\.|_.|\[[^\]]*\]', "", code.split(";", maxsplit=1)[0]).lower()
    return any(letter in bare for letter in "dy") or "mmm" in bare
