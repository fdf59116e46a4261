"""What the columns of a grid hold, by a sample of their cells: the second witness beside a header."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nrr_xl.revenue.cells.amounts import parse_amount, says_nothing
from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cells.dates import bare_quarters, is_epoch, month_of_year, number_date, parse_date
from nrr_xl.revenue.files.grid import BOOLEAN, DATE, NUMBER, TEXT, Grid
from nrr_xl.revenue.table.meanings import meanings

SAMPLE = 200


class Contents:
    """The columns of a grid below a header, each looked at once and only when asked for."""

    def __init__(self, grid: Grid, sample: slice):
        self.grid, self.sample = grid, sample
        self._kinds: dict[int, str] = {}
        self.has_year = False

    def kind(self, column: int) -> str:
        """ "date", "amount", "text", "mixed" or "" for nothing."""
        if column < 0:
            return ""
        if column not in self._kinds:
            self._kinds[column] = content(self.grid, column, self.sample)
        return self._kinds[column]

    def header(self, column: int) -> str:
        row = self.sample.start - 1
        return self.grid.text(row, column) if row >= 0 else ""

    def column(self, column: int) -> list[tuple[int, float]]:
        """The sample's cells of a column, as something that can be compared."""
        kinds, values = self.grid.kinds[column, self.sample], self.grid.values[column, self.sample]
        return list(zip(kinds.tolist(), values.tolist(), strict=True))

    def distinct(self, column: int) -> int:
        """How many different values the sample holds."""
        kinds, values = self.grid.kinds[column, self.sample], self.grid.values[column, self.sample]
        return distinct(values[kinds != 0]).size

    def negative(self, column: int) -> bool:
        """Whether a number of the sample lies below 0, as a number or as text."""
        kinds, values = self.grid.kinds[column, self.sample], self.grid.values[column, self.sample]
        texts = {self.grid.strings[int(code)] for code in values[kinds == TEXT].tolist()}
        written = [found.value(".") for text in texts if (found := parse_amount(text))]
        return bool((values[kinds == NUMBER] < 0).any()) or min(written, default=0.0) < 0

    def dated(self, column: int) -> bool:
        """Whether a column holds dates or periods, as dates, texts or numbers."""
        kind = self.kind(column)
        if kind in ("date", "mixed"):
            return kind == "date" or self._share_of_dates(column) >= 0.3
        return kind == "amount" and self._share_of_dates(column) >= 0.9

    def _share_of_dates(self, column: int) -> float:
        kinds, values = self.grid.kinds[column, self.sample], self.grid.values[column, self.sample]
        filled = np.count_nonzero(kinds)
        dates = np.count_nonzero(kinds == DATE) + sum(
            number_date(v) is not None or bool(bare_quarters([f"{v:.0f}"])) for v in values[kinds == NUMBER].tolist()
        )
        dates += sum(_content_of(self.grid.strings[int(code)])[2] for code in values[kinds == TEXT].tolist())
        return dates / filled if filled else 0.0

    def fits(self, role: str, column: int) -> bool:
        """Whether what a column holds can be what its header says."""
        kind = self.kind(column)
        if role in ("date", "start"):
            alone = role == "date" and self.has_year and kind in ("text", "amount", "mixed")
            return self.dated(column) or (alone and self._months(column))
        if role == "end":
            return kind in ("", "date", "mixed", "text") or self.dated(column)
        if role == "amount":
            return kind in ("amount", "mixed") and not (kind == "mixed" and self.dated(column))
        if role == "customer":
            return kind in ("text", "mixed", "amount") and (
                self.distinct(column) > 1 or self.grid.rows - self.sample.start < 3
            )
        if role == "identifier":
            return kind in ("text", "mixed", "amount") and self.distinct(column) > 1 and not self._broken(column)
        if role in ("status", "type", "scenario", "interval"):
            return kind in ("text", "mixed")
        if role == "flag":
            return kind in ("text", "mixed") or (kind == "amount" and self.distinct(column) <= 2)
        return kind != ""

    def _broken(self, column: int) -> bool:
        """Whether a column holds numbers with a fraction, which no identifier has."""
        kinds, values = self.grid.kinds[column, self.sample], self.grid.values[column, self.sample]
        return bool((values[kinds == NUMBER] % 1 != 0).any())

    def _months(self, column: int) -> bool:
        """Whether a column holds months without a year, by name or by number, or quarters."""
        texts = {
            self.grid.text(row, column) for row in range(self.sample.start, min(self.sample.stop, self.grid.rows))
        } - {""}
        return len(texts) <= 16 and all(month_of_year(text, "2024") for text in texts)

    def grouping(self, amount: int) -> int | None:
        """The leftmost column, if it has no header and names stand in it above the rows of their amounts."""
        used = [column for column in range(self.grid.columns) if self.kind(column) != ""]
        column = used[0] if used else 0
        names, amounts = (self.grid.kinds[c, self.sample] for c in (column, amount))
        alone = (names == TEXT) & (amounts == 0)
        if self.header(column) or column == amount or self.kind(column) != "text" or np.count_nonzero(alone) < 2:
            return None
        filled = names[amounts != 0]
        return column if filled.size and np.mean(filled == 0) >= 0.5 else None

    def names_rows(self, column: int, dates: int) -> bool:
        """Whether a column has another text in nearly every row though the dates differ: numbers of payments, say."""
        kinds, values = (part[column, self.sample.start :] for part in (self.grid.kinds, self.grid.values))
        held = values[kinds == TEXT]
        when = self.grid.values[dates, self.sample.start :]
        return held.size >= 10 and distinct(held).size > 0.95 * held.size and distinct(when).size > 1

    def best(self, role: str, taken: set[int]) -> int | None:
        """The column that must play a part because of what it holds."""
        free = [column for column in range(self.grid.columns) if column not in taken and self.kind(column) != ""]
        if role == "customer":
            texts = [
                c
                for c in free
                if self.kind(c) == "text" and (self.distinct(c) > 1 or self.grid.rows - self.sample.start < 3)
            ]
            known = [c for c in texts if not _elsewhere(self.header(c))] or texts
            ids = [c for c in free if "identifier" in meanings(self.header(c)) and self.kind(c) in ("amount", "mixed")]
            known = known or [c for c in ids if self.distinct(c) > 1]
            return max(known, key=lambda column: (self.distinct(column), -column), default=None)
        if role == "amount":
            numbers = [c for c in free if self.kind(c) == "amount" and not _elsewhere(self.header(c))]
            return numbers[-1] if numbers else None
        dates = [column for column in free if self.kind(column) == "date" and not _elsewhere(self.header(column))]
        return next((column for column in (*dates, *free) if column in dates or self._epochs(column)), None)

    def _epochs(self, column: int) -> bool:
        """Whether a column's header says when rows were made, and it holds seconds or milliseconds since 1970."""
        cells = range(self.sample.start, min(self.sample.stop, self.grid.rows))
        texts = {self.grid.text(row, column) for row in cells} - {""}
        return "made" in meanings(self.header(column)) and bool(texts) and all(map(is_epoch, texts))

    def later(self, start: int, taken: set[int]) -> int | None:
        """The one column of dates of which none lies before the start beside it, if its header says nothing else."""
        grid, sample = self.grid, self.sample
        found = []
        for column in range(grid.columns):
            if column in taken or not self.dated(column) or set(meanings(self.header(column))) & _OTHER:
                continue
            both = (grid.kinds[start, sample] == DATE) & (grid.kinds[column, sample] == DATE)
            if both.any() and (grid.values[column, sample][both] >= grid.values[start, sample][both]).all():
                found.append(column)
        return found[0] if len(found) == 1 else None


