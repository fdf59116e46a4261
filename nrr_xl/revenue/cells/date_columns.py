"""A table's columns of dates read into arrays: day and month in one order, periods of one length."""

from __future__ import annotations

import datetime as dt

import numpy as np

from nrr_xl.periods import iso_month, month_number
from nrr_xl.records import struct
from nrr_xl.revenue.cells.columns import read_texts
from nrr_xl.revenue.cells.dates import (
    Doubtful,
    When,
    bare_quarters,
    days_of_six_digits,
    decide_order,
    is_epoch,
    month_of_year,
    months_only,
    number_date,
    parse_date,
    short_months,
)
from nrr_xl.revenue.cells.swapped import in_their_order
from nrr_xl.revenue.files.grid import BLANK, BOOLEAN, DATE, ERROR, NUMBER, TEXT, Grid
from nrr_xl.revenue.findings import Findings

_DAY_ZERO = np.datetime64("1899-12-30", "D")

EARLIEST = month_number(1950, 1)  # Dates before 1950 or more than 20 years ahead are slips of the keyboard.


def latest_month() -> int:
    """The last month that a date may lie in."""
    return month_number(dt.date.today().year + 20, 12)


@struct()
class Dates:
    """Dates of a column, (rows,): the month number of the period's last month (-1 for none or where it cannot be read),
    the day of the month (0 where unknown), and where a cell holds something that cannot be read."""

    end: np.ndarray
    day: np.ndarray
    refused: np.ndarray
    step: int


def read_dates(
    grid: Grid,
    column: int,
    rows: slice,
    findings: Findings,
    amounts: np.ndarray,
    day_first: bool | None = None,
    fiscal_year_end: int = 12,
) -> Dates:
    """The dates of a column, with day and month in one order and periods of one length.

    `amounts` (rows,) are what the dates belong to: where there is none (NaN) the date is not read.
    """
    kinds = np.where(np.isnan(amounts), BLANK, grid.kinds[column, rows])
    cells = in_their_order(grid, column, rows.start, kinds, grid.values[column, rows], findings)
    end = np.full(kinds.shape, -1, np.int32)
    day = np.zeros(kinds.shape, np.int8)
    step = np.ones(kinds.shape, np.int8)
    trouble = np.zeros(kinds.shape, bool)
    real = kinds == DATE
    if real.any():
        end[real], day[real] = _months(cells[real])
    notes: dict[str, np.ndarray] = {}
    for kind in (NUMBER, TEXT):
        where = np.flatnonzero(kinds == kind)
        if not where.size:
            continue
        distinct, inverse = np.unique(cells[where], return_inverse=True)
        parsed: list[When | Doubtful | None] = (
            [number_date(value, fiscal_year_end) for value in distinct.tolist()]
            if kind == NUMBER
            else [parse_date(grid.strings[int(code)], fiscal_year_end) for code in distinct.tolist()]
        )
        texts = [grid.strings[int(v)] if kind == TEXT else f"{v:.0f}" for v in distinct.tolist()]
        if None in parsed and {len(text) for text in texts} <= {7, 8} and all(map(str.isdecimal, texts)):
            # Days such as 31012024, of which a number has lost a nought in front, and periods such as 2024001.
            parsed = [parse_date(text, fiscal_year_end) or parse_date(text.zfill(8)) for text in texts]
        if times := [text for text in texts if is_epoch(text)]:
            findings.say("date-epoch", cell=grid.address(int(where[0]) + rows.start, column), value=times[0])
        if quarters := bare_quarters(texts, fiscal_year_end):
            parsed = [*quarters]
            findings.say("quarters-taken", cell=grid.address(int(where[0]) + rows.start, column), value=texts[0])
        elif None in parsed and (months := short_months(texts)):
            parsed = [*months]
        elif None in parsed and (days := days_of_six_digits(texts)):
            parsed = [*days]
            how = f"Read as year, month and day: {texts[0]} is {iso_month(days[0].end)}-{days[0].day:02d}."
            address = grid.address(int(where[0]) + rows.start, column)
            findings.say("date-order-taken", "Dates are written in six digits", address, texts[0], action=how)
        elif where.size == np.count_nonzero(kinds) and months_only(texts):
            first = grid.address(int(where[0]) + rows.start, column)
            value, total = grid.value(int(where[0]) + rows.start, column), float(amounts[where].sum())
            findings.say("months-only", cell=first, value=value, amount=total)
            trouble[where] = True
            return Dates(end, day, trouble, 1)
        orders = [item.order if isinstance(item, Doubtful) else "" for item in parsed]
        order = decide_order(item for item in parsed if isinstance(item, Doubtful)) if day_first is None else day_first
        decided, faults = zip(*(_in_order(item, order) for item in parsed), strict=True)
        if day_first is None and order is not None and "?" in orders:
            proof = grid.strings[int(distinct[orders.index("day" if order else "month")])]
            doubtful = where[np.array([shown == "?" for shown in orders])[inverse]]
            how = f"Read {'day' if order else 'month'} first, like {proof!r}."
            findings.decided("date-order-decided", doubtful + rows.start, np.full(doubtful.size, column), how)
        end[where] = np.array([item.end if item else -1 for item in decided], np.int32)[inverse]
        day[where] = np.array([item.day if item else 0 for item in decided], np.int8)[inverse]
        step[where] = np.array([item.step if item else 0 for item in decided], np.int8)[inverse]
        fault = np.array(faults, dtype=object)[inverse]
        for code in {code for code in faults if code}:
            notes[code] = np.append(notes.get(code, np.zeros(0, np.int64)), where[fault == code])
    strange = np.flatnonzero((kinds == BOOLEAN) | (kinds == ERROR))
    if strange.size:
        notes["date-unreadable"] = np.append(notes.get("date-unreadable", np.zeros(0, np.int64)), strange)
    outside = np.flatnonzero((end >= 0) & ((end < EARLIEST) | (end > latest_month())))
    if outside.size:
        notes["date-outside"] = outside
        end[outside] = -1
    found = end >= 0
    common = int(np.bincount(step[found]).argmax()) if found.any() else 1
    other = np.flatnonzero(found & (step != common))
    if other.size:
        notes["period-mixed"] = other
        end[other] = -1
    for code in sorted(notes):
        places = np.sort(notes[code])
        trouble[places] = True
        if code == "date-ambiguous":
            address = grid.address(int(places[0]) + rows.start, column)
            value = grid.value(int(places[0]) + rows.start, column)
            findings.say(code, cell=address, value=value, amount=float(amounts[places].sum()))
        else:
            findings.cells(code, places + rows.start, column, amounts[places])
    return Dates(end, day, trouble, common)


