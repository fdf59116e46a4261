"""Take-overs that are likely in a cube, as pairs for the customer map and as findings with their cells."""

from __future__ import annotations

import numpy as np

from nrr_xl.errors import Problem
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.takeovers import TakeOver, take_overs
from nrr_xl.revenue.files.grid import TEXT
from nrr_xl.revenue.findings import LISTED, problem
from nrr_xl.revenue.table.layout import Table


def likely_take_overs(table: Table, cube: RevenueCube) -> tuple[tuple[tuple[str, str], ...], list[Problem]]:
    """Pairs (from, to) of customers that may be one, and what is said of each."""
    found = take_overs(cube.customers, cube.amounts)
    pairs = tuple((cube.customers[pair.gone], cube.customers[pair.came]) for pair in found)
    return pairs, [_take_over(table, cube, pair) for pair in found[:LISTED]]


def _take_over(table: Table, cube: RevenueCube, pair: TakeOver) -> Problem:
    """What is said of one: both names, amounts and periods, at the starter's first cell."""
    gone, came, labels = cube.customers[pair.gone], cube.customers[pair.came], cube.periods.labels
    grid, column = table.grid, table.roles["customer"]
    texts = [grid.strings.index(came)] if came in grid.strings else []
    rows = np.flatnonzero(np.isin(grid.values[column], texts) & (grid.kinds[column] == TEXT))
    return problem(
        "take-over",
        f"{gone} left after {labels[pair.last]} with {pair.before:,.2f}, {came} began in {labels[pair.first]} with"
        f" {pair.after:,.2f}",
        sheet=grid.sheet,
        cell=grid.address(int(rows[0]), column) if rows.size else "",
        value=f"{gone} / {came}",
        amount=pair.before,
    )
