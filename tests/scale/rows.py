"""Plain recurring rows for the tests of very large tables: small enough to be read by `nrr_xl.read` as well."""

from __future__ import annotations

import numpy as np
import pyarrow as pa


def rows(customers: int = 400, months: int = 26, seed: int = 5) -> pa.Table:
    """Customers that come, grow, shrink, pause, leave and return, some with two rows a month and a credit."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, months - 2, customers)
    start[: customers // 2] = 0
    who, month = np.nonzero(rng.random((customers, months)) < 0.93)
    kept = month >= start[who]
    who, month = who[kept], month[kept]
    amount = np.round(rng.lognormal(4, 1, who.size), 2)
    again = rng.choice(who.size, 60, replace=False)
    who, month = np.append(who, who[again]), np.append(month, month[again])
    amount = np.append(amount, np.round(rng.uniform(-900, 50, 60), 2))
    order = rng.permutation(who.size)
    days = (np.datetime64("2023-01") + month[order]).astype("datetime64[D]")
    return pa.table(
        {
            "Customer": [f"Client {each:04d}" for each in who[order].tolist()],
            "Month": pa.array(days),
            "MRR": amount[order],
            "Region": [("EMEA", "APAC")[each % 2] for each in who[order].tolist()],
        }
    )


def same(scaled, whole) -> None:
    """That every figure of a scaled analysis is that of `nrr_xl.analyse`, to the bit."""
    assert scaled.bridge == whole.bridge
    assert scaled.rates == {name: whole.rates[name] for name in scaled.rates}
    assert (scaled.opening_period, scaled.closing_period) == (whole.opening_period, whole.closing_period)
    for name, values in scaled.bridges.items():
        assert values.tolist() == whole.tables.bridges["month"][name].tolist(), name
    for name, values in scaled.trend.items():
        np.testing.assert_array_equal(values, whole.tables.trend[name], err_msg=name)
    cube = whole.cube
    assert scaled.customers == len(cube.customers)
    assert scaled.used_total == cube.account.used_total and scaled.cells == cube.account.cells
    assert scaled.below_zero == float(cube.negatives.sum())
    first = np.array([int(np.argmax(row > 0)) for row in cube.amounts])
    expected = np.stack([cube.whole[first == at].sum(axis=0) for at in range(len(cube.periods))])
    assert scaled.cohorts.tolist() == cube.units.amounts(expected).tolist()
