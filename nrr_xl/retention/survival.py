"""A projection by the shifted beta-geometric model: customers differ in how likely they are to leave, so churn slows.

Beside the arithmetic outlook, which keeps today's rate for ever. Source: Fader and Hardie, How to project customer
retention, Journal of Interactive Marketing 21 (2007).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.metrics import ratio
from nrr_xl.records import struct
from nrr_xl.retention.cohorts import cohorts
from nrr_xl.retention.outlook import YEARS
from nrr_xl.revenue.cube.build import RevenueCube

Array = np.ndarray[Any, Any]
# The grid of log10(alpha), log10(beta) that is looked through, each time closer around the best point.
LOW, HIGH, POINTS, ROUNDS = -2.0, 3.0, 31, 5
# Fewer customers lost than these leave the model without a shape.
FEWEST_LOST = 10


@struct()
class Survival:
    """A fitted model and what it projects for the customers of the closing.

    `alpha`, `beta` shape the chance of leaving in a period; `shares` are the expected shares of customers still there
    in 12, 24 and 36 months. `back_predicted` and `back_actual` are the share of the customers of a year before the
    closing still there at it, as the model fitted up to then had it, and as it was; NaN where the rows do not reach.
    """

    alpha: float
    beta: float
    shares: tuple[float, ...]
    back_predicted: float
    back_actual: float


def survival(cube: RevenueCube, closing: int) -> Survival | None:
    """The model of the logo cohorts up to a closing; None where too few customers were lost to fit one.

    Customers present in the first period of the rows are of unknown age and are left out of the fit; they are projected
    as if they had come then.
    """
    fitted = _fit(cube, closing)
    if fitted is None:
        return None
    year = 12 // cube.periods.step
    shares = tuple(_expected(cube, closing, fitted, years * year) for years in YEARS)
    nan = float("nan")
    predicted = actual = nan
    if closing - year > 0 and (earlier := _fit(cube, closing - year)) is not None:
        predicted = _expected(cube, closing - year, earlier, year)
        was = cube.amounts[:, closing - year] > 0
        actual = float(ratio(float((was & (cube.amounts[:, closing] > 0)).sum()), float(was.sum())))
    return Survival(*fitted, shares, predicted, actual)


def retention_at(alpha: float, beta: float, age: Array | float) -> Array | float:
    """The chance that a customer of an age, in periods, is still there a period later.

    ``(beta + age) / (alpha + beta + age)``

    >>> retention_at(1.0, 3.0, 0.0), retention_at(1.0, 3.0, 4.0)
    (0.75, 0.875)
    """
    return (beta + age) / (alpha + beta + age)


def _fit(cube: RevenueCube, closing: int) -> tuple[float, float] | None:
    """The likeliest alpha and beta of how many stayed and left at each age, over all cohorts but the first period's."""
    triangle = cohorts(cube, closing, "logos")
    totals = triangle.totals[1:] if triangle.first_unknown else triangle.totals
    if totals.shape[0] == 0 or totals.shape[1] < 2:
        return None
    # A customer that returns does not leave twice: the lowest count so far is who never left.
    staying = np.fmin.accumulate(totals, axis=1)
    reached = ~np.isnan(totals[:, 1:])
    kept = np.where(reached, staying[:, 1:], 0.0).sum(axis=0)
    lost = np.where(reached, staying[:, :-1] - staying[:, 1:], 0.0).sum(axis=0)
    if lost.sum() < FEWEST_LOST:
        return None
    age = np.arange(kept.size, dtype=float)
    low, high = np.array([LOW, LOW]), np.array([HIGH, HIGH])
    best = (low + high) / 2
    for _ in range(ROUNDS):
        first, second = (10 ** np.linspace(low[i], high[i], POINTS) for i in (0, 1))
        stay = retention_at(first[:, None, None], second[None, :, None], age)  # type: ignore[arg-type]
        likely = (kept * np.log(stay) + lost * np.log1p(-stay)).sum(axis=2)
        place = np.unravel_index(int(likely.argmax()), likely.shape)
        best = np.log10([first[place[0]], second[place[1]]])
        width = (high - low) / (POINTS - 1) * 2
        low, high = best - width, best + width
    return float(10 ** best[0]), float(10 ** best[1])


def _expected(cube: RevenueCube, closing: int, fitted: tuple[float, float], ahead: int) -> float:
    """The expected share of a period's customers that are still there so many periods later."""
    active = cube.amounts[:, : closing + 1] > 0
    here = active[:, closing]
    age = (closing - active.argmax(axis=1))[here].astype(float)
    share = np.ones(age.size)
    for step in range(ahead):
        share = share * retention_at(*fitted, age + step)
    return float(share.mean()) if share.size else float("nan")
