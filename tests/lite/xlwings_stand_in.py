"""A stand-in for what xlwings Lite gives a script: its decorators, its conversion of arguments, and a workbook.

Written after its documentation (custom functions, converters, object model). It is imported under the name `xlwings`,
in CPython and in Pyodide, so it needs the standard library alone.
"""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any


def func(function):
    """Declare a custom function."""
    function.declared = True
    return function


def arg(name, **options):
    """Options of one argument; its name must be there."""

    def declare(function):
        assert name in inspect.signature(function).parameters, name
        function.options = {**getattr(function, "options", {}), name: options}
        return function

    return declare


def script(function):
    """Declare a script."""
    function.is_script = True
    return function


def call(function, cells):
    """Call a custom function as Excel does: every argument a matrix of cells, None for one that is left out."""
    assert function.declared
    arguments = []
    for (name, parameter), matrix in zip(inspect.signature(function).parameters.items(), cells, strict=True):
        options = function.options[name]
        assert options["ndim"] == 2
        assert options["err_to_str"] is True
        if matrix is None or matrix == [[None]]:
            arguments.append(None if parameter.default is inspect.Parameter.empty else parameter.default)
        else:
            # Whole numbers come as int from JavaScript, and an empty text as an empty cell.
            arguments.append([[None if cell == "" else cell for cell in row] for row in matrix])
    return function(*arguments)


class Range:
    """A block of a sheet, from (row, column) to (row, column)."""

    def __init__(self, sheet: Sheet, first: tuple[int, int], last: tuple[int, int]) -> None:
        self.sheet, (self.row, self.column), self.last = sheet, first, last
        self.font = _Font(self)

    def options(self, ndim: int, err_to_str: bool) -> Range:
        assert (ndim, err_to_str) == (2, True)
        return self

    @property
    def value(self) -> Any:
        rows = [
            [self.sheet.cells.get((row, column)) for column in range(self.column, self.last[1] + 1)]
            for row in range(self.row, self.last[0] + 1)
        ]
        return rows if (self.row, self.column) != self.last else rows[0][0]

    @value.setter
    def value(self, value: Any) -> None:
        rows = value if isinstance(value, list) else [[value]]
        assert len(rows) == self.last[0] - self.row + 1
        for row, cells in enumerate(rows, self.row):
            assert len(cells) == self.last[1] - self.column + 1
            for column, cell in enumerate(cells, self.column):
                # What begins like a formula becomes one; an apostrophe keeps it a text.
                if isinstance(cell, str) and cell.startswith("="):
                    raise AssertionError(f"{cell} would become a formula")
                self.sheet.cells[row, column] = cell.removeprefix("'") if isinstance(cell, str) else cell

    def mark(self, kind: str, value: Any) -> None:
        for row in range(self.row, self.last[0] + 1):
            for column in range(self.column, self.last[1] + 1):
                self.sheet.looks.setdefault((row, column), {})[kind] = value

    number_format = property(fset=lambda self, code: self.mark("number_format", code))


class _Font:
    def __init__(self, area: Range) -> None:
        self._area = area

    bold = property(fset=lambda self, value: self._area.mark("bold", value))


class Sheet:
    def __init__(self, name: str, rows: list[list] | None = None) -> None:
        self.name = name
        self.cells = {(r, c): cell for r, row in enumerate(rows or [], 1) for c, cell in enumerate(row, 1)}
        self.looks: dict[tuple[int, int], dict[str, Any]] = {}

    def range(self, first: Any, last: tuple[int, int] | None = None) -> Range:
        first = (1, 1) if first == "A1" else first
        return Range(self, first, last or first)

    @property
    def used_range(self) -> Range:
        filled = [place for place, cell in self.cells.items() if cell is not None]
        return Range(self, (1, 1), (max(r for r, _ in filled), max(c for _, c in filled)))

    def clear(self) -> None:
        self.cells, self.looks = {}, {}

    def autofit(self, axis: str) -> None:
        assert axis == "columns"


class Sheets(list):
    """The sheets of a book, the first of them in front."""

    @property
    def active(self) -> Sheet:
        return self[0]

    def __getitem__(self, key: Any) -> Any:
        return next(sheet for sheet in self if sheet.name == key) if isinstance(key, str) else super().__getitem__(key)

    def add(self, name: str, after: Sheet) -> Sheet:
        assert name not in [sheet.name for sheet in self]
        assert len(name) <= 31
        self.insert(self.index(after) + 1, Sheet(name))
        return self[name]


class Book(SimpleNamespace):
    """A workbook: `sheets`."""
