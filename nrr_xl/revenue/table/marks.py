"""What stands above or below the headers of periods and says more of them: planned or actual, or another name."""

from __future__ import annotations

from collections.abc import Collection

from nrr_xl.revenue.cells.amounts import parse_amount
from nrr_xl.revenue.files.grid import BLANK, TEXT, Grid
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.periods import is_forecast

# Words of what amounts are.
_UNITS = {"filler", "money", "mrr", "arr", "recurring", "net", "monthly", "currency"}
# A label is no longer than this.
_LONGEST = 16


def planned_above(grid: Grid, row: int, periods: Collection[int]) -> set[int]:
    """The columns of periods over which the row above their header says that they are planned.

    It may say so once, over the first of several.
    """
    if row <= 0 or not periods:
        return set()
    found, said = set(), ""
    for column in range(min(periods), max(periods) + 1):
        said = grid.text(row - 1, column).strip() or said
        if column in periods and said and is_forecast(said):
            found.add(column)
    return found


def planned_below(grid: Grid, row: int, periods: Collection[int]) -> set[int]:
    """The columns of periods under which a row of labels says that they are planned: A, A, A, F, F."""
    if not labels_only(grid, row, periods):
        return set()
    return {column for column in periods if is_forecast(f"1 {grid.text(row, column).strip()}")}


def labels_only(grid: Grid, row: int, periods: Collection[int], customer: int | None = None) -> bool:
    """Whether a row below the headers holds a label under each period, of which none is an amount, and no customer."""
    return (
        len(periods) > 1
        and row < grid.rows
        and all(grid.kinds[column, row] == TEXT for column in periods)
        and (customer is None or grid.kinds[customer, row] == BLANK)
        and all(_is_label(grid.text(row, column)) for column in periods)
    )


def _is_label(text: str) -> bool:
    said = text.strip()
    return (len(said) <= _LONGEST and any(c.isalpha() for c in said) and parse_amount(said) is None) or {
        *meanings(said)
    } <= _UNITS
