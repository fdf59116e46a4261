"""A worksheet's cells as a grid, by numpy over the raw XML, or cell by cell where the XML is not the usual kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.budget import MERGES, refuse_over, refuse_sparse
from nrr_xl.revenue.files.cellreader import read_cells
from nrr_xl.revenue.files.collected import Cells
from nrr_xl.revenue.files.counted import NotPlain
from nrr_xl.revenue.files.grid import (
    DATE,
    NUMBER,
    PERCENT,
    Grid,
    column_letter,
    parse_range,
    with_text_kinds,
)
from nrr_xl.revenue.files.package import DATED, Package, SheetPart
from nrr_xl.revenue.files.package import PERCENT as PERCENT_STYLE
from nrr_xl.revenue.files.sheetrows import tokenise


def sheet_grid(
    package: Package, sheet: SheetPart, head: int | None = None, progress: Callable[[float], None] | None = None
) -> Grid:
    """The cells of a worksheet, or of its first rows only."""
    cells = Cells(package.shared_texts, package.path)
    try:
        outside = tokenise(package, sheet.part, cells, head, progress)
    except (NotPlain, UnicodeDecodeError):
        cells = Cells(package.shared_texts, package.path)
        outside = read_cells(package, sheet.part, cells, head)
    return _grid(package, sheet, cells, *outside)


def _grid(package: Package, sheet: SheetPart, cells: Cells, before: bytes, after: bytes) -> Grid:
    """The dense grid of collected cells, with what the sheet says about columns and merges."""
    height, width = cells.extent()
    if cells.count:
        refuse_sparse(
            f"{package.path}, sheet {sheet.name!r}",
            f"a cell at {_address(*cells.farthest(1 if width > 1000 else 0))}",
            height * width,
            cells.count,
            width,
        )
    refuse_over(package.path, "merged areas", after.count(b"mergeCell "), MERGES)
    style_kinds, currencies = package.style_kinds, package.style_currencies
    names = sorted({name for name in currencies if name})
    code = np.array([names.index(name) if name else -1 for name in currencies], np.int16)
    grid_kinds, grid_values = np.zeros((width, height), np.uint8), np.zeros((width, height))
    marked = np.full((width, height), -1, np.int16) if names else None
    count, places = cells.count, []
    while cells.pieces:
        # Each is let go of as soon as it stands in the grid, which holds as much again.
        rows, columns, kinds, values, styles = cells.pieces.pop()
        of_style = style_kinds[np.minimum(styles, len(style_kinds) - 1)]
        kinds = np.where((kinds == NUMBER) & (of_style == DATED), DATE, kinds)
        kinds = np.where((kinds == NUMBER) & (of_style == PERCENT_STYLE), PERCENT, kinds)
        grid_kinds[columns, _run(rows, columns)] = kinds
        grid_values[columns, _run(rows, columns)] = (
            values + package.epoch_shift * (kinds == DATE) if package.epoch_shift else values
        )
        if marked is not None:
            marked[columns, rows] = code[np.minimum(styles, len(code) - 1)]
        places.append((rows, columns))
    if np.count_nonzero(grid_kinds) < count:
        _refuse_twice(package.path, sheet.name, places)
    merges = (
        parse_range(match[1].decode()) for match in re.finditer(rb'<(?:\w+:)?mergeCell ref="([A-Z0-9:]+)"', after)
    )
    return with_text_kinds(
        Grid(
            sheet.name,
            grid_kinds,
            grid_values,
            (*cells.shared, *cells.texts),
            merges=tuple(corners for corners in merges if corners and corners[0] < height and corners[1] < width),
            hidden_rows=tuple(row for row in cells.hidden_rows if row < height),
            hidden_columns=_hidden_columns(before, width),
            marks=marked,
            mark_names=tuple(names) if marked is not None else (),
        )
    )


def _run(rows: np.ndarray, columns: Any) -> Any:
    """The rows of a column's cells as a slice where they stand one below the other, which is quicker to fill."""
    together = np.ndim(columns) == 0 and rows.size and int(rows[-1]) - int(rows[0]) == rows.size - 1
    return slice(int(rows[0]), int(rows[-1]) + 1) if together else rows


def _address(row: int, column: int) -> str:
    return f"{column_letter(column)}{row + 1}"


def _refuse_twice(path: str, sheet: str, places: list[tuple[np.ndarray, Any]]) -> None:
    """Refuse a sheet that says twice what stands in a cell: which of the two counts would be a guess."""
    packed = np.concatenate([rows.astype(np.int64) << 20 | columns for rows, columns in places])
    found, times = np.unique(packed, return_counts=True)
    first = int(found[times > 1][0])
    raise InputError(
        f"{path}, sheet {sheet!r} is damaged: it says twice what stands in {_address(first >> 20, first & 0xFFFFF)}."
        " Open it in Excel, save it again and retry."
    )


def _hidden_columns(before: bytes, width: int) -> tuple[int, ...]:
    hidden: set[int] = set()
    for tag in re.findall(rb"<(?:\w+:)?col [^>]*>", before):
        facts = dict(re.findall(rb'(\w+)="([^"]*)"', tag))
        if (
            facts.get(b"hidden") in (b"1", b"true")
            and re.fullmatch(rb"\d{1,7}", facts.get(b"min", b""))
            and re.fullmatch(rb"\d{1,7}", facts.get(b"max", b""))
        ):
            hidden.update(range(int(facts[b"min"]) - 1, min(int(facts[b"max"]), width)))
    return tuple(sorted(hidden))
