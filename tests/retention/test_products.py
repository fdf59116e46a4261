"""The split of growth by product, and by price and volume, against a loop over customers and products."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrr_xl.periods import Periods
from nrr_xl.retention.analysis import analyse
from nrr_xl.retention.bridge import window_bridge
from nrr_xl.retention.products import price_and_volume, product_split
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import Policy, build_cube, fill_gaps
from nrr_xl.revenue.cube.rows import Labels, RevenueRows

AXIS = Periods(24288, 3)
record = st.tuples(
    st.sampled_from("abc"),
    st.integers(0, 2),
    st.sampled_from(["x", "y", ""]),
    # Whole cents: what else is rounded to (tests/revenue/test_exact.py) would need a looser comparison here.
    st.sampled_from([-5.0, 1.0, 10.0, 33.33, 250.0]),
    st.sampled_from([0.0, 1.0, 4.0]),
)


def rows(records) -> RevenueRows:
    customer, period, product, amount, quantity = zip(*records, strict=True)
    return RevenueRows(
        customer=Labels.of("customer", customer),
        periods=AXIS,
        period=np.array(period, np.int32),
        amounts=np.array(amount, float),
        product=Labels.of("product", product),
        quantity=np.array(quantity, float),
    )


def cells(records, position) -> dict:
    """{customer: {product: [amount, quantity]}} of one period."""
    found: dict = {}
    for customer, period, product, amount, quantity in records:
        if period == position:
            cell = found.setdefault(customer, {}).setdefault(product, [0.0, 0.0])
            cell[0] += amount
            cell[1] += quantity
    return found


@given(st.lists(record, min_size=1, max_size=25))
@settings(max_examples=150, deadline=None)
def test_splits_add_up_and_match_the_loop(records):
    cube = build_cube(rows(records))
    split, price = product_split(cube, [0], [2]), price_and_volume(cube, [0], [2])
    line = window_bridge(cube, Window(0, 2, 2))
    expected = dict.fromkeys(
        ("upsell", "cross_sell", "downsell", "downgrade", "netted", "price", "volume", "new_products", "dropped"), 0.0
    )
    before, after = cells(records, 0), cells(records, 2)
    for customer in set(before) & set(after):
        if sum(a for a, _ in before[customer].values()) <= 0 or sum(a for a, _ in after[customer].values()) <= 0:
            continue
        gained = lost = 0.0
        for product in {*before[customer], *after[customer]}:
            (a0, q0), (a1, q1) = (side[customer].get(product, (0.0, 0.0)) for side in (before, after))
            gain, loss = max(a1 - a0, 0.0), max(a0 - a1, 0.0)
            expected["upsell" if a0 > 0 else "cross_sell"] += gain
            expected["downsell" if a1 > 0 else "downgrade"] += loss
            gained, lost = gained + gain, lost + loss
            if a0 > 0 and a1 > 0 and q0 > 0 and q1 > 0:
                expected["volume"] += (q1 - q0) * a0 / q0
                expected["price"] += (a1 / q1 - a0 / q0) * q1
            elif a0 <= 0 < a1:
                expected["new_products"] += a1 - a0
            elif a1 <= 0 < a0:
                expected["dropped"] += a1 - a0
        expected["netted"] += min(gained, lost)
    close = {"rel": 1e-9, "abs": 1e-9}
    for name in ("upsell", "cross_sell", "downsell", "downgrade", "netted"):
        assert split[name][0] == pytest.approx(expected[name], **close), name
    assert split["unallocated"][0] == pytest.approx(0.0, abs=1e-9)
    assert split["upsell"][0] + split["cross_sell"][0] - split["netted"][0] == pytest.approx(line["expansion"], **close)
    lost = split["downsell"][0] + split["downgrade"][0] - split["netted"][0]
    assert lost == pytest.approx(line["contraction"], **close)
    assert price["price"][0] == pytest.approx(expected["price"], **close)
    assert price["volume"][0] == pytest.approx(expected["volume"], **close)
    assert price["cross_sell"][0] == pytest.approx(expected["new_products"], **close)
    assert price["downgrade"][0] == pytest.approx(expected["dropped"], **close)
    assert sum(part[0] for part in price.values()) == pytest.approx(line["expansion"] - line["contraction"], **close)


def test_one_time_revenue_and_mapped_customers_are_split_as_they_count():
    source = rows([("a", 0, "x", 10.0, 1.0), ("b", 2, "y", 15.0, 1.0), ("a", 2, "x", 12.0, 1.0)])
    cube = build_cube(source, Policy(customer_map={"b": "a"}))
    split = product_split(cube, [0], [2])
    assert (split["upsell"][0], split["cross_sell"][0]) == (2.0, 15.0)


def test_what_a_filled_gap_changes_is_unallocated():
    records = [("a", 0, "x", 10.0, 1.0), ("a", 2, "x", 12.0, 1.0), ("b", 0, "x", 1.0, 1.0), ("b", 1, "x", 1.0, 1.0)]
    cube = fill_gaps(build_cube(rows(records)), 1)
    split = product_split(cube, [1], [2])
    assert {name: value[0] for name, value in split.items() if value[0]} == {"unallocated": 2.0}


def test_an_analysis_shows_the_splits_where_the_rows_have_them():
    records = [("a", 0, "x", 10.0, 1.0), ("a", 1, "x", 12.0, 2.0), ("a", 2, "x", 12.0, 1.0)]
    analysis = analyse(build_cube(rows(records)), months=2)
    assert set(analysis.product_split) == set(analysis.price_volume) == {"window", "month"}
    window = analysis.price_volume["window"].iloc[0]
    assert (window["price"], window["volume"], window["from"], window["period"]) == (2.0, 0.0, "2024-01", "2024-03")
    assert analysis.price_volume["month"]["volume"].tolist() == [10.0, -6.0]
    assert analysis.price_volume["month"]["price"].tolist() == [-8.0, 6.0]


def test_without_products_and_quantities_there_is_no_split():
    plain = RevenueRows(
        customer=Labels.of("customer", ["a", "a"]), periods=AXIS, period=np.array([0, 1]), amounts=np.array([1.0, 2.0])
    )
    cube = build_cube(plain)
    assert product_split(cube, [0], [1]) is None and price_and_volume(cube, [0], [1]) is None
    assert analyse(cube, months=1).product_split == {}
