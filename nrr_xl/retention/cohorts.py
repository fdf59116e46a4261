"""Cohorts: what the customers of each first period pay, and how many they are, as they age."""

from __future__ import annotations

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.metrics import ratio
from nrr_xl.periods import FREQUENCIES
from nrr_xl.records import struct
from nrr_xl.retention.movements import at_rates_of
from nrr_xl.retention.windows import period_ends, unit_of
from nrr_xl.revenue.cube.build import RevenueCube

MEASURES = ("revenue", "logos")


@struct()
class Triangle:
    """A cohort table: arrays (cohorts, ages), NaN where a cohort has not reached an age.

    `cohorts` names each first period "YYYY-MM"; `totals` are amounts or numbers of customers, `shares` those of age 0.
    Who is there in the rows' first period may have come at any time before: with `first_unknown` the first row is
    theirs, and no average or comparison counts it. `average` (ages,) is weighted by age 0 over the cohorts that reach
    the age. `best` and `worst` are the cohorts of the highest and lowest share at `compared_at`, None where fewer than
    two reach it. `half_life` is the age, in periods, at which the average falls to one half (between two ages by
    straight line); NaN where it never does.
    """

    measure: str
    freq: str
    cohorts: tuple[str, ...]
    totals: np.ndarray
    shares: np.ndarray
    average: np.ndarray
    best: str | None
    worst: str | None
    compared_at: int
    half_life: float
    first_unknown: bool = False


def cohorts(
    cube: RevenueCube,
    closing: int,
    measure: str = "revenue",
    freq: str | None = None,
    compare_at: int = 12,
    begin: int = 0,
) -> Triangle:
    """The triangle of one measure.

    Parameters
    ----------
    cube : RevenueCube
    closing : int
        Position of the last period; the quarter or year it lies in may still be running.
    measure : str
        "revenue" (amounts) or "logos" (customers with an amount).
    freq : str
        "month", "quarter" or "year" of the first amount, no finer than the cube; by default its own. Age n is
        measured at the end of the n-th period after it, age 0 at the end of the first period itself.
    compare_at : int
        Age in months at which the best and worst cohort are found; the oldest age that two cohorts reach, if younger.
    begin : int
        Position of the rows' first period: a template's axis may begin before it.

    >>> from nrr_xl.periods import Periods
    >>> cube = RevenueCube(("a", "b"), Periods(24288, 3), np.array([[100, 90, 45.0], [0, 50, 60]]))
    >>> cohorts(cube, 2).shares.tolist()
    [[1.0, 0.9, 0.45], [1.0, 1.2, nan]]
    """
    if measure not in MEASURES:
        raise InputError(f"measure is {measure!r}. Choose one of {', '.join(MEASURES)}.")
    freq = freq or unit_of(cube.periods.step)
    ends = period_ends(cube, closing, freq)
    active = cube.amounts[:, : closing + 1] > 0
    came = active.any(axis=1)
    began = active.argmax(axis=1)[came]
    # When the customers of the first period came is not known: they are a row of their own before the others.
    cohort = np.where(began > begin, 1 + np.searchsorted(ends, began), 0)
    amounts = at_rates_of(cube, closing, closing) if measure == "revenue" else active
    # Customers of one cohort are brought together, so that each is a run of rows to add up.
    order = np.argsort(cohort, kind="stable")
    present, starts = np.unique(cohort[order], return_index=True)
    by_end = np.zeros((1 + ends.size, ends.size), np.int64)
    if present.size:
        runs = amounts[np.flatnonzero(came)[order]]
        by_end[present] = np.add.reduceat(runs.astype(np.int64), starts, axis=0)[:, ends]
    # A period in which nobody came has no cohort.
    own = int(np.searchsorted(ends, begin))
    totals = _by_age(by_end, own)[present]
    names = tuple(cube.periods.keys[ends[k - 1] if k else begin] for k in present)
    unknown = bool(present.size and present[0] == 0)
    shares, average = ratio(totals, totals[:, :1]), _average(totals[unknown:])
    age = _common_age(totals[unknown:], compare_at // FREQUENCIES[freq])
    reached = unknown + np.flatnonzero(~np.isnan(shares[unknown:, age])) if age else np.zeros(0, int)
    ranked = reached[np.argsort(shares[reached, age], kind="stable")]
    best, worst = (names[ranked[-1]], names[ranked[0]]) if ranked.size > 1 else (None, None)
    if measure == "revenue":
        totals = _by_age(cube.units.amounts(by_end), own)[present]
    return Triangle(measure, freq, names, totals, shares, average, best, worst, age, half_life(average), unknown)


def half_life(average: np.ndarray) -> float:
    """The age at which a falling curve passes one half, by straight line between two ages; NaN where it never does.

    >>> half_life(np.array([1.0, 0.8, 0.4]))
    1.75
    """
    below = np.flatnonzero(average <= 0.5)
    if not below.size or below[0] == 0:
        return float("nan")
    age = below[0]
    return float(age - 1 + (average[age - 1] - 0.5) / (average[age - 1] - average[age]))


def _by_age(by_end: np.ndarray, own: int) -> np.ndarray:
    """Cohort x period end, each row moved so that it starts at the cohort's own period; NaN beyond.

    The first row is who was there in the first period, which ends at the end `own`.
    """
    count = by_end.shape[1]
    end = np.array([own, *range(count)])[:, None] + np.arange(count)
    aged = np.take_along_axis(by_end, np.minimum(end, count - 1), axis=1).astype(float)
    aged[end >= count] = np.nan
    return aged


def _average(totals: np.ndarray) -> np.ndarray:
    """The share of age 0 at each age, over all customers of the cohorts that reach it."""
    reached = ~np.isnan(totals)
    found: np.ndarray = ratio(np.where(reached, totals, 0.0).sum(axis=0), (reached * totals[:, :1]).sum(axis=0))
    return found


def _common_age(totals: np.ndarray, wanted: int) -> int:
    """The wanted age, or the oldest that at least two cohorts reach; 0 where only age 0 is shared."""
    reached = (~np.isnan(totals)).sum(axis=0) > 1
    ages = np.flatnonzero(reached)
    return int(min(wanted, ages[-1])) if ages.size else 0
