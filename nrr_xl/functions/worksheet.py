"""What every worksheet function shares: its declaration, whole ranges at once, and errors as error cells."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

from nrr_xl.errors import InputError, SignError
from nrr_xl.functions.log import record
from nrr_xl.functions.values import CellError, Cells, Column, is_range, number, numbers, result, spill

CATEGORY = "Retention"
FUNCTIONS: dict[str, WorksheetFunction] = {}


class WorksheetFunction:
    """What the builders of add-ins and the documentation need to know of a worksheet function."""

    def __init__(self, function: Callable[..., Any], arguments: dict[str, str], source: str = "") -> None:
        self.function = function
        self.arguments = arguments
        self.source = source

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def description(self) -> str:
        """The first line of the docstring, as the function wizard shows it."""
        return (self.function.__doc__ or self.name).strip().splitlines()[0]  # none is there under -OO

    @property
    def usage(self) -> str:
        """The function with its arguments, the optional ones in brackets."""
        names = list(self.arguments)
        shown = [*names[: self.required], *(f"[{name}]" for name in names[self.required :])]
        return f"{self.name}({', '.join(shown)})"

    @property
    def parameters(self) -> list[str]:
        """The names of the arguments, as the function has them."""
        return list(inspect.signature(self.function).parameters)

    @property
    def required(self) -> int:
        """How many of the arguments must be given."""
        return len(self.arguments) - len(inspect.unwrap(self.function).__defaults__ or ())


def worksheet_function(source: str = "", /, **arguments: str) -> Callable[[Callable[..., Cells]], Callable[..., Cells]]:
    """Declare a worksheet function; each argument comes with its help text.

    `source` says what the add-in makes it of without Python: a rate's key in the catalogue, whose expression is
    computed cell by cell, or the name of a hand-written VBA function; "" for a function of rows, which the server has.
    The function gets raw cells and gives a value or rows of values. Whatever goes wrong in it becomes an error cell,
    and a line in the log where the cell alone does not say why.
    """

    def declare(body: Callable[..., Cells]) -> Callable[..., Cells]:
        @functools.wraps(body)
        def function(*cells: Cells) -> Cells:
            try:
                value = body(*cells)
            except CellError as error:
                value = error.text
            except (SignError, InputError, OverflowError):
                # An amount of the wrong sign, an option that there is not, or a number that no cell holds.
                value = "#NUM!"
            except ImportError:
                # No matter of the cells: the caller's Python lacks a package, and another one may have it.
                raise
            except Exception as exception:
                record(body.__name__, exception)
                value = "#VALUE!"
            return value if is_range(value) else ((value,),)

        FUNCTIONS[function.__name__] = WorksheetFunction(function, arguments, source)
        return function

    return declare


def elementwise(function: Callable[..., Any], *cells: Cells, blank: float | None = 0.0) -> Cells:
    """A rate of single cells, or of ranges cell by cell; one row or one column counts for all of a range's.

    A cell that cannot be used has its error in its own place alone: the first argument's that has one.

    Raises
    ------
    CellError
        Of single cells, the error that is in one of them.
    """
    scalars = []
    for cell in cells:
        if type(cell) is float:
            scalars.append(cell)
        elif is_range(cell):
            return _rangewise(function, cells, blank)
        else:
            scalars.append(number(cell, blank))
    return result(function(*scalars))


def _rangewise(function: Callable[..., Any], cells: tuple[Cells, ...], blank: float | None) -> Cells:
    import numpy as np

    columns, errors, shape = spread([numbers(cell, blank) for cell in cells])
    # A result that no number can hold is #NUM! in its own place, as `spill` shows it.
    with np.errstate(all="ignore"):
        try:
            results = function(*columns)
        except SignError:
            results, wrong = _one_by_one(function, columns)
            errors = wrong | errors
    return spill(results, errors, shape)


def spread(columns: list[Column]) -> tuple[list[Any], dict[int, str], tuple[int, int]]:
    """Columns as arrays of one size, the error of each position, and the shape that they share.

    As in Excel, a single row or column is repeated, and where a range has no cell there is #N/A.
    """
    import numpy as np

    shape = max(column.shape[0] for column in columns), max(column.shape[1] for column in columns)
    arrays: list[Any] = []
    errors: dict[int, str] = {}
    for column in reversed(columns):
        values, wrong = (column.values, column.errors) if column.shape == shape else _repeated(column, shape)
        arrays.insert(0, np.broadcast_to(values, shape[0] * shape[1]))
        errors.update(wrong)
    return arrays, errors, shape


def _repeated(column: Column, shape: tuple[int, int]) -> tuple[Any, ...]:
    """The values and errors of a smaller column over a larger shape."""
    import numpy as np

    if column.shape == (1, 1):
        return column.values, dict.fromkeys(range(shape[0] * shape[1]), column.errors[0]) if column.errors else {}
    source = np.full(shape, -1)
    own = np.arange(column.values.size).reshape(column.shape)
    height, width = (whole if part == 1 else part for part, whole in zip(column.shape, shape, strict=True))
    source[:height, :width] = own
    places = source.ravel()
    values = np.where(places < 0, math.nan, column.values[places])
    errors = dict.fromkeys(np.flatnonzero(places < 0).tolist(), "#N/A")
    for position, error in column.errors.items():
        errors.update(dict.fromkeys(np.flatnonzero(places == position).tolist(), error))
    return values, errors


def _one_by_one(function: Callable[..., Any], arrays: list[Any]) -> tuple[Any, dict[int, str]]:
    """The function of each position, for ranges of which some hold an amount of the wrong sign."""
    import numpy as np

    results, errors = np.empty(arrays[0].shape), {}
    for position, row in enumerate(zip(*(array.tolist() for array in arrays), strict=True)):
        try:
            results[position] = function(*row)
        except (SignError, OverflowError):
            results[position], errors[position] = math.nan, "#NUM!"
    return results, errors
