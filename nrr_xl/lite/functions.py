"""The worksheet functions declared to xlwings Lite, which runs them in the browser's Python (Pyodide)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, MutableMapping
from typing import Any

import nrr_xl.functions.catalogue  # noqa: F401 - declares them
from nrr_xl.functions.values import is_range
from nrr_xl.functions.worksheet import FUNCTIONS, WorksheetFunction


def declare(names: MutableMapping[str, Any]) -> None:
    """Put every worksheet function into a module's names, declared to xlwings, as Lite looks for them."""
    import xlwings

    for name, declared in FUNCTIONS.items():
        function = _adapter(declared)
        for argument, help_text in declared.arguments.items():
            # Always rows of cells, and error cells by their names; both as the worksheet functions take them.
            function = xlwings.arg(argument, ndim=2, err_to_str=True, doc=help_text)(function)
        names[name] = xlwings.func(function)


def _adapter(declared: WorksheetFunction) -> Callable[..., Any]:
    """A function of the same arguments, without type hints: xlwings would take those for converters."""

    def function(*cells: Any) -> list[list[Any]]:
        rows = declared.function(*given(cells))
        return [list(row) for row in rows]

    body = inspect.signature(declared.function)
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in body.parameters.values()]
    function.__signature__ = inspect.Signature(plain)  # type: ignore[attr-defined]
    function.__annotations__ = {}
    function.__name__ = function.__qualname__ = declared.name
    function.__doc__ = declared.description
    return function


def given(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments as the functions take them: numbers as floats (JavaScript's whole ones come as int), cells bare.

    Excel hands a lone cell over as a range of one; it stays one beside a larger range, as its error then shows in
    every cell.

    >>> given(([[5]], None)), given(([[5]], [[1, None], ["x", True]]))
    ((5.0, None), (((5.0,),), ((1.0, None), ('x', True))))
    """
    ranges = [cells for cells in arguments if is_range(cells)]
    bare = all(len(cells) == 1 == len(cells[0]) for cells in ranges)
    return tuple(
        _cell(cells)
        if not is_range(cells)
        else _cell(cells[0][0])
        if bare
        else tuple(tuple(map(_cell, row)) for row in cells)
        for cells in arguments
    )


def _cell(cell: Any) -> Any:
    return float(cell) if type(cell) is int else cell
