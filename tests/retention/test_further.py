"""Adjustments, intervals, levers, renewals, churn, survival and unit economics, each against figures worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import nrr_xl
from nrr_xl.errors import InputError
from nrr_xl.periods import Periods
from nrr_xl.retention.adjust import adjusted
from nrr_xl.retention.churned import reasons_for_churn, risk_by_segment, tenure_at_churn
from nrr_xl.retention.economics import unit_economics
from nrr_xl.retention.levers import Base, pull, way_to, worth_of_a_point
from nrr_xl.retention.renewals import renewals
from nrr_xl.retention.survival import survival
from nrr_xl.retention.uncertainty import interval, intervals_by
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube, Segment

SAMPLE = "templates/sample_revenue.xlsx"


def cube(amounts, segments=None, names=None, suggested=()):
    amounts = np.asarray(amounts, float)
    names = names or tuple(f"c{row:03d}" for row in range(len(amounts)))
    axis = Periods(24288, amounts.shape[1])
    return RevenueCube(names, axis, amounts, segments=segments or {}, suggested_map=tuple(suggested))


@pytest.fixture(scope="module")
def sample():
    return nrr_xl.analyse(nrr_xl.read(SAMPLE), gross_margin=0.8, sales_cost=1_000_000, burn=500_000)


def test_the_sample_is_adjusted_by_the_halden_take_over(sample):
    found = sample.adjusted
    assert (round(found.reported, 3), round(found.adjusted, 3)) == (1.067, 1.077)
    taken = [item for item in found.adjustments if item.accepted]
    assert [(item.kind, item.customer, item.other, item.numerator) for item in taken] == [
        ("take_over", "Halden Robotics GmbH", "Halden Robotics (Vantor Group)", 6300.0)
    ]
    assert found.deciding([False] * len(found.adjustments)).adjusted == found.reported == sample.rates["nrr"]


def test_a_take_over_is_near_in_time_and_amount():
    leaver = [100, 100, 0, 0, 0, 0.0]
    for other, accepted in (
        ([0, 0, 100.5, 100, 100, 90], [True]),
        ([0, 0, 108, 100, 100, 90], [False]),
        ([0, 0, 111, 100, 100, 90], []),
        ([0, 0, 0, 0, 100, 90], [True]),
        ([0, 0, 0, 0, 0, 100], []),
        ([0, 100, 100, 100, 100, 90], [True]),
        # A customer of the opening takes nobody over by having been there.
        ([100, 100, 100, 100, 100, 90], []),
    ):
        found = adjusted(cube([leaver, other, [50.0] * 6]), Window(0, 5, 5)).adjustments
        assert [item.accepted for item in found] == accepted, other


def test_each_customer_is_taken_over_once_and_the_nearest_amount_wins():
    amounts = [[100, 0, 0], [101, 0, 0], [0, 101, 101], [0, 100, 80], [5, 5, 5.0]]
    found = adjusted(cube(amounts), Window(0, 2, 2)).adjustments
    assert [(item.customer, item.other) for item in found] == [("c000", "c003"), ("c001", "c002")]


def test_renames_gaps_small_customers_and_hand_corrections():
    amounts = [[10, 10, 0, 0], [0, 0, 30, 30], [20, 0, 20, 25], [2, 2, 2, 4], [40, 40, 40, 0.0]]
    book = cube(
        amounts, names=("Acme Inc", "Acme, Inc.", "Gap", "Small", "Wrong"), suggested=[("Acme, Inc.", "Acme Inc")]
    )
    found = adjusted(book, Window(1, 3, 2), smallest=5.0, by_hand=[("Wrong", 40.0, 40.0)])
    effects = [(item.kind, item.customer, item.numerator, item.denominator) for item in found.adjustments]
    assert effects == [
        ("rename", "Acme Inc", 30.0, 0.0),
        ("gap", "Gap", 25.0, 20.0),
        ("below", "Small", -4.0, -2.0),
        ("hand", "Wrong", 40.0, 0.0),
    ]
    assert found.reported == pytest.approx(4 / 52)
    assert found.adjusted == pytest.approx((4 + 30 + 25 - 4 + 40) / (52 + 20 - 2))
    with pytest.raises(InputError, match="no customer 'Nobody'"):
        adjusted(book, Window(1, 3, 2), by_hand=[("Nobody", 1.0, 1.0)])


def test_an_interval_is_the_same_each_time_and_holds_the_rate():
    random = np.random.default_rng(4)
    before = np.round(random.lognormal(4, 1, 80), 2)
    after = np.round(before * random.choice([0.0, 1.0, 1.3], 80, p=[0.1, 0.6, 0.3]), 2)
    book = cube(np.column_stack([before, after]))
    one, two = interval(book, Window(0, 1, 1)), interval(book, Window(0, 1, 1))
    assert one == two
    assert one.low < one.rate < one.high
    assert interval(book, Window(0, 1, 1), seed=1).low != one.low
    wider = interval(book, Window(0, 1, 1), level=0.99)
    assert wider.low < one.low and wider.high > one.high
    # Four times as many customers of the same kind: half the width.
    more = interval(cube(np.tile(np.column_stack([before, after]), (4, 1))), Window(0, 1, 1))
    assert (more.high - more.low) / (one.high - one.low) == pytest.approx(0.5, abs=0.08)


def test_the_customer_that_moves_the_rate_most_is_named():
    book = cube([[100, 300], [100, 100], [100, 90], [100, 100], [100, 100], [0, 50.0]])
    found = interval(book, Window(0, 1, 1))
    assert (found.customer, found.without, found.customers) == ("c000", 390 / 400, 5)
    region = Segment("Region", ("A", "B"), np.array([0, 1, 1, 1, 1, 0]))
    parts = intervals_by(book, Window(0, 1, 1), region)
    assert parts["A"].rate == 3.0 and math.isnan(parts["A"].low) and parts["A"].customer == ""
    assert parts["B"].customers == 4 and math.isnan(parts["B"].low)


def test_levers_pull_where_the_arithmetic_says():
    base = Base(1000.0, 150.0, 50.0, 100.0, 1200.0, 60.0)
    assert base.nrr == 1.0
    assert pull(base).amounts == (1200.0, 1200.0, 1200.0)
    assert pull(base, churn_cut=0.4).nrr == pytest.approx(1.04)
    assert pull(base, contraction_cut=1.0).nrr == pytest.approx(1.05)
    assert pull(base, expansion_rise=0.2, expanding_share=0.5).nrr == pytest.approx(1.015)
    # 60 % of the 5 % at risk saved are 3 points, less than the 10 of the churn that is left.
    assert pull(base, saved=0.6).nrr == pytest.approx(1.03)
    assert pull(base, saved=0.6).amounts == pytest.approx((1236.0, 1236.0 * 1.03, 1236.0 * 1.03**2))
    # No more can be saved than would have been lost.
    assert pull(Base(1000.0, 0.0, 0.0, 100.0, 1000.0, 900.0), saved=1.0).amounts[0] == pytest.approx(1000.0)
    half = pull(Base(1000.0, 0.0, 0.0, 100.0, 1000.0, 0.0, months=6))
    assert half.yearly == pytest.approx(0.81) and half.amounts[0] == pytest.approx(810.0)
    for wrong in ({"churn_cut": 1.1}, {"saved": -0.1}, {"expansion_rise": -1.5}):
        with pytest.raises(InputError):
            pull(base, **wrong)


def test_the_way_to_a_target():
    base = Base(1000.0, 150.0, 50.0, 100.0, 1200.0, 60.0)
    found = way_to(base, 1.10)
    assert found["amount"] == 100.0 and found["churn_cut"] == 1.0
    assert math.isnan(found["contraction_cut"]) and found["expansion_rise"] == pytest.approx(2 / 3)
    assert worth_of_a_point(base)["amount"] == pytest.approx([12.0, 1200 * (1.01**2 - 1), 1200 * (1.01**3 - 1)])


CONTRACTS = [
    ("a", "2023-01-01", "2024-01-01", 100),
    ("a", "2024-01-01", "2025-01-01", 110),  # on time, with an escalator of 10
    ("b", "2023-01-01", "2024-01-01", 50),  # not renewed
    ("c", "2023-02-01", "2024-02-01", 60),
    ("c", "2024-04-01", "2025-04-01", 40),  # late, and less
    ("d", "2023-03-01", "2024-03-01", 20),
    ("d", "2023-06-01", "2024-03-01", 20),  # ends together with the other
    ("d", "2024-03-01", "2025-03-01", 70),  # both renewed in one, and expanded
]


def test_renewals_from_contract_dates():
    rows = pd.DataFrame(CONTRACTS, columns=["Customer", "Start", "End", "MRR"])
    book = nrr_xl.read(rows)
    keys = book.periods.keys
    found = renewals(book, keys.index("2023-11"), keys.index("2024-11"))
    table = found.table
    assert table["month"][:3].tolist() == ["2023-12", "2024-01", "2024-02"]
    assert table["available"][:4].tolist() == [150.0, 60.0, 40.0, 0.0]
    assert table["on_time"][:3].tolist() == [100.0, 0.0, 40.0]
    assert table["late"][:3].tolist() == [0.0, 40.0, 0.0]
    assert table["lost"][:3].tolist() == [50.0, 20.0, 0.0]
    assert (table["escalators"][0], table["expansion"][2], table["coterminous"][2]) == (10.0, 30.0, 1)
    assert table["logo_rate"][:3].tolist() == [0.5, 1.0, 1.0]
    assert (found.total["available"], found.total["rate"]) == (250.0, 180 / 250)
    ahead = {m: a for m, a in zip(found.calendar["month"], found.calendar["amount"], strict=True) if a}
    assert ahead == {"2024-12": 110.0, "2025-02": 70.0, "2025-03": 40.0}


def test_rows_without_contract_dates_have_no_renewals(sample):
    assert sample.renewals is None
    months = pd.DataFrame(
        [("a", f"2024-{m:02d}-01", f"2024-{m + 1:02d}-01", 10) for m in range(1, 9)],
        columns=["Customer", "Start", "End", "MRR"],
    )
    book = nrr_xl.read(months)
    found = renewals(book, 0, len(book.periods) - 1)
    # Months are renewed by the next month, never by themselves.
    assert found.table["rate"][:6].tolist() == [1.0] * 6


def test_churn_is_described_by_tenure_reason_and_segment():
    amounts = np.zeros((6, 30))
    amounts[0, 0:29] = 10  # there in the first period
    amounts[1, 20:29] = 20  # nine months
    amounts[2, 26:29] = 30  # three months
    amounts[3, 1:29] = 40  # twenty-eight months
    amounts[4, 5:] = 50
    amounts[5, 5:29], amounts[5, 29] = 100, 60
    codes = np.array([0, 1, 1, 2, -1, -1])
    reason = Segment("Churn reason", ("Price", "Card declined", "Competitor"), codes)
    book = cube(amounts, {"Churn reason": reason})
    span = Window(28, 29, 1)
    tenure = tenure_at_churn(book, span)
    assert tenure["amount"].tolist() == [30.0, 20.0, 0.0, 40.0, 0.0, 10.0]
    assert tenure["customers"].tolist() == [1, 1, 0, 1, 0, 1]
    why = reasons_for_churn(book, span)
    assert why["reason"].tolist() == ["Card declined", "Competitor", "Price"]
    assert why["amount"].tolist() == [50.0, 40.0, 10.0] and why["involuntary"].tolist() == [True, False, False]
    assert reasons_for_churn(cube(amounts), span) is None
    region = Segment("Region", ("A", "B"), np.array([0, 0, 0, 0, 0, 1]))
    at_risk = risk_by_segment(book, span, region, 3, 0.25)
    assert at_risk["customers"].tolist() == [0, 1] and at_risk["share"].tolist() == [0.0, 1.0]


def test_the_survival_model_finds_its_own_shape():
    # Of 1,000 a cohort, alpha 1 and beta 4 leave 800, 667, 571, 500, ... (S(t) = beta / (alpha + beta + t - 1) ...).
    periods, size = 13, 1000
    alive = [size]
    for age in range(periods - 1):
        alive.append(round(alive[-1] * (4 + age) / (5 + age)))
    blocks = []
    for born in range(1, 8):
        rows = np.zeros((size, periods))
        for age in range(periods - born):
            rows[: alive[age], born + age] = 1.0
        blocks.append(rows)
    book = cube(np.vstack(blocks))
    found = survival(book, periods - 1)
    assert found.alpha / found.beta == pytest.approx(0.25, rel=0.05)
    assert found.shares[0] > found.shares[1] > found.shares[2]
    assert math.isnan(found.back_predicted)
    assert survival(cube(np.ones((5, 6))), 5) is None


def test_unit_economics_of_the_sample_and_of_segments(sample):
    found = sample.unit_economics
    assert found["cac"] == 1_000_000 / 17
    added = (sample.bridge["closing"] - sample.bridge["opening"]) * 12
    assert found["magic_number"] == pytest.approx(added / 1_000_000)
    assert found["burn_multiple"] == pytest.approx(500_000 / added)
    assert found["ltv"] == pytest.approx(sample.lifetime_value["ltv"])
    parts = sample.segment_economics["Region"]
    assert parts["cac"].tolist() == [found["cac"]] * 4 and np.isnan(parts["burn_multiple"]).all()
    one = unit_economics(
        {"new": np.array([10.0, 30.0]), "newcomers": np.array([1, 3]), "opening": np.array([100.0, 100.0]),
         "closing": np.array([110.0, 130.0]), "closers": np.array([2, 5]), "churn_rate": np.array([0.1, 0.0])},
        0.5, sales_cost=400.0,
    )  # fmt: skip
    assert one["magic_number"].tolist() == [1.2, 1.2]
    assert math.isnan(nrr_xl.analyse(sample.cube).unit_economics["cac"])


def test_the_rest_of_an_analysis_is_there_when_asked_for(sample):
    assert sample.lever_base.at_risk > 0 and sample.lever_base.nrr == pytest.approx(sample.rates["nrr"])
    assert set(sample.segment_intervals) == set(sample.segments)
    assert sample.risk_back_test["at_risk"] + sample.risk_back_test["rest"] == sample.customers["opening"]
    assert sample.tenure_at_churn["customers"].sum() == sample.customers["churned"]
    assert sample.survival.shares[0] < 1 and sample.churn_reasons is None
