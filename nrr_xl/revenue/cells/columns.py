"""A table's columns read into arrays: amounts and texts, each distinct text parsed once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.revenue.cells.amounts import (
    MARKED_CREDIT,
    Written,
    decide_decimal,
    parse_amount,
    says_none_paid,
    says_nothing,
)
from nrr_xl.revenue.cells.arrays import distinct_codes
from nrr_xl.revenue.cells.manytexts import all_tidy
from nrr_xl.revenue.codes import CODES
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.revenue.files.grid import (
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
# So many amounts, and this share of those with a decimal sign, are written with the other one on purpose.
NO_SLIPS, SLIPS = 3, 0.1
# From this share of amounts marked as credits on, these are the revenue.
CREDITS = 0.8
# Currencies without hundredths: a separator in their amounts parts thousands.
WHOLE = frozenset(("JPY", "KRW", "VND", "CLP", "IDR", "HUF"))


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
        times = np.bincount(inverse, minlength=len(parsed))
        both = "" if decided == "?" or whole else _other_sign(parsed, times, decided)
        if both and decimal is None and "?" in (item.decimal for item in written):
            decided = "?"
        reading = [_read(item, decided, both) for item in parsed]
        if both:
            odd = np.array([isinstance(item, Written) and item.decimal == both for item in parsed])[inverse]
            how = "Each amount is read by the sign that it shows, since it can be read in no other way."
            findings.decided("decimal-both", where[1][odd] + offset, columns[where[0][odd]], how)
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
        if "ended" in parsed:
            ended = np.flatnonzero(np.array([item == "ended" for item in parsed])[inverse])
            row, column = min(zip(where[1][ended].tolist(), columns[where[0][ended]].tolist(), strict=True))
            told = f"{CODES['amount-ended'].message}, in {ended.size} cell(s)"
            findings.say("amount-ended", told, grid.address(row + offset, column), grid.value(row + offset, column))
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
    if says_none_paid(plain):
        return "ended"
    return parse_amount(plain) or ("amount-percent" if plain.endswith("%") else "amount-unreadable")


def _other_sign(parsed: list[Written | str], times: np.ndarray, decimal: str) -> str:
    """The other decimal sign, where so many amounts can be read by it alone that they are no slips; else ""."""
    other = "," if decimal == "." else "."
    shown = np.array([item.decimal if isinstance(item, Written) else "" for item in parsed])
    theirs, mine = times[shown == other].sum(), times[shown == decimal].sum()
    return other if theirs >= NO_SLIPS and theirs >= SLIPS * (theirs + mine) else ""


def _read(item: Written | str, decimal: str, both: str = "") -> tuple[float, str]:
    """The number and the fault of a text, NaN with "" for a blank; `both` is another decimal sign that counts too."""
    if isinstance(item, str):
        return np.nan, "" if item in ("blank", "ended") else item
    if both and item.decimal == both:
        return item.value(both), ""
    if decimal == "?":
        return (np.nan, "decimal-ambiguous") if item.decimal == "?" else (item.value(item.decimal or "."), "")
    return (item.value(decimal), "") if item.fits(decimal) else (np.nan, "decimal-mixed")


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
