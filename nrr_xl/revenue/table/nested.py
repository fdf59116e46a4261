"""Customers with the rows of their products below them, as a pivot prints them: those do not count again."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.cells.arrays import distinct

Array = np.ndarray[Any, Any]
# No customer has so many products that its group would be longer.
LONGEST = 60


def product_rows(cents: Array, rows: Array, names: Array) -> Array:
    """Which of some rows are products of the customer above them, (rows.size,), for whole cents (columns, all rows).

    `names` (all rows,) are the codes of what rows are called. A group is a row that equals the sum of the rows right
    below it. Rows are products only where their names return under other customers and no customer's name does.
    """
    inside = np.zeros(rows.size, bool)
    if distinct(names[rows]).size > 0.8 * rows.size:
        return inside
    values = cents[:, rows]
    heads: list[int] = []
    at = 0
    while at < rows.size:
        below = np.cumsum(values[:, at + 1 : at + 1 + LONGEST], axis=1)
        ends = (
            np.flatnonzero((below == values[:, at : at + 1]).all(axis=0)) if values[:, at].any() else np.zeros(0, int)
        )
        if ends.size:
            length = int(ends[0]) + 1
            inside[at + 1 : at + 1 + length] = True
            heads.append(at)
            at += length
        at += 1
    of_heads, of_products = names[rows[~inside]], names[rows[inside]]
    some, counts = np.unique(of_products, return_counts=True)
    repeated = counts.sum() - np.count_nonzero(counts == 1) if counts.size else 0
    apart = distinct(of_heads).size == of_heads.size and not np.isin(of_heads, some).any()
    if len(heads) < 2 or not apart or repeated < 0.7 * of_products.size or len(heads) < 0.7 * (of_heads.size - 1):
        return np.zeros(rows.size, bool)
    return inside
