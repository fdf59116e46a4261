"""One cell of a workbook, as the file caches it or as an application computed it; and addresses.

Standard library only: the LibreOffice driver imports this under the system's Python.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Cell(NamedTuple):
    """A cell's formula (without its "=", "" if it has none), its value, and its error such as "#DIV/0!" ("" if none).

    Numbers, dates and booleans are floats; a cell in error has no value; a formula never computed has neither.
    """

    formula: str = ""
    value: float | str | None = None
    error: str = ""

    def __str__(self) -> str:
        return self.error or ("no value" if self.value is None else repr(self.value))


# (sheet name, address such as "C17") -> cell
Cells = dict[tuple[str, str], Cell]


def letters(column: int) -> str:
    """A column's name: 1 is A, 27 is AA.

    >>> letters(27)
    'AA'
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def position(address: str) -> tuple[int, int]:
    """An address as (column, row), both from 1.

    >>> position("$AA$7")
    (27, 7)
    """
    name, row = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d+)", address).groups()
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column, int(row)


def box(area: str) -> tuple[int, int, int, int]:
    """A range as (left, top, right, bottom).

    >>> box("B2:D9")
    (2, 2, 4, 9)
    """
    first, _, last = area.partition(":")
    return *position(first), *position(last or first)
