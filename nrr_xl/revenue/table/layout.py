"""Where the table stands in a grid, how it is laid out, and which column plays which part."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.dates import When
from nrr_xl.revenue.files.grid import BLANK, BOOLEAN, ERROR, TEXT, Grid, column_index
from nrr_xl.revenue.table.contents import SAMPLE, Contents
from nrr_xl.revenue.table.exports import known_export
from nrr_xl.revenue.table.headers import ROLES, assign_roles, is_summary, role_ranks
from nrr_xl.revenue.table.marks import labels_only, planned_above, planned_below
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.parts import converted, guess_parts, name_beside, no_header, shape_of, unit_price
from nrr_xl.revenue.table.periods import header_names, header_periods, is_cumulative, is_forecast
from nrr_xl.revenue.table.rivals import rivals
from nrr_xl.revenue.table.sides import two_sides
from nrr_xl.revenue.table.table import Table

# A header row is looked for this far down.
HEADER_DEPTH = 100
# Parts that say what a row is, whatever the layout.
_ROW_ROLES = ("customer", "identifier", "product", "type", "status", "scenario", "flag", "currency")


def find_table(
    grid: Grid,
    columns: Mapping[str, str] | None = None,
    layout: str | None = None,
    day_first: bool | None = None,
    fiscal_year_end: int = 12,
    header: tuple[int, int] | None = None,
    header_row: int | None = None,
) -> Table | None:
    """The table of revenue rows in a grid, or None.

    `columns` forces parts to columns, by header or by letter; `header` says which rows the header is in, `header_row`
    likewise by the number beside the row.
    """
    best: Table | None = None
    if header_row is not None and header is None:
        row = header_row - 1 - grid.origin[0]
        if not 0 <= row < grid.rows - 1:
            return None
        header = (row, row)
    if header is None:
        rows = (-1, *np.flatnonzero(np.count_nonzero(grid.kinds[:, :HEADER_DEPTH], axis=0) >= 2).tolist())
    else:
        rows = (header[1],)
    years = _said_years(grid)
    for row in rows:
        for height in (1, 2) if row > 0 else (1,):
            if header is not None and height != header[1] - header[0] + 1:
                continue
            if best and _most(grid, row, height, years) + 3 * len(columns or ()) <= best.score:
                continue
            names = header_names(grid, row, height)
            # No header names more parts than these, and no more columns can be periods.
            most = _score(_namable(names) + len(columns or ()), len(names), 0, height) if best and height == 1 else 0.0
            if best and height == 1 and most <= best.score and known_export(names) is None:
                continue
            dated = header_periods(grid, row, height, names, day_first, fiscal_year_end)
            found = _judge(grid, row, height, names, dated, columns or {}, layout, best.score if best else 0.0)
            if found and (best is None or found.score > best.score):
                best = found
    return best


def _said_years(grid: Grid) -> np.ndarray:
    """Of each row that a header may be in, whether a text in it says year."""
    kinds = grid.kinds[:, :HEADER_DEPTH]
    values = np.where((kinds == TEXT) | (kinds == ERROR), grid.values[:, :HEADER_DEPTH], -1).T.tolist()
    said = {code for code in set().union(*values) if code >= 0 and "year" in meanings(grid.strings[int(code)])}
    return np.array([not said.isdisjoint(row) for row in values])


def _most(grid: Grid, row: int, height: int, years: np.ndarray) -> float:
    """The most that a table under a header row can score: texts may name parts, numbers and dates periods."""
    lower = grid.kinds[:, row]
    said = (lower == TEXT) | (lower == ERROR) | (lower == BOOLEAN)
    filled = lower != BLANK
    if height == 2:
        upper = grid.kinds[:, row - 1]
        if (filled & (upper == BLANK)).any():
            return math.inf  # what stands further left above is carried over to it
        said = said | (upper == TEXT) | (upper == ERROR) | (upper == BOOLEAN)
    if years[max(row - height + 1, 0) : row + 1].any():
        return math.inf  # beside a year a column of months that no header names counts as known
    return _score(int(np.count_nonzero(said)), int(np.count_nonzero(filled & ~said)), 0, height)


def _judge(
    grid: Grid,
    row: int,
    height: int,
    names: Mapping[int, str],
    dated: Any,
    forced: Mapping[str, str],
    layout: str | None,
    beaten: float,
) -> Table | None:
    """The table under a header row, if there is one that scores more than `beaten`; a score is how sure it is."""
    first = row + 1
    if first >= grid.rows:
        return None
    planned = planned_below(grid, first, dated.periods) | (
        planned_above(grid, row, dated.periods) if height == 1 else set()
    )
    periods, forecasts = _planned(names, dated.periods, planned)
    if height == 2 and not periods:
        return None
    if len({period.end for period in periods.values()}) < len(periods) / 2:
        periods = {}
    headers = {
        column: name for column, name in names.items() if name and column not in periods and column not in forecasts
    }
    contents = Contents(grid, slice(first, first + SAMPLE))
    export = known_export(headers) if layout in (None, "subscriptions") else None
    if export is None and row >= 0 and _score(_namable(headers) + len(forced), len(periods), 0, height) <= beaten:
        return None
    contents.has_year = any("year" in role_ranks(text) for text in headers.values())
    roles = dict(export.roles) if export else assign_roles(headers, contents.fits)
    if not export:
        _weigh_dates(roles, headers)
    if not export and "identifier" not in roles and contents.kind(roles.get("customer", -1)) == "amount":
        name_beside(roles, headers, contents)
    periods = {} if export else periods
    contra = None
    sides = None if export or "amount" in forced else two_sides(headers, grid, slice(first, first + SAMPLE))
    if sides and roles.get("amount", sides[0]) in sides:
        roles["amount"], contra = sides
    priced = None if export or "amount" in (*roles, *forced) else unit_price(roles, headers, contents)
    if priced is not None:
        roles["amount"] = priced
    if "currency" in roles and "amount" in roles and contents.distinct(roles["currency"]) > 1:
        roles["amount"] = converted(roles["amount"], headers, contents)
    for role, wanted in forced.items():
        column = _named_column(grid, headers, wanted)
        if column is None:
            return None
        roles = {r: c for r, c in roles.items() if c != column} | {role: column}
        periods = {c: p for c, p in periods.items() if c != column}
    if "start" not in forced and layout is None and _amended(roles, headers, contents):
        roles["date"] = roles.pop("start")
    odd = [column for column in periods if contents.kind(column) in ("text", "date")]
    wide_columns = periods if 2 * len(odd) < len(periods) else {}
    shape = "subscriptions" if export else layout or shape_of(roles, wide_columns, contents, forced)
    if shape == "wide":
        if not wide_columns or not any(contents.kind(column) == "amount" for column in wide_columns):
            return None
        roles = {r: c for r, c in roles.items() if r in _ROW_ROLES or r in forced}
        periods = wide_columns
    else:
        periods = {}
    guessed = guess_parts(roles, shape, contents, set(periods) | set(forecasts))
    if guessed is None or no_header(grid, row, height, roles, periods, shape, guessed, forced):
        return None
    known = len(roles) - len(guessed)
    if guessed and known == 0 and len(periods) < 2 and shape == "wide":
        return None
    if contents.kind(roles["customer"]) == "" or (shape != "wide" and contents.kind(roles["amount"]) == ""):
        return None
    if shape == "long" and not contents.dated(roles["date"]) and "year" in roles and roles["year"] != roles["date"]:
        guessed = [role for role in guessed if role != "date"]
    else:
        roles.pop("year", None)
    known_amount = bool(export) or "amount" in forced
    return _table(
        grid,
        (row - height + 1, row),
        shape,
        roles,
        names,
        periods,
        forecasts,
        guessed,
        export,
        dated,
        contents,
        known_amount,
        contra if shape == "long" else None,
        priced is not None,
    )


def _weigh_dates(roles: dict[str, int], headers: Mapping[int, str]) -> None:
    """Let a weak date give way to a start, and a weak start alone be the date.

    When a deal was closed or a row made says less than when its contract starts.
    """
    if "start" not in roles:
        if {"date", "end"} <= set(roles) and "start" in role_ranks(headers[roles["date"]]):
            roles["start"] = roles.pop("date")  # a period's start, beside an end
        return
    if "date" in roles and role_ranks(headers[roles["date"]]).get("date", 0) >= 40:
        roles.pop("date")
    elif not {"date", "end", "term"} & set(roles) and role_ranks(headers[roles["start"]]).get("start", 0) >= 40:
        roles["date"] = roles.pop("start")


def _amended(roles: Mapping[str, int], headers: Mapping[int, str], contents: Contents) -> bool:
    """Whether amounts that start and never end are changes: their header says so, or some are below 0."""
    if not {"start", "amount"} <= set(roles) or {"date", "end", "term", "interval"} & set(roles):
        return False
    return "change" in meanings(headers.get(roles["amount"], "")) or contents.negative(roles["amount"])


def _table(
    grid: Grid,
    header: tuple[int, int],
    shape: str,
    roles: Mapping[str, int],
    names: Mapping[int, str],
    periods: Mapping[int, When],
    forecasts: Sequence[int],
    guessed: Sequence[str],
    export: Any,
    dated: Any,
    contents: Contents,
    known_amount: bool,
    contra: int | None,
    priced: bool,
) -> Table:
    """The table with every other column's part."""
    used = set(roles.values()) | set(periods) | {contra}
    rest = [column for column in range(grid.columns) if column not in used and contents.kind(column) != ""]
    wide = shape == "wide"
    summaries = tuple(
        column
        for column in rest
        if wide and column not in forecasts and is_summary(names[column]) and contents.kind(column) == "amount"
    )
    undecided = tuple(
        column for column in rest if wide and column in dated.doubtful and contents.kind(column) in ("amount", "mixed")
    )
    planned = tuple(column for column in rest if wide and column in forecasts)
    apart = {*summaries, *undecided, *planned}
    segments = tuple(
        column
        for column in rest
        if contents.kind(column) in ("text", "mixed") and names[column] and column not in apart
    )
    known = len(roles) - len(guessed)
    start = header[1] + 1
    while start < grid.rows - 1 and labels_only(grid, start, periods, roles["customer"]):
        start += 1
    return Table(
        grid=grid,
        layout=shape,
        header=header,
        first=start,
        last=grid.rows - 1,
        roles={role: roles[role] for role in ROLES if role in roles},
        names=names,
        periods=periods,
        segments=segments,
        summaries=summaries,
        forecasts=planned,
        unused=tuple(column for column in rest if column not in segments and column not in apart),
        guessed=tuple(guessed),
        rivals=() if wide or known_amount else rivals(roles["amount"], rest, names, contents),
        export=export,
        dated=dated,
        undecided=undecided,
        contra=contra,
        priced=priced,
        score=_score(known, len(periods), len(guessed), header[1] - header[0] + 1),
    )


def _score(known: int, periods: int, guessed: int, height: int) -> float:
    """How sure a table is: known headers and period columns speak for it, guesses against it."""
    return 10 + 3 * known + min(periods, 36) - 2 * guessed - (0.5 if height == 2 else 0)


def _namable(headers: Mapping[int, str]) -> int:
    """How many parts the headers could name at most."""
    return len({role for text in headers.values() for role in role_ranks(text)})


def _planned(
    names: Mapping[int, str], periods: Mapping[int, When], marked: Collection[int]
) -> tuple[dict[int, When], tuple[int, ...]]:
    """The periods without those that are forecast or budget, by their headers or `marked` beside, unless all are."""
    planned = tuple(c for c in periods if c in marked or is_forecast(names[c]) or is_cumulative(names[c]))
    if len(planned) == len(periods):
        return dict(periods), ()
    return {column: period for column, period in periods.items() if column not in planned}, planned


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
