"""What every worksheet function shares: its declaration, whole ranges at once, and errors as error cells."""

from __future__ import annotations

import functools
import inspect
import math

from nrr_xl.errors import InputError, SignError
from nrr_xl.functions.log import record
from nrr_xl.functions.values import CellError, is_range, number, numbers, result, spill

CATEGORY = "Retention"
FUNCTIONS: dict[str, WorksheetFunction] = {}


class WorksheetFunction:
    """What the builders of add-ins and the documentation need to know of a worksheet function."""

    def __init__(self, function, arguments: dict[str, str]):
        self.function = function
        self.arguments = arguments

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def description(self) -> str:
        """The first line of the docstring, as the function wizard shows it."""
        return self.function.__doc__.strip().splitlines()[0]

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
        return len(self.arguments) - len(self.function.__wrapped__.__defaults__ or ())


def worksheet_function(**arguments: str):
    """Declare a worksheet function; each argument comes with its help text.

    The function gets raw cells and gives a value or rows of values. Whatever goes wrong in it becomes an error cell,
    and a line in the log where the cell alone does not say why.
    """

    def declare(body):
        @functools.wraps(body)
        def function(*cells):
            try:
                value = body(*cells)
            except CellError as error:
                value = error.text
            except (SignError, InputError):
                # An amount of the wrong sign, or an option that there is not.
                value = "#NUM!"
            except Exception as exception:
                record(body.__name__, exception)
                value = "#VALUE!"
            return value if is_range(value) else ((value,),)

        FUNCTIONS[function.__name__] = WorksheetFunction(function, arguments)
        return function

    return declare


def elementwise(function, *cells, blank: float = 0.0):
    """A rate of single cells, or of equal-shaped ranges cell by cell; a single cell counts for the whole range.

    Raises
    ------
    CellError
        #N/A where the ranges differ in shape; of single cells, whatever error is in one of them.
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


def _rangewise(function, cells, blank: float):
    import numpy as np

    columns = [numbers(cell, blank) for cell in cells]
    shape = common_shape(columns)
    errors = common_errors(columns, shape)
    values = [column.values for column in columns]
    try:
        results = function(*values)
    except SignError:
        results, wrong = _one_by_one(function, np.broadcast_arrays(*values))
        errors = wrong | errors
    return spill(results, errors, shape)


def common_shape(columns) -> tuple[int, int]:
    """The shape that all columns of more than one cell share; #N/A where they differ."""
    shapes = {column.shape for column in columns} - {(1, 1)}
    if len(shapes) > 1:
        raise CellError("#N/A")
    return shapes.pop() if shapes else (1, 1)


def common_errors(columns, shape: tuple[int, int]) -> dict[int, str]:
    """The error of each position, the first column's where several have one; a single cell's reaches them all."""
    errors = {}
    for column in reversed(columns):
        if column.shape == shape:
            errors.update(column.errors)
        elif column.errors:
            errors.update(dict.fromkeys(range(shape[0] * shape[1]), column.errors[0]))
    return errors


def _one_by_one(function, arrays):
    """The function of each position, for ranges of which some hold an amount of the wrong sign."""
    import numpy as np

    results, errors = np.empty(arrays[0].shape), {}
    for position, row in enumerate(zip(*(array.tolist() for array in arrays), strict=True)):
        try:
            results[position] = function(*row)
        except SignError:
            results[position], errors[position] = math.nan, "#NUM!"
    return results, errors
