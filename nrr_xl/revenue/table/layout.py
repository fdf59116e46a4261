"""Where the table stands in a grid, how it is laid out, and which column plays which part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from nrr_xl.revenue.cells.amounts import parse_amount
from nrr_xl.revenue.cells.dates import When, parse_date
from nrr_xl.revenue.files.grid import DATE, NUMBER, TEXT, Grid, column_index, column_letter
from nrr_xl.revenue.table.exports import Export, known_export
from nrr_xl.revenue.table.headers import ROLES, HeaderPeriods, assign_roles, header_names, header_periods, is_summary
from nrr_xl.revenue.vocabulary import vocabulary

LAYOUTS = ("long", "wide", "subscriptions")
# A header row is looked for this far down, and a column judged by this many cells.
HEADER_DEPTH = 100
SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Table:
    """Revenue rows found in a grid: rows `first` to `last` below the header, and each column's part.

    `roles` maps a part to its column, `periods` (wide) a column to the period it holds, `segments` are the text
    columns with no part, `summaries` the columns of totals, `unused` the rest. `guessed` are parts found by content;
    `region` is the Excel Table or name that marks the table, `export` the known export that it is. `dated` is how the
    headers that name days were read, `undecided` are columns under those that could not be, and `others` are further
    tables of the grid.
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
    unused: tuple[int, ...] = ()
    guessed: tuple[str, ...] = ()
    score: float = 0.0
    region: str | None = None
    export: Export | None = None
    dated: HeaderPeriods = field(default_factory=HeaderPeriods)
    undecided: tuple[int, ...] = ()
    others: tuple[Table, ...] = ()

    @property
    def range(self) -> str:
        """The table's address, header included."""
        parts = (self.roles.values(), self.periods, self.segments, self.summaries, self.undecided, self.unused)
        columns = sorted(column for part in parts for column in part)
        return f"{self.grid.address(max(self.header[0], 0), columns[0])}:{self.grid.address(self.last, columns[-1])}"


def find_table(
    grid: Grid,
    columns: Mapping[str, str] | None = None,
    layout: str | None = None,
    day_first: bool | None = None,
    fiscal_year_end: int = 12,
    header: tuple[int, int] | None = None,
) -> Table | None:
    """The table of revenue rows in a grid, or None.

    `columns` forces parts to columns, by header or by letter; `header` says which rows the header is in.
    """
    best: Table | None = None
    if header is None:
        rows = (-1, *np.flatnonzero(np.count_nonzero(grid.kinds[:, :HEADER_DEPTH], axis=0) >= 2).tolist())
    else:
        rows = (header[1],)
    for row in rows:
        for height in (1, 2) if row > 0 else (1,):
            if header is not None and height != header[1] - header[0] + 1:
                continue
            names = header_names(grid, row, height)
            dated = header_periods(grid, row, height, names, day_first, fiscal_year_end)
            found = _judge(grid, row, height, names, dated, columns or {}, layout, best.score if best else 0.0)
            if found and (best is None or found.score > best.score):
                best = found
    return best


