"""The small tables beside the revenue rows: a customer map and a ledger's totals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.periods import FREQUENCIES, Periods, iso_month, period_label
from nrr_xl.records import struct
from nrr_xl.revenue.cells.amounts import parse_amount
from nrr_xl.revenue.cells.dates import When, parse_date
from nrr_xl.revenue.cells.manytexts import spelling_key
from nrr_xl.revenue.cube.beside import CUSTOMERS, side_table
from nrr_xl.revenue.cube.policy import resolve_map
from nrr_xl.revenue.files.given import named_values
from nrr_xl.revenue.files.sources import Book

# What makes a spreadsheet take a text for a formula; an apostrophe in front keeps it a text.
_MAP_HEADERS = {"from": ("from", "name", "old", "alias", "customer"), "to": ("to", "new", "parent", "canonical")}
_NAMES = frozenset(("account", "client", "company", "customer", "customers", "id", "name", "names", "the"))
# What Excel takes for the beginning of a formula, in East Asian settings in full width too; and what another country's
# Excel takes for the end of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_SEPARATORS = (";", "\t")


@struct()
class LedgerTotal:
    """What a ledger says of a period: the month number of its last month, its months, and the cell that says so."""

    month: int
    months: int
    amount: float
    where: str


def customer_map(source: Any, book: Book | None = None) -> dict[str, str]:
    """A customer map from a mapping or a file of two columns (from, to), else from the book's own sheet of that name.

    Raises InputError where a header is missing, a row lacks a name, a name (in any spelling) is sent to two customers,
    or names are sent round in a circle.

    >>> customer_map({"Acme Inc": "Acme"})
    {'Acme Inc': 'Acme'}
    """
    source = named_values(source)
    if isinstance(source, Mapping):
        for name, target in source.items():
            if not str(name).strip() or not isinstance(target, str | int) or not str(target).strip():
                raise InputError(f"The customer map: {name!r} is sent to {target!r}. Give the name of a customer.")
        where = "The customer map"
        return _one_way([(str(name), str(target), where) for name, target in source.items()], where)
    table = side_table(source, book, "customer_map")
    if table is None:
        return {}
    lacks = "a customer map needs the headers from and to. Nothing of it was used."
    table.find_header(_MAP_HEADERS, ("from", "to"), lacks, beside=_NAMES)
    steps = []
    for row in table.rows():
        name, target = (" ".join(table.text(row, table.columns[part]).split()) for part in ("from", "to"))
        name, target = (text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text for text in (name, target))
        if name and target:
            steps.append((name, target, table.at(row, "from")))
        elif name or target:
            what = f"{name!r} is sent to nobody" if name else f"nobody is sent to {target!r}"
            raise InputError(f"{table.at(row, 'from')}: {what}. A customer map needs a name and a target in each row.")
    if not steps:
        raise InputError(f"{table.where}: the customer map has no rows. Write a name and its target into each.")
    return _one_way(steps, table.where)


def _one_way(steps: Iterable[tuple[str, str, str]], where: str) -> dict[str, str]:
    """The pairs of (name, target, place), each name in whatever spelling sent one way, and none back to itself."""
    pairs: dict[str, str] = {}
    held: dict[str, tuple[str, str, str]] = {}
    for name, target, place in steps:
        first = held.setdefault(spelling_key(name), (name, target, place))
        if spelling_key(first[1]) != spelling_key(target):
            raise InputError(
                f"{place}: {name!r} is sent to two customers, {first[1]!r} (as {first[0]!r}) and {target!r}. Keep one."
            )
        pairs.setdefault(name, first[1])
    resolve_map(pairs, where)
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


def ledger(source: Any, fiscal_year_end: int = 12) -> tuple[LedgerTotal, ...]:
    """A ledger's totals from a mapping or a file with the headers period and amount, in the order of the periods.

    Raises InputError where a header is missing, a period cannot be read or comes twice, or an amount is no number.

    >>> ledger({"2024-01": 100.0})
    (LedgerTotal(month=24288, months=1, amount=100.0, where=''),)
    """
    source = named_values(source)
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
            raise InputError(f"{place}: {text} has a second total. A ledger has one for each period.")
        found[when.end] = LedgerTotal(when.end, when.step, float(amount), address)
    if not found:
        raise InputError(f"{where}: the ledger has no totals.")
    return tuple(found[month] for month in sorted(found))


def refuse_longer(totals: Iterable[LedgerTotal], periods: Periods) -> None:
    """InputError where a total is of a longer period than the rows': which of its periods differs cannot be told."""
    unit = next(name for name, length in FREQUENCIES.items() if length == periods.step)
    for total in totals:
        if total.months > periods.step:
            raise InputError(
                f"The ledger's total of {period_label(total.month, total.months, periods.fiscal_year_end)}"
                f"{f' ({total.where})' if total.where else ''} is of a longer period than the rows'. Give one total for"
                f" each {unit}."
            )


