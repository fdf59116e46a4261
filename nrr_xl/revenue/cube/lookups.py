"""The small tables beside the revenue rows: a customer map, exchange rates and a ledger's totals."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.files import AnyPath
from nrr_xl.periods import iso_month
from nrr_xl.revenue.cells.amounts import parse_amount
from nrr_xl.revenue.cells.dates import Doubtful, When, number_date, parse_date
from nrr_xl.revenue.clean.body import currency_code
from nrr_xl.revenue.cube.currency import Rates
from nrr_xl.revenue.files.grid import DATE, NUMBER, Grid, serial_date
from nrr_xl.revenue.files.sources import Book, open_file
from nrr_xl.revenue.vocabulary import vocabulary, words

# What makes a spreadsheet take a text for a formula; an apostrophe in front keeps it a text.
_MAP_HEADERS = {"from": ("from", "name", "old", "alias", "customer"), "to": ("to", "new", "parent", "canonical")}
_NAMES = frozenset(("account", "client", "company", "customer", "customers", "id", "name", "names", "the"))
# What Excel takes for the beginning of a formula, in East Asian settings in full width too; and what another country's
# Excel takes for the end of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_SEPARATORS = (";", "\t")


@dataclass(frozen=True, slots=True)
class LedgerTotal:
    """What a ledger says of a period: the month number of its last month, its months, and the cell that says so."""

    month: int
    months: int
    amount: float
    where: str


def customer_map(source: Any, book: Book | None = None) -> dict[str, str]:
    """A customer map from a mapping or a file of two columns (from, to), else from the book's own sheet of that name.

    >>> customer_map({"Acme Inc": "Acme"})
    {'Acme Inc': 'Acme'}
    """
    if isinstance(source, Mapping):
        return {str(name): str(target) for name, target in source.items()}
    grid, where = _grid(source, book, "customer_map")
    if grid is None:
        return {}
    pairs: dict[str, str] = {}
    start, columns = _header(grid, _MAP_HEADERS, beside=_NAMES)
    if len(columns) < 2:
        raise InputError(f"{where}: a customer map needs the headers from and to. Nothing of it was used.")
    left, right = columns["from"], columns["to"]
    for row in range(start, grid.rows):
        name, target = (" ".join(_text(grid, row, column).split()) for column in (left, right))
        name, target = (text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text for text in (name, target))
        if name and target:
            if pairs.setdefault(name, target) != target:
                raise InputError(f"{where}, {grid.address(row, left)}: {name!r} is sent to two customers. Keep one.")
        elif name or target:
            raise InputError(
                f"{where}, {grid.address(row, left)}: a customer map needs a name and a target in each row."
            )
    return pairs


def map_as_csv(pairs: Iterable[tuple[str, str]]) -> str:
    """A suggested customer map as CSV, to be looked through and given back; no cell of it is a formula in Excel.

    >>> print(map_as_csv([("=Acme", "Acme")]), end="")
    from,to
    '=Acme,Acme
    >>> print(map_as_csv([("Acme;=1+1", "Acme")]), end="")
    "from","to"
    "Acme;=1+1","Acme"
    """
    pairs = list(pairs)
    divided = any(mark in name for pair in pairs for name in pair for mark in _SEPARATORS)
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL if divided else csv.QUOTE_MINIMAL)
    rows.writerow(("from", "to"))
    rows.writerows([[f"'{name}" if name[:1] in _FORMULA else name for name in pair] for pair in pairs])
    return out.getvalue()


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
    if isinstance(source, Mapping):
        return _rates(_from_mapping(source), "The rates")
    grid, where = _grid(source, book, "rates")
    if grid is None:
        return None
    wanted = {
        "currency": ("currency", "ccy", "code"),
        "rate": ("rate", "fx", "value"),
        "period": ("period", "month", "date", "year"),
    }
    start, columns = _header(grid, wanted)
    if "currency" not in columns or "rate" not in columns:
        raise InputError(
            f"{where}: a rates table needs the headers currency and rate, and for dated rates also period."
        )
    entries = []
    for row in range(start, grid.rows):
        currency = currency_code(_text(grid, row, columns["currency"]))
        if not currency and grid.value(row, columns["rate"]) is None:
            continue
        rate = _rate(grid.value(row, columns["rate"]))
        month = _month(grid, row, columns["period"], fiscal_year_end) if "period" in columns else None
        place = f"{where}, {grid.address(row, columns['rate'])}"
        if not currency or rate is None:
            raise InputError(f"{place}: a rate needs a currency and a number above 0.")
        if "period" in columns and month is None:
            raise InputError(f"{where}, {grid.address(row, columns['period'])}: the rate's period cannot be read.")
        entries.append((currency, month, rate))
    return _rates(entries, where)


def ledger(source: AnyPath | Mapping[str, float], fiscal_year_end: int = 12) -> tuple[LedgerTotal, ...]:
    """A ledger's totals from a mapping or a file with the headers period and amount, in the order of the periods.

    Raises InputError where a header is missing, a period cannot be read or comes twice, or an amount is no number.

    >>> ledger({"2024-01": 100.0})
    (LedgerTotal(month=24288, months=1, amount=100.0, where=''),)
    """
    if isinstance(source, Mapping):
        rows = [(str(when), parse_date(str(when), fiscal_year_end), amount, "") for when, amount in source.items()]
        where = "The ledger"
    else:
        rows, where = _ledger_rows(source, fiscal_year_end)
    found: dict[int, LedgerTotal] = {}
    for text, when, amount, address in rows:
        place = f"{where}, {address}" if address else where
        if not isinstance(when, When):
            raise InputError(f"{place}: {text!r} is no period. Write it as YYYY-MM.")
        if isinstance(amount, str) or amount is None or isinstance(amount, bool):
            raise InputError(f"{place}: the total of {text} is not a number.")
        if when.end in found:
            raise InputError(f"{place}: {text} has a second total. Keep one.")
        found[when.end] = LedgerTotal(when.end, when.step, float(amount), address)
    if not found:
        raise InputError(f"{where}: the ledger has no totals.")
    return tuple(found[month] for month in sorted(found))


def _ledger_rows(source: AnyPath, fiscal_year_end: int) -> tuple[list[tuple[str, Any, Any, str]], str]:
    """Each row's period as text and as read, its amount, and the amount's address."""
    grid, where = _grid(source, None, "ledger")
    assert grid is not None
    wanted = {
        "period": ("period", "month", "date", "quarter", "year"),
        "amount": ("amount", "total", "revenue", "mrr", "arr", "ledger", "balance", "value"),
    }
    start, columns = _header(grid, wanted)
    if len(columns) < 2:
        raise InputError(f"{where}: a ledger needs the headers period and amount.")
    values = {row: grid.value(row, columns["amount"]) for row in range(start, grid.rows)}
    written = {row: parse_amount(value) for row, value in values.items() if isinstance(value, str)}
    marks = {amount.decimal for amount in written.values() if amount} - {""}
    if "?" in marks and len(marks) != 2:
        raise InputError(f"{where}: amounts such as 1.234 can be read two ways. Write them as numbers.")
    mark = "," if "," in marks else "."
    rows = []
    for row, value in values.items():
        text = _text(grid, row, columns["period"])
        if not text and value is None:
            continue
        text_amount = written.get(row)
        amount = text_amount.value(mark) if text_amount else value
        when = _when(grid, row, columns["period"], fiscal_year_end)
        rows.append((text, when, amount, grid.address(row, columns["amount"])))
    return rows, where


def _grid(source: Any, book: Book | None, kind: str) -> tuple[Grid | None, str]:
    """The grid of a lookup, and how to name it in a message."""
    # A ledger is no word of the vocabulary: a sheet of that name beside others may hold the revenue rows.
    names = {words(name) for name in vocabulary()["sheets"].get(kind, [kind])}
    if isinstance(source, str | os.PathLike):
        opened, _ = open_file(Path(source))
        sheet = next((name for name in opened.sheets if words(name) in names), opened.sheets[0])
        return opened.load(sheet, None), str(source)
    # The only sheet holds the rows, whatever it is called: a file fx.csv has one sheet, fx.
    for sheet in book.sheets if book and len(book.sheets) > 1 else ():
        if book and words(sheet) in names:
            return book.load(sheet, None), f"{book.path}, sheet {sheet!r}"
    return None, ""


def _header(
    grid: Grid, wanted: Mapping[str, tuple[str, ...]], beside: frozenset[str] = frozenset()
) -> tuple[int, dict[str, int]]:
    """The row below the header, and the column of each part; row 0 where no header names any.

    With `beside`, a header may say nothing but a part's words and those: "New MRR" is no new name.
    """
    for row in range(min(grid.rows, 10)):
        found: dict[str, int] = {}
        for part, names in wanted.items():
            for column in range(grid.columns):
                said = set(words(_text(grid, row, column)))
                if column not in found.values() and said & set(names) and (not beside or said <= beside | set(names)):
                    found.setdefault(part, column)
        if len(found) >= 2:
            return row + 1, found
    return 0, {}


def _text(grid: Grid, row: int, column: int) -> str:
    return grid.text(row, column) if column < grid.columns else ""


def _rate(value: Any) -> float | None:
    if isinstance(value, str):
        written = parse_amount(value)
        value = written.value("," if written.decimal == "," else ".") if written else None
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) and value > 0 else None


def _month(grid: Grid, row: int, column: int, fiscal_year_end: int) -> int | None:
    """The month number from which a rate holds: the first month of the period named."""
    when = _when(grid, row, column, fiscal_year_end)
    return when.end - when.step + 1 if when else None


def _when(grid: Grid, row: int, column: int, fiscal_year_end: int) -> When | None:
    """The date or period that a cell names."""
    when: When | Doubtful | None
    kind, value = grid.kinds[column, row], grid.values[column, row]
    if kind == DATE:
        when = parse_date(str(serial_date(value)))
    elif kind == NUMBER:
        when = number_date(float(value), fiscal_year_end)
    else:
        when = parse_date(grid.text(row, column), fiscal_year_end)
        when = when.read(True) if isinstance(when, Doubtful) and when.order in ("", "day") else when
        when = when.read(False) if isinstance(when, Doubtful) and when.order == "month" else when
    return when if isinstance(when, When) else None


def _from_mapping(source: Mapping[str, Any]) -> Iterable[tuple[str, int | None, float]]:
    for currency, rate in source.items():
        for when, value in rate.items() if isinstance(rate, Mapping) else ((None, rate),):
            period = parse_date(str(when)) if when is not None else None
            begins = period.end - period.step + 1 if isinstance(period, When) else None
            if when is not None and begins is None:
                raise InputError(f"The rates: {when!r} is no period. Write it as YYYY-MM.")
            number = _rate(value)
            if number is None:
                raise InputError(f"The rates: {value!r} for {currency} is no number above 0.")
            yield currency_code(str(currency)), begins, number


def _rates(entries: Any, where: str) -> Rates:
    """The table of rates from (currency, month or None, rate)."""
    fixed: dict[str, float] = {}
    dated: dict[str, dict[int, float]] = {}
    for currency, month, rate in entries:
        held = fixed if month is None else dated.setdefault(currency, {})
        key = currency if month is None else month
        if held.setdefault(key, rate) != rate:
            when = "" if month is None else f" in {iso_month(month)}"
            raise InputError(f"{where}: {currency} has two rates{when}. Keep one.")
    if not fixed and not dated:
        raise InputError(f"{where}: the rates table is empty.")
    ones = [c for c, rate in fixed.items() if rate == 1] + [c for c, r in dated.items() if set(r.values()) == {1}]
    if len(ones) > 1:
        raise InputError(f"{where}: {' and '.join(ones)} both have the rate 1. Only the reporting currency has.")
    return Rates(ones[0] if ones else "", fixed, {currency: tuple(sorted(r.items())) for currency, r in dated.items()})
