"""Tables that stand above or below the one that is read: their rows are told apart, never mixed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.arrays import among, distinct
from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.clean.body import Reading, account_of
from nrr_xl.revenue.codes import CODES
from nrr_xl.revenue.cube.rows import Account
from nrr_xl.revenue.files.grid import TEXT
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.headers import heads_customers
from nrr_xl.revenue.table.layout import find_table
from nrr_xl.revenue.table.table import Table

# Beyond so many tables on one sheet the last one holds all the rest.
MOST = 20


def alone(table: Table, hints: Mapping[str, Any]) -> Table:
    """The table ended where another one begins, the others of its grid listed.

    Another one begins with a header row of its own, below a blank row or under the same customer header, whose
    columns mean something else: otherwise the header is only repeated. `hints` are those of `find_table`.
    """
    grid, first = table.grid, table
    others: list[Table] = []
    hints = {**hints, "header_row": None}
    while first.header[0] > 1:
        above = find_table(grid.part(0, 0, first.header[0] - 1, grid.columns - 1), **hints)
        if above is None or above.guessed:
            break
        first, others = above, [*_split(above, hints), *others]
    own, *below = _split(table, hints)
    return replace(own, others=(*others, *below))


def _split(table: Table, hints: Mapping[str, Any]) -> list[Table]:
    """The table ended where the next one begins, that one likewise, and so on."""
    pieces = [table]
    while len(pieces) <= MOST and (found := _next(pieces[-1], hints)):
        row, below = found
        pieces[-1:] = [replace(pieces[-1], last=row - 1), below]
    return pieces


def _next(table: Table, hints: Mapping[str, Any]) -> tuple[int, Table] | None:
    """The first row below a table's header that begins another one, and that one."""
    for row in _candidates(table):
        below = find_table(table.grid.part(row, 0, table.last, table.grid.columns - 1), **{**hints, "header": (0, 0)})
        if below and "customer" not in below.guessed and _meaning(below) != _meaning(table):
            return row, below
    return None


def left_out(table: Table, reading: Reading, findings: Findings) -> Account:
    """The account of the amounts in the other tables, each noted with its total."""
    account = Account()
    for other in table.others:
        columns = sorted((*other.periods, *other.summaries)) or [other.roles["amount"]]
        span, silent = slice(other.first, other.last + 1), Findings(other.grid)
        values = read_amounts(other.grid, columns, span, silent, reading.decimal).values
        unused = np.zeros(values.shape, bool)
        message = f"{CODES['other-table'].message} ({np.count_nonzero(~np.isnan(values))} amounts)"
        findings.say("other-table", message, other.range, amount=float(np.nansum(values)))
        account += account_of(values, unused, unused)
    return account


def _meaning(table: Table) -> tuple[Any, ...]:
    """Which columns hold customers, dates, amounts and periods."""
    roles = {role: table.roles[role] for role in ("customer", "date", "start", "end", "amount") if role in table.roles}
    return table.layout, roles, dict(table.periods)


def _candidates(table: Table) -> list[int]:
    """The rows that may be another table's header: a header for customers stands in them, and they differ."""
    grid, body, customer = table.grid, slice(table.first, table.last + 1), table.roles["customer"]
    title = table.names[customer]
    filled = np.any(grid.kinds[:, body], axis=0)
    possible = filled & np.concatenate([[False], ~filled[:-1]])
    titles = [code for code, text in enumerate(grid.strings) if text and text == title]
    possible |= (grid.kinds[customer, body] == TEXT) & among(grid.values[customer, body], titles)
    rows = np.flatnonzero(possible) + table.first
    texts, codes = grid.kinds[:, rows] == TEXT, grid.values[:, rows]
    found = distinct(codes[texts]).astype(np.int64).tolist()
    titles += [code for code in found if heads_customers(grid.strings[code])]
    # An export repeats its header on every page, so each wording is looked at once.
    wordings = {tuple(grid.text(table.header[1], column) for column in range(grid.columns)): -1}
    for row in rows[(texts & among(codes, titles)).any(axis=0)].tolist():
        wordings.setdefault(tuple(grid.text(row, column) for column in range(grid.columns)), row)
    return [row for row in wordings.values() if row >= 0]