def untied(totals: Sequence[LedgerTotal], periods: Periods, sums: Sequence[float], tolerance: float) -> list[str]:
    """The periods whose ledger total is not the rows', in words; one that the rows lack among them."""
    refuse_longer(totals, periods)
    known = dict(zip(periods.ends, sums, strict=True))
    told = []
    for total in totals:
        rows = known.get(total.month)
        if rows is None:
            told.append(f"{periods.label(total.month)}: the ledger has {total.amount:,.2f}, the rows no such period")
        elif abs(rows - total.amount) > tolerance:
            told.append(f"{periods.label(total.month)}: the ledger has {total.amount:,.2f}, the rows {rows:,.2f}")
    return told


def beside_ledger(totals: Sequence[LedgerTotal], periods: Periods, sums: Sequence[float]) -> list[dict[str, Any]]:
    """Each period's total of the ledger and of the rows, and the rows' less the ledger's; what one side lacks is None.

    >>> beside_ledger(ledger({"2024-01": 90.0, "2024-03": 5.0}), Periods(24288, 2), [100.0, 7.0])[0]
    {'period': '2024-01', 'ledger': 90.0, 'rows': 100.0, 'difference': 10.0}
    """
    refuse_longer(totals, periods)
    rows, said = dict(zip(periods.ends, sums, strict=True)), {total.month: total.amount for total in totals}
    return [
        {
            "period": iso_month(end),
            "ledger": said.get(end),
            "rows": rows.get(end),
            "difference": rows.get(end, 0.0) - said.get(end, 0.0),
        }
        for end in sorted(rows.keys() | said.keys())
    ]


def _ledger_rows(source: Any, fiscal_year_end: int) -> tuple[list[tuple[str, Any, Any, str]], str]:
    """Each row's period as text and as read, its amount, and the amount's address."""
    table = side_table(source, None, "ledger")
    assert table is not None
    wanted = {
        "period": ("period", "month", "date", "quarter", "year"),
        "amount": ("amount", "total", "revenue", "mrr", "arr", "ledger", "balance", "value"),
    }
    table.find_header(wanted, ("period", "amount"), "a ledger needs the headers period and amount.", foreign=CUSTOMERS)
    values = {row: table.value(row, "amount") for row in table.rows()}
    written = {row: parse_amount(value) for row, value in values.items() if isinstance(value, str)}
    marks = {amount.decimal for amount in written.values() if amount} - {""}
    if "?" in marks and len(marks) != 2:
        row = next(row for row, amount in written.items() if amount and amount.decimal == "?")
        raise table.refuse(row, "amount", "{0} can be read two ways. Write the totals as numbers.")
    mark = "," if "," in marks else "."
    rows = []
    for row, value in values.items():
        text = table.text(row, table.columns["period"])
        if not text and value is None:
            continue
        text_amount = written.get(row)
        amount = text_amount.value(mark) if text_amount else value
        when = table.when(row, fiscal_year_end)
        rows.append((text, when, amount, table.grid.address(row, table.columns["amount"])))
    return rows, table.where
