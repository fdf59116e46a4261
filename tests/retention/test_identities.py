"""What must hold of any rows: sums that foot, parts that add up, and changes that must not matter."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrr_xl.periods import Periods
from nrr_xl.retention.analysis import analyse
from nrr_xl.retention.bridge import bridge, bridge_by_segment, footing, trend, window_bridge
from nrr_xl.retention.cohorts import cohorts
from nrr_xl.retention.drivers import concentration, nrr_without_top
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS
from nrr_xl.retention.methods import ANNUALISE_FROM, METHODS, methods
from nrr_xl.retention.movements import movements
from nrr_xl.retention.reconcile import reconcile
from nrr_xl.retention.segments import mix_and_rate, segment_bridge, size_bands
from nrr_xl.retention.windows import Window, coarser
from nrr_xl.revenue.cube.build import RevenueCube, Segment
from nrr_xl.revenue.cube.currency import CurrencyLayer
from nrr_xl.revenue.cube.units import Units
from tests.retention.cubes import cubes


def rounding(cube) -> float:
    """What sums of a cube's amounts may differ by when they are added in another order."""
    return 1e-12 * float(cube.amounts.sum()) + 1e-12


@given(cubes())
@settings(max_examples=60, deadline=None)
def test_every_bridge_foots_and_corkscrews(cube):
    closing = len(cube.periods) - 1
    for freq in (*coarser(cube), "ytd"):
        table = bridge(cube, closing, freq)
        assert np.abs(footing(table)).max(initial=0.0) <= rounding(cube)
        if freq != "ytd":
            assert (np.abs(table["closing"][:-1] - table["opening"][1:]) <= rounding(cube)).all()


@given(cubes())
@settings(max_examples=60, deadline=None)
def test_grr_is_at_most_nrr_and_one(cube):
    closing = len(cube.periods) - 1
    for back in (1, closing):
        table = trend(cube, back * cube.periods.step, closing)
        known = ~np.isnan(table["grr"])
        assert (table["grr"] <= np.minimum(table["nrr"], 1.0) + 1e-9)[known].all()
        assert (table["grr"] >= -1e-9)[known].all()


@given(cubes(), st.lists(st.floats(0.5, 1e4), min_size=1, max_size=4, unique=True).map(sorted))
@settings(max_examples=60, deadline=None)
def test_segments_and_size_bands_add_up_to_the_total(cube, edges):
    span = Window(0, len(cube.periods) - 1, 1)
    total = window_bridge(cube, span)
    for segment in (cube.segments["Region"], size_bands(cube, span), size_bands(cube, span, edges)):
        table = segment_bridge(cube, span, segment)
        for name in BRIDGE_LINES:
            assert abs(table[name].sum() - total[name]) <= rounding(cube)
        for name in COUNTS:
            assert table[name].sum() == total[name]


@given(cubes())
@settings(max_examples=40, deadline=None)
def test_every_period_of_the_segments_adds_up(cube):
    closing, freq = len(cube.periods) - 1, coarser(cube)[0]
    table, total = bridge_by_segment(cube, cube.segments["Region"], closing, freq), bridge(cube, closing, freq)
    for name in BRIDGE_LINES:
        assert np.abs(table[name].reshape(-1, 3).sum(axis=1) - total[name]).max(initial=0.0) <= rounding(cube)


@given(cubes())
@settings(max_examples=60, deadline=None)
def test_cohorts_add_up_to_the_total_of_each_period(cube):
    closing = len(cube.periods) - 1
    for freq in coarser(cube):
        table = cohorts(cube, closing, "revenue", freq)
        last = [row[~np.isnan(row)][-1] for row in table.totals]
        assert abs(sum(last) - cube.amounts[:, closing].sum()) <= rounding(cube)
        logos = cohorts(cube, closing, "logos", freq)
        assert sum(row[~np.isnan(row)][-1] for row in logos.totals) == (cube.amounts[:, closing] > 0).sum()