def read_month_and_year(
    grid: Grid,
    month: int,
    year: int,
    rows: slice,
    findings: Findings,
    amounts: np.ndarray,
    fiscal_year_end: int = 12,
) -> Dates:
    """The periods that a column of months (or quarters) and a column of years name together."""
    inner, outer = read_texts(grid, month, rows, "month"), read_texts(grid, year, rows, "year")
    pair = inner.codes.astype(np.int64) * (len(outer.values) + 1) + outer.codes
    both = (inner.codes >= 0) & (outer.codes >= 0)
    distinct, inverse = np.unique(np.where(both, pair, -1), return_inverse=True)
    parsed: list[When | Doubtful | None] = [None] * distinct.size
    for position, code in enumerate(distinct.tolist()):
        if code >= 0:
            at, of = divmod(code, len(outer.values) + 1)
            name, of_year = inner.values[at], outer.values[of]
            parsed[position] = month_of_year(name, of_year, fiscal_year_end) or parse_date(name, fiscal_year_end)
    end = np.array([item.end if isinstance(item, When) else -1 for item in parsed], np.int32)[inverse]
    steps = np.array([item.step if isinstance(item, When) else 0 for item in parsed], np.int8)[inverse]
    refused = (end < 0) & ((inner.codes >= 0) | (outer.codes >= 0)) & ~np.isnan(amounts)
    findings.cells("date-unreadable", np.flatnonzero(refused) + rows.start, month, amounts[refused])
    found = end >= 0
    return Dates(
        end, np.zeros(end.size, np.int8), refused, int(np.bincount(steps[found]).argmax()) if found.any() else 1
    )


def _months(serials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Month numbers and days of the month of serial numbers."""
    whole = np.clip(serials, -693_000, 2_958_465).astype(np.int64)
    low, high = (int(whole.min()), int(whole.max())) if whole.size else (0, 0)
    if 2 * (high - low + 1) < whole.size:
        # Many rows fall on few days: each day is looked at once.
        end, day = _months(np.arange(low, high + 1, dtype=float))
        return end[whole - low], day[whole - low]
    days = _DAY_ZERO + whole
    months = days.astype("datetime64[M]")
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    return (months.astype(np.int64) + month_number(1970, 1)).astype(np.int32), day.astype(np.int8)


def _in_order(item: When | Doubtful | None, day_first: bool | None) -> tuple[When | None, str]:
    """A parsed date with its day and month in order, and its fault."""
    if not isinstance(item, Doubtful):
        return item, "" if item else "date-unreadable"
    when = item.read(bool(day_first)) if day_first is not None or item.order == "" else None
    return when, "" if when else {"?": "date-ambiguous", "none": "date-unreadable"}.get(item.order, "date-mixed")
