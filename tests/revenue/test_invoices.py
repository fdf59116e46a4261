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


def test_refunds_beside_payments_are_asked_about_and_each_way_out_works():
    with pytest.raises(InputError, match="Amount Refunded says that 1 amount") as refused:
        read(payments(PART))
    assert '--only "Amount Refunded=0"' in str(refused.value) and "=*" in str(refused.value)
    assert read(payments(PART), only=["Amount Refunded=0"]).amounts.tolist() == [[100, 100, 100], [100, 100, 0]]
    assert read(payments(PART), only=["Amount Refunded=*"]).amounts.sum() == 600
    assert read(payments([0.0] * 6)).amounts.sum() == 600
    assert read(payments(PART, "Net amount")).amounts.sum() == 600


@pytest.mark.parametrize(
    "heads",
    [["H1 2023", "H2 2023", "H1 2024"], ["1H23", "2H23", "1H24"], [20231, 20232, 20233], ["2023 H1", "2023 H2"]],
)
def test_half_years_and_bare_quarters_are_refused_with_the_mend(heads):
    cells = [["Customer", "a", "b", "c"], *([head, 100.0, 200.0, 300.0] for head in heads)]
    with pytest.raises(InputError, match="Write quarters as 2024 Q1"):
        read(grid_of_columns("halves", cells))
