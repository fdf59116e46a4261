"""A second count of tables that are no sheet: what the store says of its columns, against what was read of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.arrow import call, cast
from nrr_xl.revenue.files.grid import BLANK, NUMBER, Grid

# So much of a sum of sizes may be lost in another order of adding up.
HAIR = 1e-9


def same_sum(one: float, other: float, size: float) -> bool:
    """Whether two sums of the same numbers, added up in any order, are one; `size` is the sum of their sizes.

    >>> same_sum(0.1 + 0.2, 0.3, 0.3), same_sum(100.01, 100.0, 100.0)
    (True, False)
    """
    return abs(one - other) <= HAIR * (size + 1)


def refuse_unproven(grid: Grid, rows: int, said: Sequence[tuple[int, float] | None], where: str) -> Grid:
    """The grid, if it holds the rows of a store and, of each numeric column, as many amounts and the same sum.

    `said` are, for each column, how many cells hold something and their sum; None for a column that is not compared.

    Raises
    ------
    InputError
        If a column or the number of rows differs.

    >>> from nrr_xl.revenue.files.grid import grid_of_columns
    >>> grid = grid_of_columns("rows", [["MRR", 5.0, None, 7.5]])
    >>> refuse_unproven(grid, 3, [(2, 12.5)], "rows.parquet") is grid
    True
    >>> refuse_unproven(grid, 3, [(2, 13.5)], "rows.parquet")
    Traceback (most recent call last):
    ...
    nrr_xl.errors.InputError: rows.parquet: a second count finds other rows or amounts in 'MRR' than were read. Save \
the rows as .csv and retry.
    """
    wrong = grid.rows != rows + 1
    title = ""
    for column, told in enumerate(said):
        if told is None or wrong:
            continue
        count, total = told
        kinds, values = grid.kinds[column, 1:], grid.values[column, 1:]
        held = np.where(kinds == NUMBER, values, 0.0)
        same = same_sum(float(held.sum()), total, float(np.abs(held).sum()))
        if np.count_nonzero(kinds != BLANK) != count or not same:
            wrong, title = True, grid.text(0, column)
    if wrong:
        what = f" in {title!r}" if title else ""
        raise InputError(
            f"{where}: a second count finds other rows or amounts{what} than were read. Save the rows as .csv and"
            " retry."
        )
    return grid


def arrow_count(column: Any) -> tuple[int, float] | None:
    """What Arrow's own functions count and add up in a column; None for one of no plain numbers."""
    import pyarrow as pa

    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return None
    column = call("drop_null", column) if column.null_count else column
    if pa.types.is_floating(kind) and call("any", nothing := call("is_nan", column)).as_py():
        column = call("filter", column, call("invert", nothing))
    total = call("sum", cast(column, pa.float64())).as_py() or 0.0
    return (len(column), total) if abs(total) < float("inf") else None
