"""How far a rate can be trusted: a bootstrap interval over customers, and how much a single customer moves it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nrr_xl.metrics import ratio
from nrr_xl.records import struct
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cells.arrays import quantiles
from nrr_xl.revenue.cube.build import RevenueCube, Segment

Array = np.ndarray[Any, Any]
DRAWS = 2000
FEWEST_DRAWS = 200
# Draws times customers that are looked at in all, and at once.
BUDGET, AT_ONCE = 20_000_000, 2_000_000
LEVEL = 0.90
# Of a normal variable, LEVEL of all values lie within so many standard errors.
WIDTH = 1.6448536269514722
SEED = 20241
# An interval of fewer customers says more than it knows.
FEWEST_CUSTOMERS = 5


@struct()
class Interval:
    """A rate with the interval in which it would lie in `level` of all samples of such customers.

    `low` and `high` are NaN with fewer than FEWEST_CUSTOMERS opening customers. `customer` is the one without which
    the rate moves most, to `without`. `error` is the standard error of the rate by formula, from how far each
    customer's closing is from the rate times its opening:
    ``sqrt(n / (n - 1) * sum((closing - rate * opening) ** 2)) / sum(opening)`` (Cochran, Sampling techniques, 1977,
    on ratio estimates); a spreadsheet can follow it, where it cannot draw.
    """

    rate: float
    low: float
    high: float
    customers: int
    customer: str
    without: float
    level: float = LEVEL
    draws: int = DRAWS
    error: float = float("nan")

    @property
    def by_formula(self) -> tuple[float, float]:
        """The ends of the interval by `error`: the rate less and plus WIDTH times it."""
        return self.rate - WIDTH * self.error, self.rate + WIDTH * self.error


def interval(cube: RevenueCube, span: Window, seed: int = SEED, level: float = LEVEL) -> Interval:
    """The bootstrap interval of the window's NRR: customers of the opening are drawn again with replacement.

    The same cube and seed give the same interval on every machine.

    Source: Efron, Bootstrap methods (1979), percentile interval.

    >>> from nrr_xl.periods import Periods
    >>> amounts = np.array([[100, 100.0]] * 6)
    >>> found = interval(RevenueCube(tuple("abcdef"), Periods(24288, 2), amounts), Window(0, 1, 1))
    >>> found.rate, found.low, found.high
    (1.0, 1.0, 1.0)
    """
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    rows = np.flatnonzero(before > 0)
    return _interval(cube, rows, before, after, seed, level)


def intervals_by(
    cube: RevenueCube, span: Window, segment: Segment, seed: int = SEED, level: float = LEVEL
) -> dict[str, Interval]:
    """The interval of every value of a segment that has opening customers (each at its value at the opening)."""
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    codes = segment.at(span.opening)
    found = {}
    for code, value in enumerate(segment.values):
        rows = np.flatnonzero((before > 0) & (codes == code))
        if rows.size:
            found[value] = _interval(cube, rows, before, after, seed, level)
    return found


def _interval(cube: RevenueCube, rows: Array, before: Array, after: Array, seed: int, level: float) -> Interval:
    opening, closing = (cube.units.whole(end[rows]).astype(float) for end in (before, after))
    base, kept = float(opening.sum()), float(closing.sum())
    rate = float(ratio(kept, base))
    nan = float("nan")
    customer, without = "", nan
    if rows.size > 1:
        others = ratio(kept - closing, base - opening)
        most = int(np.nanargmax(np.abs(others - rate)))
        customer, without = cube.customers[rows[most]], float(others[most])
    draws = int(max(min(DRAWS, BUDGET // max(rows.size, 1)), FEWEST_DRAWS))
    if rows.size < FEWEST_CUSTOMERS:
        return Interval(rate, nan, nan, int(rows.size), customer, without, level, draws)
    # The stream of RandomState is frozen for good, so that no version of numpy changes an interval.
    random = np.random.RandomState(seed)
    # The squares one after the other, not by BLAS, whose order of adding differs between machines.
    squares = math.fsum(((closing - rate * opening) ** 2).tolist())
    error = float(ratio(math.sqrt(rows.size / (rows.size - 1) * squares), base))
    step = max(AT_ONCE // rows.size, 1)
    drawn = []
    for start in range(0, draws, step):
        picked = random.randint(0, rows.size, (min(step, draws - start), rows.size))
        drawn.append(ratio(closing[picked].sum(axis=1), opening[picked].sum(axis=1)))
    tails = quantiles(np.concatenate(drawn), [(1 - level) / 2, (1 + level) / 2])
    return Interval(rate, tails[0], tails[1], int(rows.size), customer, without, level, draws, error)
