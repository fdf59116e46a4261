"""What the add-in asks of the package: a worksheet function, or what a menu entry does; plain values in and out.

It runs in LibreOffice's own Python where the package's environment fits there, else in a helper process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nrr_xl.functions.catalogue  # noqa: F401 - declares them
from nrr_xl.functions.worksheet import FUNCTIONS

# The arguments that may hold dates.
DATED = ("periods", "as_of")
# Calc hands a single blank cell over as 0. Where blank means missing, a lone 0 must be missing too; and so it is for
# the words of an option, none of which is 0.
MISSING_AT_ZERO = ("rate", "rates", "scheme", "method", "measure", "freq")


def function(name: str, cells: tuple[Any, ...], days: int = 0) -> Any:
    """A worksheet function's rows of cells; dates are counted from `days` after 1899-12-30.

    >>> function("NRR", (100.0, 10.0))
    ((1.1,),)
    """
    declared = FUNCTIONS[name]
    if any(cell is None for cell in cells[: declared.required]):
        # Excel does not even accept such a formula.
        return (("#VALUE!",),)
    cells = tuple(
        None if cell == 0.0 and argument in MISSING_AT_ZERO else cell
        for argument, cell in zip(declared.arguments, cells, strict=False)
    )
    if days:
        cells = tuple(
            _moved(given, days) if argument in DATED else given
            for argument, given in zip(declared.arguments, cells, strict=False)
        )
    return declared.function(*cells)


def _moved(cells: Any, days: int) -> Any:
    """Serial dates of another first day as serial dates of 1899-12-30; years and months such as 202401 as they are."""
    from nrr_xl.revenue.cells.dates import When, number_date

    if isinstance(cells, tuple):
        return tuple(_moved(cell, days) for cell in cells)
    if not isinstance(cells, float):
        return cells
    as_written, moved = number_date(cells), number_date(cells + days)
    is_period = isinstance(as_written, When) and not as_written.day
    return cells + days if isinstance(moved, When) and moved.day and not is_period else cells


def action(name: str, book: dict[str, Any]) -> dict[str, Any]:
    """What a menu entry answers: the text and style of a message, and what is to be opened."""
    from nrr_xl.calc.actions import act

    return act(name, book)


ENTRIES: dict[str, Callable[..., Any]] = {"function": function, "action": action}