@given(
    cubes(),
    st.integers(1, 12),
    st.sampled_from([*METHODS]),
    st.sampled_from([*METHODS]),
    st.sampled_from(ANNUALISE_FROM),
)
@settings(max_examples=250, deadline=None)
def test_every_reconciliation_adds_up(cube, back, start, end, annualise_from):
    found = reconcile(cube, len(cube.periods) - 1, back * cube.periods.step, start, end, annualise_from)
    if found.reason:
        assert not found.steps
        return
    scale = abs(found.start.numerator) + abs(found.end.numerator) + float(cube.amounts.sum())
    steps = found.steps
    assert abs(found.start.numerator + sum(s.numerator for s in steps) - found.end.numerator) <= 1e-9 * scale
    assert abs(found.start.denominator + sum(s.denominator for s in steps) - found.end.denominator) <= 1e-9 * scale
    assert abs(found.difference) <= 1e-9 * scale
    assert all("other" not in s.line.lower() or "in other" in s.line.lower() for s in steps)


@given(cubes())
@settings(max_examples=60, deadline=None)
def test_closed_cohort_flows_tie_to_point_to_point(cube):
    closing = len(cube.periods) - 1
    found = methods(cube, closing, closing * cube.periods.step, ["point_to_point", "closed_cohort_flows"])
    one, two = found.values()
    assert abs(one.numerator - two.numerator) <= rounding(cube)
    assert one.denominator == two.denominator


@given(cubes(shortest=5))
@settings(max_examples=60, deadline=None)
def test_mix_and_rate_add_up_to_the_change_of_nrr(cube):
    closing = len(cube.periods) - 1
    span = Window(closing - 2, closing, 2)
    table = mix_and_rate(cube, span, cube.segments["Region"])
    now, before = window_bridge(cube, span), window_bridge(cube, Window(closing - 4, closing - 2, 2))
    if np.isnan(now["nrr"]) or np.isnan(before["nrr"]):
        return
    change = now["nrr"] - before["nrr"]
    assert abs(table["mix"].sum() + table["rate"].sum() - change) <= 1e-9 * max(1.0, now["nrr"], before["nrr"])


