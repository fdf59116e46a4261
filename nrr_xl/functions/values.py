"""Cell values to numbers and back: the one place that knows blanks, texts, booleans, error cells and currency cells."""

from __future__ import annotations

import marshal
import math
from collections.abc import Callable
from decimal import Decimal
from itertools import chain
from typing import Any, NamedTuple

from nrr_xl.errors import NrrError

# What a spreadsheet hands over or gets back: a cell's value, a row of them, or rows of cells.
Cells = Any

# What a cell shows, and the number that VBA's CVErr makes it from (Excel's XlCVError enumeration).
ERROR_NUMBERS = {
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
    "#GETTING_DATA": 2043,
    "#SPILL!": 2045,
    "#CONNECT!": 2046,
    "#BLOCKED!": 2047,
    "#UNKNOWN!": 2048,
    "#FIELD!": 2049,
    "#CALC!": 2050,
}
# COM hands an error cell over as the integer 0x800A0000 + its number, read as signed; a true number is a float.
_COM_ERROR = 0x800A0000 - (1 << 32)
_COM_ERRORS = {_COM_ERROR + number: text for text, number in ERROR_NUMBERS.items()}
_LARGEST_COM_ERROR = _COM_ERROR + 0xFFFF


class CellError(NrrError):
    """What the calling cell must show instead of a number: one of the texts of ERROR_NUMBERS."""

    def __init__(self, text: str):
        super().__init__(text)
        self.text = text


class Column(NamedTuple):
    """A range as numbers: `values` is float64 (cells,) row by row, `errors` the sentinel of each cell that is none."""

    values: Any
    errors: dict[int, str]
    shape: tuple[int, int]


def is_range(cells: Cells) -> bool:
    """Whether an argument is an array of cells and not a single value."""
    return type(cells) in (tuple, list)


def number(cell: Cells, blank: float | None = 0.0) -> float:
    """One cell as a number.

    Raises
    ------
    CellError
        The cell's own error; #VALUE! for a text, a boolean, a date or an array; #N/A for a blank where `blank` is None.

    >>> number(None), number(""), number(12.5)
    (0.0, 0.0, 12.5)
    """
    if type(cell) is float:
        return cell
    if is_range(cell):
        cell = single(cell)
    if cell is None or cell == "":
        if blank is None:
            raise CellError("#N/A")
        return blank
    error = error_text(cell)
    if error:
        raise CellError(error)
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return float(cell)
    raise CellError("#VALUE!")


def single(cells: Cells) -> Cells:
    """The only cell of an array; #VALUE! where there are more."""
    flat, shape = flatten(cells)
    if shape != (1, 1):
        raise CellError("#VALUE!")
    return flat[0]


def error_text(cell: Cells) -> str:
    """The error that a cell holds, "" for any other cell; an error that Excel added since then is #VALUE!.

    >>> error_text(-2146826246), error_text("#REF!"), error_text(-2146826246.0), error_text("n/a")
    ('#N/A', '#REF!', '', '')
    """
    if type(cell) is int and _COM_ERROR <= cell <= _LARGEST_COM_ERROR:
        return _COM_ERRORS.get(cell, "#VALUE!")
    return cell if type(cell) is str and cell in ERROR_NUMBERS else ""


def as_cell(cell: Cells) -> Cells:
    """A cell for the reader of revenue rows, which knows error cells by their texts."""
    return error_text(cell) or cell if type(cell) is int else cell


def flatten(cells: Cells) -> tuple[list[Any], tuple[int, int]]:
    """An argument's cells row by row, and its (rows, columns); Excel hands a one-row array constant over unnested.

    >>> flatten(((1.0, 2.0), (3.0, None)))
    ([1.0, 2.0, 3.0, None], (2, 2))
    >>> flatten((1.0, 2.0)), flatten(5.0)
    (([1.0, 2.0], (1, 2)), ([5.0], (1, 1)))
    """
    rows = _as_rows(cells)
    return list(chain.from_iterable(rows)), (len(rows), len(rows[0]))


def _as_rows(cells: Cells) -> Cells:
    """An argument as rows of cells."""
    if not is_range(cells):
        return ((cells,),)
    return cells if cells and is_range(cells[0]) else (cells,)


