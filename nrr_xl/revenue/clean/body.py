"""What all layouts share: a table's body made ready, its customers and attributes, and the account of its amounts."""

from __future__ import annotations

import re
from dataclasses import field
from datetime import date
from typing import Any

import numpy as np

from nrr_xl.periods import Periods, period_end
from nrr_xl.records import struct
from nrr_xl.revenue.cells.amounts import SIGNS
from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cells.columns import Amounts, read_amounts, read_texts
from nrr_xl.revenue.clean.choice import bridge_rows, choose, left_by_user
from nrr_xl.revenue.clean.customers import customers_of
from nrr_xl.revenue.clean.values import Choice
from nrr_xl.revenue.cube.policy import Policy
from nrr_xl.revenue.cube.rows import Account, Cells, Labels
from nrr_xl.revenue.cube.units import units_of
from nrr_xl.revenue.files.grid import Grid
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.labels import BLANK as NO_NAME
from nrr_xl.revenue.table.labels import SUB, TOTAL, labels_of_rows
from nrr_xl.revenue.table.shape import row_numbers
from nrr_xl.revenue.table.table import Table, column_title
from nrr_xl.revenue.table.totals import total_rows
from nrr_xl.revenue.vocabulary import currency_codes


@struct()
class Reading:
    """How cells are to be read where they leave a choice; None means that the column decides."""

    decimal: str | None = None
    day_first: bool | None = None
    fiscal_year_end: int = 12
    inclusive_end: bool = False
    mid_month: str = "next"
    amount_per: str | None = None
    today: date = field(default_factory=date.today)
    keep_rows: str | None = None
    fill_down: bool = False
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    no_currency: bool = False
    spread: str | None = None
    rows_are: str | None = None
    scale: float | None = None
    trusted_id: bool = False
    ends: str | None = None
    duplicates: str | None = None


