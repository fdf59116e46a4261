"""A known book of monthly revenue, and sheets made from it: what a reader must get back is known before it reads."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Month = tuple[int, int]
Rows = list[list[Any]]
Truth = dict[tuple[str, str], float]

NAMES = (
    "Acme Holding",
    "Beta Foods",
    "TotalEnergies",
    "Delta Logistics",
    "Sum Systems",
    "Foxtrot Media",
    "Total Wine & More",
    "Hotel Lux",
    "Gesamt AG",
    "Juniper Labs",
    "Kilo Watt",
    "Lima Bank",
    "Mike's Diner",
    "November Rain",
    "Oscar & Sons",
    "Papa Pizza",
    "Quebec Steel",
    "Romeo Shoes",
    "Sierra Mining",
    "Tango Travel",
)
REGIONS = ("EMEA", "APAC", "Americas")


@dataclass(frozen=True)
class Book:
    """Customers by months of MRR in currency; 0 where a customer pays nothing."""

    names: tuple[str, ...]
    months: tuple[Month, ...]
    mrr: tuple[tuple[float, ...], ...]
    regions: tuple[str, ...]
    ids: tuple[str, ...]

    @property
    def truth(self) -> Truth:
        """The amounts above 0 by customer and month, as "YYYY-MM"."""
        return {
            (name, f"{y}-{m:02d}"): amount
            for name, row in zip(self.names, self.mrr, strict=True)
            for (y, m), amount in zip(self.months, row, strict=True)
            if amount
        }

    def cells(self) -> Iterator[tuple[int, int, float]]:
        """(customer, month, amount) of every amount above 0, month by month."""
        for at in range(len(self.months)):
            for who in range(len(self.names)):
                if self.mrr[who][at]:
                    yield who, at, self.mrr[who][at]

    def runs(self) -> Iterator[tuple[int, int, int, float]]:
        """(customer, first month, month after the last, amount) of each stretch of one amount."""
        for who, row in enumerate(self.mrr):
            start = 0
            for at in range(1, len(row) + 1):
                if at == len(row) or row[at] != row[start]:
                    if row[start]:
                        yield who, start, at, row[start]
                    start = at

    def total(self, at: int, inside: Callable[[int], bool] = lambda who: True) -> float:
        return round(sum(row[at] for who, row in enumerate(self.mrr) if inside(who)), 2)


def book(seed: int = 1, customers: int = 14, months: int = 15, start: Month = (2023, 1), cents: bool = True) -> Book:
    """A random book: list prices, moves, leavers, newcomers and a few who return; the last month is a full one."""
    rng = random.Random(seed)
    span = tuple((start[0] + (start[1] - 1 + i) // 12, (start[1] - 1 + i) % 12 + 1) for i in range(months))
    rows = []
    for who in range(customers):
        price = rng.randrange(9_000, 400_000) / 100 if cents else float(rng.randrange(90, 4000))
        first = 0 if who < 2 * customers // 3 else rng.randrange(1, max(2, months - 3))
        last = (
            months if rng.random() < 0.75 else rng.randrange(first + 2, months + 1) if first + 2 <= months else months
        )
        row = []
        for at in range(months):
            if at and rng.random() < 0.12:
                price = round(price * rng.choice((0.8, 0.9, 1.1, 1.25, 1.5)), 2 if cents else 0)
            row.append(price if first <= at < last else 0.0)
        if who % 7 == 3 and last == months and months > 8 and first == 0:
            row[4] = row[5] = 0.0
        rows.append(tuple(row))
    return Book(
        NAMES[:customers],
        span,
        tuple(rows),
        tuple(REGIONS[rng.randrange(3)] for _ in range(customers)),
        tuple(f"C-{1000 + 7 * who}" for who in range(customers)),
    )


@dataclass(frozen=True)
class Sheet:
    """A sheet and what must come of it.

    `expect` is "exact" (without an option), "mend" (refused, and an option that the refusal names makes it exact) or
    "told" (another figure, under a warning of one of the codes in `told`). `mend` are the options that must be named.
    """

    name: str
    sheets: dict[str, Rows]
    truth: Truth
    expect: str = "exact"
    mend: dict[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    form: str = "xlsx"
    options: dict[str, Any] = field(default_factory=dict)


def sheet(name: str, rows: Rows, truth: Truth | Book, expect: str = "exact", **facts: Any) -> Sheet:
    """A file of one sheet."""
    where = facts.pop("sheet", "Data")
    return Sheet(name, {where: rows}, truth.truth if isinstance(truth, Book) else truth, expect, **facts)


def first(month: Month) -> dt.date:
    return dt.date(month[0], month[1], 1)


def last(month: Month) -> dt.date:
    return after(month) - dt.timedelta(days=1)


def after(month: Month) -> dt.date:
    y, m = month
    return dt.date(y + m // 12, m % 12 + 1, 1)


def iso(month: Month) -> str:
    return f"{month[0]}-{month[1]:02d}"


def mon(month: Month) -> str:
    return f"{dt.date(2000, month[1], 1):%b}-{month[0] % 100:02d}"


def long_rows(
    made: Book,
    head: tuple[str, str, str] = ("Customer", "Month", "MRR"),
    when: Callable[[Month], Any] = iso,
    money: Callable[[float], Any] = lambda amount: amount,
) -> Rows:
    """A row a customer and month."""
    return [list(head), *([made.names[w], when(made.months[a]), money(x)] for w, a, x in made.cells())]


def wide_rows(
    made: Book,
    head: tuple[str, ...] = ("Customer",),
    when: Callable[[Month], Any] = mon,
    money: Callable[[float], Any] = lambda amount: amount or None,
    lead: Callable[[int], list[Any]] | None = None,
) -> Rows:
    """A row a customer, a column a month."""
    lead = lead or (lambda who: [made.names[who]])
    return [
        [*head, *(when(month) for month in made.months)],
        *([*lead(who), *(money(x) for x in row)] for who, row in enumerate(made.mrr)),
    ]
