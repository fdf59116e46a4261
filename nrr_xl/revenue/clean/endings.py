"""Ends that nothing tells for sure: columns that do not agree, a term that renews itself, rows that only begin."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.cells.date_columns import Dates, read_dates
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.clean.order import day_first
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.contents import content
from nrr_xl.revenue.table.headers import RUNNING, role_ranks
from nrr_xl.revenue.table.table import column_title

Array = np.ndarray[Any, Any]
# Where fewer customers have several rows without an end, these are orders beside one another.
SEVERAL = 0.1
# Dates so many months after a row's own, on this share of the rows and of so many lengths, may be its end; of the
# customer's other rows hardly any lies between.
SPAN, FAR, SPANS, BETWEEN = 2, 0.3, 4, 0.1
# Terms of one customer overlap by mistake for so many months at most, and are told from so many of all rows on.
OVERLAP, OFTEN = 3, 0.05


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


def ask_spans(body: Body, customer: Labels, dates: Dates, valid: Array) -> None:
    """Ask whether a column of later dates that has no part says when the rows end, unless the user said what rows are.

    Such a column runs far and differently far past the rows' own dates, and no other row of the customer lies between:
    amounts of single months have no end, and beside them a customer has rows until it is gone.
    """
    table, reading = body.table, body.reading
    if reading.rows_are or reading.spread or table.export or not valid.any():
        return
    dated = [other for other in (*table.unused, *table.segments) if content(body.grid, other, body.span) == "date"]
    if not dated:
        return  # before any row is put in order, which takes longer than all else here
    rows = np.flatnonzero(valid)
    order = np.lexsort((dates.end[rows], customer.codes[rows]))
    same = np.append(customer.codes[rows][order][1:] == customer.codes[rows][order][:-1], False)
    following = np.full(dates.end.size, np.iinfo(np.int32).max, np.int64)
    following[rows[order[:-1]]] = np.where(same[:-1], dates.end[rows][order][1:], following[0])
    for other in dated:
        theirs = _quietly(body, other, valid)
        both = valid & (theirs.end >= 0)
        span = (theirs.end - dates.end)[both]
        far = span >= SPAN
        if (span < 0).any() or far.sum() < max(3, FAR * rows.size) or np.unique(span[far]).size < SPANS:
            continue
        if (following[both][far] < theirs.end[both][far]).mean() <= BETWEEN:
            titles = (column_title(table, each) for each in (table.roles["date"], other))
            start, end = (f'"{title}"' for title in titles)
            how = f"Name both with --start {start} --end {end}, or take each amount at its date with --rows-are levels."
            address = body.grid.address(int(np.flatnonzero(both)[0]) + table.first, other)
            body.findings.say("end-perhaps", cell=address, value=column_title(table, other), action=how)
            return


def say_overlaps(body: Body, customer: Labels, first: Array, stop: Array, valid: Array) -> None:
    """Tell of terms of one customer and product that begin shortly before the one before them ends, and count twice."""
    rows = np.flatnonzero(valid)
    key = _of_one(body, customer)[rows]
    order = rows[np.lexsort((first[rows], key))]
    codes = _of_one(body, customer)[order]
    begin, end = first[order], np.where(stop[order] >= 0, stop[order], np.iinfo(np.int32).max)
    shared = end[:-1] - begin[1:]
    twice = (codes[1:] == codes[:-1]) & (shared > 0) & (shared <= OVERLAP) & (begin[1:] > begin[:-1])
    twice &= (end[1:] > end[:-1]) & (2 * shared <= end[:-1] - begin[:-1])
    count = int(twice.sum())
    if count >= max(2, OFTEN * rows.size):
        at = int(order[1:][twice][0])
        address = body.grid.address(at + body.table.first, body.table.roles["start"])
        body.findings.say("terms-overlap", f"{count} term(s) begin before the customer's last one ends", address)


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
