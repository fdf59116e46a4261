"""Amounts are exact: no order of the input changes a bit, and less than half a cent is nothing."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nrr_xl
from nrr_xl.periods import Periods
from nrr_xl.retention.checks import Check
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.rows import Account
from nrr_xl.revenue.cube.units import Units, remainder, summed, units_of


def invoices(customers: int = 40, months: int = 15, seed: int = 3) -> pd.DataFrame:
    """Several invoice lines for each customer and month, in cents, with texts that differ within a month."""
    rng = np.random.default_rng(seed)
    records = []
    for customer in range(customers):
        lines = rng.integers(1, 90_000, 3)
        for month in range(int(rng.integers(0, 6)), months - int(rng.integers(0, 4)) * int(rng.integers(0, 2))):
            lines = np.maximum(lines + rng.integers(-300, 400, 3), 1) if rng.random() < 0.3 else lines
            when = f"{2023 + month // 12}-{month % 12 + 1:02d}"
            for place, cents in enumerate(lines.tolist()):
                region = ("EMEA", "APAC", "AMER")[(customer + place) % 3]
                records.append((f"Customer {customer}", when, region, ("core", "plus", "core")[place], cents / 100))
    return pd.DataFrame(records, columns=["Customer", "Month", "Region", "Product", "MRR"])


def shuffled(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def test_shuffled_rows_give_the_same_json_and_the_same_workbook(tmp_path):
    frame = invoices()
    texts, books = [], []
    for seed in (None, 1, 2):
        found = nrr_xl.analyse(nrr_xl.read(frame if seed is None else shuffled(frame, seed)))
        texts.append(json.dumps(found.to_dict()))
        path = tmp_path / f"{seed}.xlsx"
        nrr_xl.write_report(found, path)
        books.append(path.read_bytes())
    assert texts[0] == texts[1] == texts[2]
    assert books[0] == books[1] == books[2]


def test_reshuffled_invoice_lines_are_no_movement():
    lines = np.random.default_rng(5).integers(1, 10**6, (100, 7)) / 100
    rng = np.random.default_rng(6)
    records = [
        (f"c{customer}", f"2024-{month:02d}", amount)
        for month in (1, 2)
        for customer in range(100)
        for amount in rng.permutation(lines[customer]).tolist()
    ]
    found = nrr_xl.analyse(nrr_xl.read(pd.DataFrame(records, columns=["Customer", "Month", "MRR"])), months=1)
    assert (found.customers["expanded"], found.customers["contracted"]) == (0, 0)
    assert (found.bridge["expansion"], found.bridge["contraction"], found.rates["nrr"]) == (0.0, 0.0, 1.0)


def test_a_cancelled_credit_leaves_no_customer():
    rows = pd.DataFrame(
        [
            *(("a", "2024-01", 120e9), ("a", "2024-01", 0.1), ("b", "2024-01", 5.0), ("b", "2024-02", 5.0)),
            *(("a", "2024-02", amount) for amount in (120e9, 0.1, 0.2, -120e9, -0.3)),
        ],
        columns=["Customer", "Month", "MRR"],
    )
    found = nrr_xl.analyse(nrr_xl.read(rows), months=1)
    assert found.rates["logo_retention"] == 0.5
    assert found.bridge["closing"] == 5.0


def test_less_than_half_a_cent_is_no_movement_and_no_customer():
    amounts = np.array([[100.0, 100.004], [50.0, 50.005], [0.0, 0.004], [8.0, 8.0]])
    cube = RevenueCube(("a", "b", "c", "d"), Periods(24288, 2), amounts)
    found = nrr_xl.analyse(cube, months=1)
    assert found.customers["expanded"] == 1
    assert found.customers["new"] == 0
    assert found.bridge["expansion"] == 0.005


def test_a_customers_close_amounts_become_the_earliest():
    units = Units(decimals=4, money=2)
    whole = np.array([[1_000_049.0, 1_000_000, 1_000_020, 0, 1_000_099], [5.0, 100, 200, 49, 300]])
    assert units.settled(whole.copy()).tolist() == [
        [1_000_049.0, 1_000_049, 1_000_049, 0, 1_000_099],
        [0.0, 100, 200, 0, 300],
    ]


def test_a_sheet_in_thousands_keeps_every_digit():
    """Round amounts beside ones with three decimals, some below 1: what is written is what counts."""
    rng = np.random.default_rng(11)
    base = np.where(rng.random(60) < 0.5, rng.integers(1, 40, 60) * 0.5, rng.integers(20, 20_000, 60) / 1000)
    base[:2] = 0.075, 12.5
    later = np.round(base + rng.integers(-4, 5, 60) / 1000, 3)
    later[:2] = 0.074, 12.504
    rows = [
        (f"c{at}", month, amount)
        for at, pair in enumerate(zip(base.tolist(), later.tolist(), strict=True))
        for month, amount in zip(("2024-01", "2024-02"), pair, strict=True)
    ]
    cube = nrr_xl.read(pd.DataFrame(rows, columns=["Customer", "Month", "MRR"]))
    told = {(customer, month): amount for customer, month, amount in rows}
    for customer, amounts in zip(cube.customers, cube.amounts.tolist(), strict=True):
        assert amounts == [told[customer, "2024-01"], told[customer, "2024-02"]]
    assert cube.units.total(cube.amounts) == cube.account.used_total == round(math.fsum(told.values()), 3)
    found = nrr_xl.analyse(cube, months=1)
    assert found.rates["nrr"] == pytest.approx(math.fsum(later) / math.fsum(base), abs=1e-12)
    assert "hairs-equal" not in {each.code for each in cube.problems}


@pytest.mark.parametrize("unit", [1.0, 1e-3, 1e-6])
def test_computed_amounts_in_thousands_and_millions_lose_no_customer(unit):
    """A twelfth of annual amounts, with all their decimals: small customers stay, and rates are those of the whole."""
    yearly = np.array([[50, 60], [900, 840], [2_500_000, 2_600_000], [74_600, 74_600], [31_000, 0]], float)
    cube = RevenueCube(tuple("abcde"), Periods(24288, 2), yearly / 12 * unit)
    found = nrr_xl.analyse(cube, months=1)
    assert (found.customers["opening"], found.customers["churned"]) == (5, 1)
    assert (found.customers["expanded"], found.customers["contracted"]) == (2, 1)
    assert found.rates["nrr"] == pytest.approx(yearly[:, 1].sum() / yearly[:, 0].sum(), abs=1e-6)


@given(
    st.lists(st.lists(st.integers(0, 3_000), min_size=4, max_size=4), min_size=1, max_size=6),
    st.sampled_from([1, 10, 100, 10_000]),
)
def test_no_amount_is_moved_by_more_than_a_hair(customers, factor):
    """Whatever is made equal: by less than half a unit, by a thousandth of itself, and never one that counts."""
    written = np.array(customers) * factor / 1000
    cube = RevenueCube(tuple(f"c{i}" for i in range(len(written))), Periods(24288, 4), written)
    moved = np.abs(cube.amounts - written)
    assert (moved < 10.0**-cube.units.money / 2).all()
    dropped = (cube.amounts == 0) & (written > 0)
    assert (moved[~dropped] <= written[~dropped] * 1.002e-3).all()
    if dropped.any():
        assert written[dropped].max() <= np.median(np.unique(written[written > 0])) / 1000


def test_many_steps_of_less_than_half_a_cent_are_no_standstill():
    amounts = np.round(100 + 0.004 * np.arange(60), 3)
    cube = RevenueCube(("a",), Periods(24288, 60), amounts[None, :])
    assert np.abs(cube.amounts[0] - amounts).max() < 0.005
    assert nrr_xl.analyse(cube, months=48).bridge["expansion"] == pytest.approx(0.192, abs=0.005)


def test_what_is_made_equal_is_told_where_it_comes_to_money():
    rows = [("a", "2024-01", 100.0), ("a", "2024-02", 100.004), ("a", "2024-03", 100.003), ("b", "2024-01", 7.0)]
    rows += [("b", "2024-02", 7.0), ("b", "2024-03", 7.0)]
    cube = nrr_xl.read(pd.DataFrame(rows, columns=["Customer", "Month", "MRR"]))
    assert cube.amounts.tolist() == [[100.0] * 3, [7.0] * 3]
    told = [each for each in cube.problems if each.code == "hairs-equal"]
    assert [(each.value, each.amount) for each in told] == [("2 amounts", -0.007)]


def test_totals_tie_to_the_cent_up_to_a_quadrillion():
    amounts = np.full((100, 2), 1e13)
    amounts[:, 1] += 0.37
    cube = RevenueCube(tuple(f"c{i:03d}" for i in range(100)), Periods(24288, 2), amounts)
    assert cube.units.wide and cube.units.decimals == 2
    assert int(cube.whole[:, 1].sum()) == 100 * (10**15 + 37)
    found = nrr_xl.analyse(cube, months=1)
    assert found.bridge["expansion"] == 37.0
    assert found.bridge["closing"] == 1e15 + 37
    assert all(check.passed for check in found.checks)


@pytest.mark.parametrize(
    ("amounts", "currency", "units"),
    [
        ([100, 99.99], "", Units(2, 2)),
        ([0.1 + 0.2, 5.0], "", Units(2, 2)),
        ([100 / 3, 50, 70], "", Units(8, 2)),
        ([100 / 3, 200 / 3, 500 / 3], "", Units(8, 2)),
        # One amount below 1 says that thousandths are written; one below half a cent does not.
        ([0.01, 12.345, 50.1, 60.2, 70.3], "", Units(3, 3)),
        ([0.004, 12.345, 50.1, 60.2, 70.3], "", Units(3, 2)),
        # In millions: every decimal is money.
        ([0.0034, 0.5, 0.25], "", Units(4, 4)),
        # In thousands with three decimals: hardly an amount has fewer.
        ([1.234, 20.111, 3.417, 8.905, 2.0], "", Units(3, 3)),
        ([1000, 1234], "JPY", Units(0, 0)),
        ([1.234, 5.5], "KWD", Units(3, 3)),
        ([4e13, 4e13 + 0.25], "", Units(2, 2, True)),
        ([], "", Units(2, 2)),
        ([float("nan"), 0.0], "", Units(2, 2)),
    ],
)
def test_what_amounts_are_counted_in(amounts, currency, units):
    assert units_of(np.array(amounts, float), currency) == units


def test_sums_of_wide_units_are_exact():
    whole = np.array([2**60, 1, -(2**60), 3], np.int64)
    assert summed(np.array([0, 0, 0, 1]), whole, 2).tolist() == [1, 3]


@given(st.lists(st.integers(-(10**9), 10**9).map(lambda cents: cents / 100), min_size=1), st.randoms())
def test_an_account_is_the_same_in_any_order_of_its_tables(totals, random):
    def added(parts):
        account = Account()
        for total in parts:
            account += Account(total, total, 0.0, 1, 1, 0)
        return account

    other = totals.copy()
    random.shuffle(other)
    one = added(totals)
    assert one == added(other)
    assert one.difference == 0.0
    assert one.source_total == round(math.fsum(totals), 2) + 0.0


def test_the_text_of_a_customer_does_not_depend_on_the_order_of_rows():
    frame = pd.DataFrame(
        [
            *(("ACME", "2024-01", "EMEA", 10.0), ("Acme", "2024-01", "APAC", 30.0), ("acme", "2024-01", "AMER", 30.0)),
            *(("Beta", "2024-01", "EMEA", 1.0), ("Beta", "2024-02", "", 1.0), ("BETA", "2024-02", "APAC", 1.0)),
        ],
        columns=["Customer", "Month", "Region", "MRR"],
    )
    for seed in range(6):
        cube = nrr_xl.read(shuffled(frame, seed))
        region = cube.segments["Region"]
        assert cube.customers == ("Acme", "Beta")
        assert [region.values[code] for code in region.at(0)] == ["AMER", "EMEA"]
        assert region.values[region.at(1)[1]] == "APAC"


def test_a_check_passes_by_its_kind():
    assert Check("", 0.004).passed and not Check("", 0.006).passed
    assert Check("", 0.0, "count").passed and not Check("", 1e-9, "count").passed
    assert Check("", 1e-10, "rate").passed and not Check("", 0.0099, "rate").passed


@pytest.mark.parametrize(
    ("parts", "left"),
    [
        # What doubles make of cents is nothing, whatever the size; a cent is a cent as long as a total can show it.
        ((0.3, -0.1, -0.2), 0.0),
        ((0.3, -0.1, -0.19), 0.01),
        ((1_234_567.89, -1_234_567.88), 0.01),
        ((1_234_567.88, -1_000_000.0, -234_567.89), -0.01),
        ((10.0**12 + 0.01, -(10.0**12)), 0.01),
        # Of 1e15 the next number is an eighth away, so a quarter may be two last bits, and a half is not.
        ((10.0**15 + 0.25, -(10.0**15)), 0.0),
        ((10.0**15 + 0.5, -(10.0**15)), 0.5),
        ((5.0,), 5.0),
        ((), 0.0),
    ],
)
def test_a_cent_that_is_unaccounted_for_is_told_as_a_cent(parts, left):
    assert remainder(parts) == left
    if len(parts) == 2:
        assert Account(source_total=parts[0], used_total=-parts[1]).difference == left
