"""A table's columns read into arrays: amounts, dates and texts, each distinct text parsed once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.periods import month_number
from nrr_xl.records import struct
from nrr_xl.revenue.cells.amounts import MARKED_CREDIT, Written, decide_decimal, parse_amount, says_nothing
from nrr_xl.revenue.cells.arrays import distinct_codes
from nrr_xl.revenue.cells.dates import (
    Doubtful,
    When,
    bare_quarters,
    decide_order,
    is_epoch,
    month_of_year,
    number_date,
    parse_date,
    short_months,
)
from nrr_xl.revenue.cells.manytexts import all_tidy
from nrr_xl.revenue.cells.swapped import in_their_order
from nrr_xl.revenue.codes import CODES
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.revenue.files.grid import (
    BLANK,
    BOOLEAN,
    DATE,
    ERROR,
    NUMBER,
    PERCENT,
    TEXT,
    UNCALCULATED,
    Grid,
    as_text,
)
from nrr_xl.revenue.findings import Findings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# Above this, cents are lost in a floating point number; no customer pays so much.
LARGEST = 1e13
# From this share of amounts marked as credits on, these are the revenue.
CREDITS = 0.8
# Currencies without hundredths: a separator in their amounts parts thousands.
WHOLE = frozenset(("JPY", "KRW", "VND", "CLP", "IDR", "HUF"))
_DAY_ZERO = np.datetime64("1899-12-30", "D")


@struct()
class Amounts:
    """Amounts of a block of cells, (columns, rows): NaN where there is none, `refused` where one cannot be read.

    `currency` holds what was written beside the number: a position in `currencies`, -1 for nothing. `decimal` is the
    sign that texts were read with, None where it made no difference or could not be told.
    """

    values: np.ndarray
    refused: np.ndarray
    currency: np.ndarray | None = None
    currencies: tuple[str, ...] = ()
    decimal: str | None = None


def read_amounts(grid: Grid, wanted: ArrayLike, rows: slice, findings: Findings, decimal: str | None = None) -> Amounts:
    """The amounts of whole columns, with one decimal sign for all of them."""
    columns = np.asarray(wanted)
    kinds, cells = grid.kinds[columns, rows], grid.values[columns, rows]
    values = np.where(kinds == NUMBER, cells, np.nan)
    refused = np.zeros(kinds.shape, bool)
    offset = rows.start
    where = np.nonzero(kinds == TEXT)
    currency: np.ndarray | None = None
    currencies: tuple[str, ...] = ()
    if where[0].size:
        codes, inverse = distinct_codes(cells[where].astype(np.int64), len(grid.strings))
        parsed = [_written(grid.strings[code]) for code in codes.tolist()]
        parsed = _credit_side(parsed, [grid.strings[code] for code in codes.tolist()], findings)
        written = [item for item in parsed if isinstance(item, Written)]
        whole = {item.currency for item in written} and {item.currency for item in written} <= WHOLE
        decided = decimal or ("." if whole else decide_decimal(written))
        reading = [_read(item, decided) for item in parsed]
        if decimal is None and decided != "?":
            shown = [item.decimal if isinstance(item, Written) else "" for item in parsed]
            if "?" in shown and not whole:
                doubtful = np.flatnonzero(np.array([sign == "?" for sign in shown])[inverse])
                proof = grid.strings[codes[shown.index(decided)]]
                how = f"Read with a decimal {'point' if decided == '.' else 'comma'}, like {proof!r}."
                findings.decided("decimal-decided", where[1][doubtful] + offset, columns[where[0][doubtful]], how)
        if any(item.decimal for item in written) and decided != "?":
            decimal = decided
        numbers = np.array([number for number, _ in reading])
        values[where] = numbers[inverse]
        faults = [fault for _, fault in reading]
        for fault in ("amount-unreadable", "amount-percent", "decimal-mixed", "decimal-ambiguous"):
            if fault in faults:
                hit = np.flatnonzero(np.array([each == fault for each in faults])[inverse])
                _report(findings, fault, columns[where[0][hit]], where[1][hit] + offset)
                refused[where[0][hit], where[1][hit]] = True
        signs = sorted({item.currency for item in written if item.currency})
        if signs:
            of_text = np.array(
                [signs.index(i.currency) if isinstance(i, Written) and i.currency else -1 for i in parsed]
            )
            currency = np.full(kinds.shape, -1, np.int32)
            currency[where] = of_text[inverse]
            currencies = tuple(signs)
    if UNCALCULATED in grid.strings:
        waiting = (kinds == ERROR) & (cells == grid.strings.index(UNCALCULATED))
    else:
        waiting = np.zeros(kinds.shape, bool)
    for which, code in (
        (waiting, "amount-uncalculated"),
        ((kinds == ERROR) & ~waiting, "amount-error-cell"),
        (kinds == BOOLEAN, "amount-boolean"),
        (kinds == DATE, "amount-date"),
        (kinds == PERCENT, "amount-percent"),
        (np.abs(values) > LARGEST, "amount-too-large"),
    ):
        bad = np.nonzero(which)
        if bad[0].size:
            _report(findings, code, columns[bad[0]], bad[1] + offset)
            refused[bad] = True
    values[refused] = np.nan
    return Amounts(values, refused, currency, currencies, decimal)


def _credit_side(parsed: list[Any], texts: list[str], findings: Findings) -> list[Any]:
    """Texts read with the other sign where nearly all are marked CR: there the credit side is that of revenue."""
    marked = [bool(MARKED_CREDIT.search(text)) for text in texts]
    if sum(marked) < CREDITS * sum(isinstance(item, Written) for item in parsed) or not any(marked):
        return parsed
    findings.say("credit-side", value=texts[marked.index(True)])
    return [replace(item, sign=-item.sign) if isinstance(item, Written) else item for item in parsed]


def _report(findings: Findings, code: str, columns: np.ndarray, rows: np.ndarray) -> None:
    """Note cells row by row; doubt about the decimal sign is one question and not one per cell."""
    order = np.lexsort((columns, rows))
    columns, rows = columns[order], rows[order]
    if code == "decimal-ambiguous":
        first, last = (findings.grid.address(int(rows[i]), int(columns[i])) for i in (0, -1))
        value = findings.grid.value(int(rows[0]), int(columns[0]))
        count = f" ({len(rows)} cells, {first} to {last})" if len(rows) > 1 else ""
        findings.say(code, CODES[code].message + count, first, value)
    else:
        findings.cells(code, rows, columns)


def _written(text: str) -> Written | str:
    """An amount as written, or the reason why there is none: "blank" or a code."""
    plain = text.strip()
    if says_nothing(plain):
        return "blank"
    return parse_amount(plain) or ("amount-percent" if plain.endswith("%") else "amount-unreadable")


def _read(item: Written | str, decimal: str) -> tuple[float, str]:
    """The number and the fault of a text, NaN with "" for a blank."""
    if isinstance(item, str):
        return np.nan, "" if item == "blank" else item
    if decimal == "?":
        return (np.nan, "decimal-ambiguous") if item.decimal == "?" else (item.value("."), "")
    return (item.value(decimal), "") if item.fits(decimal) else (np.nan, "decimal-mixed")


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
        if times := [text for text in texts if is_epoch(text)]:
            findings.say("date-epoch", cell=grid.address(int(where[0]) + rows.start, column), value=times[0])
        if quarters := bare_quarters(texts, fiscal_year_end):
            parsed = [*quarters]
            findings.say("quarters-taken", cell=grid.address(int(where[0]) + rows.start, column), value=texts[0])
        elif None in parsed and (months := short_months(texts)):
            parsed = [*months]
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


def read_texts(grid: Grid, column: int, rows: slice, name: str) -> Labels:
    """A column's cells as texts, surrounding and doubled white space removed; each distinct text held once."""
    kinds, cells = grid.kinds[column, rows], grid.values[column, rows]
    known: dict[str, int] = {}
    codes = np.full(kinds.shape, -1, np.int32)
    told = (kinds == TEXT) | (kinds == ERROR)
    plain = bool(told.all())
    spoken: np.ndarray | slice = slice(None) if plain else told
    if told.any():
        at = cells[spoken].astype(np.int32)
        used = np.zeros(len(grid.strings), bool)
        used[at] = True
        of_string = np.full(used.size, -1, np.int32)
        places = np.flatnonzero(used).tolist()
        texts = list(map(grid.strings.__getitem__, places))
        if not all_tidy(texts):
            texts = [" ".join(text.split()) for text in texts]
        known = dict(zip(dict.fromkeys(texts), range(len(texts)), strict=False))
        of_string[places] = np.fromiter(map(known.__getitem__, texts), np.int32, len(texts))
        codes[spoken] = of_string[at]
    for kind in () if plain else (NUMBER, PERCENT, DATE, BOOLEAN):
        where = np.flatnonzero(kinds == kind)
        if where.size:
            _, first, inverse = np.unique(cells[where], return_index=True, return_inverse=True)
            spoken_as = [as_text(grid.value(rows.start + int(where[place]), column)) for place in first]
            codes[where] = np.array([known.setdefault(text, len(known)) for text in spoken_as], np.int32)[inverse]
    return Labels(name, tuple(known), codes)
