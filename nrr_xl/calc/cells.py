"""Calc's values to the cells of worksheet functions and back: the one place that knows its blanks and errors."""

from __future__ import annotations

import struct
from typing import Any

from nrr_xl.functions.values import ERROR_NUMBERS, is_range

# What Calc shows for an error's number; those that only Excel has become #VALUE!.
# Source: LibreOffice help, "Error Codes in LibreOffice Calc".
_CODES = {
    "#NUM!": 503,
    "#VALUE!": 519,
    "#NULL!": 521,
    "#REF!": 524,
    "#NAME?": 525,
    "#DIV/0!": 532,
    "#N/A": 32767,
}
# Calc keeps an error in a number as a NaN with the error's number in its lowest bits.
ERRORS: dict[str, float] = {
    text: struct.unpack("<d", struct.pack("<Q", 0x7FF8 << 48 | _CODES.get(text, _CODES["#VALUE!"])))[0]
    for text in ERROR_NUMBERS
}
_NUMBERS = {code: text for text, code in _CODES.items()}
# A range of a whole column has all the rows of a sheet.
WHOLE_COLUMN = 1_048_576


def given(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Calc's arguments as the functions take them; whole columns are cut together where the last of them ends.

    A blank cell of a range comes as "", which the functions take for blank as well.

    >>> given((5.0, None, (("a", 1.0), ("", ERRORS["#N/A"]))))
    (5.0, None, (('a', 1.0), ('', '#N/A')))
    """
    whole = [cells for cells in arguments if is_range(cells) and len(cells) >= WHOLE_COLUMN]
    end = max(map(_filled, whole), default=0)
    cut = (cells[:end] if is_range(cells) and len(cells) >= WHOLE_COLUMN else cells for cells in arguments)
    return tuple(_argument(cells) for cells in cut)


def _filled(rows: tuple[tuple[Any, ...], ...]) -> int:
    """How many rows there are up to the last that holds something, at least one."""
    blank = ("",) * len(rows[0])
    return next((last for last in range(len(rows), 1, -1) if rows[last - 1] != blank), 1)


def _argument(cells: Any) -> Any:
    if is_range(cells):
        return tuple(tuple(map(_cell, row)) for row in cells)
    return _cell(cells)


def _cell(cell: Any) -> Any:
    if isinstance(cell, float) and cell != cell:
        code = struct.unpack("<Q", struct.pack("<d", cell))[0] & 0xFFFF
        return _NUMBERS.get(code, "#VALUE!")
    return cell


def shown(rows: Any) -> tuple[tuple[Any, ...], ...]:
    """A function's rows of cells as Calc takes them.

    >>> shown([["a", None], [2, True]])
    (('a', ''), (2.0, True))
    """
    return tuple(tuple(map(_shown_cell, row)) for row in rows)


def _shown_cell(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return ERRORS.get(cell, cell)
    return cell if isinstance(cell, bool) else float(cell)
