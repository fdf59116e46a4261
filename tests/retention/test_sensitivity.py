"""Every policy switch is tried one at a time, and gives what an analysis under it would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nrr_xl.periods import Periods
from nrr_xl.retention.analysis import analyse
from nrr_xl.retention.sensitivity import sensitivity
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import Policy, build_cube, fill_gaps
from nrr_xl.revenue.cube.currency import Rates
from nrr_xl.revenue.cube.rows import Labels, RevenueRows

AXIS = Periods(24288, 4)
RECORDS = (
    # customer, period, amount, type, product, currency
    ("Acme", 0, 100.0, "recurring", "x", "USD"),
    ("Acme", 3, 80.0, "recurring", "x", "USD"),
    ("Acme", 3, 45.0, "setup", "x", "USD"),
    ("Beta", 0, 50.0, "recurring", "x", "EUR"),
    ("Beta", 2, 50.0, "recurring", "y", "EUR"),
    ("Beta", 3, 50.0, "recurring", "y", "EUR"),
    ("Acme Inc", 3, 30.0, "recurring", "y", "USD"),
    ("Gone", 0, 20.0, "recurring", "x", "USD"),
    ("Gone", 3, -5.0, "recurring", "x", "USD"),
)
RATES = Rates("USD", dated={"EUR": ((24288, 1.0), (24291, 1.2))})


def rows() -> RevenueRows:
    customer, period, amount, kind, product, currency = zip(*RECORDS, strict=True)
    return RevenueRows(
        customer=Labels.of("customer", customer),
        periods=AXIS,
        period=np.array(period, np.int32),
        amounts=np.array(amount),
        type=Labels.of("type", kind),
        product=Labels.of("product", product),
        currency=Labels.of("currency", currency),
    )


POLICY = Policy(customer_map={"Acme Inc": "Acme"}, rates=RATES)
SPAN = Window(0, 3, 3)


def test_each_choice_moves_nrr_by_so_many_points():
    found = {(c.case, c.choice): c for c in sensitivity(build_cube(rows(), POLICY), SPAN)}
    # Opening 170; closing at the opening's rate: Acme 80 + 30, Beta 50, Gone 0.
    assert found["all", "as analysed"].nrr == pytest.approx(160 / 170)
    expected = {
        ("one-time revenue", "counts"): 205 / 170,
        ("customer map", "not applied"): 130 / 170,
        ("currency", "each period's own rates"): 170 / 170,
        # Beta's product x is dropped, and y is a new customer; so is Acme's y.
        ("level", "product"): 80 / 170,
        ("grace", "1 month"): 160 / 170,
    }
    for key, nrr in expected.items():
        assert found[key].nrr == pytest.approx(nrr), key
        assert found[key].change == pytest.approx((nrr - 160 / 170) * 100), key
    refused = found["negatives", "are an error"]
    assert np.isnan(refused.nrr) and refused.note == "There are negative net amounts."
    assert len(found) == 1 + 3 + 5


def test_the_other_choices_keep_the_grace_of_the_analysis():
    found = {(c.case, c.choice): c.nrr for c in sensitivity(build_cube(rows(), POLICY), Window(1, 3, 2), grace=2)}
    # Acme's gap of two periods and Beta's of one are filled: opening 150.
    assert found["all", "as analysed"] == pytest.approx(160 / 150)
    assert found["customer map", "not applied"] == pytest.approx(130 / 150)


def test_grace_fills_the_gap_that_the_window_opens_in():
    cube = build_cube(rows(), POLICY)
    span = Window(1, 3, 2)
    found = {c.choice: c.nrr for c in sensitivity(cube, span)}
    assert np.isnan(found["as analysed"])  # nobody has an amount in period 1
    assert found["1 month"] == pytest.approx(1.0)  # Beta's gap of one month
    assert found["2 months"] == pytest.approx((50 + 110) / (50 + 100))
    for months in (1, 2, 3):
        analysed = analyse(cube, months=2, grace=months)
        assert analysed.rates["nrr"] == pytest.approx(found[f"{months} month{'s' * (months > 1)}"])
        again = analysed.sensitivity.set_index("choice")["nrr"]
        assert again["as analysed"] == pytest.approx(analysed.rates["nrr"])
        assert np.isnan(again["0 months"])


def test_every_choice_is_what_an_analysis_under_it_gives():
    cube = build_cube(rows(), POLICY)
    changes = {
        "one-time revenue": {"one_time": ()},
        "customer map": {"customer_map": {}},
        "level": {"level": "product"},
    }
    for choice in sensitivity(cube, SPAN, grace=1):
        if choice.case in changes:
            other = fill_gaps(build_cube(rows(), replace(POLICY, **changes[choice.case])), 1)
            rates = analyse(other, months=3).rates
            assert (choice.nrr, choice.grr) == pytest.approx((rates["nrr"], rates["grr"]))


def test_a_suggested_map_is_tried_where_none_is_given():
    cube = replace(build_cube(rows(), replace(POLICY, customer_map={})), suggested_map=(("Acme Inc", "Acme"),))
    found = {(c.case, c.choice): c for c in sensitivity(cube, SPAN)}
    assert found["customer map", "as suggested"].nrr == pytest.approx(160 / 170)


def test_rows_without_choices_have_only_the_grace():
    bare = RevenueRows(
        customer=Labels.of("customer", ["a", "a"]), periods=AXIS, period=np.array([0, 3]), amounts=np.array([1.0, 2.0])
    )
    assert [c.case for c in sensitivity(build_cube(bare), SPAN)] == ["all", "grace", "grace", "grace"]
    quarters = replace(bare, periods=Periods(24290, 4, 3))
    assert [c.choice for c in sensitivity(build_cube(quarters), SPAN)] == ["as analysed", "3 months"]
