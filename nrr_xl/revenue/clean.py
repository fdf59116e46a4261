"""From a table to clean rows: what each row is, what is left out and why, and an account of every amount."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nrr_xl.periods import Periods, period_end
from nrr_xl.revenue.columns import read_amounts, read_dates, read_texts
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.layout import Table, column_title
from nrr_xl.revenue.names import same_spelling
from nrr_xl.revenue.rows import Account, Labels, RevenueRows
from nrr_xl.revenue.totals import total_rows


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are to be read where they leave a choice."""

    decimal: str | None = None
    day_first: bool | None = None
    fiscal_year_end: int = 12


def clean(table: Table, reading: Reading) -> tuple[RevenueRows, Account, Findings]:
    """The rows of a table, the account of its amounts, and what was found on the way."""
    findings = Findings(table.grid)
    make = {"long": _long, "wide": _wide}[table.layout]
    rows, account = make(table, reading, findings)
    return rows, replace(account, problems=findings.problems), findings


def _long(table: Table, reading: Reading, findings: Findings) -> tuple[RevenueRows, Account]:
    grid, span = table.grid, slice(table.first, table.last + 1)
    amounts = read_amounts(grid, [table.roles["amount"]], span, findings, reading.decimal)
    values, refused = amounts.values[0], amounts.refused[0]
    present = ~np.isnan(values)
    totals = total_rows(table, values[None, :], findings)
    dates = read_dates(grid, table.roles["date"], span, findings, reading.day_first, reading.fiscal_year_end)
    customer = _customers(table, findings, present & ~totals)
    nobody = present & ~totals & (customer.codes < 0)
    findings.cells("customer-missing", np.flatnonzero(nobody) + table.first, table.roles["amount"], values[nobody])
    undated = present & ~totals & ~nobody & (dates.end < 0)
    blank = undated & ~dates.refused
    findings.cells("date-missing", np.flatnonzero(blank) + table.first, table.roles["amount"], values[blank])
    used = present & ~totals & ~nobody & ~undated
    _say_empty(table, findings, ~present & ~refused)
    kept = np.flatnonzero(used)
    ends = dates.end[kept]
    periods, period = _axis(ends, dates.step, reading.fiscal_year_end)
    rows = RevenueRows(
        customer=_take(customer, kept),
        periods=periods,
        period=period,
        amounts=values[kept],
        **_attributes(table, kept, np.arange(kept.size)),
    )
    return rows, _account(values, used, refused)


def _wide(table: Table, reading: Reading, findings: Findings) -> tuple[RevenueRows, Account]:
    grid, span = table.grid, slice(table.first, table.last + 1)
    columns = np.array(sorted(table.periods))
    amounts = read_amounts(grid, columns, span, findings, reading.decimal)
    values, refused = amounts.values, amounts.refused
    present = ~np.isnan(values)
    totals = total_rows(table, values, findings)
    customer = _customers(table, findings, present.any(axis=0) & ~totals)
    nobody = present & ((customer.codes < 0) & ~totals)
    row, column = np.nonzero(nobody.T)
    findings.cells("customer-missing", row + table.first, columns[column], values[column, row])
    used = present & (customer.codes >= 0) & ~totals
    _say_empty(table, findings, ~(present | refused).any(axis=0))
    row, column = np.nonzero(used.T)
    ends = np.array([table.periods[c].end for c in columns.tolist()])
    step = next(iter(table.periods.values())).step
    periods, period = _axis(ends, step, reading.fiscal_year_end)
    kept = np.flatnonzero(used.any(axis=0))
    place = np.searchsorted(kept, row)
    rows = RevenueRows(
        customer=_spread(_take(customer, kept), place),
        periods=periods,
        period=period[column],
        amounts=values[column, row],
        **_attributes(table, kept, place),
    )
    return rows, _account(values, used, refused)


def _customers(table: Table, findings: Findings, counted: np.ndarray) -> Labels:
    """The customer of each row, spellings that differ only in case or white space made one."""
    column = table.roles["customer"]
    span = slice(table.first, table.last + 1)
    return same_spelling(read_texts(table.grid, column, span, "customer"), counted, findings, column, table.first)


def _attributes(table: Table, kept: np.ndarray, place: np.ndarray) -> dict:
    """The other columns of the kept rows, each row repeated where `place` says."""
    span = slice(table.first, table.last + 1)

    def column(index: int, name: str) -> Labels:
        return _spread(_take(read_texts(table.grid, index, span, name), kept), place)

    parts = {
        role: column(table.roles[role], column_title(table, table.roles[role]))
        for role in ("product", "type", "currency")
        if role in table.roles
    }
    segments = tuple(column(index, column_title(table, index)) for index in table.segments)
    # A product or plan column cuts the customers just as a region does.
    return {**parts, "segments": (*segments, *((parts["product"],) if "product" in parts else ()))}


def _take(labels: Labels, kept: np.ndarray) -> Labels:
    """The labels of some rows, with only the values these use, in the order of their first appearance."""
    return Labels(labels.name, labels.values, labels.codes[kept]).compact()


def _spread(labels: Labels, place: np.ndarray) -> Labels:
    return Labels(labels.name, labels.values, labels.codes[place])


def _axis(ends: np.ndarray, step: int, fiscal_year_end: int) -> tuple[Periods, np.ndarray]:
    """The run of periods from the first to the last, and each end's position in it."""
    if not ends.size:
        return Periods(period_end(24288, step, fiscal_year_end), 0, step, fiscal_year_end), np.zeros(0, np.int32)
    first, last = int(ends.min()), int(ends.max())
    return (
        Periods(first, (last - first) // step + 1, step, fiscal_year_end),
        ((ends - first) // step).astype(np.int32),
    )


def _say_empty(table: Table, findings: Findings, empty: np.ndarray) -> None:
    """Note rows that hold something but no amount."""
    filled = table.grid.filled()[table.first : table.last + 1] > 0
    findings.cells("row-without-amount", np.flatnonzero(empty & filled) + table.first, table.roles["customer"])


def _account(values: np.ndarray, used: np.ndarray, refused: np.ndarray) -> Account:
    """The account of a block of amount cells."""
    carries = ~np.isnan(values)
    out = carries & ~used
    return Account(
        source_total=float(values[carries].sum()),
        used_total=float(values[used].sum()),
        left_out_total=float(values[out].sum()),
        cells=int(carries.sum() + refused.sum()),
        used_cells=int(used.sum()),
        left_out_cells=int(out.sum() + refused.sum()),
    )
