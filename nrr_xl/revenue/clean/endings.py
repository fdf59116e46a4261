"""Columns of ends that do not agree, or tell only of a term that renews itself: which one is meant is asked."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.cells.columns import Dates, read_dates
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.clean.order import day_first
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.headers import RUNNING, role_ranks
from nrr_xl.revenue.table.layout import column_title

Array = np.ndarray[Any, Any]


def ask_ends(body: Body, ends: Dates, starts: Dates, valid: Array) -> None:
    """Ask which column says when rows end, unless the user said so.

    Two columns that differ in a month do not agree (a contract's end and its cancellation); one of running terms that
    ended before the last start does not say whether they were renewed.
    """
    table, reading = body.table, body.reading
    if reading.ends is not None or table.export or not valid.any():
        return
    column = table.roles["end"]
    for other in (*table.unused, *table.segments):
        if role_ranks(table.names[other]).get("end", RUNNING) >= RUNNING:
            continue
        theirs = _quietly(body, other, valid)
        apart = np.flatnonzero(valid & (_stops(theirs) != _stops(ends)))
        if (theirs.end >= 0).any() and apart.size:
            ways = ", or ".join(f'--end "{column_title(table, each)}"' for each in (column, other))
            address = body.grid.address(int(apart[0]) + table.first, other)
            told = f"Two columns of ends differ in {apart.size} row(s)"
            body.findings.say("ends-differ", told, address, column_title(table, other), action=f"Name one with {ways}.")
            return
    passed = valid & (ends.end >= 0) & (ends.end < int(starts.end[valid].max()))
    if role_ranks(table.names[column]).get("end") == RUNNING and passed.any():
        title = column_title(table, column)
        how = f'Let each end then with --end "{title}", or take them as still active with --end none.'
        address = body.grid.address(int(np.flatnonzero(passed)[0]) + table.first, column)
        body.findings.say("term-passed", cell=address, value=title, action=how)


def _stops(ends: Dates) -> Array:
    """The first month without the row: the last day of a month and the first of the next say the same."""
    return np.where(ends.end >= 0, ends.end + (ends.day > 1), -1)


def _quietly(body: Body, column: int, valid: Array) -> Dates:
    """The dates of a column, without a word about what cannot be read."""
    reading, counted = body.reading, np.where(valid, 1.0, np.nan)
    order = day_first(body, column)
    return read_dates(body.grid, column, body.span, Findings(body.grid), counted, order, reading.fiscal_year_end)
