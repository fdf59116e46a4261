"""Rows of parents that sum those of their children: counted with them, the same money would count twice."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.cells.columns import read_texts
from nrr_xl.revenue.cells.manytexts import spelling_keys, spelt_so
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.cube.units import HALF_CENT

Array = np.ndarray[Any, Any]

# A column of so many different texts names no parents that anybody would sum up.
MOST = 50_000


def parent_rows(body: Body, amounts: Array, period: Array, counted: Array) -> Array:
    """Which rows are a parent's that equals the sum of its children in every period, (rows,); each is listed.

    `amounts` are (columns, rows) with NaN for none, `period` says of which period each is, and `counted` which rows do.
    """
    found = np.zeros(counted.size, bool)
    column = body.table.roles["customer"]
    if not body.table.segments:
        return found
    names = read_texts(body.grid, column, body.span, "customer")
    for at in body.table.segments:
        above = read_texts(body.grid, at, body.span, "parent")
        if len(above.values) > MOST:
            continue
        keys = spelling_keys(above.values)
        customers = {key: codes[-1] for key, codes in spelt_so(names.values, keys).items()}
        if not customers:
            continue
        owner = np.array([*(customers.get(key, -1) for key in keys), -1])[above.codes]
        child = counted & (owner >= 0) & (owner != names.codes)
        for code in sorted(set(owner[child].tolist())):
            mine, theirs = counted & (names.codes == code), child & (owner == code)
            if mine.any() and _same(amounts, period, mine, theirs):
                found |= mine
    rows = np.flatnonzero(found)
    body.note("parent-row", rows, column, np.nan_to_num(amounts[:, rows]).sum(axis=0))
    return found


def _same(amounts: Array, period: Array, mine: Array, theirs: Array) -> bool:
    """Whether two sets of rows hold the same sum in every period, but for rounding."""
    cells = np.broadcast_to(period, amounts.shape)
    kinds, place = np.unique(cells[:, mine | theirs], return_inverse=True)
    held = np.nan_to_num(amounts[:, mine | theirs]).ravel()
    whose = np.broadcast_to(mine[mine | theirs], cells[:, mine | theirs].shape).ravel()
    place = place.ravel()
    sums = [np.bincount(place[side], held[side], kinds.size) for side in (whose, ~whose)]
    return bool(sums[0].any() and (np.abs(sums[0] - sums[1]) <= HALF_CENT * (np.count_nonzero(theirs) + 1)).all())
