"""Cleaned revenue rows, column by column, and the account of what became of the source's amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, field, fields
from itertools import islice
from operator import eq
from typing import Any

import numpy as np

from nrr_xl.errors import Problem
from nrr_xl.periods import Periods
from nrr_xl.records import struct
from nrr_xl.revenue.cells.manytexts import casefolded
from nrr_xl.revenue.cube.units import remainder
from nrr_xl.revenue.files.grid import Grid


@struct()
class Labels:
    """A text column, each distinct text held once: row i's text is ``values[codes[i]]``; code -1 means blank."""

    name: str
    values: tuple[str, ...]
    codes: np.ndarray

    @classmethod
    def of(cls, name: str, texts: Sequence[str]) -> Labels:
        """Encode texts in the order of their first appearance; None and "" are blank.

        >>> Labels.of("Region", ["EMEA", "", "APAC", "EMEA"]).codes.tolist()
        [0, -1, 1, 0]
        """
        known: dict[str, int] = {}
        codes = np.fromiter(
            (known.setdefault(text, len(known)) if text else -1 for text in texts), np.int32, count=len(texts)
        )
        return cls(name, tuple(known), codes)

    def compact(self) -> Labels:
        """The same texts, with only the values in use, in the order of their first appearance.

        >>> Labels("Region", ("a", "b", "c"), np.array([2, -1, 0])).compact().values
        ('c', 'a')
        """
        # Written backwards, the last write to a code is its first appearance.
        first = np.full(len(self.values), -1, np.int64)
        backwards = np.flatnonzero(self.codes >= 0)[::-1]
        first[self.codes[backwards]] = backwards
        found = np.flatnonzero(first >= 0)
        order = found[np.argsort(first[found])]
        renumber = np.full(len(self.values) + 1, -1, np.int32)
        renumber[order] = np.arange(order.size)
        return Labels(self.name, tuple(map(self.values.__getitem__, order.tolist())), renumber[self.codes])

    def in_order(self) -> Labels:
        """The same texts, with the values in the order of their texts, whatever the order of the rows.

        >>> Labels("Region", ("b", "A", "c"), np.array([0, 1, -1])).in_order().values
        ('A', 'b', 'c')
        """
        keys = casefolded(self.values)
        order = sorted(range(len(keys)), key=keys.__getitem__)
        ordered = list(map(keys.__getitem__, order))
        if any(map(eq, ordered, islice(ordered, 1, None))):
            order.sort(key=lambda code: (keys[code], self.values[code]))
        renumber = np.full(len(order) + 1, -1, np.int32)
        renumber[order] = np.arange(len(order))
        return Labels(self.name, tuple(map(self.values.__getitem__, order)), renumber[self.codes])


@struct()
class Contracts:
    """Rows with contract dates, one for each contract, all arrays (contracts,).

    `first` is the month number of the first month paid for, `stop` that of the first one after the end (-1 for none),
    `monthly` the amount of a month.
    """

    customer: Labels
    first: np.ndarray[Any, Any]
    stop: np.ndarray[Any, Any]
    monthly: np.ndarray[Any, Any]


@struct()
class Cells:
    """The source's cell of each amount, (rows,): its row and its column in a `grid` that holds no values any more.

    A column is a number where it is the same for all.
    """

    grid: Grid
    row: np.ndarray | range
    column: np.ndarray | int

    def names(self, at: Sequence[int]) -> tuple[str, ...]:
        """The cells of some amounts with their sheets, each once, in the order of the sheet.

        >>> Cells(Grid("Rows", np.zeros((0, 0)), np.zeros((0, 0)), ()), np.array([4, 1, 4]), 2).names(
        ...     [0, 1, 2]
        ... )
        ('Rows!C2', 'Rows!C5')
        """
        column = self.column
        places = sorted(
            {(int(self.row[each]), column if isinstance(column, int) else int(column[each])) for each in at}
        )
        named = (self.grid.address(*place) for place in places)
        # The address in a stack of sheets says its sheet.
        return tuple(named if self.grid.pieces or not self.grid.sheet else (f"{self.grid.sheet}!{at}" for at in named))


@struct()
class RevenueRows:
    """One cleaned amount a row: whose, in which period, how much, and what kind.

    All arrays are of one length (rows,). `amounts` are in each row's own currency and may be negative; `period`
    holds positions in `periods`; `quantity` and `usage` are NaN where a row carries
    none. `contracts` are there where the source has
    contract dates and one currency. `invoiced` are the same amounts before invoices were spread: all of an invoice in
    its first month; it is there where any were. `cells` say where each amount stands in the source.
    """

    customer: Labels
    periods: Periods
    period: np.ndarray
    amounts: np.ndarray
    segments: tuple[Labels, ...] = ()
    product: Labels | None = None
    type: Labels | None = None
    currency: Labels | None = None
    quantity: np.ndarray | None = None
    usage: np.ndarray | None = None
    contracts: Contracts | None = None
    invoiced: np.ndarray | None = None
    cells: Cells | None = None

    def __len__(self) -> int:
        return len(self.amounts)


@struct()
class Source:
    """Where the rows come from."""

    path: str = ""
    sheet: str = ""
    layout: str = "long"
    rows: int = 0
    sha256: str = ""

    def to_dict(self) -> dict[str, str | int]:
        """The source as plain data, in the order of the JSON object."""
        return asdict(self)


@struct()
class Account:
    """What became of every amount of the source: ``source_total = used_total + left_out_total`` to the cent.

    `cells` counts the source cells that carry an amount; each is either used or left out, and each one left out
    stands in `problems` with its amount.
    """

    source_total: float = 0.0
    used_total: float = 0.0
    left_out_total: float = 0.0
    cells: int = 0
    used_cells: int = 0
    left_out_cells: int = 0
    problems: tuple[Problem, ...] = field(default=())

    def __add__(self, other: Account) -> Account:
        """The account of both, with the problems of both."""

        from decimal import Decimal

        def added(one: Any, two: Any) -> Any:
            # As decimals, so that the order in which tables are added changes no bit.
            return float(Decimal(repr(one)) + Decimal(repr(two))) if isinstance(one, float) else one + two

        return Account(*(added(getattr(self, part.name), getattr(other, part.name)) for part in fields(self)))

    @property
    def difference(self) -> float:
        """What is unaccounted for; 0 in a sound reading, but for what a total of its size cannot show."""
        return remainder((self.source_total, -self.used_total, -self.left_out_total))
