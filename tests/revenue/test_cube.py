"""The cube under every policy."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods
from nrr_xl.revenue.cube.build import Policy, build_cube, fill_gaps
from nrr_xl.revenue.cube.currency import Rates
from nrr_xl.revenue.cube.rows import Labels, RevenueRows
from nrr_xl.revenue.cube.units import Units
from nrr_xl.revenue.findings import LISTED

PERIODS = Periods(24288, 3)


def rows(*records, periods=PERIODS):
    """Rows of (customer, period position, amount, product, type, currency)."""
    columns = list(zip(*((*record, "", "", "")[:6] for record in records), strict=True))
    labels = {name: Labels.of(name, columns[at]) for name, at in (("product", 3), ("type", 4), ("currency", 5))}
    return RevenueRows(
        customer=Labels.of("customer", columns[0]),
        periods=periods,
        period=np.array(columns[1], np.int32),
        amounts=np.array(columns[2], float),
        **{name: column if column.values else None for name, column in labels.items()},
    )


def test_rows_of_one_customer_and_period_add_up():
    cube = build_cube(rows(("a", 0, 5), ("b", 1, 7), ("a", 0, 2.5)))
    assert cube.customers == ("a", "b")
    assert cube.amounts.tolist() == [[7.5, 0, 0], [0, 7, 0]]


def test_a_net_below_zero_counts_as_zero_and_is_listed():
    cube = build_cube(rows(("a", 0, 5), ("a", 0, -8), ("b", 1, 7), ("b", 1, -2)))
    assert cube.amounts.tolist() == [[0, 0, 0], [0, 5, 0]]
    assert cube.negatives.tolist() == [3, 0, 0]
    assert [(p.code, p.amount, p.value) for p in cube.problems] == [("negative-net", -3.0, "a, Jan 2024")]


def test_of_very_many_nets_below_zero_the_rest_stands_in_one_line_with_its_amount():
    many = [(f"c{number:03d}", 1, -1.5 - (number >= LISTED)) for number in range(LISTED + 2)]
    notes = build_cube(rows(("a", 0, 5), *many)).problems
    assert len(notes) == LISTED + 1 and notes[-2].value == f"c{LISTED - 1}, Feb 2024"
    assert (notes[-1].value, notes[-1].amount) == ("and 2 more", -5.0)
    assert sum(note.amount for note in notes) == -1.5 * LISTED - 5
    assert len(build_cube(rows(("a", 0, 5), *many[:LISTED])).problems) == LISTED


def test_a_row_without_a_currency_has_no_rate():
    source = rows(("a", 0, 5, "", "", "EUR"), ("b", 1, 7), ("b", 2, 7))
    with pytest.raises(InputError) as caught:
        build_cube(source, Policy(rates=Rates("USD", {"EUR": 1.1})))
    assert [problem.value for problem in caught.value.problems] == ["(blank), Feb 2024 to Mar 2024"]


def test_a_net_below_zero_is_an_error_by_policy():
    with pytest.raises(InputError) as caught:
        build_cube(rows(("a", 0, -8), ("b", 1, 7)), Policy(negatives="error"))
    assert [p.code for p in caught.value.problems] == ["negative-net"]


def test_one_time_revenue_is_left_out_and_can_be_kept():
    source = rows(("a", 0, 5, "", "Recurring"), ("a", 0, 100, "", "One-Time fee"), ("b", 0, 9, "", "setup"))
    assert build_cube(source).amounts.tolist() == [[5, 0, 0]]
    assert build_cube(source).customers == ("a",)
    assert build_cube(source, Policy(one_time=())).amounts[:, 0].tolist() == [105, 9]
    assert build_cube(source, Policy(one_time=("recurring",))).amounts[:, 0].tolist() == [100, 9]
    assert build_cube(source).rows is source


def test_a_customer_map_joins_customers_and_follows_chains():
    source = rows(("a", 0, 5), ("B ", 1, 7), ("c", 2, 1))
    cube = build_cube(source, Policy(customer_map={"a": "b", "B": "C"}))
    assert (cube.customers, cube.amounts.tolist()) == (("C",), [[5, 7, 1]])


def test_a_customer_map_in_a_circle_is_refused():
    with pytest.raises(InputError, match=r"^The customer map: 'A' goes round in a circle\."):
        build_cube(rows(("a", 0, 5)), Policy(customer_map={"a": "b", "b": "A"}))
    # A circle further on than the name it is reached by.
    with pytest.raises(InputError, match="circle"):
        build_cube(rows(("a", 0, 5)), Policy(customer_map={"a": "b", "b": "c", "c": "B"}))


def test_a_customer_map_of_all_customers_sends_most_to_themselves():
    cube = build_cube(rows(("a", 0, 5), ("b", 1, 7), ("c", 0, 1)), Policy(customer_map={"a": "A", "b": "b", "c": "a"}))
    assert (cube.customers, cube.amounts.tolist()) == (("A", "b"), [[6, 0, 0], [0, 7, 0]])


def test_level_product_takes_each_product_for_a_customer():
    source = rows(("a", 0, 5, "x"), ("a", 0, 6, "y"), ("a", 1, 1, "x"), ("b", 0, 2))
    cube = build_cube(source, Policy(level="product"))
    assert cube.customers == ("a / x", "a / y", "b")
    assert cube.amounts.tolist() == [[5, 1, 0], [6, 0, 0], [2, 0, 0]]


def test_level_product_without_products_is_refused():
    with pytest.raises(InputError, match="product column"):
        build_cube(rows(("a", 0, 5)), Policy(level="product"))


EUROS = (
    ("a", 0, 100, "", "", "EUR"),
    ("a", 1, 100, "", "", "EUR"),
    ("b", 0, 10, "", "", "USD"),
    ("a", 1, 5, "", "", "USD"),
)


def test_mixed_currencies_without_rates_are_an_error():
    with pytest.raises(InputError) as caught:
        build_cube(rows(*EUROS))
    assert [(p.code, p.value) for p in caught.value.problems] == [("currency-mixed", "EUR, USD")]


def test_one_currency_needs_no_rates():
    assert build_cube(rows(*EUROS[:2])).currency == "EUR"


def test_a_fixed_rate_converts_without_an_exchange_effect():
    cube = build_cube(rows(*EUROS), Policy(rates=Rates("USD", {"EUR": 2.0})))
    assert cube.amounts.tolist() == [[200, 205, 0], [10, 0, 0]]
    assert (cube.currency, cube.fx) == ("USD", ())
    assert cube.restated([0], [1]).tolist() == [[205], [0]]


def test_dated_rates_convert_each_period_and_can_be_restated():
    rates = Rates("USD", dated={"EUR": ((24288, 2.0), (24289, 3.0))})
    cube = build_cube(rows(*EUROS), Policy(rates=rates))
    assert cube.amounts.tolist() == [[200, 305, 0], [10, 0, 0]]
    assert cube.restated([0, 1], [1, 1]).tolist() == [[205, 305], [0, 0]]
    assert cube.restated([0], [1], slice(1, 2)).tolist() == [[0]]
    assert build_cube(cube.rows, Policy(rates=rates.at(24289))).amounts.tolist() == [[300, 305, 0], [10, 0, 0]]


def test_the_reporting_currency_is_the_one_without_a_rate():
    assert build_cube(rows(*EUROS), Policy(rates=Rates(fixed={"EUR": 2.0}))).currency == "USD"


def test_a_missing_rate_names_currency_and_period():
    rates = Rates("USD", dated={"EUR": ((24289, 3.0),)})
    with pytest.raises(InputError) as caught:
        build_cube(rows(*EUROS), Policy(rates=rates))
    assert [(p.code, p.value) for p in caught.value.problems] == [("rate-missing", "EUR, Jan 2024")]


def test_a_filled_gap_is_logged_and_keeps_its_segment_and_currency():
    periods = Periods(24288, 4)
    source = rows(
        ("a", 0, 10, "x", "", "EUR"), ("a", 2, 20, "y", "", "EUR"), ("b", 3, 1, "", "", "USD"), periods=periods
    )
    source = replace(source, segments=(source.product,))
    rates = Rates("USD", dated={"EUR": ((24288, 2.0), (24289, 3.0))})
    cube = fill_gaps(build_cube(source, Policy(rates=rates)), 1)
    assert cube.amounts.tolist() == [[20, 30, 60, 0], [0, 0, 0, 1]]
    assert cube.restated([0], [1]).tolist() == [[20], [0]]
    segment = cube.segments["product"]
    assert [segment.values[code] for code in segment.codes[0, :3]] == ["x", "x", "y"]
    assert [(p.code, p.value, p.amount) for p in cube.problems] == [("gap-filled", "a, Feb 2024", 30.0)]


def test_a_gap_whose_amounts_net_below_zero_at_its_own_rate_is_filled_with_nothing():
    source = rows(
        ("a", 0, 10, "", "", "EUR"),
        ("a", 0, -15, "", "", "USD"),
        ("a", 2, 20, "", "", "EUR"),
        ("b", 1, 1, "", "", "USD"),
    )
    rates = Rates("USD", dated={"EUR": ((24288, 2.0), (24289, 1.0), (24290, 2.0))})
    assert fill_gaps(build_cube(source, Policy(rates=rates)), 1).amounts.tolist() == [[5, 0, 40], [0, 1, 0]]


def test_wide_units_below_zero_are_the_nearest_numbers():
    units = Units(2, 2, wide=True)
    whole = np.array([-1, 1, -199, 10**17 + 1, -(10**17) - 1, -(2**53) - 1, 2**53 + 1])
    assert units.amounts(whole).tolist() == [int(each) / 100 for each in whole.tolist()]


records = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 2), st.integers(-500, 2000).map(lambda cents: cents / 100)),
    min_size=1,
)


@given(records, st.randoms(use_true_random=False))
def test_the_cube_holds_every_amount_and_the_order_of_rows_does_not_matter(source, random):
    cube = build_cube(rows(*source))
    assert cube.amounts.sum() - cube.negatives.sum() == pytest.approx(sum(amount for _, _, amount in source))
    mixed = source.copy()
    random.shuffle(mixed)
    again = build_cube(rows(*mixed))
    order = [again.customers.index(customer) for customer in cube.customers]
    assert again.amounts[order] == pytest.approx(cube.amounts)