def _judge(grid, row, height, names, dated, forced, layout, beaten: float) -> Table | None:
    """The table under a header row, if there is one that scores more than `beaten`; a score is how sure it is."""
    first, periods = row + 1, dated.periods
    if first >= grid.rows:
        return None
    sample = slice(first, first + SAMPLE)
    if height == 2 and not periods:
        return None
    if len({period.end for period in periods.values()}) < len(periods) / 2:
        periods = {}
    headers = {column: name for column, name in names.items() if name and column not in periods}
    export = known_export(headers) if layout in (None, "subscriptions") else None
    roles = dict(export.roles) if export else assign_roles(headers)
    periods = {} if export else periods
    for role, wanted in forced.items():
        column = _named_column(grid, headers, wanted)
        if column is None:
            return None
        roles = {r: c for r, c in roles.items() if c != column} | {role: column}
        periods = {c: p for c, p in periods.items() if c != column}
    if _score(len(roles), len(periods), 0, height) <= beaten:
        return None
    guessed: list[str] = []
    kinds = {column: content(grid, column, sample) for column in range(grid.columns)}
    numeric = [column for column, kind in kinds.items() if kind == "amount"]
    odd = [column for column in periods if kinds[column] in ("text", "date")]
    wide_columns = periods if 2 * len(odd) <= len(periods) else {}
    shape = "subscriptions" if export else layout or _shape(roles, wide_columns, kinds)
    if shape == "wide":
        if not wide_columns or not any(column in numeric for column in wide_columns):
            return None
        roles = {r: c for r, c in roles.items() if r in ("customer", "product", "type", "currency") or r in forced}
        periods = wide_columns
    else:
        periods = {}
    needed = {
        "wide": ("customer",),
        "long": ("customer", "date", "amount"),
        "subscriptions": ("customer", "start", "amount"),
    }
    known = len(roles)
    for role in needed[shape][::-1]:
        if role not in roles:
            column = _by_content(grid, role, kinds, set(roles.values()) | set(periods), sample)
            if column is None:
                return None
            roles[role] = column
            guessed.append(role)
    if kinds[roles["customer"]] == "" or (shape != "wide" and kinds[roles["amount"]] == ""):
        return None
    if guessed and known == 0 and len(periods) < 2 and shape == "wide":
        return None
    if shape == "long" and kinds[roles["date"]] != "date" and "year" in roles and roles["year"] != roles["date"]:
        guessed = [role for role in guessed if role != "date"]
    else:
        roles.pop("year", None)
    used = set(roles.values()) | set(periods)
    rest = [column for column in range(grid.columns) if column not in used and kinds[column] != ""]
    summaries = (
        tuple(column for column in rest if is_summary(names[column]) and kinds[column] == "amount")
        if shape == "wide"
        else ()
    )
    undecided = tuple(
        column
        for column in (rest if shape == "wide" else ())
        if column in dated.doubtful and kinds[column] in ("amount", "mixed")
    )
    apart = {*summaries, *undecided}
    segments = tuple(
        column for column in rest if kinds[column] in ("text", "mixed") and names[column] and column not in apart
    )
    return Table(
        grid=grid,
        layout=shape,
        header=(row - height + 1, row),
        first=first,
        last=grid.rows - 1,
        roles={role: roles[role] for role in ROLES if role in roles},
        names=names,
        periods=periods,
        segments=segments,
        summaries=summaries,
        unused=tuple(column for column in rest if column not in segments and column not in apart),
        guessed=tuple(guessed),
        export=export,
        dated=dated,
        undecided=undecided,
        score=_score(known, len(periods), len(guessed), height),
    )


def _score(known: int, periods: int, guessed: int, height: int) -> float:
    """How sure a table is: known headers and period columns speak for it, guesses against it."""
    return 10 + 3 * known + min(periods, 36) - 2 * guessed - (0.5 if height == 2 else 0)


def _shape(roles, periods, kinds) -> str:
    """The layout that the parts make."""
    dated = "date" in roles and kinds[roles["date"]] != ""
    if "start" in roles and "amount" in roles and not dated and kinds[roles["start"]] in ("date", "mixed"):
        return "subscriptions"
    if dated and "amount" in roles and len(periods) < 2:
        return "long"
    return "wide" if periods else "long"


def _named_column(grid: Grid, headers: Mapping[int, str], wanted: str) -> int | None:
    """The column that an option names: by its header, else by its letter."""
    plain = " ".join(str(wanted).split()).casefold()
    for column, name in headers.items():
        if name.casefold() == plain:
            return column
    if plain.isalpha() and len(plain) <= 3:
        column = column_index(plain.upper()) - grid.origin[1]
        return column if 0 <= column < grid.columns else None
    return None


def content(grid: Grid, column: int, sample: slice) -> str:
    """What a column holds by a sample of its cells: "date", "amount", "text", "mixed" or "" for nothing."""
    cells = np.flatnonzero(grid.kinds[column, sample]) + sample.start
    if not cells.size:
        cells = (np.flatnonzero(grid.kinds[column, sample.start :]) + sample.start)[:SAMPLE]
    kinds = grid.kinds[column, cells]
    dates, numbers = np.count_nonzero(kinds == DATE), np.count_nonzero(kinds == NUMBER)
    filled, texts = cells.size, 0
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
    if text.strip().casefold() in vocabulary()["words"]["blank_amount"]:
        return True, False, False
    return False, parse_amount(text) is not None, parse_date(text) is not None


def _by_content(grid: Grid, role: str, kinds: Mapping[int, str], taken: set[int], sample: slice) -> int | None:
    """The column that must play a part because of what it holds."""
    wanted = {"customer": "text", "date": "date", "start": "date", "amount": "amount"}[role]
    free = [column for column, kind in kinds.items() if kind == wanted and column not in taken]
    if not free:
        return None
    if role == "customer":
        return max(free, key=lambda column: (len(set(grid.values[column, sample].tolist())), -column))
    return free[-1] if role == "amount" else free[0]


def column_title(table: Table, column: int) -> str:
    """A column's header, or its letter where it has none."""
    return table.names[column] or f"column {column_letter(column + table.grid.origin[1])}"
