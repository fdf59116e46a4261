"""What stands behind a rate: the customers that moved it, how much hangs on a few of them, and who is at risk."""

from __future__ import annotations

import math

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.metrics import nrr_cohort, ratio
from nrr_xl.retention.lines import LINES
from nrr_xl.retention.movements import at_both_ends, at_rates_of
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube

MOVERS = ("expansion", "contraction", "churn", "new", "reactivation")
TOPS = (1, 5, 10, 20)


def movers(cube: RevenueCube, span: Window, top: int = 10) -> dict[str, dict[str, np.ndarray]]:
    """The customers that moved most over the window, by line of the bridge, largest first (ties by name).

    Returns
    -------
    dict of dict of arrays (at most `top`,)
        For each of MOVERS: `customer`, `opening`, `closing`, `change` (negative for a loss) and `share`, the
        change's share of that line's total.

    >>> from nrr_xl.periods import Periods
    >>> cube = RevenueCube(("a", "b", "c"), Periods(24288, 2), np.array([[100, 150], [100, 0], [0, 70.0]]))
    >>> movers(cube, Window(0, 1, 1))["churn"]["customer"].tolist()
    ['b']
    """
    before, after, known = at_both_ends(cube, span.opening, span.closing)
    change = cube.units.amounts(cube.units.whole(after) - cube.units.whole(before))
    names = np.array(cube.customers, dtype=object)
    found = {}
    for line in MOVERS:
        size = np.where(LINES[line].member(before, after, known), np.abs(change), 0.0)
        rows, total = largest(size, top), cube.units.total(size)
        found[line] = {
            "customer": names[rows],
            "opening": before[rows],
            "closing": after[rows],
            "change": change[rows],
            "share": size[rows] / total if rows.size else size[rows],
        }
    return found


def largest(values: np.ndarray, top: int, ties: np.ndarray | None = None) -> np.ndarray:
    """Positions of the `top` largest values above 0, largest first; equal ones by `ties`, then in their order."""
    if top < 1:
        raise InputError(f"top is {top}, but must be at least 1.")
    positions = np.flatnonzero(values > 0)
    if positions.size > top:
        limit = np.partition(values[positions], positions.size - top)[positions.size - top]
        positions = positions[values[positions] >= limit]
    keys = (-values[positions],) if ties is None else (-ties[positions], -values[positions])
    return positions[np.lexsort(keys)][:top]


def nrr_without_top(cube: RevenueCube, span: Window, count: int) -> float:
    """The window's NRR without its `count` customers of the largest opening amount; NaN where nobody is left.

    Of customers with equal opening amounts, those of the larger closing amount are left out first.
    """
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    before[largest(before, count, after)] = 0.0
    return nrr_cohort(cube.units.whole(before), cube.units.whole(after))


def concentration(cube: RevenueCube, span: Window) -> dict[str, float]:
    """How much hangs on a few customers.

    Returns
    -------
    dict of float
        `top_1`, `top_5`, `top_10`, `top_20`: their share of the closing amount; `hhi`: the Herfindahl index, the sum
        of all customers' squared shares (1 = a single customer); `nrr_without_top_1`, `_5`, `_10`: the window's NRR
        without the customers of the largest *opening* amounts, since leaving out the largest at the closing would
        leave out the winners.
    """
    after = cube.whole[:, span.closing].astype(float)
    total = float(after.sum())
    ranked = after[largest(after, max(TOPS))]
    shares = {f"top_{count}": ratio(float(ranked[:count].sum()), total) for count in TOPS}
    # One after the other, not by BLAS, whose order of adding differs between machines.
    hhi = ratio(math.fsum((after * after).tolist()), total * total)
    without = {f"nrr_without_top_{count}": nrr_without_top(cube, span, count) for count in TOPS[:3]}
    return {**shares, "hhi": hhi, **without}


def accounts_at_risk(
    cube: RevenueCube, span: Window, periods: int = 3, drop: float = 0.25, top: int | None = None
) -> dict[str, np.ndarray]:
    """Present customers whose amount fell several periods in a row, or far below its peak of the window.

    Parameters
    ----------
    cube, span
        The customers of the closing period; the peak is the highest amount from the opening on.
    periods : int
        Falls in a row, up to the closing, that make an account one at risk.
    drop : float
        Share of the peak that, once lost, makes an account one at risk.
    top : int, optional
        Only the largest; all of them by default.

    Returns
    -------
    dict of arrays
        `customer`, `amount` (at the closing: what is at stake, and the order), `periods_declining`, `peak`, `change`
        (amount - peak) and `drop` (the share of the peak that is lost).
    """
    # At one exchange rate: a falling currency is no falling account.
    amounts = cube.units.amounts(at_rates_of(cube, span.closing, span.closing))
    amount = amounts[:, -1]
    declining, peak = falls_in_a_row(amounts), amounts[:, span.opening :].max(axis=1)
    lost = np.where(peak > 0, (peak - amount) / np.where(peak > 0, peak, 1.0), 0.0)
    # Rounded, so that a fall to the limit exactly is not past it by a float's hair.
    stake = np.where((declining >= periods) | (lost.round(12) > drop), amount, 0.0)
    rows = largest(stake, len(stake) if top is None else top)
    return {
        "customer": np.array(cube.customers, dtype=object)[rows],
        "amount": amount[rows],
        "periods_declining": declining[rows],
        "peak": peak[rows],
        "change": cube.units.amounts(cube.units.whole(amount[rows]) - cube.units.whole(peak[rows])),
        "drop": lost[rows],
    }


def falls_in_a_row(amounts: np.ndarray) -> np.ndarray:
    """How many of the last steps, counted back from the end, were falls: int (customers,)."""
    still, count = np.ones(len(amounts), bool), np.zeros(len(amounts), int)
    for step in range(amounts.shape[1] - 1, 0, -1):
        still &= amounts[:, step] < amounts[:, step - 1]
        if not still.any():
            break
        count += still
    return count
