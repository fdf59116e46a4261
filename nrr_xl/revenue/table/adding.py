"""Whether the labels that stand with each period add up: proved by the sheet's sums, said by its titles, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import Grid
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.vocabulary import vocabulary, words

Array = np.ndarray[Any, Any]
# A sum may be off by the rounding of its parts.
HAIR = 0.011
# So many of the cells in one proportion are two measures of one thing, not two products.
_SAME = 0.9


def amounts_of(label: str, numbers: Mapping[int, Array], cells: Mapping[tuple[int, str], int]) -> Array:
    """A label's amounts, one period after the other, 0 where it has none; `numbers` are those of each column."""
    none = np.zeros(len(next(iter(numbers.values()))))
    ends = sorted({end for end, _ in cells})
    return np.concatenate([numbers[cells[end, label]] if (end, label) in cells else none for end in ends])


def sum_of_others(amounts: Mapping[str, Array]) -> str | None:
    """The label whose amounts are the sums of all others', which has them twice; None where there is none.

    >>> sum_of_others({"a": np.array([1.0, 2, 0]), "b": np.array([3.0, 1, 4]), "c": np.array([4.0, 3, 4])})
    'c'
    """
    total = sum(amounts.values(), np.zeros(1))
    if len(amounts) < 3 or any((each < 0).any() for each in amounts.values()):
        return None
    for label, each in amounts.items():
        parts = np.array([other != 0 for name, other in amounts.items() if name != label]).sum(axis=0)
        if (parts > 1).sum() > 1 and (np.abs(total - 2 * each) <= HAIR).all():
            return label
    return None


def proportional(amounts: Iterable[Array]) -> bool:
    """Whether two labels' amounts are always in one proportion, as net and gross are and products are not."""
    read = list(amounts)
    for at, one in enumerate(read):
        for other in read[at + 1 :]:
            both = (one != 0) & (other != 0)
            if both.sum() >= 6 and np.unique(one[both]).size > 3:
                ratio = other[both] / one[both]
                if (np.abs(ratio - np.median(ratio)) <= 0.001 * abs(np.median(ratio))).mean() >= _SAME:
                    return True
    return False


def said_to_add(grid: Grid, labels: Iterable[str], top: int, lead: Iterable[str]) -> bool:
    """Whether words say that labels are parts of one amount: the labels, the sheet's name or a title above `top`.

    A title such as "Revenue by region" names none where a leading column holds the regions.
    """
    if all("product" in meanings(label) for label in labels):
        return True
    titles = [grid.sheet, *(grid.text(row, column) for row in range(top) for column in range(min(grid.columns, 12)))]
    known = {part for text in lead for part in _parts(text)}
    return any(_parts(text) - known for text in titles if len(text) < 200 and _divided(text))


@cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    listed = vocabulary()["parts"]
    return frozenset(listed["by"]), frozenset(listed["of"])


def _divided(text: str) -> bool:
    return bool(_known()[0] & {*words(folded(text))}) or "別" in text


def _parts(text: str) -> set[str]:
    """What a text says that an amount is divided by."""
    said = {*words(folded(text))}
    found = {word for word in _known()[1] if word in said or (not word.isascii() and word in text)}
    return found | ({"product"} if any("product" in meanings(word) for word in said) else set())
