"""Lines that mutants of earlier days left standing: each test here dies when the line it guards is broken."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods, month_number, parse_period, period_label
from nrr_xl.retention.analysis import analyse
from nrr_xl.retention.checks import Check, mix_check
from nrr_xl.retention.cohorts import cohorts
from nrr_xl.retention.drivers import accounts_at_risk
from nrr_xl.retention.movements import movements
from nrr_xl.retention.outlook import outlook
from nrr_xl.retention.sensitivity import sensitivity
from nrr_xl.retention.windows import Window, window
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.currency import CurrencyLayer


def cube(amounts, **fields) -> RevenueCube:
    amounts = np.asarray(amounts, float)
    names = tuple(f"c{row}" for row in range(len(amounts)))
    return RevenueCube(names, Periods(24288, amounts.shape[1]), amounts, **fields)


def test_who_arrives_comes_at_the_closings_rate_and_is_no_exchange_effect():
    local, rates = np.array([[100.0, 100.0], [0.0, 50.0]]), np.array([1.0, 2.0])
    abroad = cube(local * rates, fx=(CurrencyLayer("EUR", np.array([0, 1]), local, rates),))
    flows = movements(abroad, [0], [1])
    assert (flows.new.item(), flows.fx.item(), flows.closing.item()) == (100.0, 100.0, 300.0)


def test_cohorts_are_compared_at_the_age_asked_for():
    amounts = np.zeros((3, 6))
    amounts[0, 1:] = [100, 90, 10, 10, 10]
    amounts[1, 2:] = [100, 50, 90, 90]
    amounts[2, 0] = 1
    early, late = (cohorts(cube(amounts), 5, compare_at=age) for age in (1, 2))
    assert (early.best, late.best) == ("2024-02", "2024-03")
    assert (early.compared_at, late.compared_at) == (1, 2)
    # The oldest age that two cohorts reach, where the one asked for is beyond it.
    assert cohorts(cube(amounts), 5, compare_at=12).compared_at == 3


def test_an_account_is_at_risk_after_the_periods_in_a_row_asked_for():
    amounts = [[10, 10, 9, 8], [10, 9, 8, 7], [10, 10, 10, 10.0]]
    for periods, listed in ((1, ["c0", "c1"]), (2, ["c0", "c1"]), (3, ["c1"]), (4, [])):
        found = accounts_at_risk(cube(amounts), Window(0, 3, 3), periods, 0.5)
        assert found["customer"].tolist() == listed
    assert accounts_at_risk(cube(amounts), Window(0, 3, 3), 3, 0.5)["periods_declining"].tolist() == [3]
    assert accounts_at_risk(cube(amounts), Window(0, 3, 3), 9, 0.25)["customer"].tolist() == ["c1"]
    assert accounts_at_risk(cube(amounts), Window(0, 3, 3), 9, 0.3)["customer"].tolist() == []
    # A peak before the window is none of its concern.
    fell = [[100, 10, 10, 10.0], [10, 10, 10, 10]]
    assert accounts_at_risk(cube(fell), Window(1, 3, 2), 9, 0.25)["customer"].tolist() == []
    assert accounts_at_risk(cube(fell), Window(0, 3, 3), 9, 0.25)["customer"].tolist() == ["c0"]


def test_the_outlooks_band_is_that_of_the_last_twelve_windows():
    twelve = [0.8, 1.2, *([1.0, 1.1] * 5)]
    past = np.array([5.0, *twelve])
    spread = float(np.std(twelve, ddof=1))
    found = outlook(100.0, 1.1, 0.9, past)
    assert found["high"][0] == pytest.approx(100 * (1.1 + spread))
    assert found["low"][0] == pytest.approx(100 * (1.1 - spread))
    half = outlook(100.0, 1.1, 0.9, past, months=6)
    assert half["central"][0] == pytest.approx(121.0) and half["grr_only"][0] == pytest.approx(81.0)


def test_the_tolerance_of_a_check_is_half_a_cent():
    assert Check("", 0.005).passed and not Check("", 0.0051).passed
    assert Check("", -0.005).passed and not Check("", -0.0051).passed
    assert Check("", 1e-9, "rate").passed and not Check("", 1e-8, "rate").passed
    assert Check("", 0, "count").passed and not Check("", 1, "count").passed


def test_the_mix_check_compares_with_the_change_of_nrr():
    table = {"value": ["a"], "mix": np.array([0.1]), "rate": np.array([0.2])}
    (good,) = mix_check("Region", table, 1.3, 1.0)
    (bad,) = mix_check("Region", table, 1.3, 1.1)
    assert good.passed and not bad.passed and bad.difference == pytest.approx(0.1)
    assert good.kind == "rate"
    assert mix_check("Region", table, 1.3, math.nan) == [] == mix_check("Region", {"value": []}, 1.3, 1.0)


def test_sensitivity_is_counted_from_the_grace_of_the_analysis():
    gap = cube([[10, 10, 0, 20.0], [10, 0, 0, 0]])
    found = {choice.choice: (choice.nrr, choice.change) for choice in sensitivity(gap, Window(0, 2, 2), grace=1)}
    assert found["as analysed"] == (0.5, 0.0)
    assert found["0 months"] == (0.0, -50.0) and "1 month" not in found
    # The other choices keep the grace.
    assert found["2 months"] == (0.5, 0.0)


def test_benchmarks_are_compared_with_a_years_rate():
    amounts = np.repeat(np.array([[100.0], [100.0]]), 7, axis=1)
    amounts[1, 6] = 80.0
    found = analyse(cube(amounts), months=6)
    own = dict(zip(found.tables.benchmarks["type"], found.tables.benchmarks["company"], strict=True))
    assert found.rates["nrr"] == 0.9
    assert {round(value, 6) for kind, value in own.items() if kind.startswith("NRR")} == {0.81}


def test_the_accounts_at_risk_shown_are_the_largest():
    amounts = np.array([[10.0 + row, 9 + row, 8 + row, 7 + row] for row in range(9)])
    found = analyse(cube(amounts), months=3, top=2)
    assert found.tables.risk["customer"].tolist() == ["c8", "c7"]
    assert "9 accounts" in {flag.code: flag.message for flag in found.flags}["accounts_at_risk"]


def test_a_window_that_opens_before_the_first_period_is_refused():
    short = cube(np.ones((2, 4)))
    assert window(short, 3).opening == 0
    with pytest.raises(InputError, match="opens before the first period, 2024-01"):
        window(short, 4)
    with pytest.raises(InputError, match="opens before the first period"):
        window(short, 3, "2024-03")


@pytest.mark.parametrize(
    ("month", "year_end", "label"),
    [
        (3, 12, "Q1 2024"),
        (12, 12, "Q4 2024"),
        (3, 3, "Q4 2024"),
        (6, 3, "Q1 2025"),
        (12, 3, "Q3 2025"),
        (1, 1, "Q4 2024"),
    ],
)
def test_fiscal_quarters_have_their_names(month, year_end, label):
    assert period_label(month_number(2024, month), 3, year_end) == label
    year, quarter = label.split()[1], label.split()[0]
    assert parse_period(f"{quarter} {year}", year_end) == (month_number(2024, month), 3)


def test_a_check_of_segments_fails_when_a_value_is_missing():
    from nrr_xl.retention.checks import addition_checks

    line = analyse(cube([[10, 12], [5, 4.0]]), months=1)
    whole = {**line.bridge, **{name: 0 for name in ("openers", "retained", "newcomers", "reactivated")}}
    whole |= {"expanded": 1, "contracted": 1, "churned": 0, "closers": 0}
    parts = {name: np.array([value]) for name, value in whole.items()}
    assert all(check.passed for check in addition_checks(whole, {"Region": parts}))
    off = {**parts, "churn": np.array([1.0]), "expanded": np.array([0])}
    assert [check.passed for check in addition_checks(whole, {"Region": off})] == [False, False]


def test_a_filled_gap_changes_no_customer_elsewhere():
    from nrr_xl.revenue.cube.build import fill_gaps

    amounts = np.array([[5, 0, 5, 0, 0, 5.0], [0, 5, 0, 0, 0, 0]])
    assert fill_gaps(cube(amounts), 1).amounts.tolist() == [[5, 5, 5, 0, 0, 5], [0, 5, 0, 0, 0, 0]]
    assert fill_gaps(cube(amounts), 2).amounts.tolist() == [[5, 5, 5, 5, 5, 5], [0, 5, 0, 0, 0, 0]]
    quarters = replace(cube(amounts), periods=Periods(24290, 6, 3))
    assert fill_gaps(quarters, 2).amounts.tolist() == amounts.tolist()
