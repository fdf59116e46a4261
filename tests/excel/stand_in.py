"""A stand-in for a running Excel: as much of its object model as the macros touch, over openpyxl's workbooks."""

from __future__ import annotations

import datetime as dt
import shutil
import warnings
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace

import openpyxl
from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries
from openpyxl.worksheet.datavalidation import DataValidation

ERROR_CODES = {"#DIV/0!": -2146826281, "#N/A": -2146826246}


class BusyError(Exception):
    """What pywin32 raises while Excel is in edit mode."""

    hresult = -2147418111


class Excel:
    """The application. `busy_calls` are refused as they are while a cell is being edited."""

    def __init__(self, path: Path | None = None, cursor: str = "A1"):
        self.ScreenUpdating, self.Calculation = True, -4105
        self.said: list = []
        self.opened: list[Workbook] = []
        self.busy_calls = 0
        self.Workbooks = SimpleNamespace(Open=self._open, Add=self._add)
        self._active = Workbook(self, path) if path else None
        self.cursor = cursor
        self.knows_lambda = True
        # What formulas show once they are entered anew, where that is no number.
        self.shows: dict[str, object] = {}

        self.entered: list[str] = []

    def shown(self, value):
        """What a cell shows: of a formula, 1.0, until it is entered anew as one that `shows` knows."""
        if isinstance(value, str) and value.startswith("="):
            return self.shows.get(value, 1.0) if value in self.entered else 1.0
        return value2(value)

    def Evaluate(self, formula):
        return 2.0 if self.knows_lambda else -2146826259

    @property
    def ActiveWorkbook(self):
        if self.busy_calls:
            self.busy_calls -= 1
            raise BusyError
        return self._active

    @property
    def ActiveCell(self):
        return self._active.ActiveSheet.at(self.cursor)

    @property
    def StatusBar(self):
        return self.said[-1] if self.said else False

    @StatusBar.setter
    def StatusBar(self, text):
        self.said.append(text)

    def _open(self, path):
        if "refused" in str(path):
            raise RuntimeError("Excel does not open it")
        self.opened.append(Workbook(self, Path(path)))
        return self.opened[-1]

    def _add(self, template=None):
        made = Workbook(self, Path(template) if template else None)
        # A new workbook has what its template had, and no place of its own.
        made.book, made.template, made.Path = made.book, template, ""
        made.FullName = made.Name
        self.opened.append(made)
        return made


class Workbook:
    def __init__(self, excel: Excel, path: Path | None):
        self.Application = excel
        self.file = path
        self.Name = path.name if path else "Book1"
        self.Path = str(path.parent) if path else ""
        self.FullName = str(path) if path else "Book1"
        self.names: dict[str, str] = {}
        self.saved = False
        self.Names = Names(self.names)
        self.links: list[str] = []
        self.front: object = None

    def LinkSources(self, kind):
        return tuple(self.links) or None

    def BreakLink(self, name, kind):
        self.links.remove(name)

    @cached_property
    def book(self):
        with warnings.catch_warnings():
            # openpyxl drops what it does not know of a report.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(self.file) if self.file else openpyxl.Workbook()

    @property
    def Date1904(self):
        return self.book.epoch.year == 1904

    @property
    def ActiveSheet(self):
        return self.front or Sheet(self.book.active, self)

    @property
    def Worksheets(self):
        sheets = Worksheets(Sheet(sheet, self) for sheet in self.book.worksheets)
        sheets.book = self.book
        return sheets

    def SaveCopyAs(self, path):
        if self.file:
            shutil.copyfile(self.file, path)
        else:
            self.book.save(path)

    def Save(self):
        self.saved = True


class Names:
    """Defined names, listed and added to."""

    def __init__(self, names: dict[str, str]):
        self.names = names

    def Add(self, name, formula):
        self.names[name] = formula

    def __iter__(self):
        return iter(SimpleNamespace(Name=name, RefersTo=formula) for name, formula in self.names.items())


class Worksheets(list):
    def Add(self):
        return Sheet(self.book.create_sheet(), self[0].workbook)

    def __call__(self, key):
        return self[key - 1] if isinstance(key, int) else next(sheet for sheet in self if sheet.Name == key)


