"""Periods in one header row over products or measures in the next: what counts stacked, totals and others left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import field
from functools import partial
from typing import Any

import numpy as np

from nrr_xl.periods import iso_month
from nrr_xl.records import struct
from nrr_xl.revenue.cells.amounts import parse_amount
from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.cells.dates import When, parse_date
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import BLANK, NUMBER, TEXT, Grid, Piece
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.adding import HAIR, amounts_of, said_to_add
from nrr_xl.revenue.table.kept import kept_labels
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.periods import header_period, text_period
from nrr_xl.revenue.table.runs import bare_period
from nrr_xl.revenue.vocabulary import words

Array = np.ndarray[Any, Any]
# Two header rows are looked for this far down.
DEPTH = 30
# More labels beside years in one header are months.
_MEASURES = 6


@struct()
class Apart:
    """A grid with a row for each customer and product; `cell` is where its periods begin, `told` what was done.

    `measured` says that one measure of several was chosen, `priced` that prices were multiplied by units.
    """

    grid: Grid
    cell: str
    told: str
    measured: bool = False
    priced: bool = False


@struct()
class _Heads:
    """The columns of two header rows: `lead` before the periods, `cells` by (period, label), `totals` of periods.

    `heads` is each period's header (column, row), `first` the first row below, `texts` the periods'
    words where labels stand in the same cell.
    """

    lead: list[int]
    cells: dict[tuple[int, str], int]
    totals: list[tuple[int, When | None]]
    heads: dict[int, tuple[int, int]]
    first: int
    texts: dict[int, str] = field(default_factory=dict)


def products_apart(grid: Grid, fiscal_year_end: int, wanted: str | None = None) -> Apart | None:
    """The grid with a row for each customer and product, or with one measure of each period; None where it is plain.

    Totals of a period, a year or all are left out, and those are counted that equal no sum of products. Planned
    amounts beside actual ones are left out. `wanted` is the label that is the amount.

    Raises
    ------
    InputError
        Where several measures stand with each period and which one is the amount is not said.
    """
    for top in range(min(DEPTH, grid.rows - 2)):
        lower = grid.kinds[:, top + 1] == TEXT
        codes, counts = np.unique(grid.values[lower, top + 1], return_counts=True)
        repeated = {grid.strings[int(code)].strip() for code in codes[counts >= 2]} - {""}
        ways: list[Callable[..., _Heads | None]] = [_under, _beside]
        if repeated and (grid.kinds[:, top] != BLANK).sum() >= 3 and len(repeated) <= 60:
            ways.insert(0, partial(_over, labels=repeated))
        for way in ways:
            found = way(grid, top, fiscal_year_end=fiscal_year_end)
            if found and (apart := _apart(grid, found, wanted, fiscal_year_end)):
                return apart
    return None


def _under(grid: Grid, top: int, fiscal_year_end: int) -> _Heads | None:
    """Labels over periods: all periods of one measure, then all of the next."""
    upper = np.flatnonzero(grid.kinds[:, top] == TEXT).tolist()
    if not 2 <= len(upper) <= 60 or any(header_period(grid, top, column, fiscal_year_end) for column in upper):
        return None
    found, label = _Heads([], {}, [], {}, top + 2), ""
    for column in range(grid.columns):
        label = grid.text(top, column).strip() or label
        period = header_period(grid, top + 1, column, fiscal_year_end)
        if not isinstance(period, When) or not label:
            if not found.cells or not _total("", grid.text(top + 1, column)):
                found.lead.append(column)
        elif (period.end, label) in found.cells:
            return None
        else:
            found.cells[period.end, label] = column
            found.heads.setdefault(period.end, (column, top + 1))
    return found if len({label for _, label in found.cells}) > 1 else None


def _beside(grid: Grid, top: int, fiscal_year_end: int) -> _Heads | None:
    """Periods and labels in one header: "Jan-24 MRR" and "Jan-24 ARR"."""
    found, yearly = _Heads([], {}, [], {}, top + 1), True
    for column in range(grid.columns):
        when, text, label = _split(grid.text(top, column), fiscal_year_end)
        whole = parse_date(grid.text(top, column), fiscal_year_end)
        if isinstance(whole, When) and whole != when:
            # Beside plain periods the labelled ones are other amounts; nor is the month of a year a label beside it.
            return None
        if when is None:
            found.lead.append(column)
        elif (when.end, label) in found.cells:
            return None
        else:
            yearly &= when.step == 12
            found.cells[when.end, label] = column
            found.heads.setdefault(when.end, (column, top))
            found.texts.setdefault(when.end, text)
    ends = [end for end, _ in found.cells]
    if yearly and len({label for _, label in found.cells}) > _MEASURES:
        # Months in a language that is not known.
        return None
    return found if len(ends) > 2 and len(set(ends)) * 2 <= len(ends) else None


def _split(text: str, fiscal_year_end: int) -> tuple[When | None, str, str]:
    """A header's period, its words and the label beside it; no period where it names none, or nothing else."""
    said = [word for word in re.split(r"[\s_()/|:]+| - ", text) if word]
    for cut in range(1, len(said)) if any(c.isdigit() for c in text) and len(said) <= 6 else ():
        for when, label in ((said[:cut], said[cut:]), (said[cut:], said[:cut])):
            period = parse_date(" ".join(when), fiscal_year_end)
            if isinstance(period, When) and not any(c.isdigit() for word in label for c in word):
                return period, " ".join(when), " ".join(label)
    return None, "", ""


