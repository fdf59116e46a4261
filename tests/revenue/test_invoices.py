"""A known book of MRR, invoiced monthly, quarterly and yearly, comes back from its invoices."""

import random
from datetime import date

import pytest

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
