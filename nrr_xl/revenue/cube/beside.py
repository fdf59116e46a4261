"""The small tables beside the revenue rows: opened, their headers found, their cells read and named in messages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.revenue.cells.dates import Doubtful, When, number_date, parse_date
from nrr_xl.revenue.files.given import given_book
from nrr_xl.revenue.files.grid import DATE, NUMBER, Grid, serial_date
from nrr_xl.revenue.files.sources import Book, open_file
from nrr_xl.revenue.vocabulary import vocabulary, words

SHOWN_CELLS, SHOWN_LENGTH = 6, 30
# Headers with such a word are those of revenue rows.
CUSTOMERS = frozenset(("customer", "customers", "client", "clients", "subscriber", "subscribers", "subscription"))
# Parts of which a second column decides no number: codes and names of currencies.
_HARMLESS = ("currency",)


class SideTable:
    """A grid beside the rows: `where` names it in messages, `columns` are its parts' columns, `first` its first row."""

    def __init__(self, grid: Grid, where: str) -> None:
        self.grid, self.where = grid, where
        self.columns: dict[str, int] = {}
        self.first = 0

    def find_header(
        self,
        wanted: Mapping[str, tuple[str, ...]],
        needed: tuple[str, ...],
        lacks: str,
        beside: frozenset[str] = frozenset(),
        foreign: frozenset[str] = frozenset(),
    ) -> None:
        """Find the header: the first of ten rows that names two parts, each by one of its words.

        With `beside`, a header may say nothing but a part's words and those: "New MRR" is no new name. InputError
        where a part that is needed has no column (told as `lacks`), or has two; or where a header has a word of
        `foreign`, which such a table has no column for.
        """
        for row in range(min(self.grid.rows, 10)):
            said = [set(words(self.text(row, column))) for column in range(self.grid.columns)]
            naming = {
                part: [
                    at
                    for at, each in enumerate(said)
                    if each & set(names) and (not beside or each <= beside | set(names))
                ]
                for part, names in wanted.items()
            }
            found: dict[str, int] = {}
            for part, places in naming.items():
                if free := [at for at in places if at not in found.values()]:
                    found[part] = free[0]
            if len(found) < 2:
                continue
            if strange := [at for at, each in enumerate(said) if each & foreign]:
                head = f"{self.grid.address(row, strange[0])} reads {self.text(row, strange[0])!r}"
                raise InputError(f"{self.where}: these are revenue rows, since {head}; {lacks}{self._shown()}")
            for part, at in found.items():
                rivals = [other for other in naming[part] if other not in found.values()]
                if rivals and part not in _HARMLESS:
                    raise InputError(
                        f"{self.where}, {self.grid.address(row, rivals[0])}: {self.text(row, at)!r} and"
                        f" {self.text(row, rivals[0])!r} can both be the {part}. Keep one of the columns."
                    )
            self.first, self.columns = row + 1, found
            break
        if not set(needed) <= set(self.columns):
            raise InputError(f"{self.where}: {lacks}{self._shown()}")

    def _shown(self) -> str:
        """The cells of the first row that holds any, which stand where headers are needed."""
        for row in range(self.grid.rows):
            texts = [self.text(row, column) for column in range(self.grid.columns)]
            if held := [text for text in texts if text.strip()]:
                more = ", ..." if len(held) > SHOWN_CELLS else ""
                told = ", ".join(repr(text[:SHOWN_LENGTH]) for text in held[:SHOWN_CELLS])
                return f" Row {row + 1} reads {told}{more}."
        return ""

    def refuse(self, row: int, part: str, told: str) -> InputError:
        """An error that names the cell of a part and what it holds."""
        return InputError(f"{self.at(row, part)}: {told.format(repr(self.text(row, self.columns[part])))}")

    def at(self, row: int, part: str) -> str:
        return f"{self.where}, {self.grid.address(row, self.columns[part])}"

    def text(self, row: int, column: int) -> str:
        return self.grid.text(row, column) if column < self.grid.columns else ""

    def value(self, row: int, part: str) -> Any:
        return self.grid.value(row, self.columns[part])

    def rows(self) -> range:
        """The rows below the header."""
        return range(self.first, self.grid.rows)

    def when(self, row: int, fiscal_year_end: int) -> When | None:
        """The date or period that a row names in its column of periods."""
        grid, column = self.grid, self.columns["period"]
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


def side_table(source: Any, book: Book | None, kind: str) -> SideTable | None:
    """The table of a file, else of the book's own sheet of that kind."""
    # A ledger is no word of the vocabulary: a sheet of that name beside others may hold the revenue rows.
    names = {words(name) for name in vocabulary()["sheets"].get(kind, [kind])}
    if isinstance(source, str | os.PathLike):
        opened, _ = open_file(Path(source))
        sheet = next((name for name in opened.sheets if words(name) in names), opened.sheets[0])
        return SideTable(opened.load(sheet, None), str(source))
    if source is not None:
        if isinstance(source, bool | int | float):
            wanted = "Give the path of a file, or a dict of names and values."
            raise InputError(f"{kind} is of the type {type(source).__name__}. {wanted}")
        opened, path, _ = given_book(source)
        return SideTable(opened.load(opened.sheets[0], None), path or f"The {kind.replace('_', ' ')}")
    # The only sheet holds the rows, whatever it is called: a file fx.csv has one sheet, fx.
    for sheet in book.sheets if book and len(book.sheets) > 1 else ():
        if book and words(sheet) in names:
            return SideTable(book.load(sheet, None), f"{book.path}, sheet {sheet!r}")
    return None
