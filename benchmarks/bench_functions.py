"""Worksheet functions: what Python adds to one cell, and to a million of them in one call.

"formula alone" is the arithmetic without any of what a cell needs (blanks, errors, signs), as a floor.
"""

import numpy as np
from harness import main

ROWS = 1_000_000
SINGLE = 10_000
ONE = "10,000 single cells"
MANY = "a column of 1,000,000 rows"


def _amounts():
    """Start, expansion, contraction and churn of every row, as Excel hands columns over."""
    amounts = np.random.default_rng(7).integers(1, 10_000, (4, ROWS)).astype(float)
    amounts[0] += 30_000
    return [tuple((value,) for value in column.tolist()) for column in amounts]


def ours(case):
    from nrr_xl.excel.functions import NRR

    if case == ONE:
        return lambda: sum(NRR(500_000.0, 100_000.0, 20_000.0, 30_000.0)[0][0] for _ in range(SINGLE))
    columns = _amounts()
    return lambda: len(NRR(*columns))


def cell_by_cell(case):
    """The same column, one call for each of its cells."""
    from nrr_xl.excel.functions import NRR

    if case == ONE:
        return lambda: sum(NRR(500_000.0, 100_000.0, 20_000.0, 30_000.0)[0][0] for _ in range(SINGLE))
    columns = _amounts()
    return lambda: len([NRR(*(cells[0] for cells in row)) for row in zip(*columns, strict=True)])


def formula_alone(case):
    if case == ONE:
        start, expansion, contraction, churn = 500_000.0, 100_000.0, 20_000.0, 30_000.0
        return lambda: sum((start + expansion - contraction - churn) / start for _ in range(SINGLE))
    columns = _amounts()
    return lambda: len([((s[0] + e[0] - c[0] - k[0]) / s[0],) for s, e, c, k in zip(*columns, strict=True)])


if __name__ == "__main__":
    alternatives = {"nrr_xl": ours, "nrr_xl cell by cell": cell_by_cell, "formula alone": formula_alone}
    main(alternatives, cases=[ONE, MANY], base="nrr_xl")
