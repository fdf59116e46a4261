"""A known book of MRR, invoiced monthly, quarterly and yearly, comes back from its invoices."""

import random
from datetime import date

import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.grid import grid_of_columns
from nrr_xl.revenue.read import read

from .sheets.billing import invoices, steady
from .sheets.book import first


def nrr(amounts, opening: int, closing: int) -> float:
    base = [row for row in amounts if row[opening] > 0]
    return sum(row[closing] for row in base) / sum(row[opening] for row in base)


@pytest.mark.parametrize("seed", range(200))
def test_spread_by_cadence_gives_the_books_nrr(seed):
    kinds = random.Random(seed).choice(((1, 3, 12), (12,), (3,), (1, 12), (1, 3), (6, 12)))
    made, every = steady(1000 + seed, kinds)
    lines = sorted(invoices(made, every), key=lambda line: line[1])
    cells = [
        ["Customer", *(made.names[who] for who, *_ in lines)],
        ["Invoice date", *(first(made.months[at]) for _, at, _, _ in lines)],
        ["Amount", *(amount for *_, amount in lines)],
    ]
    cube = read(grid_of_columns("invoices", cells), spread="cadence", today=date(2026, 11, 28))
    known = [row for row in made.mrr if any(row)]
    closing = len(made.months) - 1
    found = nrr(cube.amounts, len(cube.periods) - 13, len(cube.periods) - 1)
    assert found == pytest.approx(nrr(known, closing - 12, closing), abs=0.001)


def half_yearly(*columns: list) -> object:
    dates = ["2024-01-01", "2024-07-01", "2025-01-01", "2025-07-01"]
    cells = [["Customer", *"aaaabbbb"], ["Invoice date", *dates * 2], ["Amount", *[600.0] * 4, *[1200.0] * 4]]
    return grid_of_columns("invoices", [*cells, *columns])


TERM = ["Term (months)", *[3] * 4, *[6] * 4]
STARTS = ["Service start", *["2024-01-01", "2024-07-01", "2025-01-01", "2025-07-01"] * 2]
ENDS = ["Service end", *["2024-06-30", "2024-12-31", "2025-06-30", "2025-12-31"] * 2]


def spread_by(how: str, *columns: list, **options) -> list:
    cube = read(half_yearly(*columns), spread=how, today=date(2026, 11, 28), **options)
    return cube.amounts[:, :7].tolist()


def test_each_way_to_spread_goes_by_its_own_columns():
    assert spread_by("term", TERM) == [[200, 200, 200, 0, 0, 0, 200], [200] * 7]
    assert spread_by("cadence", TERM) == [[100] * 7, [200] * 7]
    assert spread_by("service", STARTS, ENDS) == [[100] * 7, [200] * 7]
    assert spread_by("service", STARTS, ENDS, TERM) == [[100] * 7, [200] * 7]
    assert spread_by("term", STARTS, TERM) == [[200, 200, 200, 0, 0, 0, 200], [200] * 7]


@pytest.mark.parametrize(
    ("how", "columns", "options", "mend"),
    [
        ("service", [TERM], {}, "--start"),
        ("term", [], {}, "--term"),
        ("term", [STARTS, ENDS], {}, "--spread service"),
        ("cadence", [STARTS, ENDS], {}, "--spread service"),
        ("service", [STARTS, ENDS], {"amount_per": "month"}, "Remove --spread or --amount-per"),
        ("cadence", [], {"rows_are": "levels"}, "Remove --spread"),
        ("term", [["Term (months)", *[""] * 4, *[6] * 4]], {}, "term"),
    ],
)
def test_a_way_to_spread_that_the_columns_do_not_give_is_refused(how, columns, options, mend):
    with pytest.raises(InputError, match=mend):
        spread_by(how, *columns, **options)


def payments(refunded: list[float], net: str = "Amount"):
    cells = [["Customer Email", *"aaabbb"], ["Created date (UTC)", *["2024-01-05", "2024-02-05", "2024-03-05"] * 2]]
    return grid_of_columns(
        "payments", [*cells, [net, *[100.0] * 6], ["Amount Refunded", *refunded], ["Status", *["Paid"] * 6]]
    )


PART = [0.0, 0.0, 0.0, 0.0, 0.0, 40.0]


def test_refunds_beside_payments_are_taken_off_unless_told_otherwise():
    netted = read(payments(PART))
    assert netted.amounts.sum() == 600 - sum(PART)
    assert "refunds-taken-off" in [problem.code for problem in netted.problems if problem.severity == "warning"]
    assert read(payments(PART), only=["Amount Refunded=0"]).amounts.tolist() == [[100, 100, 100], [100, 100, 0]]
    assert read(payments(PART), only=["Amount Refunded=*"]).amounts.sum() == 600
    assert read(payments([0.0] * 6)).amounts.sum() == 600
    assert read(payments(PART, "Net amount")).amounts.sum() == 600


def test_more_paid_back_than_was_paid_is_asked_about_and_the_way_out_works():
    with pytest.raises(InputError, match="more was paid back") as refused:
        read(payments([250.0, *PART[1:]]))
    assert '--only "Amount Refunded=*"' in str(refused.value)
    assert read(payments([250.0, *PART[1:]]), only=["Amount Refunded=*"]).amounts.sum() == 600


@pytest.mark.parametrize(
    ("heads", "keys", "step"),
    [
        (["H1 2023", "H2 2023", "H1 2024"], ("2023-06", "2023-12", "2024-06"), 6),
        (["1H23", "2H23", "1H24"], ("2023-06", "2023-12", "2024-06"), 6),
        ([20231, 20232, 20233], ("2023-03", "2023-06", "2023-09"), 3),
        (["2023-1", "2023-2", "2023-3"], ("2023-01", "2023-02", "2023-03"), 1),
        (["10/23", "11/23", "12/23"], ("2023-10", "2023-11", "2023-12"), 1),
    ],
)
def test_half_years_and_quarters_without_a_word(heads, keys, step):
    cells = [["Customer", "a", "b", "c"], *([head, 100.0, 200.0, 300.0] for head in heads)]
    cube = read(grid_of_columns("halves", cells))
    assert (cube.periods.keys, cube.periods.step) == (keys, step)
    long = [["Customer", *"aaabbb"], ["Period", *heads * 2], ["MRR", *[1.0] * 6]]
    assert read(grid_of_columns("halves", long)).periods.keys == keys


def test_years_with_numbers_from_one_to_four_over_whole_years_are_quarters_and_told():
    heads = [f"{year}-{number}" for year in (2023, 2024) for number in (1, 2, 3, 4)]
    cube = read(grid_of_columns("q", [["Customer", "a", "b"], *([head, 1.0, 2.0] for head in heads)]))
    assert cube.periods.keys[0] == "2023-03" and cube.periods.step == 3
    assert "quarters-taken" in [problem.code for problem in cube.problems]
