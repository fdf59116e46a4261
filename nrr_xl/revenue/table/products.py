"""Periods in one header row over products in the next: each product's rows stacked, totals left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.periods import iso_month
from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.cells.dates import When
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import BLANK, TEXT, Grid, Piece
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.headers import meanings
from nrr_xl.revenue.table.measures import says_measure
from nrr_xl.revenue.table.periods import header_period, is_forecast
from nrr_xl.revenue.vocabulary import currency_codes, words

Array = np.ndarray[Any, Any]
# Two header rows are looked for this far down.
DEPTH = 30
# What a product's name may mean besides nothing known: anything else measures something.
_NAMES = frozenset({"?", "filler", "product", "company", "bill", "contract", "recurring", "name", "entity", "deal"})
_ACTUAL = frozenset("actual actuals act ist reel real reale realizado feitelijk faktisk".split())
_OTHERS = frozenset(
    (
        *("py", "ly", "prior", "last", "previous", "yoy", "mom", "qoq", "var", "variance", "diff", "share", "growth"),
        *("new", "expansion", "contraction", "upsell", "downsell", "reactivation", "opening", "closing", "churn"),
    )
)
_HAIR = 0.011


def products_apart(grid: Grid, fiscal_year_end: int) -> tuple[Grid, str, str] | None:
    """The grid with a row for each customer and product, where periods are and what was done; None without such rows.

    Totals of a period, a year or all are left out, and those are counted that equal no sum of products. Planned
    amounts beside actual ones are left out.
    """
    for top in range(min(DEPTH, grid.rows - 2)):
        lower = grid.kinds[:, top + 1] == TEXT
        codes, counts = np.unique(grid.values[lower, top + 1], return_counts=True)
        repeated = codes[counts >= 2]
        if repeated.size and (grid.kinds[:, top] != BLANK).sum() >= 3 and repeated.size <= 60:
            found = _apart(grid, top, set(repeated.astype(int).tolist()), fiscal_year_end)
            if found:
                return found
    return None


def _apart(grid: Grid, top: int, labels: set[int], fiscal_year_end: int) -> tuple[Grid, str, str] | None:
    lead: list[int] = []
    cells: dict[tuple[int, int], int] = {}
    totals: list[tuple[int, When | None]] = []
    heads: dict[int, int] = {}
    steps: set[int] = set()
    current: When | None = None
    for column in range(grid.columns):
        above, label = grid.text(top, column), grid.text(top + 1, column)
        if above:
            period = header_period(grid, top, column, fiscal_year_end)
            current = period if isinstance(period, When) else None
        code = int(grid.values[column, top + 1]) if grid.kinds[column, top + 1] == TEXT else -1
        if (cells and _total(above, label)) or (current and not label):
            totals.append((column, current))
        elif current is None:
            lead.append(column)
        elif code not in labels or (current.end, code) in cells:
            return None
        else:
            cells[current.end, code] = column
            heads.setdefault(current.end, column if above else column - 1)
            steps.add(current.step)
    kept = _kept({code: grid.strings[code] for _, code in cells})
    if len(heads) < 2 or len(steps) != 1 or not lead or kept is None or max(lead) > min(cells.values()):
        return None
    body = slice(top + 2, grid.rows)
    columns = [*cells.values(), *(column for column, _ in totals)]
    read = read_amounts(grid, columns, body, Findings(grid))
    if read.refused.any():
        return None
    numbers = dict(zip(columns, np.nan_to_num(read.values), strict=True))
    odd = 0
    for column, period in totals:
        parts = (at for (end, _), at in cells.items() if not period or period.end - period.step < end <= period.end)
        if np.abs(numbers[column] - sum(numbers[at] for at in parts)).max(initial=0) > _HAIR:
            if not _total(grid.text(top, column), grid.text(top + 1, column)):
                return None
            odd += 1
    used = {key: column for key, column in cells.items() if key[1] in kept}
    planned = sum(float(numbers[column].sum()) for key, column in cells.items() if key[1] not in kept)
    summed = sum(float(numbers[column].sum()) for column, _ in totals)
    told = f"{len(kept)} in {len(heads)} periods from {iso_month(min(heads))}: "
    told += ", ".join(grid.strings[code] for code in kept) + "."
    told += " Each customer's are added up." if len(kept) > 1 else ""
    told += f" Totals beside them are left out: {summed:,.2f}." if totals else ""
    told += f" {odd} of them equal no sum of products." if odd else ""
    told += f" Planned amounts are left out: {planned:,.2f}." if len(used) < len(cells) else ""
    return _stacked(grid, top, lead, sorted(heads), heads, used, kept), grid.address(top, min(heads.values())), told


def _total(above: str, label: str) -> bool:
    return bool({"total", "subtotal"} & {*meanings(above), *meanings(label), *words(folded(f"{above} {label}"))})


def _kept(labels: dict[int, str]) -> list[int] | None:
    """The labels that are products, or actual amounts beside planned ones; None where they measure something else."""
    planned = [code for code, text in labels.items() if is_forecast(text) or "budget" in meanings(text)]
    rest = {code: text for code, text in labels.items() if code not in planned}
    said = {code: set(words(folded(text))) for code, text in rest.items()}
    actual = [code for code in rest if said[code] & _ACTUAL]
    if planned or actual:
        return actual if len(actual) == len(rest) == 1 else None
    strange = (
        not set(meanings(text)) <= _NAMES or text.upper() in currency_codes() or says_measure(text)
        for text in rest.values()
    )
    return None if any(strange) or any(each & _OTHERS for each in said.values()) else list(rest)


def _stacked(
    grid: Grid,
    top: int,
    lead: list[int],
    ends: list[int],
    heads: dict[int, int],
    cells: dict[tuple[int, int], int],
    kept: list[int],
) -> Grid:
    """A row for each customer and product: the leading columns, the product where there are several, the periods."""
    height, several = grid.rows - top - 2, int(len(kept) > 1)
    width, length = len(lead) + several + len(ends), 1 + height * len(kept)
    kinds, values = np.zeros((width, length), np.uint8), np.zeros((width, length))
    marks = None if grid.marks is None else np.full((width, length), -1, grid.marks.dtype)
    shift = len(lead) + several
    for at, column in enumerate(lead):
        row = top + 1 if grid.kinds[column, top + 1] != BLANK else top
        kinds[at, 0], values[at, 0] = grid.kinds[column, row], grid.values[column, row]
    for at, end in enumerate(ends):
        kinds[shift + at, 0] = grid.kinds[heads[end], top]
        values[shift + at, 0] = grid.values[heads[end], top]
    if several:
        kinds[len(lead)], values[len(lead), 0] = TEXT, len(grid.strings)
    pieces = []
    for part, code in enumerate(kept):
        rows = slice(1 + part * height, 1 + (part + 1) * height)
        source = {column: at for at, column in enumerate(lead)}
        source |= {cells[end, code]: shift + at for at, end in enumerate(ends) if (end, code) in cells}
        for column, at in source.items():
            kinds[at, rows], values[at, rows] = grid.kinds[column, top + 2 :], grid.values[column, top + 2 :]
            if marks is not None and grid.marks is not None:
                marks[at, rows] = grid.marks[column, top + 2 :]
        if several:
            values[len(lead), rows] = code
        columns = tuple(source.get(column, -1) for column in range(grid.columns))
        pieces.append(Piece(rows.start, grid.sheet, top + 2 + grid.origin[0], columns, grid.origin[1]))
    return Grid(
        grid.sheet,
        kinds,
        values,
        (*grid.strings, "Product"),
        marks=marks,
        mark_names=grid.mark_names,
        pieces=tuple(pieces),
    )
