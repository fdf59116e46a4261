"""From a table to clean rows: what each row is, what is left out and why, and an account of every amount."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.cells.date_columns import Dates, read_dates, read_month_and_year
from nrr_xl.revenue.clean.body import Body, Reading, account_of, axis, currencies, spread, take, times_quantity
from nrr_xl.revenue.clean.doubts import (
    duplicates,
    refunds,
    say_amounts,
    say_counted,
    say_empty,
    say_nobody,
    say_one_time,
    say_periods,
)
from nrr_xl.revenue.clean.endings import ask_spans
from nrr_xl.revenue.clean.flow import Flow
from nrr_xl.revenue.clean.levels import as_levels
from nrr_xl.revenue.clean.order import day_first
from nrr_xl.revenue.clean.parents import parent_rows
from nrr_xl.revenue.clean.prepare import prepare
from nrr_xl.revenue.clean.scale import scale_of
from nrr_xl.revenue.clean.statement import say_statement
from nrr_xl.revenue.clean.subscriptions import active_rows
from nrr_xl.revenue.clean.titles import say_planned, say_titles
from nrr_xl.revenue.cube.policy import Policy
from nrr_xl.revenue.cube.rows import Account, Labels, RevenueRows
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.columns import summary_columns
from nrr_xl.revenue.table.stacked import left_out
from nrr_xl.revenue.table.table import Table


def clean(table: Table, reading: Reading, policy: Policy) -> tuple[RevenueRows, Account, Findings]:
    """The rows of a table, the account of its amounts, and what was found on the way."""
    findings = Findings(table.grid)
    body = Body(prepare(table, findings, reading), findings, reading, policy)
    say_statement(body)
    rows, account = {"long": _long, "wide": _wide, "subscriptions": active_rows}[table.layout](body)
    account += left_out(table, reading, findings)
    say_titles(table, rows, reading, findings)
    say_planned(table, rows.periods, findings)
    say_periods(rows, findings, reading)
    return rows, replace(account, problems=findings.problems), findings


def _long(body: Body) -> tuple[RevenueRows, Account]:
    amount = body.table.roles["amount"]
    amounts = read_amounts(body.grid, [amount], body.span, body.findings, body.reading.decimal)
    values, refused = times_quantity(body, amounts.values[0]), amounts.refused[0]
    present = ~np.isnan(values)
    totals, unsure = body.totals(values[None, :])
    counted = present & ~totals & ~unsure
    customer, wrong = body.customers(counted)
    nobody = counted & (customer.codes < 0)
    choice = body.choice(counted, np.nan_to_num(values), customer, None)
    say_nobody(body, nobody & ~choice.out & ~choice.asked, wrong, amount, values)
    valid = counted & ~nobody & ~choice.out & ~choice.asked
    dates = _dates(body, np.where(valid, values, np.nan))
    undated = valid & (dates.end < 0)
    blank = undated & ~dates.refused
    body.note("date-missing", np.flatnonzero(blank), amount, values[blank])
    valid &= ~undated
    ask_spans(body, customer, dates, valid)
    valid &= ~parent_rows(body, np.where(valid, values, np.nan)[None, :], dates.end[None, :], valid)
    place = np.array([amount])
    money, unknown = currencies(body, amounts, place, valid[None, :])
    valid &= ~unknown[0]
    say_amounts(body, place, np.where(valid, values, np.nan)[None, :])
    valid &= ~duplicates(body, valid, customer.codes, dates.end, values)
    say_counted(body, body.table.names[amount])
    say_empty(body, ~present & ~refused)
    used = valid & ~say_one_time(body, valid, values, amount)
    net = values - refunds(body, used, values)
    signed = np.where(choice.minus, -net, net) * scale_of(body)
    kept = np.flatnonzero(valid)
    flow = Flow(
        customer.codes[kept].astype(np.int64),
        dates.end[kept].astype(np.int64),
        dates.day[kept],
        signed[kept],
        kept,
        np.broadcast_to(amount, kept.shape),
        dates.step,
    )
    rows = _rows(body, flow, customer, money.of(np.zeros_like(kept), kept), body.table.names[amount])
    return rows, account_of(values, used, refused)


def _rows(body: Body, flow: Flow, customer: Labels, currency: Labels | None, header: str) -> RevenueRows:
    """The rows of amounts in one line, made levels of their periods where they are none."""
    levels = as_levels(body, flow, header)
    at = slice(None) if levels is None else levels.at
    month, amount = (flow.month, flow.amount) if levels is None else (levels.month, levels.amount)
    rows = flow.row[at]
    # Mostly each row gives one amount, in the order of rows.
    each = bool((rows[1:] > rows[:-1]).all())
    counted = ("quantity", "usage") if body.table.layout == "long" and not (levels and levels.added) else ()
    counts: dict[str, Any] = {name: found[rows] for name in counted if (found := body.counts(name)) is not None}
    kept, inverse = (rows, slice(None)) if each else np.unique(rows, return_inverse=True)
    periods, period = axis(body, month.astype(np.int32), flow.step)
    return RevenueRows(
        customer=spread(take(customer, kept), inverse),
        periods=periods,
        period=period,
        amounts=amount,
        invoiced=None if levels is None else levels.invoiced,
        currency=currency and Labels(currency.name, currency.values, currency.codes[at]).compact(),
        cells=body.cells(rows, body.table.roles["amount"] if body.table.layout == "long" else flow.column[at]),
        **body.attributes(kept, inverse),
        **counts,
    )


def _dates(body: Body, amounts: np.ndarray) -> Dates:
    """The date column, read together with a column of years where months and years stand apart."""
    grid, span, findings, reading, roles = body.grid, body.span, body.findings, body.reading, body.table.roles
    if "year" in roles:
        months, years = roles["date"], roles["year"]
        return read_month_and_year(grid, months, years, span, findings, amounts, reading.fiscal_year_end)
    order = day_first(body, roles["date"])
    return read_dates(grid, roles["date"], span, findings, amounts, order, reading.fiscal_year_end)


def _wide(body: Body) -> tuple[RevenueRows, Account]:
    table = body.table
    columns = np.array(sorted(table.periods))
    extra = np.array(sorted((*table.summaries, *table.forecasts, *table.undecided)), dtype=columns.dtype)
    _say_headers(body)
    amounts = read_amounts(body.grid, columns, body.span, body.findings, body.reading.decimal)
    values, refused = amounts.values, amounts.refused
    present = ~np.isnan(values)
    sums, unsure = body.totals(values)
    totals = sums | unsure
    filled = present.any(axis=0)
    customer, wrong = body.customers(filled & ~totals)
    left, summary_account = summary_columns(body, columns, amounts, extra, totals)
    kept = np.where(present & ~left[:, None], values, 0.0).sum(axis=0)
    choice = body.choice(filled & ~totals, kept, customer, None)
    excluded = choice.out | choice.asked
    nobody = present & (customer.codes < 0) & ~totals & ~left[:, None] & ~excluded
    row, column = np.nonzero(nobody.T)
    for code, which in (("customer-error-cell", wrong[row]), ("customer-missing", ~wrong[row])):
        at, beside = row[which], column[which]
        body.findings.cells(code, at + table.first, columns[beside], values[beside, at])
    counted = filled & (customer.codes >= 0) & ~totals & ~excluded
    counted &= ~parent_rows(body, np.where(left[:, None], np.nan, values), columns[:, None], counted)
    filled = np.where(present & ~left[:, None], values, 0.0)
    several = counted & (np.count_nonzero(filled, axis=0) > 1)
    counted &= ~duplicates(body, several, customer.codes, np.zeros(several.size, int), filled.sum(axis=0), few=False)
    say_counted(body, "", *titles_above(table))
    valid = present & counted & ~left[:, None]
    money, unknown = currencies(body, amounts, columns, valid)
    valid &= ~unknown
    say_amounts(body, columns, np.where(valid, values, np.nan))
    say_empty(body, ~(present | refused).any(axis=0))
    used = valid & ~say_one_time(body, valid.any(axis=0), np.where(valid, values, 0.0).sum(axis=0), int(columns[0]))
    row, column = np.nonzero(valid.T)
    ends = np.array([table.periods[c].end for c in columns.tolist()], np.int64)
    flow = Flow(
        customer.codes[row].astype(np.int64),
        ends[column],
        np.zeros(row.size, np.int8),
        values[column, row] * scale_of(body),
        row,
        columns[column],
        table.periods[int(columns[~left][0])].step,
    )
    rows = _rows(body, flow, customer, money.of(column, row), _measure(table))
    return rows, account_of(values, used, refused) + summary_account


def _measure(table: Table) -> str:
    """What a wide table calls its amounts, in its headers or the titles above."""
    return " ".join([table.names[min(table.periods)], *titles_above(table)])[:80]


def titles_above(table: Table) -> list[str]:
    """The short texts in the rows right above a table's header."""
    rows = range(max(table.header[0] - 5, 0), max(table.header[0], 0))
    titles = [table.grid.text(row, column) for row in rows for column in range(min(table.grid.columns, 12))]
    return [title for title in titles if len(title) < 60]


def _say_headers(body: Body) -> None:
    """Note the order of day and month in headers that could be read either way, where the others decided it."""
    dated = body.table.dated
    if dated.bare is not None:
        address = body.grid.address(body.table.header[1], dated.bare)
        body.findings.say("quarters-taken", cell=address, value=body.table.names[dated.bare])
    columns = np.array([column for column in dated.doubtful if column in body.table.periods])
    if columns.size and body.reading.day_first is None:
        how = f"Read {'day' if dated.day_first else 'month'} first, since the other headers leave no other way."
        body.findings.decided("date-order-decided", np.full(columns.size, body.table.header[1]), columns, how)
