"""Random cubes with gaps, returns, zeros and fractions, and how to compare what is computed from them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nrr_xl.periods import Periods, month_number
from nrr_xl.revenue.cube.build import RevenueCube, Segment

PRICES = st.sampled_from([1.0, 2.5, 10.0, 99.99, 1000.0, 12_345.67])
AMOUNTS = st.one_of(st.just(0.0), PRICES, st.integers(1, 10**8).map(lambda cents: cents / 100))
VALUES = ("EMEA", "APAC", "AMER")


@st.composite
def cubes(draw, steps=(1, 3, 12), shortest=2, longest=28) -> RevenueCube:
    """A cube of a few customers, by month, quarter or year, with any fiscal year end and a segment that may change.

    Most are dense, so that several customers stand at both ends of a window; the rest are sparse.
    """
    step = draw(st.sampled_from(steps))
    customers = st.sampled_from([1, 2, 3, 4, 4, 5, 5, 6, 7])
    shape = draw(st.tuples(customers, st.integers(shortest, max(shortest, longest // (1 if step == 1 else 2)))))
    fiscal_year_end = draw(st.integers(1, 12))
    first = month_number(2020, 1) + (fiscal_year_end - 1) % 12 if step > 1 else draw(st.integers(24240, 24252))
    amounts = draw(arrays(float, shape, elements=AMOUNTS, fill=st.just(0.0)))
    if draw(st.sampled_from([True, True, True, True, False])):
        amounts = _filled(draw, amounts)
    if not amounts.any():
        amounts[0, 0] = 1.0
    codes = draw(arrays(np.int32, shape if draw(st.booleans()) else shape[:1], elements=st.integers(0, 2)))
    if codes.ndim == 2:
        codes = np.where(amounts > 0, codes, -1)
    return RevenueCube(
        customers=tuple(f"customer {i}" for i in range(shape[0])),
        periods=Periods(first, shape[1], step, fiscal_year_end),
        amounts=amounts,
        segments={"Region": Segment("Region", VALUES, codes)},
    )


def _filled(draw, amounts: np.ndarray) -> np.ndarray:
    """A price for each customer where the drawn amounts say nothing, but for a few customers and holes."""
    customers, periods = amounts.shape
    price = np.array([draw(PRICES) for _ in range(customers)])
    step = np.array([draw(st.sampled_from([0.0, 0.0, 0.01, -0.01, 7.5])) for _ in range(customers)])
    run = np.round(np.maximum(price[:, None] + step[:, None] * np.arange(periods), 0.01), 2)
    # Some arrive later: a third or two of the way.
    arrives = np.array([draw(st.sampled_from([0, 0, 0, 0, 1, 2])) for _ in range(customers)]) * periods // 3
    run[np.arange(periods) < arrives[:, None]] = 0.0
    run[draw(arrays(bool, run.shape, elements=st.sampled_from([False] * 7 + [True]), fill=st.just(False)))] = 0.0
    return np.where(amounts > 0, amounts, run)


def two_at_both_ends(cube: RevenueCube) -> bool:
    """Whether two or more customers have an amount in the first and in the last period."""
    return bool(((cube.amounts[:, 0] > 0) & (cube.amounts[:, -1] > 0)).sum() >= 2)


def book(cube: RevenueCube) -> dict[str, list[float]]:
    """The cube as the reference wants it."""
    return dict(zip(cube.customers, cube.amounts.tolist(), strict=True))


def labels(cube: RevenueCube, name: str = "Region") -> dict[str, list]:
    """Each customer's text in each period, None where it has none."""
    segment = cube.segments[name]
    periods = range(len(cube.periods))
    return {
        customer: [None if code < 0 else segment.values[code] for code in (segment.at(p)[row] for p in periods)]
        for row, customer in enumerate(cube.customers)
    }


def same(computed, expected, scale: float = 1.0) -> bool:
    """Equal to 1e-9, but for the rounding that the reference's sums of the size of `scale` bring; or both undefined."""
    computed = float(computed)
    if expected is None:
        return np.isnan(computed)
    return abs(computed - expected) <= 1e-9 * max(1.0, abs(expected)) + 1e-13 * scale