@given(cubes(shortest=3), st.randoms(use_true_random=False), st.sampled_from([3.0, 1e3]))
@settings(max_examples=40, deadline=None)
def test_order_names_and_currency_unit_change_no_rate(cube, random, factor):
    order = list(range(len(cube.customers)))
    random.shuffle(order)
    region = cube.segments["Region"]
    other = replace(
        cube,
        customers=tuple(f"x{i}" for i in order),
        amounts=cube.amounts[order] * factor,
        segments={"Region": Segment("Region", region.values, region.codes[order])},
        units=None,
    )
    step = cube.periods.step
    months = (len(cube.periods) - 1) * step
    one, two = analyse(cube, months=months), analyse(other, months=months)
    assert one.rates == pytest.approx(two.rates, rel=1e-9, abs=1e-9, nan_ok=True)
    assert one.customers == two.customers
    assert two.bridge == pytest.approx({k: v * factor for k, v in one.bridge.items()}, rel=1e-9, abs=1e-9 * factor)
    assert one.methods["rate"].tolist() == pytest.approx(two.methods["rate"].tolist(), rel=1e-9, abs=1e-9, nan_ok=True)
    assert one.concentration == pytest.approx(two.concentration, rel=1e-9, abs=1e-9, nan_ok=True)
    for name in ("revenue", "logos"):
        a, b = one.cohorts[name].shares, two.cohorts[name].shares
        assert list(a.index) == list(b.index)
        np.testing.assert_allclose(a.to_numpy(), b.to_numpy(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.size_bands["nrr"], two.size_bands["nrr"], rtol=1e-9, atol=1e-9)
    assert all(check.passed for check in one.checks), [check for check in one.checks if not check.passed]


@given(cubes(shortest=3), st.floats(0.5, 2.0), st.floats(0.5, 2.0))
@settings(max_examples=60, deadline=None)
def test_an_exchange_rate_moves_fx_and_no_rate(cube, first, last):
    closing = len(cube.periods) - 1
    rates = np.linspace(first, last, closing + 1)
    everyone = np.arange(len(cube.customers))
    layer = CurrencyLayer("EUR", everyone, cube.amounts, rates)
    abroad = replace(cube, amounts=cube.amounts * rates, fx=(layer,), units=Units(9, 2, wide=True))
    here, there = movements(cube, [0], [closing]), movements(abroad, [0], [closing])
    for name in ("opening", "expansion", "contraction", "churn"):
        assert getattr(there, name).item() == pytest.approx(getattr(here, name).item() * first, rel=1e-9, abs=1e-6)
    for name in COUNTS:
        assert getattr(there, name).item() == getattr(here, name).item()
    stay = ((cube.amounts[:, 0] > 0) & (cube.amounts[:, closing] > 0)) * cube.amounts[:, closing]
    assert there.fx.item() == pytest.approx(stay.sum() * (last - first), rel=1e-9, abs=1e-6)
    line = {name: getattr(there, name) for name in BRIDGE_LINES}
    assert abs(footing(line).item()) <= rounding(abroad)
    months = closing * cube.periods.step
    same = methods(abroad, closing, months, ["point_to_point"])["point_to_point"]
    assert same.rate == pytest.approx(methods(cube, closing, months)["point_to_point"].rate, rel=1e-9, nan_ok=True)
    ours, plain = (cohorts(c, closing).shares for c in (abroad, cube))
    # Amounts from a cent up are converted to a billionth.
    np.testing.assert_allclose(ours, plain, rtol=1e-6, atol=1e-12)


@given(cubes(), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_nrr_without_the_largest_is_that_of_the_rest(cube, count):
    span = Window(0, len(cube.periods) - 1, 1)
    ranked = sorted(range(len(cube.customers)), key=lambda row: (-cube.amounts[row, 0], -cube.amounts[row, -1]))
    rest = cube.amounts[ranked[count:]]
    expected = (
        window_bridge(replace(cube, amounts=rest, customers=cube.customers[count:], segments={}), span)["nrr"]
        if len(rest)
        else float("nan")
    )
    assert nrr_without_top(cube, span, count) == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)
    found = concentration(cube, span)
    closing = cube.amounts[:, -1]
    if closing.any():
        assert found["hhi"] == pytest.approx(sum((closing / closing.sum()) ** 2))
        assert found["top_1"] == pytest.approx(closing.max() / closing.sum())
        assert found["top_1"] <= found["top_5"] <= found["top_20"] <= 1 + 1e-12


@given(cubes(shortest=3), st.data())
@settings(max_examples=60, deadline=None)
def test_any_options_give_a_whole_analysis_whose_checks_pass(cube, data):
    step = cube.periods.step
    closing = data.draw(st.integers(1, len(cube.periods) - 1))
    analysis = analyse(
        cube,
        months=data.draw(st.integers(1, closing)) * step,
        as_of=cube.periods.keys[closing],
        freq=data.draw(st.sampled_from([None, *coarser(cube)])),
        cohort_freq=data.draw(st.sampled_from([None, *coarser(cube)])),
        grace=data.draw(st.integers(0, 6)),
        annualise_from=data.draw(st.sampled_from(ANNUALISE_FROM)),
        top=data.draw(st.integers(1, 4)),
        size_edges=data.draw(st.sampled_from([None, (5.0,), (1.0, 50.0, 900.0)])),
    )
    # Checks are to a cent; amounts up to a million, added up, round far below it.
    assert [check for check in analysis.checks if not check.passed] == []
    json.dumps(analysis.to_dict(), allow_nan=False)


def test_blocks_add_up_to_the_whole(monkeypatch):
    amounts = np.round(np.random.default_rng(3).gamma(1, 50, (500, 5)), 2) * (np.arange(2500).reshape(500, 5) % 3 > 0)
    cube = RevenueCube(tuple(map(str, range(500))), Periods(24288, 5), amounts)
    whole = movements(cube, [0, 1], [4, 3])
    monkeypatch.setattr("nrr_xl.retention.movements.BLOCK", 37)
    parts = movements(cube, [0, 1], [4, 3])
    for name in (*BRIDGE_LINES, *COUNTS):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-12)


def test_among_equal_customers_the_order_of_the_rows_does_not_choose():
    amounts = np.array([[100.0, 1.0], [100.0, 0.0]])
    for order in ([0, 1], [1, 0]):
        cube = RevenueCube(("a", "b"), Periods(24240, 2), amounts[order])
        assert nrr_without_top(cube, Window(0, 1, 1), 1) == 0.0