@struct()
class Body:
    """A table being cleaned: its rows are counted from 0 below the header."""

    table: Table
    findings: Findings
    reading: Reading
    policy: Policy

    @property
    def grid(self) -> Grid:
        return self.table.grid

    @property
    def span(self) -> slice:
        return slice(self.table.first, self.table.last + 1)

    def texts(self, role: str) -> Labels | None:
        """The column of a part as texts; None where the table has none."""
        if role not in self.table.roles:
            return None
        column = self.table.roles[role]
        return read_texts(self.grid, column, self.span, column_title(self.table, column))

    def note(self, code: str, rows: np.ndarray, column: int, amounts: np.ndarray | None = None, **words: Any) -> None:
        """Note rows of the body at one column."""
        self.findings.cells(code, np.asarray(rows) + self.table.first, column, amounts, **words)

    def customers(self, counted: np.ndarray) -> tuple[Labels, np.ndarray]:
        """The customer of each row, by its identifier where there is one; and where the customer is an error."""
        return customers_of(self.table, counted, self.findings, self.reading.trusted_id)

    def choice(self, counted: np.ndarray, values: np.ndarray, customer: Labels, ended: np.ndarray | None) -> Choice:
        """Which rows count by what their own columns say, for each row's total amount (rows,)."""
        only, exclude = self.reading.only, self.reading.exclude
        once = self.policy.one_time
        return choose(self.table, counted, values, self.findings, only, exclude, once, customer.codes, ended)

    def kept(self) -> np.ndarray | None:
        """Which rows the user said are customers, whatever they are called."""
        if not self.reading.keep_rows:
            return None
        numbers = row_numbers(self.reading.keep_rows)
        return np.isin(self.grid.row_numbers()[self.span], numbers)

    def totals(self, amounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which rows are totals, and which are called so but add up to nothing, for amounts (columns, rows)."""
        out = left_by_user(self.table, self.reading.only, self.reading.exclude, np.zeros(amounts.shape[1]))
        bridge = self._bridge(amounts)
        if out is None:
            return total_rows(self.table, amounts, self.findings, self.kept(), bridge)
        # A total may sum rows that the user leaves out; one that nobody calls so sums rows that are kept.
        silent = Findings(self.grid)
        sums, _ = total_rows(self.table, amounts, silent, self.kept(), bridge)
        sums &= np.isin(labels_of_rows(self.table), (NO_NAME, SUB, TOTAL)) & ~out
        column = self.table.roles["customer"]
        self.note("total-row", np.flatnonzero(sums), column, np.nan_to_num(amounts[:, sums]).sum(axis=0))
        kept = np.where(out | sums, np.nan, amounts)
        totals, unsure = total_rows(self.table, kept, self.findings, self.kept(), bridge)
        return totals | sums, unsure

    def _bridge(self, amounts: np.ndarray) -> np.ndarray | None:
        """Which rows are lines of a customer's bridge, so that a closing that sums those above it is no total."""
        at = [self.table.roles["type"]] if "type" in self.table.roles else []
        values = np.nan_to_num(amounts).sum(axis=0)
        return bridge_rows(self.table, (*at, *self.table.segments), values, self.findings)

    def attributes(self, kept: np.ndarray, place: np.ndarray | slice) -> dict[str, Any]:
        """Product, type and segments of the kept rows, each row repeated where `place` says."""
        parts = {}
        for role in ("product", "type"):
            if (labels := self.texts(role)) is not None:
                parts[role] = spread(take(labels, kept), place)
        segments = [
            spread(take(read_texts(self.grid, column, self.span, column_title(self.table, column)), kept), place)
            for column in self.table.segments
        ]
        # A product or plan column cuts the customers just as a region does.
        return {**parts, "segments": (*segments, *((parts["product"],) if "product" in parts else ()))}

    def cells(self, row: np.ndarray, column: np.ndarray | int) -> Cells:
        """The cells of amounts in rows of the body; rows without a gap take no room, as most of a large source has."""
        first, n = self.table.first, row.size
        if n and row[-1] - row[0] == n - 1 and bool((row[1:] > row[:-1]).all()):
            return Cells(self.grid.without_values(), range(first + int(row[0]), first + int(row[0]) + n), column)
        places = np.add(row, first, dtype=np.int32, casting="unsafe")
        column = column if isinstance(column, int) else column.astype(np.int32)
        return Cells(self.grid.without_values(), places, column)

    def counts(self, role: str) -> np.ndarray | None:
        """The quantity or the usage of each row, NaN where it is no plain number; None without such a column."""
        if role not in self.table.roles:
            return None
        silent = Findings(self.grid)
        column = [self.table.roles[role]]
        found: np.ndarray | None = read_amounts(self.grid, column, self.span, silent, self.reading.decimal).values[0]
        return found

    def one_time(self) -> np.ndarray | None:
        """Which rows the policy leaves out as one-time revenue."""
        types = self.texts("type")
        return None if types is None else self.policy.leaves_out(types)


def times_quantity(body: Body, prices: np.ndarray) -> np.ndarray:
    """Prices of a unit times the quantities beside them, told; amounts as they are."""
    quantities = body.counts("quantity") if body.table.priced else None
    if quantities is None:
        return prices
    column = body.table.roles["amount"]
    address = body.grid.address(max(body.table.header[1], 0), column)
    body.findings.say("price-of-unit", cell=address, value=column_title(body.table, column))
    amounts: np.ndarray = prices * np.where(np.isnan(quantities), 1.0, quantities)
    return amounts


def take(labels: Labels, kept: np.ndarray) -> Labels:
    """The labels of some rows."""
    return Labels(labels.name, labels.values, labels.codes[kept]).compact()


def spread(labels: Labels, place: np.ndarray | slice) -> Labels:
    """The labels with each row repeated where `place` says."""
    return Labels(labels.name, labels.values, labels.codes[place])


def axis(body: Body, ends: np.ndarray, step: int) -> tuple[Periods, np.ndarray]:
    """The run of periods from the first to the last, and each end's position in it.

    Months that are always a quarter or a year apart are quarters or years.
    """
    year_end = body.reading.fiscal_year_end
    if not ends.size:
        return Periods(period_end(24288, step, year_end), 0, step, year_end), np.zeros(0, np.int32)
    apart = np.diff(distinct(ends))
    # Two periods far apart are proof enough where they have columns of their own, but not among rows.
    enough = 1 if body.table.layout == "wide" else 2
    for longer in (12, 6, 3):
        if step == 1 and apart.size >= enough and not (apart % longer).any():
            name = {12: "years", 6: "half-years", 3: "quarters"}[longer]
            body.findings.say("period-spacing", f"The periods lie {longer} months apart", action=f"Taken as {name}.")
            step, ends = longer, ends + (year_end - 1 - ends) % longer
    first, last = int(ends.min()), int(ends.max())
    return Periods(first, (last - first) // step + 1, step, year_end), ((ends - first) // step).astype(np.int32)


@struct()
class Currencies:
    """The currency of each amount cell: positions in `names` as (columns, rows), -1 for none; None without any."""

    names: tuple[str, ...] = ()
    codes: np.ndarray | None = None

    def of(self, column: np.ndarray, row: np.ndarray) -> Labels | None:
        """The currencies of some cells as labels."""
        return None if self.codes is None else Labels("currency", self.names, self.codes[column, row]).compact()


def currencies(body: Body, amounts: Amounts, columns: np.ndarray, valid: np.ndarray) -> tuple[Currencies, np.ndarray]:
    """The currency of each amount: its column's, else what is written beside the number or shown by its format.

    Amounts that show none are taken as the others' where these show only one; where they show several, the second
    result says which are refused. Both are (columns, rows).
    """
    if body.reading.no_currency:
        return Currencies(), np.zeros(valid.shape, bool)
    if (code := _header_currency(body, valid)) is not None:
        return Currencies((code,), np.zeros(valid.shape, np.int32)), np.zeros(valid.shape, bool)
    names, codes = _by_column(body, valid) if "currency" in body.table.roles else _by_cell(body, amounts, columns)
    used = distinct(codes[valid & (codes >= 0)])
    blank = valid & (codes < 0)
    if not used.size:
        return Currencies(), np.zeros(valid.shape, bool)
    if used.size > 1:
        row, column = np.nonzero(blank.T)
        values = amounts.values[column, row]
        body.findings.cells("currency-missing", row + body.table.first, columns[column], values)
        return Currencies(tuple(names), codes), blank
    if blank.any() and "currency" in body.table.roles:
        row, column = np.argwhere(blank.T)[0].tolist()
        body.findings.say(
            "currency-blank",
            f"{int(blank.sum())} amount(s) without a currency",
            body.grid.address(row + body.table.first, int(columns[column])),
            action=f"Taken as {names[used[0]]}, like all others.",
        )
    return Currencies(tuple(names), np.full(codes.shape, used[0], np.int32)), np.zeros(valid.shape, bool)


def _header_currency(body: Body, valid: np.ndarray) -> str | None:
    """The currency that the amount's header names, where a column of currencies says several: Amount (USD)."""
    roles = body.table.roles
    if "currency" not in roles or "amount" not in roles:
        return None
    said = [word for word in re.findall(r"[A-Z]{3}", body.table.names[roles["amount"]]) if word in currency_codes()]
    _, codes = _by_column(body, valid)
    if len(said) != 1 or distinct(codes[valid & (codes >= 0)]).size < 2:
        return None
    column = roles["amount"]
    address = body.grid.address(max(body.table.header[1], 0), column)
    body.findings.say("currency-header", cell=address, value=column_title(body.table, column))
    found: str | None = said[0]
    return found


def _by_column(body: Body, valid: np.ndarray) -> tuple[list[str], np.ndarray]:
    labels = body.texts("currency")
    assert labels is not None
    codes = [currency_code(text) for text in labels.values]
    known = {name: position for position, name in enumerate(dict.fromkeys(codes))}
    of_row = np.array([*(known[name] for name in codes), -1], np.int32)[labels.codes]
    return list(known), np.broadcast_to(of_row, valid.shape)


def _by_cell(body: Body, amounts: Amounts, columns: np.ndarray) -> tuple[list[str], np.ndarray]:
    names = list(amounts.currencies)
    codes = amounts.currency if amounts.currency is not None else np.full(amounts.values.shape, -1, np.int32)
    if body.grid.marks is not None:
        names += [name for name in body.grid.mark_names if name not in names]
        position = np.array([*(names.index(name) for name in body.grid.mark_names), -1], np.int32)
        codes = np.where(codes < 0, position[body.grid.marks[columns, body.span]], codes)
    return names, codes.astype(np.int32)


def currency_code(text: str) -> str:
    """A currency's ISO code from a sign or code.

    >>> currency_code("€"), currency_code(" usd ")
    ('EUR', 'USD')
    """
    plain = text.strip().upper()
    return SIGNS.get(plain, plain)


def account_of(values: np.ndarray, used: np.ndarray, refused: np.ndarray) -> Account:
    """The account of a block of amount cells."""
    carries = ~np.isnan(values)
    out = carries & ~used
    units = units_of(values[carries])
    return Account(
        source_total=units.total(values[carries]),
        used_total=units.total(values[used]),
        left_out_total=units.total(values[out]),
        cells=int(carries.sum() + refused.sum()),
        used_cells=int(used.sum()),
        left_out_cells=int(out.sum() + refused.sum()),
    )
