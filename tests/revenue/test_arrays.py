"""What numpy gives, without its masked arrays: to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from nrr_xl.revenue.cells.arrays import among, distinct, median, quantiles, stable_order

DRAWN = np.random.default_rng(7)
SAMPLES = [np.round(DRAWN.lognormal(3, 2, DRAWN.integers(1, 60)), places) for places in (0, 1, 12) for _ in range(40)]


@pytest.mark.parametrize("values", SAMPLES, ids=range(len(SAMPLES)))
def test_they_are_numpys_to_the_bit(values):
    shares = [0.025, 0.25, 0.5, 0.975, float(DRAWN.random()), 0.0, 1.0]
    assert quantiles(values, shares) == np.quantile(values, shares).tolist()
    assert median(values) == np.median(values)
    assert distinct(values).tolist() == np.unique(values).tolist()
    assert among(values, values[::3]).tolist() == np.isin(values, values[::3]).tolist()
    assert not among(values, []).any() and among(values[:0], values).size == 0


@pytest.mark.parametrize("top", [1, 5, 1 << 40, 1 << 61])
def test_the_order_is_numpys_stable_one(top):
    for size in (0, 1, 2, 999):
        key = DRAWN.integers(0, top, size)
        assert stable_order(key).tolist() == np.argsort(key, kind="stable").tolist()
