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
        rows = declared.function(*map(given, cells))
        return [list(row) for row in rows]

    body = inspect.signature(declared.function)
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in body.parameters.values()]
    function.__signature__ = inspect.Signature(plain)  # type: ignore[attr-defined]
    function.__annotations__ = {}
    function.__name__ = function.__qualname__ = declared.name
    function.__doc__ = declared.description
    return function


def given(cells: Any) -> Any:
    """An argument as the functions take it: a lone cell bare, numbers as floats (JavaScript's whole ones come as int).

    >>> given([[5]]), given([[1, None], ["x", True]]), given(None)
    (5.0, ((1.0, None), ('x', True)), None)
    """
    if not is_range(cells):
        return _cell(cells)
    if len(cells) == 1 and len(cells[0]) == 1:
        return _cell(cells[0][0])
    return tuple(tuple(map(_cell, row)) for row in cells)


def _cell(cell: Any) -> Any:
    return float(cell) if type(cell) is int else cell