# Meanings of headers that are no amount, date or customer, whatever the column holds.
_OTHER = {
    "identifier",
    "count",
    "nothing",
    "person",
    "tax",
    "cost",
    "unit_price",
    "budget",
    "change",
    "email",
    "made",
    "year",
    "term",
    "status",
    "currency",
    "scenario",
    "cumulative",
    "rolling",
}


def _elsewhere(header: str) -> bool:
    """Whether a header says that its column is something else: a number, a phone, a tax, a person."""
    return bool(set(meanings(header)) & _OTHER)


def content(grid: Grid, column: int, sample: slice) -> str:
    """What a column holds by a sample of its cells: "date", "amount", "text", "mixed" or "" for nothing."""
    cells = np.flatnonzero(grid.kinds[column, sample]) + sample.start
    if not cells.size:
        cells = (np.flatnonzero(grid.kinds[column, sample.start :]) + sample.start)[:SAMPLE]
    kinds = grid.kinds[column, cells]
    dates, numbers = np.count_nonzero(kinds == DATE), np.count_nonzero(kinds == NUMBER)
    filled, texts = cells.size, np.count_nonzero(kinds == BOOLEAN)
    for code in grid.values[column, cells[kinds == TEXT]].tolist():
        is_blank, is_amount, is_date = _content_of(grid.strings[int(code)])
        filled -= is_blank
        numbers += is_amount
        dates += is_date
        texts += not (is_blank or is_amount or is_date)
    if not filled:
        return ""
    for share, name in ((dates, "date"), (numbers, "amount"), (texts, "text")):
        if share >= 0.8 * filled and (name != "date" or numbers < 0.8 * filled or dates > numbers):
            return name
    return "mixed"


@lru_cache(maxsize=8192)
def _content_of(text: str) -> tuple[bool, bool, bool]:
    """Whether a text stands for no amount, for an amount, for a date."""
    if says_nothing(text):
        return True, False, False
    return False, parse_amount(text) is not None, parse_date(text) is not None