def numbers(cells: Cells, blank: float | None = 0.0) -> Column:
    """A cell or a range as numbers, each cell that is none kept as its error; blanks as in `number`.

    A column of plain numbers takes one pass in C; only the cells that are not plain are looked at one by one.

    >>> numbers(((1.0,), (None,), ("x",))).errors
    {2: '#VALUE!'}
    """
    import numpy as np

    values = _plain_numbers(cells)
    if values is not None:
        return Column(values, {}, (len(cells), len(cells[0])))
    rows = _as_rows(cells)
    nan, width = math.nan, len(rows[0])
    values = np.array([cell if type(cell) is float else nan for row in rows for cell in row], float)
    errors, blanks = {}, []
    for position in np.flatnonzero(np.isnan(values)).tolist():
        cell = rows[position // width][position % width]
        if cell is None or cell == "":
            blanks.append(position)
        elif type(cell) is str:
            errors[position] = cell if cell in ERROR_NUMBERS else "#VALUE!"
        elif type(cell) in (int, Decimal) and not error_text(cell):
            values[position] = float(cell)
        else:
            errors[position] = error_text(cell) or "#VALUE!"
    if blank is None:
        errors.update(dict.fromkeys(blanks, "#N/A"))
    else:
        values[blanks] = blank
    return Column(values, errors, (len(rows), width))


def _plain_numbers(cells: Cells) -> Any:
    """The values of rows of nothing but floats, in one pass of C; None for anything else.

    Version 2 of Python's marshal format writes a row as "(", its length, and each float as "g" and its 8 bytes: a
    block of that length with these letters in their places holds floats alone, and they can be taken from it.
    """
    import numpy as np

    if not is_range(cells) or not cells or type(cells[0]) is not tuple or not cells[0]:
        return None
    width = len(cells[0])
    # A look at some rows spares most of the ranges that hold other cells the writing of them all.
    if any(type(cell) is not float for row in cells[:: len(cells) // 64 + 1] for cell in row):
        return None
    try:
        content = marshal.dumps(cells, 2)
    except ValueError:
        return None
    row = np.dtype([("kind", "S1"), ("length", "<u4"), ("cells", [("kind", "S1"), ("value", "<f8")], (width,))])
    if len(content) != 5 + len(cells) * row.itemsize:
        return None
    rows = np.frombuffer(content, row, offset=5)
    plain = (rows["kind"] == b"(").all() and (rows["length"] == width).all() and (rows["cells"]["kind"] == b"g").all()
    return rows["cells"]["value"].ravel() if plain else None


def whole_columns(*ranges: Cells) -> tuple[list[Any], list[Column]]:
    """Columns of one shape, for a function of them all: their cells and their numbers, without their headings.

    A first row of nothing but texts is a heading, and passed over as SUM passes it over.

    Raises
    ------
    CellError
        #N/A where the shapes differ; else the first error, row by row.

    >>> whole_columns((("MRR",), (1.0,), (None,)))[1][0].values.tolist()
    [1.0, 0.0]
    """
    tables = [_as_rows(cells) for cells in ranges]
    if len({(len(rows), len(rows[0])) for rows in tables}) > 1:
        raise CellError("#N/A")
    if len(tables[0]) > 1 and all(is_heading(rows[0]) for rows in tables):
        tables = [rows[1:] for rows in tables]
    columns = [numbers(rows) for rows in tables]
    for position in sorted(set().union(*(column.errors for column in columns))):
        raise CellError(next(column.errors[position] for column in columns if position in column.errors))
    return [list(chain.from_iterable(rows)) for rows in tables], columns


def is_heading(row: Cells) -> bool:
    """Whether the first row of a column is a text, and no error."""
    return len(row) == 1 and isinstance(row[0], str) and not error_text(row[0])


def text(cell: Cells) -> str:
    """One cell as text, "" where it is blank; an error cell is raised as it is.

    >>> text("  Acme "), text(1001.0), text(None)
    ('Acme', '1001', '')
    """
    cell = single(cell) if is_range(cell) else cell
    error = error_text(cell)
    if error:
        raise CellError(error)
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def option(cell: Cells, default: str) -> str:
    """One cell as the name of an option, in whatever case; a blank is the default."""
    return text(cell).lower() or default


def flag(cell: Cells) -> float:
    """One cell as yes (not 0) or no (0): TRUE, FALSE or a number; a blank is no.

    >>> flag(True), flag(None), flag(2.0)
    (1.0, 0.0, 2.0)
    """
    return float(cell) if isinstance(cell, bool) else number(cell)


def flags(cells: Cells) -> Column:
    """A cell or a range as yes (1) or no (0): TRUE, FALSE or a number; a blank is no.

    >>> flags(((True,), (None,), ("x",)))
    Column(values=array([ 1.,  0., nan]), errors={2: '#VALUE!'}, shape=(3, 1))
    """
    plain = [[flag(cell) if isinstance(cell, bool) else cell for cell in row] for row in _as_rows(cells)]
    return numbers(tuple(map(tuple, plain)))


def whole(cell: Cells, default: int | None = None) -> int:
    """One cell as a whole number above 0; #NUM! for any other number."""
    value = number(cell, None if default is None else float(default))
    if value < 1 or not value.is_integer():
        raise CellError("#NUM!")
    return int(value)


def result(value: float, undefined: float | str = "#DIV/0!") -> float | str:
    """A number as the cell shows it: an undefined one as its error, never as a blank.

    >>> result(1.1), result(math.nan)
    (1.1, '#DIV/0!')
    """
    if value - value == 0:
        return float(value)
    return undefined if value != value else "#NUM!"


def spill(values: Any, errors: dict[int, str], shape: tuple[int, int], undefined: str = "#DIV/0!") -> list[Any]:
    """Numbers, with the errors of their inputs, as the rows of cells that Excel spills.

    Parameters
    ----------
    values : array (cells,)
        Row by row; NaN where undefined.
    errors : dict
        The sentinel of each position that has one.
    shape : (rows, columns)
    """
    import numpy as np

    undefined_at = np.flatnonzero(~np.isfinite(values)).tolist()
    shown = {place: undefined if math.isnan(values[place]) else "#NUM!" for place in undefined_at} | errors
    width = shape[1]
    if width == 1:
        cells = values.tolist()
        for position, error in shown.items():
            cells[position] = error
        return list(zip(cells))
    rows = values.reshape(shape).tolist()
    for position, error in shown.items():
        rows[position // width][position % width] = error
    found: list[Any] = rows
    return found


def cellwise(cells: Cells, function: Callable[[Cells], Cells]) -> list[list[Any]]:
    """What a function makes of each cell, in the same shape; an error stays in its own cell.

    >>> cellwise(((1.0,), ("x",)), lambda cell: number(cell) + 1)
    [[2.0], ['#VALUE!']]
    """
    flat, (_, width) = flatten(cells)
    made = []
    for cell in flat:
        try:
            made.append(function(cell))
        except CellError as error:
            made.append(error.text)
    return [made[i : i + width] for i in range(0, len(made), width)]
