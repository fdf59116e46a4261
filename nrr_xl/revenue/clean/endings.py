"""Ends that nothing tells for sure: columns that do not agree, a term that renews itself, rows that only begin."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.cells.date_columns import Dates, read_dates
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.clean.order import day_first
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.headers import RUNNING, role_ranks
from nrr_xl.revenue.table.table import column_title

Array = np.ndarray[Any, Any]
# Where fewer customers have several rows without an end, these are orders beside one another.
SEVERAL = 0.1


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


def ask_open(body: Body, customer: Labels, starts: Dates, ends: Dates | None, valid: Array) -> None:
    """Ask whether a customer's rows of which none ends add up or replace one another, unless the user said so.

    A list of prices from a day on looks like one of subscriptions that are all still active.
    """
    table, reading = body.table, body.reading
    told = reading.ends is not None or table.export or "term" in table.roles or reading.spread not in (None, "no")
    if told or (ends is not None and (ends.end[valid] >= 0).any()):
        return
    rows = np.flatnonzero(valid)
    key = _of_one(body, customer)[rows]
    pairs = np.unique(np.stack([key, starts.end[rows]]), axis=1)[0]
    several = np.flatnonzero(np.bincount(pairs, minlength=1) > 1)
    if several.size < 2 or several.size < SEVERAL * np.unique(key).size:
        return
    at = rows[key == several[0]]
    address = body.grid.address(int(at[1]) + table.first, table.roles["start"])
    count = np.unique(customer.codes[rows[np.isin(key, several)]]).size
    body.findings.say("starts-only", cell=address, value=f"{count} customer(s)")


def until_next(customer: Labels, starts: Dates, valid: Array) -> Dates:
    """Ends that are the customer's next row, for rows that say what holds from a day on; the last of a day counts."""
    rows = np.flatnonzero(valid)
    when = starts.end[rows].astype(np.int64) * 32 + starts.day[rows]
    order = rows[np.lexsort((rows, when, customer.codes[rows]))]
    same = customer.codes[order[1:]] == customer.codes[order[:-1]]
    end, day = np.full(starts.end.size, -1, np.int32), np.zeros(starts.end.size, np.int8)
    end[order[:-1][same]] = starts.end[order[1:][same]]
    day[order[:-1][same]] = starts.day[order[1:][same]]
    return Dates(end, day, np.zeros(end.size, bool), 1)


def replaced(body: Body, customer: Labels, starts: Dates, valid: Array) -> Dates:
    """Ends that are the next start of the same customer and product; what starts together adds up."""
    rows = np.flatnonzero(valid)
    key = _of_one(body, customer)[rows]
    when = starts.end[rows].astype(np.int64) * 32 + starts.day[rows]
    end, day = np.full(starts.end.size, -1, np.int32), np.zeros(starts.end.size, np.int8)
    found, inverse = np.unique(np.stack([key, when]), axis=1, return_inverse=True)
    later = np.append(np.where(found[0][1:] == found[0][:-1], found[1][1:], -1), -1)[inverse.reshape(-1)]
    has = later >= 0
    end[rows[has]], day[rows[has]] = later[has] // 32, later[has] % 32
    return Dates(end, day, np.zeros(end.size, bool), 1)


def _of_one(body: Body, customer: Labels) -> Array:
    """A number for each customer and product."""
    product = body.texts("product")
    codes = customer.codes.astype(np.int64)
    return codes if product is None else codes * (len(product.values) + 1) + product.codes + 1


def _stops(ends: Dates) -> Array:
    """The first month without the row: the last day of a month and the first of the next say the same."""
    return np.where(ends.end >= 0, ends.end + (ends.day > 1), -1)


def _quietly(body: Body, column: int, valid: Array) -> Dates:
    """The dates of a column, without a word about what cannot be read."""
    reading, counted = body.reading, np.where(valid, 1.0, np.nan)
    order = day_first(body, column)
    return read_dates(body.grid, column, body.span, Findings(body.grid), counted, order, reading.fiscal_year_end)
