"""What the template's rows come to, so that its formulas carry their values before anything calculates.

The report's values are those of `nrr_xl.analyse` over the same rows; a test recalculates the workbook in LibreOffice
and compares each cell.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property

import numpy as np

from nrr_xl.metrics import RATES
from nrr_xl.periods import Periods, month_number, year_month
from nrr_xl.retention.analysis import Analysis, analyse
from nrr_xl.retention.table import Table
from nrr_xl.revenue.cube.build import BLANK, RevenueCube, Segment
from nrr_xl.revenue.cube.complete import looks_incomplete
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.workbook.feed import SEGMENTS
from nrr_xl.workbook.frame import MONEY
from nrr_xl.workbook.template.example import Row, example_rows, marks
from nrr_xl.workbook.template.layout import (
    EARLIEST,
    KEY_FACTOR,
    LATEST,
    LONGEST_WINDOW,
    PERIODS,
    TOTAL_NAMES,
    WINDOW_MONTHS,
)
from nrr_xl.workbook.texts import texts

SEGMENT = texts()["revenue_columns"]["segment"]
# Amounts that differ by less than half a cent are the same.
# So many signs can a text have that is looked up.
LONGEST = 255


@dataclass(frozen=True)
class Values:
    """Rows (customer, day, amount, segment), one for a customer and month, under a closing month and a window.

    `capacity` is how many customers the template holds. `company` and `currency` are what its settings say.
    """

    rows: tuple[Row, ...]
    capacity: int
    closing: int | None = None
    window: int = WINDOW_MONTHS
    company: str = ""
    currency: str = ""
    unit: str = "MRR"
    today: dt.date = field(default_factory=dt.date.today)

    @cached_property
    def months(self) -> np.ndarray:
        """Each row's month number."""
        return np.array([month_number(row[1].year, row[1].month) for row in self.rows])

    @cached_property
    def amounts(self) -> np.ndarray:
        return np.array([row[2] for row in self.rows])

    @cached_property
    def customer(self) -> Labels:
        """The customers in the order in which they come."""
        return Labels.of("Customer", [trimmed(row[0]) for row in self.rows])

    @property
    def customers(self) -> int:
        return len(self.customer.values)

    @cached_property
    def first_rows(self) -> np.ndarray:
        """Each customer's first row, counted from 1."""
        return np.unique(self.customer.codes, return_index=True)[1] + 1

    @cached_property
    def keys(self) -> np.ndarray:
        """Customer and month as one number."""
        found: np.ndarray = (self.customer.codes + 1) * KEY_FACTOR + self.months
        return found

    @property
    def closing_number(self) -> int:
        return int(self.months.max()) if self.closing is None else self.closing

    @property
    def closing_day(self) -> dt.date | None:
        """The first day of the closing month that was asked for, if one was."""
        return dt.date(*year_month(self.closing), 1) if self.closing is not None else None

    @property
    def opening_number(self) -> int:
        return self.closing_number - self.window

    @property
    def first_number(self) -> int:
        return int(self.months.min())

    @property
    def cube_number(self) -> int:
        """The month number of the first period: a January, the first row's or that three years before the closing's."""
        return max(12 * (self.first_number // 12), 12 * (self.closing_number // 12) - PERIODS + 12)

    @property
    def begin(self) -> int:
        """The position (from 0) of the first period that the rows reach."""
        return max(0, self.first_number - self.cube_number)

    @cached_property
    def amounts_by_period(self) -> np.ndarray:
        """Amounts (capacity, periods), customers as they come."""
        found = np.zeros((self.capacity, PERIODS))
        position = self.months - self.cube_number
        inside = (position >= 0) & (position < PERIODS)
        found[self.customer.codes[inside], position[inside]] = self.amounts[inside]
        return found

    def at(self, number: int) -> np.ndarray:
        """Every customer's amount in a month."""
        return self.amounts_by_period[:, number - self.cube_number]

    @cached_property
    def segment_rows(self) -> list[int]:
        """For each customer the row (from 1) that says its segment: at the opening, else the closing; 0 without one."""
        row = {key: place for place, key in enumerate(self.keys.tolist(), 1)}
        opening, closing = self.at(self.opening_number), self.at(self.closing_number)
        months = np.where(opening > 0, self.opening_number, np.where(closing > 0, self.closing_number, 0))
        return [row[(at + 1) * KEY_FACTOR + month] if month else 0 for at, month in enumerate(months.tolist())]

    @cached_property
    def segments(self) -> list[str]:
        """Each customer's segment in the window, "" without one."""
        spelt: dict[str, str] = {}
        found = []
        for row in self.segment_rows:
            text = trimmed(self.rows[row - 1][3] or "") or BLANK if row else ""
            found.append(spelt.setdefault(text.casefold(), text))
        return found

    @cached_property
    def segment_order(self) -> list[str]:
        """The segments of the window by their first customer."""
        return list(dict.fromkeys(text for text in self.segments if text))

    @cached_property
    def shown(self) -> list[str]:
        """As `segments`, with those that have no line of their own under one name."""
        named = set(self.segment_order[:SEGMENTS])
        others = texts()["template"]["others"]
        return [text if not text or text in named else others for text in self.segments]

    @property
    def example_rows(self) -> int:
        """How many rows the example has."""
        return len(example_rows())

    @property
    def example_found(self) -> int:
        """How many of the rows by which the example is known are there."""
        known = set(zip((row[0] for row in self.rows), self.months.tolist(), self.amounts.tolist(), strict=True))
        return sum(row in known for row in marks())

    @property
    def plain(self) -> bool:
        """Whether all rows count as they are: names that can be told apart, in the periods, a fitting window."""
        names = {name.casefold() for name in self.customer.values}
        told_apart = len(names) == self.customers and all(0 < len(name) <= LONGEST for name in names)
        labels = all(len(row[3] or "") <= LONGEST for row in self.rows)
        whole = 1 <= self.window <= LONGEST_WINDOW and self.first_number <= self.opening_number
        inside = self.first_number >= self.cube_number and self.closing_number <= int(self.months.max())
        dated = min(row[1] for row in self.rows) >= EARLIEST and max(row[1] for row in self.rows) <= LATEST
        own = not self.example_found or (self.example_found, len(self.rows)) == (len(marks()), self.example_rows)
        return told_apart and labels and whole and inside and dated and own

    @cached_property
    def notices(self) -> dict[str, int]:
        """How often each thing that is to be looked at occurs."""
        counts = (self.amounts_by_period > 0).sum(axis=0)
        closing = self.closing_number - self.cube_number
        here = max(1, int(counts[closing]))
        gap = closing > 0 and counts[closing - 1] == 0 and self.first_number < self.closing_number
        this_month = month_number(self.today.year, self.today.month)
        return {
            "repeated": 0,
            "few": here if looks_incomplete(counts, closing) else 0,
            "gap": here if gap else 0,
            "ahead": int((self.months > this_month).sum()),
            "totals": int(any(like_a_total(name) for name in self.customer.values)),
            "alone": int(any(_alone(self.at(month)) for month in (self.opening_number, self.closing_number))),
        }

    @cached_property
    def analysis(self) -> Analysis:
        """The report of the rows, over all periods and customers that the template has room for."""
        order = [*self.segment_order[:SEGMENTS], texts()["template"]["others"]]
        codes = np.array([order.index(text) if text else -1 for text in self.shown])
        names = (*self.customer.values, *[""] * (self.capacity - self.customers))
        segment = Segment(SEGMENT, tuple(order), codes)
        axis = Periods(self.cube_number, PERIODS)
        cube = RevenueCube(
            names, axis, self.amounts_by_period, {SEGMENT: segment}, unit=self.unit, currency=self.currency
        )
        analysis = self._analysed(cube, (SEGMENT,))
        # What the methods need is counted from the first period with rows.
        axis = Periods(self.cube_number + self.begin, PERIODS - self.begin)
        tables = self._analysed(RevenueCube(names, axis, self.amounts_by_period[:, self.begin :])).tables
        by_segment = _padded(analysis.tables.segments[SEGMENT], order)
        tables = replace(
            analysis.tables, methods=tables.methods, outlook=tables.outlook, segments={SEGMENT: by_segment}
        )
        return replace(analysis, tables=tables)

    def _analysed(self, cube: RevenueCube, segments: tuple[str, ...] | None = None) -> Analysis:
        year, month = year_month(self.closing_number)
        as_of = f"{year}-{month:02}"
        return analyse(cube, months=self.window, as_of=as_of, cohort_freq="quarter", segments=segments)


def _padded(table: Table, order: list[str]) -> Table:
    """The segments in their order, with an empty line for each that is missing; the last one is that of all others."""
    known = {row["value"]: row for row in table.records()}
    lines = [known[name] for name in order[:-1]] + [{"value": ""}] * (SEGMENTS + 1 - len(order))
    lines.append(known.get(order[-1], {"value": order[-1]}))
    empty = dict.fromkeys(table.columns, 0) | dict.fromkeys(RATES, np.nan)
    return Table.of_rows([empty | line for line in lines])


def _alone(amounts: np.ndarray) -> bool:
    """Whether one customer has as much as all others together."""
    return bool((amounts > 0).sum() > 2 and abs(2 * amounts.max() - amounts.sum()) < MONEY)


def like_a_total(name: str) -> bool:
    """Whether a customer is called as total rows are."""
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in TOTAL_NAMES)


def trimmed(text: str) -> str:
    """A text as TRIM leaves it, once spaces that do not break are plain ones.

    >>> trimmed(" Acme  Ltd ")
    'Acme Ltd'
    """
    return " ".join(part for part in text.replace("\u00a0", " ").split(" ") if part)