def _over(grid: Grid, top: int, labels: set[str], fiscal_year_end: int) -> _Heads | None:
    """Periods over labels."""
    found = _Heads([], {}, [], {}, top + 2)
    steps: set[int] = set()
    current: When | None = None
    for column in range(grid.columns):
        above, label = grid.text(top, column), grid.text(top + 1, column).strip()
        if above:
            period = header_period(grid, top, column, fiscal_year_end)
            current = period if isinstance(period, When) else None
        if (found.cells and _total(above, label)) or (current and not label):
            found.totals.append((column, current))
        elif current is None or (label not in labels and not (grid.kinds[column, top + 2 :] == NUMBER).any()):
            found.lead.append(column)
        elif label not in labels or (current.end, label) in found.cells:
            return None
        else:
            found.cells[current.end, label] = column
            found.heads.setdefault(current.end, (column if above else column - 1, top))
            steps.add(current.step)
    return found if len(steps) == 1 else None


def _apart(grid: Grid, found: _Heads, wanted: str | None, fiscal_year_end: int) -> Apart | None:
    lead, cells, heads = found.lead, found.cells, found.heads
    labels = {label for _, label in cells}
    if len(heads) < 2 or not lead or min(lead) > min(cells.values()) or len(labels) < 2:
        return None
    of_label, of_period = Counter(label for _, label in cells), Counter(end for end, _ in cells)
    # Titles above some of the periods are no labels, nor are amounts of the first customer written as texts, nor are
    # the months of a year measures of it.
    if min(of_label.values()) < 2 or sum(count > 1 for count in of_period.values()) < 2:
        return None
    if any(parse_amount(label) is not None or bare_period(label) for label in labels):
        return None
    where = f"{grid.sheet}!{grid.address(found.first - 1, min(cells.values()))}"
    body, top, prices = slice(found.first, grid.rows), found.first - 2, {}
    beside = [(at, None) for at in lead if at > min(cells.values())]
    columns = sorted({*cells.values(), *(column for column, _ in (*found.totals, *beside))})
    read = read_amounts(grid, columns, body, Findings(grid))
    numbers = dict(zip(columns, np.nan_to_num(read.values), strict=True))
    unread = {column for column, bad in zip(columns, read.refused, strict=True) if bad.any()}

    def adds(column: int, period: When | None) -> bool:
        parts = (at for (end, _), at in cells.items() if not period or period.end - period.step < end <= period.end)
        return bool(np.abs(numbers[column] - sum(numbers[at] for at in parts)).max(initial=0) <= HAIR)

    equal = [adds(*each) for each in found.totals]
    summed = float(sum(numbers[column].sum() for column, _ in found.totals))
    titles = found.first - (1 if found.texts else 2)
    amounts = {label: amounts_of(label, numbers, cells) for label in dict.fromkeys(label for _, label in cells)}
    kept = kept_labels(
        amounts,
        wanted,
        where,
        proved=(summed > 0 and all(equal)) or any(adds(*each) for each in beside),
        said=said_to_add(
            grid, labels, titles, [grid.text(row, at) for at in lead for row in (titles, found.first - 1)]
        ),
    )
    chosen = {key: column for key, column in cells.items() if key[1] in kept.labels}
    several = not kept.measured and not kept.planned
    if several and not wanted and unread & {*chosen.values(), *(column for column, _ in found.totals)}:
        return None
    odd = 0
    for (column, _), tied in zip(found.totals, equal, strict=True) if several else ():
        if not tied:
            if not _total(grid.text(top, column), grid.text(top + 1, column)):
                return None
            odd += 1
    told = f"{len(kept.labels)} in {len(heads)} periods from {iso_month(min(heads))}: {', '.join(kept.labels)}."
    told += " Each customer's are added up." if len(kept.labels) > 1 else ""
    if kept.whole:
        told += f" {kept.whole} is the sum of the others and is left out: {amounts[kept.whole].sum():,.2f}."
    told += f" Totals beside them are left out: {summed:,.2f}." if found.totals and not kept.measured else ""
    told += f" {odd} of them equal no sum of products." if odd else ""
    others = [label for label in dict.fromkeys(label for _, label in cells) if label not in kept.labels]
    if kept.planned:
        planned = [cells[key] for key in cells if key not in chosen]
        sums = np.nan_to_num(read_amounts(grid, planned, body, Findings(grid)).values).sum() if planned else 0.0
        told += f" Planned amounts are left out: {sums:,.2f}."
    if kept.units:
        others.remove(kept.units)
        if any((end, kept.units) not in cells for end, _ in chosen):
            return None
        prices = {column: cells[end, kept.units] for (end, _), column in chosen.items()}
        told += f" Multiplied by {kept.units}."
    if kept.measured and others:
        told += f" Not used: {', '.join(others)}. Another one is named with --amount."
    stacked = _stacked(grid, found, chosen, list(kept.labels), prices, fiscal_year_end)
    first = min(heads, key=lambda end: heads[end])
    return Apart(stacked, grid.address(heads[first][1], heads[first][0]), told, kept.measured, bool(kept.units))


