"""The cube's rules one by one (labels, units, periods, rates, maps, take-overs) against a slow second hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrr_xl.errors import InputError
from nrr_xl.periods import MONTH_WORDS, Periods, iso_month, parse_period, period_label
from nrr_xl.revenue.cube.complete import last_complete, looks_incomplete, usual_customers
from nrr_xl.revenue.cube.currency import Rates, held_on, spans
from nrr_xl.revenue.cube.lookups import LedgerTotal, beside_ledger, untied
from nrr_xl.revenue.cube.policy import resolve_map
from nrr_xl.revenue.cube.rows import Account, Cells, Labels
from nrr_xl.revenue.cube.takeovers import take_overs
from nrr_xl.revenue.cube.units import HAIR, Units, remainder, summed
from nrr_xl.revenue.files.grid import grid_of_columns
from tests.revenue import reference
from tests.revenue.test_cube_reference import MAPS, circular, rows_of


@given(st.lists(st.sampled_from(("b", "A", "a", "B", "c", "", "Ä")), max_size=9))
def test_labels_are_renumbered_and_say_the_same(texts):
    labels = Labels.of("x", [None if text == "c" else text for text in texts])
    said = ["" if text == "c" else text for text in texts]
    unused = replace(labels, values=("zz", *labels.values), codes=np.where(labels.codes < 0, -1, labels.codes + 1))
    for made in (labels, labels.compact(), labels.in_order(), unused.compact(), unused.in_order()):
        assert [made.values[code] if code >= 0 else "" for code in made.codes.tolist()] == said
        assert made.name == "x" and made.codes.dtype == np.int32
    seen = tuple(dict.fromkeys(text for text in said if text))
    assert labels.values == seen and unused.compact().values == seen
    assert labels.in_order().values == tuple(sorted(seen, key=lambda text: (text.casefold(), text)))


UNITS = st.builds(Units, st.integers(2, 5), st.integers(0, 2), st.booleans())


@given(
    UNITS,
    st.lists(
        st.lists(st.integers(-60, 1200), min_size=3, max_size=3) | st.just([100_000, 100_004, 99_999]), min_size=1
    ),
    st.sampled_from((1, 40)),
)
def test_hairs_settle_as_they_do_one_customer_at_a_time(units, rows, factor):
    whole = np.array(rows) * factor
    got = units.settled(whole.astype(np.int64 if units.wide else float))
    want = rows if units.decimals == units.money else None
    if want is None:
        want = [reference.settled([each * factor for each in row], units.half, HAIR) for row in rows]
    else:
        want = whole.tolist()
    assert got.tolist() == want


@given(UNITS, st.lists(st.tuples(st.integers(0, 3), st.integers(-(10**9), 10**9)), max_size=12))
def test_sums_of_whole_units_are_exact_by_their_place(units, parts):
    scale = 10**units.decimals
    place = np.array([at for at, _ in parts], np.int64)
    whole = np.array([value for _, value in parts], np.int64 if units.wide else float)
    want = [sum(value for at, value in parts if at == position) for position in range(4)]
    assert summed(place, whole, 4).tolist() == want
    amounts = units.amounts(np.array(want, whole.dtype))
    assert amounts.tolist() == [value / scale for value in want]
    assert units.whole(amounts).tolist() == want and units.whole(amounts).dtype == whole.dtype
    assert units.total(amounts) == sum(want) / scale
    assert units.scale == scale and units.half == pytest.approx(10 ** (units.decimals - units.money) / 2)


@given(st.lists(st.integers(-(10**11), 10**11), max_size=6), st.integers(-3, 3))
def test_what_is_left_over_is_a_number_of_cents(cents, off):
    left = remainder([*(each / 100 for each in cents), (off - sum(cents)) / 100])
    assert left == off / 100


@given(st.lists(st.integers(0, 12), min_size=1, max_size=11))
def test_which_periods_are_complete(active):
    held = np.array(active)
    for at in range(len(active)):
        assert usual_customers(held, at) == reference.usual(active, at)
        assert looks_incomplete(held, at) == reference.incomplete(active, at)
    assert last_complete(held) == reference.closes(active)


PAID = (0.0, 0.0, 0.0, 40.0, 40.004, 41.9, 42.1, 100.0)


@settings(max_examples=200)
@given(
    st.lists(st.lists(st.sampled_from(PAID), min_size=5, max_size=5), min_size=2, max_size=5),
    st.permutations(("acme north", "acme south", "bolt works", "cora media", "dora media")),
)
def test_who_may_have_gone_on_as_whom(amounts, names):
    held = take_overs(tuple(names[: len(amounts)]), np.array(amounts))
    assert [(each.gone, each.came) for each in held] == reference.heirs(names, amounts)
    for each in held:
        assert amounts[each.gone][each.last] == each.before and not any(amounts[each.gone][each.last + 1 :])
        assert amounts[each.came][each.first] == each.after and not any(amounts[each.came][: each.first])


@pytest.mark.parametrize("step", [1, 3, 6, 12])
@pytest.mark.parametrize("year_end", range(1, 13))
def test_periods_are_those_of_a_calendar(step, year_end):
    """Month by month from the first of a fiscal year on."""
    months = [(2023, year_end)]
    while len(months) < 40:
        year, month = months[-1]
        months.append((year + month // 12, month % 12 + 1))
    months.pop(0)  # what follows is the first month of a fiscal year
    first = months[0][0] * 12 + months[0][1] - 1
    axis = Periods(first + step - 1, 36 // step, step, year_end)
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    labels, keys = [], []
    for at in range(0, 36, step):
        year, month = months[at + step - 1]
        keys.append(f"{year:04d}-{month:02d}")
        fiscal, part = months[11 + 12 * (at // 12)][0], at % 12 // step + 1
        labels.append(
            {1: f"{names[month - 1]} {year}", 3: f"Q{part} {fiscal}", 6: f"H{part} {fiscal}", 12: f"FY{fiscal}"}[step]
        )
    assert (list(axis.keys), list(axis.labels), len(axis)) == (keys, labels, len(keys))
    assert [axis.index(first + at) for at in range(36)] == [at // step for at in range(36)]
    for outside in (first - 1, first + 36):
        with pytest.raises(IndexError, match=f"is outside {keys[0]} to {keys[-1]}"):
            axis.index(outside)
    assert [period_label(end, step, year_end) for end in axis.ends] == labels


@given(st.sets(st.integers(0, 9)))
def test_spans_name_each_place_once(places):
    periods = Periods(24290, 10)
    found = []
    for span in filter(None, spans(sorted(places), periods).split(", ")):
        ends = [periods.labels.index(label) for label in span.split(" to ")]
        assert len(ends) == 1 or ends[0] < ends[1]
        found.append(list(range(ends[0], ends[-1] + 1)))
    assert sorted(at for span in found for at in span) == sorted(places)
    assert all(one[-1] + 1 < two[0] for one, two in pairwise(found))


@given(
    st.dictionaries(st.integers(24286, 24303), st.sampled_from((1.0, 1.1, 1.2)), min_size=1, max_size=4),
    st.sets(st.integers(0, 5), min_size=1),
    st.sampled_from((1, 3)),
)
def test_a_rate_that_is_held_on_for_long_is_told(dated, places, step):
    periods, used = Periods(24290, 6, step), sorted(places)
    rows = rows_of(
        [{"who": "a", "at": at, "cents": 100, "product": "", "type": "", "region": ""} for at in used],
        periods,
        currency=Labels.of("currency", ["EUR"] * len(used)),
    )
    pairs = sorted(dated.items())
    apart = [later - when for (when, _), (later, _) in pairwise(pairs)]
    usual = min(apart, key=lambda gap: (-apart.count(gap), gap)) if apart else 12
    late, months = [], []
    for at in used:
        began = [when for when, _ in pairs if when <= periods.ends[at]]
        if began and periods.ends[at] - began[-1] >= max(usual, step):
            late.append(at)
            months.append(began[-1])
    said = ", ".join(iso_month(month) for month in sorted(set(months))[:3])
    want = [f"EUR, {spans(late, periods)}: the rate of {said}"] if late and set(dated.values()) != {1.0} else []
    assert held_on(rows, Rates("USD", dated={"EUR": tuple(pairs), "CHF": ((24000, 2.0),)})) == want


@given(MAPS)
def test_a_map_is_followed_to_its_end(pairs):
    if circular(pairs):
        with pytest.raises(InputError, match="circle"):
            resolve_map(pairs)
    else:
        assert {name: target.lower() for name, target in resolve_map(pairs).items()} == {
            name.lower(): reference.end_of(name, pairs).lower() for name in pairs
        }


@given(st.dictionaries(st.integers(0, 6), st.integers(0, 4), max_size=5), st.integers(0, 2))
def test_a_ledger_is_laid_beside_the_rows(said, tolerance):
    periods, sums = Periods(24291, 4), [0.0, 1.0, 2.0, 3.0]
    totals = [LedgerTotal(24289 + at, 1, float(amount), "") for at, amount in sorted(said.items())]
    rows = {24291 + at: amount for at, amount in enumerate(sums)}
    ledger = {24289 + at: float(amount) for at, amount in said.items()}
    assert beside_ledger(totals, periods, sums) == [
        {
            "period": iso_month(end),
            "ledger": ledger.get(end),
            "rows": rows.get(end),
            "difference": rows.get(end, 0.0) - ledger.get(end, 0.0),
        }
        for end in sorted({*rows, *ledger})
    ]
    told = [line.partition(":")[0] for line in untied(totals, periods, sums, float(tolerance))]
    assert told == [
        period_label(end, 1) for end in sorted(ledger) if end not in rows or abs(rows[end] - ledger[end]) > tolerance
    ]


@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=4, max_size=4), st.lists(st.integers(0, 9), min_size=6, max_size=6)
)
def test_accounts_add_up_part_by_part(cents, counts):
    one = Account(cents[0] / 100, cents[1] / 100, (cents[0] - cents[1]) / 100, *counts[:3])
    two = Account(cents[2] / 100, cents[3] / 100, (cents[2] - cents[3]) / 100, *counts[3:])
    both = one + two
    assert (both.source_total, both.used_total) == ((cents[0] + cents[2]) / 100, (cents[1] + cents[3]) / 100)
    assert (both.cells, both.used_cells, both.left_out_cells) == tuple(
        a + b for a, b in zip(counts[:3], counts[3:], strict=True)
    )
    assert both.difference == one.difference == 0
    assert replace(both, used_total=(cents[1] + cents[3] - 1) / 100).difference == 0.01


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9), st.integers(1970, 2069))
def test_only_the_name_of_a_month_beside_a_year_is_a_period(word, year):
    month = MONTH_WORDS.get(word)
    want = None if month is None else (12 * year + month - 1, 1)
    if word in ("fy", "cy", "year", "q"):
        return
    for text in (f"{word} {year}", f"{word.title()}-{year % 100:02d}", f"{year} {word}", f"{word}. {year}"):
        assert parse_period(text) == want, text


@pytest.mark.parametrize("name", MONTH_WORDS)
def test_every_name_of_a_month_is_read(name):
    for text in (f"{name} 2024", f"{name.upper()}-24", f"24 {name}"):
        assert parse_period(text) == (24288 + MONTH_WORDS[name] - 1, 1)


def test_the_cells_of_amounts_are_named_once_and_in_the_order_of_the_sheet():
    grid = grid_of_columns("Rows", [["a", 1.0, 2.0, 3.0], ["b", 4.0, 5.0, 6.0]])
    assert Cells(grid, range(1, 4), 1).names([2, 0, 2]) == ("Rows!B2", "Rows!B4")
    assert Cells(grid, np.array([3, 1, 1]), np.array([0, 1, 0])).names([0, 1, 2]) == ("Rows!A2", "Rows!B2", "Rows!A4")
    unnamed = replace(grid, sheet="")
    assert Cells(unnamed, range(1, 4), 1).names([1]) == ("B3",)
