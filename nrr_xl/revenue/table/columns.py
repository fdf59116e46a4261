"""Columns of a wide table that are sums of others, of another length, or planned: left out, each with its total."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.cells.columns import Amounts, read_amounts
from nrr_xl.revenue.clean.body import Body, account_of
from nrr_xl.revenue.cube.rows import Account
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.table import column_title


def summary_columns(
    body: Body, columns: np.ndarray, read: Amounts, extra: np.ndarray, totals: np.ndarray
) -> tuple[np.ndarray, Account]:
    """Which period columns are sums of others or of another length, and the account of the extra columns.

    `read` are the amounts of the period columns, (columns, rows); `extra` are the columns headed as totals, or by a
    date of which day and month cannot be told apart.
    """
    table, values = body.table, read.values
    present = ~np.isnan(values)
    steps = np.array([table.periods[column].step for column in columns.tolist()])
    ends = np.array([table.periods[column].end for column in columns.tolist()])
    lengths, counts = np.unique(steps, return_counts=True)
    common = int(lengths[np.argmax(counts)])
    left = steps != common
    plain = np.where(present & ~totals, values, 0.0)
    for position in np.flatnonzero(left).tolist():
        inside = (steps == common) & (ends <= ends[position]) & (ends > ends[position] - steps[position])
        _say_column(body, int(columns[position]), plain[position], plain[inside].sum(axis=0) if inside.any() else None)
    seen: dict[int, int] = {}
    for position in np.flatnonzero(~left).tolist():
        if seen.setdefault(int(ends[position]), position) != position:
            left[position] = True
            copied = (plain[position] == plain[seen[int(ends[position])]]).all()
            body.findings.say(
                "period-copied" if copied else "period-twice",
                cell=body.grid.address(table.header[1], int(columns[position])),
                value=column_title(table, int(columns[position])),
                amount=float(plain[position].sum()),
            )
    if not extra.size:
        return left, Account()
    sums = read_amounts(body.grid, extra, body.span, Findings(body.grid), read.decimal).values
    for column, amounts in zip(extra.tolist(), sums, strict=True):
        if column in table.forecasts:
            address = body.grid.address(table.header[1], column)
            body.findings.say(
                "forecast-column", cell=address, value=column_title(table, column), amount=float(np.nansum(amounts))
            )
            continue
        if column in table.undecided:
            code = "date-ambiguous" if table.dated.day_first is None else "date-mixed"
            address, title = body.grid.address(table.header[1], column), column_title(table, column)
            body.findings.say(code, cell=address, value=title, amount=float(np.nansum(amounts)))
            continue
        _say_column(body, column, np.nan_to_num(amounts), plain[~left].sum(axis=0), totals)
    return left, account_of(sums, np.zeros(sums.shape, bool), np.zeros(sums.shape, bool))


def _say_column(body: Body, column: int, amounts: np.ndarray, expected: np.ndarray | None, totals: Any = None) -> None:
    """Note a column that is left out: as a total where its amounts are the sums, else with a warning."""
    compared = slice(None) if totals is None else ~totals
    equal = expected is not None and np.allclose(amounts[compared], expected[compared], rtol=1e-9, atol=0.011)
    address = body.grid.address(body.table.header[1], column)
    code = "total-column" if equal else "column-left-out"
    body.findings.say(code, cell=address, value=column_title(body.table, column), amount=float(amounts.sum()))
