"""A grid as the user says that it is to be read: some rows dropped, names filled down, turned on its side, cut out."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.records import struct
from nrr_xl.revenue.files.grid import BLANK, Grid, column_index, parse_range
from nrr_xl.revenue.files.sources import Book
from nrr_xl.revenue.table.stacking import stack


@struct()
class Shape:
    """What the user says about where the table is: all None or False where the reader finds out itself."""

    range: str | None = None
    drop_rows: str | None = None
    transpose: bool = False

    def __call__(self, grid: Grid) -> Grid:
        """The grid as it is to be read."""
        if self.drop_rows:
            grid = _dropped(grid, np.isin(grid.row_numbers(), row_numbers(self.drop_rows)))
        if self.range:
            grid = _cut(grid, self.range)
        if self.transpose:
            grid = transposed(grid)
        return grid


def shaped(book: Book, shape: Shape) -> Book:
    """The book with every sheet in a shape; Tables and names mean nothing in another one."""
    if shape == Shape():
        return book
    return replace(book, regions=(), load=lambda name, head: shape(book.load(name, None)))


def row_numbers(text: str) -> np.ndarray:
    """Row numbers such as "5,7-9" as they stand beside the sheet.

    >>> row_numbers("5, 7-9").tolist()
    [5, 7, 8, 9]
    """
    found: list[int] = []
    for part in re.split(r"[,;\s]+", str(text).strip()):
        match = re.fullmatch(r"(\d{1,7})(?:[-:](\d{1,7}))?", part)
        if not match or (match[2] and not 0 <= int(match[2]) - int(match[1]) < 2_000_000):
            raise InputError(f"Rows {text!r} cannot be read. Write row numbers such as 5,7-9.")
        found += range(int(match[1]), int(match[2] or match[1]) + 1)
    return np.array(found, np.int64)


def _dropped(grid: Grid, rows: np.ndarray) -> Grid:
    """The grid with some rows blank."""
    kinds = grid.kinds.copy()
    kinds[:, rows] = BLANK
    return replace(grid, kinds=kinds)


def _cut(grid: Grid, reference: str) -> Grid:
    """The cells of a range such as A5:Q200 or A:Q; several ranges, each with its header, are stacked."""
    if len(parts := [part for part in re.split(r"[,;+ ]+", reference.strip()) if part]) > 1:
        cuts = [_cut(grid, part) for part in parts]
        return replace(stack([(grid.sheet, cut, 0) for cut in cuts]), sheet=grid.sheet)
    corners = parse_range(reference.upper())
    if corners is None and (match := re.fullmatch(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})", reference.strip().upper())):
        corners = (grid.origin[0], column_index(match[1]), grid.origin[0] + grid.rows - 1, column_index(match[2]))
    if corners is None:
        raise InputError(f"--range {reference!r} is no range. Write it as A5:Q200 or A:Q.")
    top, left, bottom, right = (c - o for c, o in zip(corners, (*grid.origin, *grid.origin), strict=True))
    if top >= grid.rows or left >= grid.columns or bottom < 0 or right < 0:
        raise InputError(f"--range {reference} lies outside the sheet {grid.sheet!r}.")
    return grid.part(max(top, 0), max(left, 0), min(bottom, grid.rows - 1), min(right, grid.columns - 1))


def transposed(grid: Grid) -> Grid:
    """The grid with rows and columns exchanged; addresses stay those of the sheet."""
    return replace(
        grid,
        kinds=np.ascontiguousarray(grid.kinds.T),
        values=np.ascontiguousarray(grid.values.T),
        marks=None if grid.marks is None else np.ascontiguousarray(grid.marks.T),
        origin=(grid.origin[1], grid.origin[0]),
        merges=tuple((left, top, right, bottom) for top, left, bottom, right in grid.merges),
        hidden_rows=grid.hidden_columns,
        hidden_columns=grid.hidden_rows,
        turned=not grid.turned,
    )
