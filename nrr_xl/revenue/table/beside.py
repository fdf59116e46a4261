"""Tables that stand side by side with a blank column between them: sums of the other are left out, else it is asked."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.files.grid import BLANK
from nrr_xl.revenue.findings import Findings, problem
from nrr_xl.revenue.table.layout import find_table
from nrr_xl.revenue.table.table import Table


def one_beside(table: Table, where: str, hints: Mapping[str, Any]) -> Table:
    """The table by itself, where it is two or more of which the others sum it up; refused where they do not.

    The refusal names the range of each; those that are left out are among the table's `others`.
    """
    grid, top = table.grid, max(table.header[0], 0)
    filled = grid.kinds[:, top : table.last + 1].any(axis=1)
    used = np.flatnonzero(filled)
    gaps = np.flatnonzero(np.diff(used) > 1)
    if not gaps.size or hints.get("columns"):
        return table
    edges = [0, *(gaps + 1).tolist(), used.size]
    found: list[Table] = []
    for start, stop in itertools.pairwise(edges):
        part = grid.part(top, int(used[start]), table.last, int(used[stop - 1]))
        own = find_table(part, **{**hints, "header": (0, table.header[1] - top), "header_row": None})
        if own and not own.guessed and (own.layout != "wide" or len(own.periods) > 1):
            found.append(own)
    if len(found) < 2:
        return table
    first, *rest = found
    if all(_sums_up(first, other) for other in rest):
        return replace(first, others=tuple(rest))
    ranges = [_range(own) for own in found]
    ways = ", or ".join(f"--range {text}" for text in ranges)
    action = f"Read one with {ways}, or stack them with --range {','.join(ranges)}."
    asked = problem("tables-beside", sheet=grid.sheet, cell=ranges[1], action=action)
    raise InputError(f"{where} holds {len(ranges)} tables side by side.", [asked])


def _range(own: Table) -> str:
    rows = np.flatnonzero(own.grid.kinds.any(axis=0))
    return f"{own.grid.address(0, 0)}:{own.grid.address(int(rows[-1]), own.grid.columns - 1)}"


def _sums_up(table: Table, other: Table) -> bool:
    """Whether the other table has one row a date, and on each the sum of the first one's amounts on that date."""
    if table.layout != "long" or other.layout != "long":
        return False
    sums, theirs = _by_date(table), _by_date(other)
    dates = other.grid.kinds[other.roles["date"], other.first : other.last + 1] != BLANK
    return bool(
        len(theirs) == np.count_nonzero(dates) > 1
        and theirs.keys() <= sums.keys()
        and all(abs(sums[date] - amount) < 0.011 for date, amount in theirs.items())
    )


def _by_date(table: Table) -> dict[tuple[int, float], float]:
    """The sum of a table's amounts by the cell of their date."""
    grid, span = table.grid, slice(table.first, table.last + 1)
    amounts = read_amounts(grid, [table.roles["amount"]], span, Findings(grid)).values[0]
    kinds, cells = grid.kinds[table.roles["date"], span], grid.values[table.roles["date"], span]
    sums: dict[tuple[int, float], float] = {}
    for kind, cell, amount in zip(kinds.tolist(), cells.tolist(), np.nan_to_num(amounts).tolist(), strict=True):
        if kind != BLANK:
            sums[kind, cell] = sums.get((kind, cell), 0.0) + amount
    return sums
