"""Customers that stand alone above rows of what each bought: Acme, then Base and Seats under it, then the next one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.files.grid import BLANK, TEXT
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.labels import SUB, TOTAL, labels_of_rows
from nrr_xl.revenue.table.table import Table

# A line returns under so many customers or more, and there are at least so many customers for each kind of line.
RETURNS, PER_LINE = 3, 2


def customers_above(table: Table, findings: Findings) -> Table:
    """The table with the names above its rows as customers, and what the rows are called as a column of products.

    Names are customers where each is there once and there are many more of them than kinds of lines below them, which
    return under nearly all. Rows called totals keep their name. A table of which that is not so stays as it is.
    """
    if table.layout != "wide" or table.segments or {"product", "identifier"} & {*table.roles}:
        return table
    grid, customer = table.grid, table.roles["customer"]
    rows = np.arange(table.first, table.last + 1)
    named = grid.kinds[customer, rows] == TEXT
    valued = (grid.kinds[sorted(table.periods)][:, rows] != BLANK).any(axis=0)
    heads = named & ~valued & (np.count_nonzero(grid.kinds[:, rows], axis=0) == 1)
    lines = named & valued & ~np.isin(labels_of_rows(table), (SUB, TOTAL))
    names = grid.values[customer, rows]
    if not heads.any() or not lines.any() or np.flatnonzero(lines)[0] < np.flatnonzero(heads)[0]:
        return table
    above = np.maximum.accumulate(np.where(heads, np.arange(rows.size), -1))
    kinds_of_line, times = np.unique(names[lines], return_counts=True)
    customers = distinct(names[above[lines]]).size
    if (
        customers < PER_LINE * kinds_of_line.size
        or times.mean() < RETURNS
        or customers < 0.9 * np.count_nonzero(heads)
        or distinct(names[heads]).size < np.count_nonzero(heads)
        or np.isin(names[heads], kinds_of_line).any()
    ):
        return table
    first = int(rows[np.flatnonzero(lines)[0]])
    findings.say("lines-above", cell=grid.address(first - 1, customer), value=grid.text(first - 1, customer))
    kinds = np.concatenate([grid.kinds, np.zeros((1, grid.rows), np.uint8)])
    values = np.concatenate([grid.values, np.zeros((1, grid.rows))])
    kinds[-1, rows[lines]], values[-1, rows[lines]] = TEXT, names[lines]
    values[customer, rows[lines]] = names[above[lines]]
    marks = grid.marks
    if marks is not None:
        marks = np.concatenate([marks, np.full((1, grid.rows), -1, marks.dtype)])
    return replace(
        table,
        grid=replace(grid, kinds=kinds, values=values, marks=marks),
        roles={**table.roles, "product": grid.columns},
        names={**table.names, grid.columns: "Product"},
    )
