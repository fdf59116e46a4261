"""One column with customers as lines above their periods, or periods above their customers: told apart into two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.dates import number_date, parse_date
from nrr_xl.revenue.files.grid import BLANK, DATE, NUMBER, TEXT, Grid

Array = np.ndarray[Any, Any]

# From this share of the lines on, heads of sections are no sections.
MANY = 0.5


def sections_apart(grid: Grid) -> tuple[Grid, float] | None:
    """The grid with the heads of its sections in a column of their own, behind the others, and the sum left out.

    Amounts beside a head are the sums of its section, or nothing is done; so is an amount beside a last line that sums
    all sections. None where the first column does not hold such lines.
    """
    used = np.flatnonzero(grid.kinds.any(axis=1))
    if used.size < 2:
        return None
    first = int(used[0])
    dated = np.array([_is_period(grid, row, first) for row in range(grid.rows)], bool)
    named = (grid.kinds[first] == TEXT) & ~dated
    numbers = (grid.kinds == NUMBER) & (np.arange(grid.columns) != first)[:, None]
    amounts = np.where(numbers, grid.values, 0.0)
    valued = numbers.any(axis=0)
    if not (dated & valued).any() or not named.any():
        return None
    top = _header(grid, named, valued)
    body = np.arange(grid.rows) > top
    dated, named = dated & body, named & body
    lines = np.flatnonzero(dated | named)
    if top < 0 or lines.size < 4:
        return None
    # The first line of all is the head of a section.
    heads, members = (dated, named) if dated[lines[0]] else (named, dated)
    last = _grand_total(amounts, heads, members, named, lines)
    heads, members = (part & (np.arange(grid.rows) != last) for part in (heads, members))
    if not 2 <= np.count_nonzero(heads) <= MANY * lines.size or not members.any():
        return None
    section = np.cumsum(heads) - 1
    sums = np.zeros((grid.columns, int(section.max()) + 1))
    for column in np.flatnonzero(numbers.any(axis=1)).tolist():
        sums[column] = np.bincount(section[members], amounts[column, members], sums.shape[1])
    for row in np.flatnonzero(heads & valued).tolist():
        if (np.abs(sums[:, section[row]] - amounts[:, row])[numbers[:, row]] > 0.02).any():
            return None
    return _rebuilt(grid, first, top, heads, members, section, last), float(amounts[:, heads].sum())


def _is_period(grid: Grid, row: int, column: int) -> bool:
    kind, value = grid.kinds[column, row], float(grid.values[column, row])
    if kind == NUMBER:
        return value.is_integer() and number_date(value) is not None
    if kind != TEXT:
        return bool(kind == DATE)
    text = grid.strings[int(value)]
    return any(c.isdigit() for c in text) and parse_date(text) is not None


def _header(grid: Grid, named: Array, valued: Array) -> int:
    """The row of headers: the last one with texts beside the first column above all amounts; -1 without one."""
    start = int(np.flatnonzero(valued)[0])
    rows = [row for row in range(start) if np.count_nonzero(grid.kinds[:, row] == TEXT) >= 2]
    return rows[-1] if rows else -1


def _grand_total(amounts: Array, heads: Array, members: Array, named: Array, lines: Array) -> int:
    """The last line, if it is a name beside the sums of all members; -1 if it is not."""
    row = int(lines[-1])
    inside = members & (np.arange(named.size) != row)
    whole = amounts[:, inside].sum(axis=1)
    return row if named[row] and amounts[:, row].any() and (np.abs(whole - amounts[:, row]) < 0.02).all() else -1


def _rebuilt(grid: Grid, first: int, top: int, heads: Array, members: Array, section: Array, last: int) -> Grid:
    strings = list(grid.strings)

    def text(word: str) -> float:
        strings.append(word)
        return float(len(strings) - 1)

    blank = np.zeros((1, grid.rows))
    kinds = np.concatenate([grid.kinds, blank.astype(np.uint8)])
    values = np.concatenate([grid.values, blank])
    at = np.flatnonzero(heads)[section[members]]
    kinds[-1, members], values[-1, members] = grid.kinds[first, at], grid.values[first, at]
    of_names = bool(
        (grid.kinds[first, heads] == TEXT).all() and not _is_period(grid, int(np.flatnonzero(heads)[0]), first)
    )
    own, above = ("Month", "Customer") if of_names else ("Customer", "Month")
    kinds[[first, -1], top], values[first, top], values[-1, top] = TEXT, text(own), text(above)
    kinds[:, heads] = BLANK
    if last >= 0:
        kinds[:, last] = BLANK
    marks = grid.marks
    if marks is not None:
        marks = np.concatenate([marks, np.full((1, grid.rows), -1, marks.dtype)])
    return replace(grid, kinds=kinds, values=values, strings=tuple(strings), marks=marks)
