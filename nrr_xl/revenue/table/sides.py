"""Amounts that stand in two columns, debit and credit: the fuller one is revenue, the other is taken from it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import Grid
from nrr_xl.revenue.vocabulary import vocabulary, words

# From this share of all rows on, the smaller side is no handful of credits: which side is revenue is asked.
SMALL = 0.2


def side_of(text: str) -> str:
    """Which side of an account a word names: "debit", "credit" or "".

    >>> side_of("Soll"), side_of("CR"), side_of("Customer")
    ('debit', 'credit', '')
    """
    plain = " ".join(folded(text).split()).rstrip(".")
    return next((side for side in ("debit", "credit") if plain in vocabulary()["sides"][side]), "")


def two_sides(headers: Mapping[int, str], grid: Grid, rows: slice) -> tuple[int, int] | None:
    """The columns of debits and credits, the one that more rows have an amount in first; None where there are none."""
    found: dict[str, int] = {}
    for column, text in headers.items():
        said = [side for word in words(folded(text)) if (side := side_of(word))]
        rest = [word for word in words(folded(text)) if not side_of(word)]
        if len(said) == 1 and set(rest) <= set(vocabulary()["sides"]["beside"]):
            if said[0] in found:
                return None
            found[said[0]] = column
    if len(found) < 2:
        return None
    filled = {column: _filled(grid, column, rows) for column in found.values()}
    first, second = sorted(found.values(), key=lambda column: (-filled[column], column))
    return (first, second) if filled[first] else None


def _filled(grid: Grid, column: int, rows: slice) -> int:
    return int(np.count_nonzero((grid.kinds[column, rows] != 0) & (grid.values[column, rows] != 0)))
