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
