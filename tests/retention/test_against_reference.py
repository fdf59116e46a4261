"""Every number of the package against the slow reference, on random cubes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrr_xl.metrics import RATES
from nrr_xl.periods import FREQUENCIES
from nrr_xl.retention.bridge import TREND_RATES, bridge, bridge_by_segment, trend
from nrr_xl.retention.cohorts import MEASURES, cohorts
from nrr_xl.retention.drivers import accounts_at_risk, movers
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS
from nrr_xl.retention.methods import ANNUALISE_FROM, METHODS, methods
from nrr_xl.retention.segments import mix_and_rate, segment_bridge, size_bridge
from nrr_xl.retention.windows import Window, coarser, period_ends
from nrr_xl.revenue.cube.build import fill_gaps
from tests.retention import reference
from tests.retention.cubes import book, cubes, labels, same

LINES = tuple(line for line in BRIDGE_LINES if line != "fx")
positions = st.integers(0, 10**6)


def assert_same_line(table, row, expected, scale):
    for name in (*LINES, *COUNTS):
        assert same(table[name][row], expected[name], scale), name
    for name in RATES:
        # A rate's error is that of its amounts over its base; quick ratios have a base of their own.
        base = expected["contraction"] + expected["churn"] if name == "quick_ratio" else expected["opening"]
        assert same(table[name][row], expected[name], scale / base if base else 1.0), name


def largest(cube):
    return float(cube.amounts.max()) * len(cube.customers)


@given(cubes(), st.sampled_from(["month", "quarter", "year", "ytd"]), positions)
@settings(max_examples=120, deadline=None)
def test_bridges(cube, freq, pick):
    closing = pick % len(cube.periods)
    if freq != "ytd" and freq not in coarser(cube):
        freq = coarser(cube)[0]
    months, fye = list(cube.periods.ends), cube.periods.fiscal_year_end
    if freq == "ytd":
        years = [p for p in range(closing) if (months[p] % 12 + 1 - fye) % 12 == 0]
        pairs = [(years[-1], p) for p in range(years[-1] + 1, closing + 1)] if years else []
    else:
        ends = reference.period_ends(months, closing, FREQUENCIES[freq], fye)
        pairs = list(pairwise(ends))
    table = bridge(cube, closing, freq)
    assert [(f, t) for f, t in zip(table["from"], table["period"], strict=True)] == [
        (cube.periods.keys[o], cube.periods.keys[c]) for o, c in pairs
    ]
    for row, (o, c) in enumerate(pairs):
        assert_same_line(table, row, reference.bridge(book(cube), o, c), largest(cube))


@given(cubes(), positions, st.integers(1, 14))
@settings(max_examples=60, deadline=None)
def test_trend(cube, pick, back):
    closing = pick % len(cube.periods)
    table = trend(cube, back * cube.periods.step, closing)
    assert list(table["period"]) == list(cube.periods.keys[back : closing + 1])
    for row, end in enumerate(range(back, closing + 1)):
        expected = reference.bridge(book(cube), end - back, end)
        for name in TREND_RATES:
            base = expected["opening"]
            assert same(table[name][row], expected[name], largest(cube) / base if base else 1.0)


@given(cubes(shortest=3), positions, st.integers(1, 12), st.booleans(), st.sampled_from(ANNUALISE_FROM))
@settings(max_examples=200, deadline=None)
def test_every_method(cube, pick, back, years, annualise_from):
    closing = 1 + pick % (len(cube.periods) - 1)
    months = 12 if years else back * cube.periods.step
    found = methods(cube, closing, months, annualise_from=annualise_from)
    assert set(found) == set(METHODS)
    for key, result in found.items():
        expected = reference.method(key, book(cube), closing, months, cube.periods.step, annualise_from)
        if expected is None:
            assert np.isnan(result.rate) and result.reason, key
            continue
        assert not result.reason, key
        numerator, denominator, rate = expected
        size = largest(cube) * 30
        assert same(result.denominator, denominator, size), key
        assert same(result.numerator, numerator, max(size, abs(numerator))), key
        assert same(result.rate, rate, max(size / denominator, abs(rate))), key


@given(cubes(), st.sampled_from(MEASURES), positions, st.sampled_from(["month", "quarter", "year"]))
@settings(max_examples=100, deadline=None)
def test_cohorts(cube, measure, pick, freq):
    closing = pick % len(cube.periods)
    if freq not in coarser(cube):
        freq = coarser(cube)[0]
    ends = reference.period_ends(list(cube.periods.ends), closing, FREQUENCIES[freq], cube.periods.fiscal_year_end)
    assert period_ends(cube, closing, freq).tolist() == ends
    table = cohorts(cube, closing, measure, freq)
    expected = reference.cohorts(book(cube), ends, measure)
    assert table.cohorts == tuple(cube.periods.keys[ends[k] if k >= 0 else 0] for k in sorted(expected))
    assert table.first_unknown == (-1 in expected)
    for row, cohort in enumerate(sorted(expected)):
        totals = expected[cohort]
        assert np.isnan(table.totals[row, len(totals) :]).all()
        for age, total in enumerate(totals):
            assert same(table.totals[row, age], total, largest(cube))
            share = reference.divided(total, totals[0])
            assert same(table.shares[row, age], share, largest(cube) / totals[0] if totals[0] else 1.0)
    for age in range(len(ends)):
        old = [totals for cohort, totals in expected.items() if cohort >= 0 and len(totals) > age]
        base = sum(totals[0] for totals in old)
        average = reference.divided(sum(totals[age] for totals in old), base)
        assert same(table.average[age], average, largest(cube) / base if base else 1.0)
    shares = {
        k: reference.divided(expected[k][table.compared_at], expected[k][0])
        for k in expected
        if k >= 0 and len(expected[k]) > table.compared_at and expected[k][0]
    }
    if table.compared_at and len(shares) > 1:
        named = {cube.periods.keys[ends[k]]: share for k, share in shares.items()}
        assert named[table.best] >= max(shares.values()) - 1e-9 * max(1, *shares.values())
        assert named[table.worst] <= min(shares.values()) + 1e-9 * max(1, *shares.values())


@given(cubes(), positions, positions)
@settings(max_examples=80, deadline=None)
def test_segments(cube, one, two):
    opening, closing = sorted((one % len(cube.periods), two % len(cube.periods)))
    if opening == closing:
        opening, closing = 0, len(cube.periods) - 1
    expected = reference.segment(book(cube), labels(cube), opening, closing)
    table = segment_bridge(cube, Window(opening, closing, 1), cube.segments["Region"])
    assert set(table["value"]) == set(expected)
    assert (np.diff(table["opening"]) <= 0).all()
    for row, value in enumerate(table["value"]):
        assert_same_line(table, row, expected[value], largest(cube))


@given(cubes(), st.sampled_from([None, (10.0,), (1.0, 100 / 3, 5000.0)]))
@settings(max_examples=60, deadline=None)
def test_size_bands(cube, edges):
    closing = len(cube.periods) - 1
    opening = sorted(amounts[0] for amounts in book(cube).values() if amounts[0] > 0)
    # A quartile is the smallest amount that at least that share of the customers does not exceed.
    limits = edges or sorted({opening[max(math.ceil(q * len(opening)) - 1, 0)] for q in (0.25, 0.5, 0.75) if opening})
    bands = reference.sized(book(cube), limits, 0, closing)
    table = size_bridge(cube, Window(0, closing, 1), edges)
    assert len(table["value"]) == len(bands)
    for row, band in enumerate(sorted(bands)):
        members = {name: amounts for name, amounts in book(cube).items() if name in bands[band]}
        assert_same_line(table, row, reference.bridge(members, 0, closing), largest(cube))


@given(cubes(shortest=5))
@settings(max_examples=60, deadline=None)
def test_mix_and_rate(cube):
    closing = len(cube.periods) - 1
    ends = ((closing - 4, closing - 2), (closing - 2, closing))
    expected = reference.mix_and_rate(*(reference.segment(book(cube), labels(cube), o, c) for o, c in ends))
    table = mix_and_rate(cube, Window(closing - 2, closing, 2), cube.segments["Region"])
    if expected is None:
        assert np.isnan(table["mix"]).all()
        return
    rates = np.nan_to_num(np.concatenate([table["nrr_before"], table["nrr"]])).max(initial=1.0)
    assert set(table["value"]) == set(expected)
    for value, mix, rate in zip(table["value"], table["mix"], table["rate"], strict=True):
        assert abs(mix - expected[value][0]) <= 1e-9 * rates and abs(rate - expected[value][1]) <= 1e-9 * rates


@given(cubes(longest=8))
@settings(max_examples=30, deadline=None)
def test_bridges_by_segment(cube):
    closing = len(cube.periods) - 1
    table = bridge_by_segment(cube, cube.segments["Region"], closing, coarser(cube)[0])
    for row, (period, value) in enumerate(zip(table["period"], table["value"], strict=True)):
        end = cube.periods.keys.index(period)
        expected = reference.segment(book(cube), labels(cube), end - 1, end).get(value)
        expected = expected or reference.bridge({"nobody": [0.0, 0.0]}, 0, 1)
        assert_same_line(table, row, expected, largest(cube))


@given(cubes(), positions, st.integers(1, 4), st.sampled_from([0.1, 0.25, 0.9]))
@settings(max_examples=60, deadline=None)
def test_accounts_at_risk(cube, pick, falls, drop):
    closing = 1 + pick % (len(cube.periods) - 1)
    opening = closing // 2
    expected = reference.risk(book(cube), opening, closing, falls, drop)
    table = accounts_at_risk(cube, Window(opening, closing, 1), falls, drop)
    assert (np.diff(table["amount"]) <= 0).all()
    assert {
        name: (amount, count, peak)
        for name, amount, count, peak in zip(
            table["customer"], table["amount"], table["periods_declining"], table["peak"], strict=True
        )
    } == expected


@given(cubes(), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_movers(cube, top):
    closing = len(cube.periods) - 1
    for line, table in movers(cube, Window(0, closing, 1), top).items():
        kinds = {name: amounts for name, amounts in book(cube).items() if reference.kind(amounts, 0, closing) == line}
        sizes = sorted((abs(amounts[closing] - amounts[0]) for amounts in kinds.values()), reverse=True)
        assert np.abs(table["change"]).tolist() == pytest.approx(sizes[:top], rel=1e-12)
        assert set(table["customer"]) <= set(kinds)
        for share, size in zip(table["share"], sizes, strict=False):
            assert same(share, size / sum(sizes))


@given(cubes(), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_filled_gaps(cube, grace):
    expected = reference.filled(book(cube), grace // cube.periods.step)
    assert book(fill_gaps(cube, grace)) == expected
