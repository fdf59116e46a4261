"""A transparent score of accounts at risk: one point for each signal that the rows show, and how it would have done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.metrics import ratio
from nrr_xl.retention.drivers import falls_in_a_row
from nrr_xl.retention.movements import at_both_ends, at_rates_of
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube, kept_rows

Array = np.ndarray[Any, Any]
# So many months after its first amount a customer is young, and leaves more easily.
YOUNG_MONTHS = 6
SIGNALS = ("falls", "drop", "young", "quantity", "usage")


def signals(cube: RevenueCube, at: int, back: int, periods: int, drop: float) -> dict[str, Array]:
    """Which signals each customer with an amount in a period shows: bool arrays (customers,).

    Parameters
    ----------
    cube : RevenueCube
    at, back : int
        The period, and how many before it its peaks are looked for in.
    periods, drop
        Falls in a row, and share of the peak lost, that are a signal (of amount, quantity and usage alike).

    Returns
    -------
    dict
        `falls`: the amount fell so many periods in a row; `drop`: it is that far below its peak; `young`: its first
        amount, after the first period of the rows, is at most YOUNG_MONTHS old; `quantity` and `usage`: the quantity
        (seats), and what the column named for usage says, is that far below its peak. A period without a number tells
        nothing. Either is missing where no row has one.

    >>> from nrr_xl.periods import Periods
    >>> amounts = np.array([[9, 8, 7, 6.0], [5, 5, 5, 5], [0, 0, 4, 4]])
    >>> found = signals(RevenueCube(tuple("abc"), Periods(24288, 4), amounts), 3, 3, 3, 0.5)
    >>> {name: shown.tolist() for name, shown in found.items()}
    {'falls': [True, False, False], 'drop': [False, False, False], 'young': [False, False, True]}
    """
    amounts = cube.units.amounts(at_rates_of(cube, at, at))
    here = amounts[:, -1] > 0
    first = (amounts > 0).argmax(axis=1)
    age = (at - first + 1) * cube.periods.step
    found = {
        "falls": here & (falls_in_a_row(amounts) >= periods),
        "drop": here & _below_peak(amounts[:, max(at - back, 0) :], drop),
        "young": here & (first > 0) & (age <= YOUNG_MONTHS),
    }
    for name in ("quantity", "usage"):
        if (counted := _counted(cube, name)) is not None:
            found[name] = here & _below_peak(counted[:, max(at - back, 0) : at + 1], drop)
    return found


def _below_peak(values: Array, drop: float) -> Array:
    peak, now = np.nan_to_num(values).max(axis=1), values[:, -1]
    lost = np.where(peak > 0, (peak - now) / np.where(peak > 0, peak, 1.0), 0.0)
    found: Array = lost.round(12) > drop
    return found


def _counted(cube: RevenueCube, name: str) -> Array | None:
    """Each customer's quantity or usage of each period, NaN where no row has one; None where no row ever has."""
    counts = getattr(cube.rows, name) if cube.rows else None
    if cube.rows is None or counts is None or np.isnan(counts).all():
        return None
    kept, customer = kept_rows(replace(cube.rows, segments=()), cube.policy)
    if customer.values != cube.customers:
        return None
    counts = getattr(kept, name)
    known = ~np.isnan(counts)
    total: Array = np.full(cube.amounts.shape, np.nan)
    cell = customer.codes.astype(np.int64)[known] * total.shape[1] + kept.period[known]
    found, place = np.unique(cell, return_inverse=True)
    total.reshape(-1)[found] = np.bincount(place, counts[known])
    return total


def scores(found: dict[str, Array]) -> Array:
    """How many signals each customer shows: int (customers,)."""
    total: Array = np.sum([shown.astype(int) for shown in found.values()], axis=0)
    return total


def score_list(cube: RevenueCube, span: Window, periods: int, drop: float, top: int) -> dict[str, Array]:
    """The closing's customers with a signal or more, the most signals first, then the largest amount.

    Returns
    -------
    dict of arrays (customers,)
        `customer`, `amount`, the signals of SIGNALS that there are (bool), `score`.
    """
    found = signals(cube, span.closing, span.back, periods, drop)
    score, amount = scores(found), cube.amounts[:, span.closing]
    rows = np.lexsort((-amount, -score))
    rows = rows[score[rows] > 0][:top]
    shown = {name: each[rows] for name, each in found.items()}
    return {
        "customer": np.array(cube.customers, dtype=object)[rows],
        "amount": amount[rows],
        **shown,
        "score": score[rows],
    }


def score_back_test(cube: RevenueCube, span: Window, periods: int, drop: float) -> dict[str, Array]:
    """What the score would have said at the opening, and what became of each score's customers by the closing.

    Returns
    -------
    dict of arrays (scores,)
        `score`, `customers` (of the opening), `churned` (how many had left by the closing), `rate` (churned /
        customers), `opening` and `kept` (their amounts at the opening and of it at the closing), `nrr`.

    >>> from nrr_xl.periods import Periods
    >>> amounts = np.array([[9, 8, 7, 6, 0], [5, 5, 5, 5, 5.0], [4, 4, 4, 4, 0], [3, 3, 3, 3, 3]])
    >>> found = score_back_test(RevenueCube(tuple("abcd"), Periods(24288, 5), amounts), Window(3, 4, 1), 3, 0.5)
    >>> found["score"].tolist(), found["customers"].tolist(), found["churned"].tolist()
    ([0, 1], [3, 1], [1, 1])
    """
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    score = scores(signals(cube, span.opening, span.back, periods, drop))[before > 0]
    size = int(score.max(initial=0)) + 1
    opening, closing = (cube.units.whole(end[before > 0]).astype(float) for end in (before, after))
    customers = np.bincount(score, minlength=size)
    churned = np.bincount(score, (closing == 0).astype(float), minlength=size).astype(int)
    base, kept = (np.bincount(score, end, minlength=size) for end in (opening, closing))
    return {
        "score": np.arange(size),
        "customers": customers,
        "churned": churned,
        "rate": ratio(churned.astype(float), customers.astype(float)),
        "opening": base / cube.units.scale,
        "kept": kept / cube.units.scale,
        "nrr": ratio(kept, base),
    }