class Sheet:
    def __init__(self, sheet, workbook=None):
        self.sheet = sheet
        self.workbook = workbook

    @property
    def Name(self):
        return self.sheet.title

    @Name.setter
    def Name(self, name):
        self.sheet.title = name

    def Columns(self, letters):
        first, last = (column_index_from_string(part) for part in letters.split(":"))
        return self._lines(self.sheet.column_dimensions, map(get_column_letter, range(first, last + 1)))

    @staticmethod
    def _lines(dimensions, names):
        """Rows or columns: hidden where all are, None where only some are."""
        states = {dimensions[name].hidden for name in names}
        return SimpleNamespace(Hidden=states.pop() if len(states) == 1 else None, Font=SimpleNamespace(Bold=False))

    def at(self, address: str) -> Range:
        left, top, right, bottom = range_boundaries(address)
        return Range(self, top, left, bottom, right)

    @property
    def UsedRange(self):
        return self.at(self.sheet.calculate_dimension())

    def Cells(self, row, column):
        return Range(self, row, column, row, column)

    def Range(self, first, last):
        return Range(self, first.Row, first.Column, last.bottom, last.right)

    def Rows(self, lines):
        first, last = (int(part) for part in f"{lines}:{lines}".split(":")[:2])
        return self._lines(self.sheet.row_dimensions, range(first, last + 1))


class Range:
    def __init__(self, sheet: Sheet, top: int, left: int, bottom: int, right: int):
        self.sheet = sheet
        self.Row, self.Column, self.bottom, self.right = top, left, bottom, right
        self.Rows = SimpleNamespace(Count=bottom - top + 1)
        self.Columns = SimpleNamespace(Count=right - left + 1, AutoFit=lambda: None)
        self.HasSpill = self.HasArray = False
        self.Worksheet = sheet
        self.Validation = SimpleNamespace(Add=self._validate)

    def _validate(self, kind, alert, operator, formula):
        rule = DataValidation(type="list", formula1=formula)
        rule.add(self.Address.replace("$", ""))
        self.sheet.sheet.add_data_validation(rule)

    @property
    def Address(self):
        return f"${get_column_letter(self.Column)}${self.Row}"

    @property
    def Formula2(self):
        return self.Formula

    @Formula2.setter
    def Formula2(self, formula):
        self._cells()[0][0].value = formula
        self.sheet.workbook.Application.entered.append(formula)

    def _cells(self):
        found = self.sheet.sheet.iter_rows(self.Row, self.bottom, self.Column, self.right)
        return [list(row) for row in found]

    def _read(self, of):
        rows = tuple(tuple(of(cell) for cell in row) for row in self._cells())
        return rows[0][0] if self.Rows.Count == self.Columns.Count == 1 else rows

    @property
    def Value2(self):
        application = self.sheet.workbook.Application
        return self._read(lambda cell: application.shown(cell.value))

    @Value2.setter
    def Value2(self, rows):
        for cells, values in zip(self._cells(), rows, strict=True):
            for cell, value in zip(cells, values, strict=True):
                cell.value = value

    @property
    def Formula(self):
        return self._read(lambda cell: "" if cell.value is None else cell.value)

    @property
    def NumberFormat(self):
        """The cells' common format; nothing where they have several."""
        found = {cell.number_format for row in self._cells() for cell in row}
        return found.pop() if len(found) == 1 else None

    @NumberFormat.setter
    def NumberFormat(self, code):
        for row in self._cells():
            for cell in row:
                cell.number_format = code

    @property
    def ListObject(self):
        for table in self.sheet.sheet.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            if top <= self.Row <= bottom and left <= self.Column <= right:
                return SimpleNamespace(Range=self.sheet.at(table.ref))
        return None

    @property
    def CurrentRegion(self):
        """The block around the cell, bounded by blank rows and columns."""
        top, left, bottom, right = self.Row, self.Column, self.Row, self.Column
        while True:
            grown = (
                top - (top > 1 and self._filled(top - 1, left - (left > 1), top - 1, right + 1)),
                left - (left > 1 and self._filled(top - (top > 1), left - 1, bottom + 1, left - 1)),
                bottom + self._filled(bottom + 1, left - (left > 1), bottom + 1, right + 1),
                right + self._filled(top - (top > 1), right + 1, bottom + 1, right + 1),
            )
            if grown == (top, left, bottom, right):
                return Range(self.sheet, *grown)
            top, left, bottom, right = grown

    def _filled(self, top, left, bottom, right):
        cells = self.sheet.sheet.iter_rows(top, bottom, left, right, values_only=True)
        return any(value is not None for row in cells for value in row)

    def Cells(self, row, column):
        return self.sheet.Cells(self.Row + row - 1, self.Column + column - 1)

    def ClearContents(self):
        for row in self._cells():
            for cell in row:
                cell.value = None


def value2(value):
    """A cell as Value2 gives it: dates as serial numbers, whole numbers as doubles, errors as COM codes."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, dt.date):
        return float((dt.date(value.year, value.month, value.day) - dt.date(1899, 12, 30)).days)
    if isinstance(value, int | float):
        return float(value)
    return ERROR_CODES.get(value, value)
