"""Rows within others: a customer's products or parts below it, and the sum above a customer's products."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.vocabulary import vocabulary

Array = np.ndarray[Any, Any]
# No customer has so many products that its group would be longer.
LONGEST = 60
# A name is a line of each customer from so many rows on, and from this share of all rows.
LEAST_LINES, LINES = 3, 0.2


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


def outline_sums(cents: Array, names: Array, deep: Array) -> Array:
    """Which rows are the sums of the rows right below them under the same name, (rows,), as an outline prints them.

    `cents` (columns, rows) are whole cents, `names` (rows,) the codes of customers, `deep` (rows,) says which rows name
    a product or another part. Nothing is found unless nearly all rows above deeper ones of their name are such sums.
    """
    found = np.zeros(names.size, bool)
    starts = np.flatnonzero(~deep[:-1] & deep[1:] & (names[:-1] == names[1:])).tolist() if names.size else []
    for row in starts:
        end = row + 1
        while end < names.size and deep[end] and names[end] == names[row]:
            end += 1
        apart = np.abs(cents[:, row + 1 : end].sum(axis=1) - cents[:, row])
        found[row] = bool((apart < end - row).all()) and bool(cents[:, row].any())
    told = np.count_nonzero(found)
    return found if told >= 2 and told >= 0.9 * sum(bool(cents[:, row].any()) for row in starts) else found & False


def part_rows(amounts: Array, rows: Array, texts: Sequence[str]) -> Array:
    """Which of some rows begin with "of which" and hold no more than the row above them, (rows.size,).

    `amounts` are (columns, all rows), NaN for none, `texts` what the rows are called.
    """
    found = np.zeros(rows.size, bool)
    whole = -1
    for at, (row, text) in enumerate(zip(rows.tolist(), texts, strict=True)):
        if not _part_of().match(folded(text)):
            whole = row
        elif whole >= 0:
            mine, above = np.nan_to_num(amounts[:, row]), np.nan_to_num(amounts[:, whole])
            found[at] = bool(((mine >= 0) & (mine <= above + 0.005)).all())
    return found


@cache
def _part_of() -> re.Pattern[str]:
    said = "|".join(re.escape(folded(words)) for words in vocabulary()["words"]["part_of"])
    return re.compile(rf"\W*(?:{said})(?:\b|(?<=[^\x00-\x7f]))")


def lines_of_each(names: Array) -> Array:
    """Which rows bear one name that returns amid rows of names of their own, (rows,): a line of each customer.

    `names` (rows,) are codes. Such a name stands on a good part of the rows, and never on two together.
    """
    codes, counts = np.unique(names, return_counts=True)
    many = codes[(counts >= LEAST_LINES) & (counts >= LINES * names.size)]
    lines = np.isin(names, many)
    others = names[~lines]
    told = bool(many.size) and others.size >= LEAST_LINES and distinct(others).size >= 0.9 * others.size
    return lines if told and not (names[1:] == names[:-1]).any() else lines & False
