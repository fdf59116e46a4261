"""The cells of a sheet as typed arrays, whatever file they came from."""

from __future__ import annotations

import datetime as dt
import numbers
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.records import struct

BLANK, NUMBER, TEXT, BOOLEAN, ERROR, DATE, PERCENT = range(7)
ERROR_TEXTS = frozenset(
    ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)
# A formula whose result nobody has computed yet; openpyxl writes such cells.
UNCALCULATED = "#UNCALCULATED!"
# Excel's day 0; its days before March 1900 are off by one, which no revenue reaches.
EPOCH = dt.date(1899, 12, 30)
# A line of nothing but spaces.
_BLANK = re.compile(r"(?:\A|\n)\s*(?:\n|\Z)")
_KIND_OF_TYPE = {
    str: TEXT,
    float: NUMBER,
    int: NUMBER,
    bool: BOOLEAN,
    dt.date: DATE,
    dt.datetime: DATE,
    type(None): BLANK,
}


@struct()
class Piece:
    """Rows of a stacked grid that come from one sheet: from row `first` on, the sheet's rows from `top` on.

    `columns` are the grid's columns that the sheet's columns went to, these counted from `left`.
    """

    first: int
    sheet: str
    top: int
    columns: tuple[int, ...]
    left: int = 0


@struct()
class Grid:
    """A sheet's cells, column by column.

    `kinds` (uint8) and `values` (float64) are (columns, rows). A value is the number, 0 or 1 for a boolean, days since
    1899-12-30 for a date, and for a text or an error the position in `strings`. `origin` is the (row, column) of the
    first cell in the sheet, `merges` are (top, left, bottom, right), all counted from 0 and merges within the grid.
    `marks` (columns, rows) are the currencies that number formats show, positions in `mark_names`, -1 for none.
    A `turned` grid has the sheet's columns as its rows, a stacked one the rows of several sheets in `pieces`; addresses
    are those of the sheets.
    """

    sheet: str
    kinds: np.ndarray
    values: np.ndarray
    strings: Sequence[str]
    origin: tuple[int, int] = (0, 0)
    merges: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    marks: np.ndarray | None = None
    mark_names: tuple[str, ...] = ()
    turned: bool = False
    pieces: tuple[Piece, ...] = ()

    @property
    def rows(self) -> int:
        found: int = self.kinds.shape[1]
        return found

    @property
    def columns(self) -> int:
        found: int = self.kinds.shape[0]
        return found

    def value(self, row: int, column: int) -> Any:
        """A cell as Python sees it: None, float, bool, date or text."""
        kind, value = self.kinds[column, row], self.values[column, row]
        if kind == BLANK:
            return None
        if kind in (TEXT, ERROR):
            return self.strings[int(value)]
        if kind == BOOLEAN:
            return bool(value)
        return serial_date(value) if kind == DATE else float(value)

    def text(self, row: int, column: int) -> str:
        """A cell as a reader sees it; "" where it is blank."""
        return as_text(self.value(row, column))

    def address(self, row: int, column: int) -> str:
        """A cell's address in its sheet, such as "C17"."""
        row, column = row + self.origin[0], column + self.origin[1]
        if self.turned:
            row, column = column, row
        if self.pieces:
            piece = next((each for each in reversed(self.pieces) if each.first <= row), self.pieces[0])
            row = row - piece.first + piece.top if row >= piece.first else piece.top - 1
            column = piece.columns.index(column) + piece.left if column in piece.columns else column
            return f"{piece.sheet}!{column_letter(column)}{row + 1}"
        return f"{column_letter(column)}{row + 1}"

    def without_values(self) -> Grid:
        """What says where each cell stood, once its values are no longer needed."""
        none = np.zeros((0, 0))
        return replace(self, kinds=none.astype(np.uint8), values=none, strings=(), marks=None)

    def row_numbers(self) -> np.ndarray:
        """The number that stands beside each row in its sheet, (rows,)."""
        rows = np.arange(self.rows) + self.origin[0]
        for piece in self.pieces:
            rows = np.where(
                np.arange(self.rows) + self.origin[0] >= piece.first,
                np.arange(self.rows) + self.origin[0] - piece.first + piece.top,
                rows,
            )
        return rows + 1

    def filled(self) -> np.ndarray:
        """How many cells of each row hold something, (rows,)."""
        found: np.ndarray = np.count_nonzero(self.kinds, axis=0)
        return found

    def part(self, top: int, left: int, bottom: int, right: int) -> Grid:
        """The block of cells between two corners, both included."""
        inside = tuple(
            (max(t, top) - top, max(c, left) - left, min(b, bottom) - top, min(r, right) - left)
            for t, c, b, r in self.merges
            if t <= bottom and b >= top and c <= right and r >= left
        )
        return replace(
            self,
            kinds=self.kinds[left : right + 1, top : bottom + 1],
            values=self.values[left : right + 1, top : bottom + 1],
            marks=None if self.marks is None else self.marks[left : right + 1, top : bottom + 1],
            origin=(self.origin[0] + top, self.origin[1] + left),
            merges=inside,
            hidden_rows=tuple(row - top for row in self.hidden_rows if top <= row <= bottom),
            hidden_columns=tuple(column - left for column in self.hidden_columns if left <= column <= right),
        )


