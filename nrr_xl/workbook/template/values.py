"""What every formula of the template comes to for its rows, so that the file shows numbers before anything calculates.

The report's numbers are `nrr_xl.analyse`'s; a test recalculates the workbook in LibreOffice and compares each cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from nrr_xl.periods import Periods, month_number
from nrr_xl.retention.movements import Movements, movements
from nrr_xl.revenue.cube.build import RevenueCube, build_cube
from nrr_xl.revenue.cube.rows import Labels, RevenueRows
from nrr_xl.workbook.template.example import Row
from nrr_xl.workbook.template.layout import KEY_FACTOR, MONTHS, WINDOW_MONTHS


@dataclass(frozen=True)
class Values:
    """The example's rows as the template's workings see them: the Cube ends with the last month of the rows."""

    rows: tuple[Row, ...]

    @cached_property
    def months(self) -> np.ndarray:
        """Each row's month number."""
        return np.array([month_number(row[1].year, row[1].month) for row in self.rows])

    @cached_property
    def amounts(self) -> np.ndarray:
        return np.array([row[2] for row in self.rows])

    @cached_property
    def customer(self) -> Labels:
        return Labels.of("Customer", [row[0] for row in self.rows])

    @property
    def customers(self) -> int:
        return len(self.customer.values)

    @cached_property
    def first_rows(self) -> np.ndarray:
        """Each customer's first row, counted from 1."""
        return np.unique(self.customer.codes, return_index=True)[1] + 1

    @cached_property
    def keys(self) -> np.ndarray:
        """Customer and month as one number."""
        found: np.ndarray = (self.customer.codes + 1) * KEY_FACTOR + self.months
        return found

    @property
    def closing_number(self) -> int:
        return int(self.months.max())

    @property
    def cube_number(self) -> int:
        """The month number of the Cube's first column."""
        return self.closing_number - MONTHS + 1

    @property
    def opening(self) -> int:
        """The window's opening as a position in the Cube, counted from 0."""
        return MONTHS - 1 - WINDOW_MONTHS

    @cached_property
    def cube(self) -> RevenueCube:
        rows = RevenueRows(
            self.customer,
            Periods(self.cube_number, MONTHS),
            self.months - self.cube_number,
            self.amounts,
            segments=(Labels.of("Segment", [row[3] for row in self.rows]),),
        )
        cube = build_cube(rows)
        # The sheet's formulas list customers as they come.
        order = [cube.customers.index(name) for name in self.customer.compact().values]
        segments = {name: replace(found, codes=found.codes[order]) for name, found in cube.segments.items()}
        names = tuple(cube.customers[row] for row in order)
        return replace(cube, customers=names, amounts=cube.amounts[order], segments=segments)

    @cached_property
    def steps(self) -> Movements:
        """The movements of each month but the first."""
        return movements(self.cube, np.arange(MONTHS - 1), np.arange(1, MONTHS))

    @cached_property
    def trailing(self) -> Movements:
        """The movements over the window that ends in each month it reaches."""
        closing = np.arange(WINDOW_MONTHS, MONTHS)
        return movements(self.cube, closing - WINDOW_MONTHS, closing)

    @cached_property
    def window(self) -> Movements:
        return movements(self.cube, [self.opening], [MONTHS - 1])

    @cached_property
    def by_segment(self) -> Movements:
        return movements(self.cube, [self.opening], [MONTHS - 1], self.cube.segments["Segment"])

    def first_active(self) -> np.ndarray:
        """For each customer the months from its first amount to the closing, both counted; 0 if it has none."""
        active = self.cube.amounts > 0
        return np.where(active.any(axis=1), MONTHS - active.argmax(axis=1), 0)
