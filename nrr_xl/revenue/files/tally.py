"""What a second count finds in a sheet: how many cells, how far they reach, and the sum of its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, isfinite

import numpy as np

from nrr_xl.revenue.files.grid import BLANK, DATE, NUMBER, PERCENT, Grid
from nrr_xl.revenue.files.proven import same_sum


@dataclass(slots=True)
class Tally:
    """Filled cells, numbers among them, the sum of these and of their whole parts, and the last row and column.

    `with_dates` says whether dates are numbers in such a file.
    """

    cells: int = 0
    numbers: int = 0
    total: float = 0.0
    whole: int = 0
    size: float = 0.0
    rows: int = 0
    columns: int = 0
    with_dates: bool = True

    def number(self, row: int, column: int, value: float, times: int = 1) -> None:
        """Count a cell that holds a number, or a block of equal ones that ends there."""
        self.other(row, column, times)
        if isfinite(value):
            self.numbers += times
            self.total += value * times
            self.whole += floor(value) * times
            self.size += abs(value) * times

    def other(self, row: int, column: int, times: int = 1) -> None:
        """Count a cell that holds anything else."""
        self.cells += times
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)

    def agrees(self, grid: Grid, texts_of_time: int = 0) -> bool:
        """Whether a grid holds no further cells, and the same money.

        Numbers that a format shows as dates have lost their time of day in the grid, so of them the whole days are
        compared; where times have become texts, only the number of cells is.
        """
        if int(np.count_nonzero(grid.kinds != BLANK)) > self.cells:
            return False
        if texts_of_time:
            return True
        plain = grid.values[np.isin(grid.kinds, (NUMBER, PERCENT))]
        dated = grid.values[grid.kinds == DATE] if self.with_dates else np.zeros(0)
        if plain.size + dated.size != self.numbers:
            return False
        if self.size < 2**52 and int(np.floor(plain).sum() + dated.sum()) != self.whole:
            return False
        return dated.size > 0 or same_sum(float(plain.sum()), self.total, self.size)
