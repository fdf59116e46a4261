"""The customer x period cube of amounts that every number is computed from, built from rows under a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from nrr_xl.errors import InputError, Problem
from nrr_xl.periods import Periods
from nrr_xl.revenue.rows import Account, Labels, RevenueRows, Source

BLANK = "(blank)"


@dataclass(frozen=True, slots=True)
class Segment:
    """A text attribute of customers, per period where it changes.

    `codes` is (customers,) or (customers, periods): the position in `values`, -1 where the customer has no amount.
    """

    name: str
    values: tuple[str, ...]
    codes: np.ndarray

    def at(self, period: int) -> np.ndarray:
        """Each customer's code in a period."""
        return self.codes if self.codes.ndim == 1 else self.codes[:, period]


@dataclass(frozen=True, slots=True)
class RevenueCube:
    """Amounts of every customer in every period, >= 0, with where they come from.

    `amounts` is float64 (customers, periods) in one currency; `negatives` is (periods,), what was netted below 0 and
    counts as 0 (a positive magnitude). `unit` is the amounts' name, such as "MRR" or "ARR".
    """

    customers: tuple[str, ...]
    periods: Periods
    amounts: np.ndarray
    segments: Mapping[str, Segment] = field(default_factory=dict)
    negatives: np.ndarray | None = None
    unit: str = "MRR"
    currency: str = ""
    source: Source = field(default_factory=Source)
    account: Account = field(default_factory=Account)
    rows: RevenueRows | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything the reader has to say about the source."""
        return self.account.problems


def build_cube(
    rows: RevenueRows, source: Source | None = None, account: Account | None = None, **labels
) -> RevenueCube:
    """Sum the rows to one amount per customer and period.

    A sum below 0 counts as 0 for retention and stays visible in `negatives`. `labels` sets `unit` and `currency`.
    """
    customers, periods = len(rows.customer.values), len(rows.periods)
    if not len(rows) or not customers:
        raise InputError("There are no amounts to analyse.")
    cell = rows.customer.codes.astype(np.int64) * periods + rows.period
    amounts = np.bincount(cell, rows.amounts, customers * periods).reshape(customers, periods)
    negatives = -np.minimum(amounts, 0.0).sum(axis=0)
    return RevenueCube(
        customers=rows.customer.values,
        periods=rows.periods,
        amounts=np.maximum(amounts, 0.0),
        segments={column.name: _segment(column, cell, customers, periods) for column in rows.segments},
        negatives=negatives,
        source=source or Source(),
        account=account or Account(),
        rows=rows,
        **labels,
    )


def _segment(column: Labels, cell: np.ndarray, customers: int, periods: int) -> Segment:
    """Spread a text column over the cube; the last row of a cell decides, a blank never overrides a text."""
    codes = np.full(customers * periods, -1, np.int32)
    filled = column.codes >= 0
    codes[cell[filled]] = column.codes[filled]
    values = column.values
    blank = np.zeros(customers * periods, bool)
    blank[cell] = True
    blank &= codes < 0
    if blank.any():
        codes[blank], values = len(values), (*values, BLANK)
    grid = codes.reshape(customers, periods)
    highest = grid.max(axis=1)
    constant = ((grid == highest[:, None]) | (grid < 0)).all()
    return Segment(column.name, values, highest if constant else grid)


def fill_gaps(cube: RevenueCube, grace: int) -> RevenueCube:
    """The cube with every gap of at most `grace` months filled with the last amount before it.

    >>> cube = RevenueCube(("a",), Periods(24288, 4), np.array([[5.0, 0.0, 0.0, 7.0]]))
    >>> fill_gaps(cube, 2).amounts.tolist()
    [[5.0, 5.0, 5.0, 7.0]]
    """
    longest = grace // cube.periods.step
    active = cube.amounts > 0
    if not longest or active.all():
        return cube
    position = np.arange(len(cube.periods))
    before = np.maximum.accumulate(np.where(active, position, -1), axis=1)
    after = np.minimum.accumulate(np.where(active, position, position.size)[:, ::-1], axis=1)[:, ::-1]
    gap = ~active & (before >= 0) & (after < position.size) & (after - before - 1 <= longest)
    filled = np.where(gap, np.take_along_axis(cube.amounts, np.maximum(before, 0), axis=1), cube.amounts)
    return replace(cube, amounts=filled)
