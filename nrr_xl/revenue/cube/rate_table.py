"""The table of exchange rates: from a mapping, a file or a sheet beside the rows, every doubt in it refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.periods import iso_month
from nrr_xl.revenue.cells.amounts import Written, parse_amount
from nrr_xl.revenue.cells.dates import When, parse_date
from nrr_xl.revenue.clean.body import currency_code
from nrr_xl.revenue.cube.beside import CUSTOMERS, SideTable, side_table
from nrr_xl.revenue.cube.currency import Rates
from nrr_xl.revenue.files.given import named_values
from nrr_xl.revenue.files.sources import Book
from nrr_xl.revenue.vocabulary import words

_HEADERS = {
    "currency": ("currency", "ccy", "code"),
    "rate": ("rate", "fx", "value"),
    "period": ("period", "month", "date", "year"),
}
# What says that a rate is not of one unit, or the other way round.
_OTHER_WAY = frozenset(
    ("per", "inverse", "inverted", "reciprocal", "unit", "units", "nominal", "multiplier", "quantity")
)
_MEANING = "A rate is what one unit of the currency is worth in the reporting currency, which has the rate 1"

Entry = tuple[str, int | None, float, str]


def exchange_rates(source: Any, book: Book | None = None, fiscal_year_end: int = 12) -> Rates | None:
    """Exchange rates from a mapping or a file (currency, rate or currency, period, rate), else from the book's sheet.

    A rate is what one unit of the currency is worth in the reporting currency, which is the one at rate 1.

    >>> exchange_rates({"EUR": 1.1, "USD": 1}).to
    'USD'
    """
    if source is None and book is None:
        return None
    if isinstance(source, Rates):
        return source
    source = named_values(source)
    if isinstance(source, Mapping):
        return _rates(_from_mapping(source), "The rates")
    table = side_table(source, book, "rates")
    if table is None:
        return None
    lacks = "a rates table needs the headers currency and rate, and for dated rates also period."
    table.find_header(_HEADERS, ("currency", "rate"), lacks, foreign=CUSTOMERS)
    _refuse_other_ways(table)
    return _rates(_entries(table, fiscal_year_end), table.where)


def _refuse_other_ways(table: SideTable) -> None:
    """Refuse a header by which rates may be inverse, or of a hundred units."""
    for column in range(table.grid.columns):
        head = table.text(table.first - 1, column)
        if column not in (table.columns["currency"], table.columns.get("period")) and _OTHER_WAY & set(words(head)):
            place = f"{table.where}, {table.grid.address(table.first - 1, column)}"
            raise InputError(f"{place}: {head!r} leaves the rates' meaning open. {_MEANING}: call such a column rate.")


def _entries(table: SideTable, fiscal_year_end: int) -> list[Entry]:
    """The table's rows as (currency, month or None, rate, place)."""
    mark = _decimal_mark(table)
    entries: list[Entry] = []
    for row in table.rows():
        currency, value = currency_code(table.text(row, table.columns["currency"])), table.value(row, "rate")
        if not currency and value is None:
            continue
        if not currency:
            raise table.refuse(row, "currency", "the rate has no currency.")
        rate = _rate(value, mark)
        if rate is None:
            raise table.refuse(row, "rate", "{0} is no rate. Write a number above 0, such as 1.08.")
        month = None
        if "period" in table.columns:
            when = table.when(row, fiscal_year_end)
            if when is None:
                raise table.refuse(row, "period", "{0} is no period that a rate holds from. Write it as YYYY-MM.")
            month = when.end - when.step + 1
        entries.append((currency, month, rate, table.at(row, "rate")))
    return entries


def _decimal_mark(table: SideTable) -> str:
    """The decimal sign of rates that are texts; InputError where 1,085 may be either."""
    texts = {row: parse_amount(text) for row in table.rows() if isinstance(text := table.value(row, "rate"), str)}
    shown = {row: written for row, written in texts.items() if written}
    marks = {written.decimal for written in shown.values()} & {".", ","}
    if marks == {".", ","}:
        row = next(row for row, written in shown.items() if written.decimal == ",")
        raise table.refuse(row, "rate", "{0} has a decimal comma, other rates a point. Write all in one way.")
    if not marks:
        for row, written in shown.items():
            # Nobody writes a rate of a thousand with a point, but 1,085 is as often a thousand as a little over one.
            if written.decimal == "?" and "," in written.digits:
                raise table.refuse(row, "rate", "{0} can be read two ways. Write 1.085, or 1085.")
    return "," if "," in marks else "."


def _rate(value: Any, mark: str = ".") -> float | None:
    if isinstance(value, str):
        written: Written | None = parse_amount(value)
        value = written.value(mark) if written else None
    held = isinstance(value, float | int) and not isinstance(value, bool) and 0 < value < float("inf")
    return float(value) if held else None


def _from_mapping(source: Mapping[str, Any]) -> Iterable[Entry]:
    for key, rate in source.items():
        # (currency, period) is one key of a Series with two levels.
        parts: tuple[Any, ...] = key if isinstance(key, tuple) else (key,)
        currency, said = parts[0], parts[1:]
        if len(said) > 1:
            raise InputError(f"The rates: {key!r} is no key. Give a currency, or a currency and a period.")
        for when, value in rate.items() if isinstance(rate, Mapping) else ((said[0] if said else None, rate),):
            period = parse_date(str(when)) if when is not None else None
            begins = period.end - period.step + 1 if isinstance(period, When) else None
            if when is not None and begins is None:
                raise InputError(f"The rates: {when!r} is no period. Write it as YYYY-MM.")
            number = _rate(value)
            if number is None:
                raise InputError(f"The rates: {value!r} for {currency} is no number above 0.")
            yield currency_code(str(currency)), begins, number, "The rates"


def _rates(entries: Iterable[Entry], where: str) -> Rates:
    """The table of rates from its entries."""
    fixed: dict[str, float] = {}
    dated: dict[str, dict[int, float]] = {}
    for currency, month, rate, place in entries:
        known = (
            fixed.setdefault(currency, rate)
            if month is None
            else dated.setdefault(currency, {}).setdefault(month, rate)
        )
        if known != rate:
            when = "" if month is None else f" in {iso_month(month)}"
            raise InputError(f"{place}: {currency} has two rates{when}, {known:g} and {rate:g}. Keep one.")
    if not fixed and not dated:
        raise InputError(f"{where}: the rates table is empty. Give each currency its rate.")
    ones = [c for c, rate in fixed.items() if rate == 1] + [c for c, r in dated.items() if set(r.values()) == {1}]
    if len(ones) > 1:
        raise InputError(f"{where}: {' and '.join(ones)} both have the rate 1. Only the reporting currency has.")
    return Rates(ones[0] if ones else "", fixed, {currency: tuple(sorted(r.items())) for currency, r in dated.items()})