def _total(above: str, label: str) -> bool:
    return bool({"total", "subtotal"} & {*meanings(above), *meanings(label), *words(folded(f"{above} {label}"))})


def _stacked(
    grid: Grid,
    found: _Heads,
    cells: dict[tuple[int, str], int],
    kept: list[str],
    prices: dict[int, int],
    fiscal_year_end: int,
) -> Grid:
    """A row for each customer and product: the leading columns, the product where there are several, the periods."""
    lead, heads, ends = found.lead, found.heads, sorted(found.heads)
    strings = [*grid.strings, "Product", *kept]
    height, several = grid.rows - found.first, int(len(kept) > 1)
    width, length = len(lead) + several + len(ends), 1 + height * len(kept)
    kinds, values = np.zeros((width, length), np.uint8), np.zeros((width, length))
    marks = None if grid.marks is None else np.full((width, length), -1, grid.marks.dtype)
    shift = len(lead) + several
    for at, column in enumerate(lead):
        row = found.first - 1 if grid.kinds[column, found.first - 1] != BLANK else max(found.first - 2, 0)
        kinds[at, 0], values[at, 0] = grid.kinds[column, row], grid.values[column, row]
    for at, end in enumerate(ends):
        kinds[shift + at, 0] = grid.kinds[heads[end]]
        values[shift + at, 0] = grid.values[heads[end]]
        text = found.texts.get(end, "")
        if not several and {"mrr", "arr"} & {*meanings(kept[0])}:
            # What the amounts are called is said by the headers of the periods.
            column, row = heads[end]
            named = f"{text or grid.text(row, column)} {kept[0]}"
            period = text_period(named, fiscal_year_end)
            text = named if isinstance(period, When) and period.end == end else text
        if text:
            kinds[shift + at, 0], values[shift + at, 0] = TEXT, len(strings)
            strings.append(text)
    if several:
        kinds[len(lead)], values[len(lead), 0] = TEXT, len(grid.strings)
    pieces = []
    for part, label in enumerate(kept):
        rows = slice(1 + part * height, 1 + (part + 1) * height)
        source = {column: at for at, column in enumerate(lead)}
        source |= {cells[end, label]: shift + at for at, end in enumerate(ends) if (end, label) in cells}
        for column, at in source.items():
            kinds[at, rows], values[at, rows] = grid.kinds[column, found.first :], grid.values[column, found.first :]
            if column in prices:
                units = prices[column]
                span = slice(found.first, grid.rows)
                read = read_amounts(grid, [column, units], span, Findings(grid))
                product = np.nan_to_num(read.values).prod(axis=0)
                # What cannot be read stays as it is, and is told by its cell.
                for bad, cell in zip(read.refused, (column, units), strict=True):
                    kinds[at, rows] = np.where(bad, grid.kinds[cell, span], kinds[at, rows])
                    values[at, rows] = np.where(bad, grid.values[cell, span], values[at, rows])
                plain = ~read.refused.any(axis=0) & (kinds[at, rows] != BLANK)
                kinds[at, rows] = np.where(plain, NUMBER, kinds[at, rows])
                values[at, rows] = np.where(plain, product, values[at, rows])
            if marks is not None and grid.marks is not None:
                marks[at, rows] = grid.marks[column, found.first :]
        if several:
            values[len(lead), rows] = len(grid.strings) + 1 + part
        columns = tuple(source.get(column, -1) for column in range(grid.columns))
        pieces.append(Piece(rows.start, grid.sheet, found.first + grid.origin[0], columns, grid.origin[1]))
    return Grid(
        grid.sheet,
        kinds,
        values,
        tuple(strings),
        marks=marks,
        mark_names=grid.mark_names,
        pieces=tuple(pieces),
    )