def grid_of_columns(sheet: str, columns: Iterable[Sequence[Any]], **facts: Any) -> Grid:
    """A grid of Python values, each column a sequence of one length; "" and None are blank.

    >>> grid = grid_of_columns("s", [["Customer", "a"], ["2024-01", 5.0]])
    >>> grid.value(1, 1), grid.address(1, 1)
    (5.0, 'B2')
    """
    columns = list(columns)
    rows = len(columns[0]) if columns else 0
    kinds = np.zeros((len(columns), rows), np.uint8)
    values = np.zeros((len(columns), rows))
    known: dict[str, int] = {}
    for position, column in enumerate(columns):
        kinds[position], values[position] = typed_column(column, known)
    return with_text_kinds(Grid(sheet, kinds, values, tuple(known), **facts))


def typed_column(column: Sequence[Any], known: dict[str, int]) -> tuple[np.ndarray | int, np.ndarray]:
    """The kinds and values of a column of Python values; new texts are added to the known ones."""
    if set(map(type, column)) == {str}:
        for text in dict.fromkeys(column):
            known.setdefault(text, len(known))
        return TEXT, np.fromiter(map(known.__getitem__, column), float, len(column))
    plain = [
        cell if type(cell) in _KIND_OF_TYPE and cell == cell and cell != float("inf") else plain_value(cell)
        for cell in column
    ]
    values = [
        known.setdefault(cell, len(known))
        if type(cell) is str
        else cell
        if type(cell) in (float, int, bool)
        else 0.0
        if cell is None
        else date_serial(cell)
        for cell in plain
    ]
    return np.array([_KIND_OF_TYPE[type(cell)] for cell in plain], np.uint8), np.array(values, float)


def with_text_kinds(grid: Grid) -> Grid:
    """The grid with its empty texts blank and its error texts as errors (changes the arrays it is given)."""
    if ERROR_TEXTS.isdisjoint(grid.strings) and not _BLANK.search("\n".join(grid.strings)):
        return grid
    special = np.array(
        [ERROR if text in ERROR_TEXTS else BLANK if not text or text.isspace() else TEXT for text in grid.strings],
        np.uint8,
    )
    if (special != TEXT).any():
        texts = grid.kinds == TEXT
        grid.kinds[texts] = special[grid.values[texts].astype(np.int64)]
    return grid


def plain_value(cell: Any) -> Any:
    """A cell of some other type (numpy, Decimal, pandas, time) as one of the few that a grid knows."""
    if cell is None or cell is np.ma.masked:
        return None
    if isinstance(cell, dt.date):
        return dt.date(cell.year, cell.month, cell.day) if cell == cell else None
    if isinstance(cell, bool | np.bool_):
        return bool(cell)
    if isinstance(cell, dt.timedelta | dt.time):
        return str(cell)
    if isinstance(cell, np.datetime64):
        return None if np.isnat(cell) else cell.astype("datetime64[D]").item()
    try:
        number = float(cell) if not isinstance(cell, str) else None
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is not None:
        return None if number != number else number if abs(number) != float("inf") else "#NUM!"
    text = str(cell)
    return None if text in ("<NA>", "NaT") and not isinstance(cell, str) else text


def date_serial(day: dt.date) -> float:
    """Days since Excel's day 0; the time of day is left out."""
    return float(day.toordinal() - EPOCH.toordinal())


def serial_date(serial: float) -> dt.date | float:
    """The date of a serial number, or the number itself where it is no date."""
    try:
        return EPOCH + dt.timedelta(days=int(serial))
    except OverflowError:
        return float(serial)


def as_text(value: Any) -> str:
    """A cell's value as text: whole numbers without ".0", dates as ISO, None as "".

    >>> as_text(1001.0), as_text(None), as_text(dt.date(2024, 1, 31))
    ('1001', '', '2024-01-31')
    """
    if value is None:
        return ""
    if isinstance(value, float | int) and not isinstance(value, bool) and isinstance(value, numbers.Number):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    return str(value)


def column_letter(index: int) -> str:
    """The letters of a column counted from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parse_range(reference: str) -> tuple[int, int, int, int] | None:
    """A range such as "$B$2:D9" as (top, left, bottom, right) counted from 0; None for anything else.

    >>> parse_range("$B$2:D9")
    (1, 1, 8, 3)
    """
    match = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?", reference.strip())
    if not match:
        return None
    left, top = column_index(match[1]), int(match[2]) - 1
    right, bottom = (column_index(match[3]), int(match[4]) - 1) if match[3] else (left, top)
    return (top, left, bottom, right) if 0 <= top <= bottom and left <= right else None


def column_index(letters: str) -> int:
    """The position, from 0, of a column's letters."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
