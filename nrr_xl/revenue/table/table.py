"""A table of revenue rows in a grid: where it stands, how it is laid out, and which part each column plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from nrr_xl.records import struct
from nrr_xl.revenue.cells.dates import When
from nrr_xl.revenue.files.grid import Grid, column_letter
from nrr_xl.revenue.table.exports import Export
from nrr_xl.revenue.table.periods import HeaderPeriods


@struct()
class Table:
    """Revenue rows found in a grid: rows `first` to `last` below the header, and each column's part.

    `roles` maps a part to its column, `periods` (wide) a column to the period it holds, `segments` are the text
    columns with no part, `summaries` the columns of totals, `forecasts` those of planned amounts, `unused` the rest.
    `guessed` are parts found by content; `rivals` columns whose headers name the amount as well as the chosen one's;
    `region` is the Excel Table or name that marks the table, `export` the known export that it is. `dated` is how the
    headers that name days were read, `undecided` are columns under those that could not be, `others` are further tables
    of the grid, `contra` is the column of what is taken from the amounts, such as debits beside credits, and `priced`
    says that an amount is that of a unit.
    """

    grid: Grid
    layout: str
    header: tuple[int, int]
    first: int
    last: int
    roles: Mapping[str, int]
    names: Mapping[int, str]
    periods: Mapping[int, When] = field(default_factory=dict)
    segments: tuple[int, ...] = ()
    summaries: tuple[int, ...] = ()
    forecasts: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()
    guessed: tuple[str, ...] = ()
    rivals: tuple[int, ...] = ()
    score: float = 0.0
    region: str | None = None
    export: Export | None = None
    dated: HeaderPeriods = field(default_factory=HeaderPeriods)
    undecided: tuple[int, ...] = ()
    others: tuple[Table, ...] = ()
    contra: int | None = None
    priced: bool = False

    @property
    def range(self) -> str:
        """The table's address, header included."""
        parts = (
            *(self.roles.values(), self.periods, self.segments, self.summaries, self.forecasts),
            *(self.undecided, self.unused),
        )
        columns = sorted(column for part in parts for column in part)
        return f"{self.grid.address(max(self.header[0], 0), columns[0])}:{self.grid.address(self.last, columns[-1])}"


def column_title(table: Table, column: int) -> str:
    """A column's header, or its letter where it has none."""
    return table.names[column] or f"column {column_letter(column + table.grid.origin[1])}"
