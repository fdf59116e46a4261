"""Customers that may have gone on under another name: one leaves, another starts with its amount within two periods."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.cube.units import HALF_CENT
from nrr_xl.revenue.vocabulary import vocabulary

# How many periods may lie between, and how far amounts may differ where the names have a word in common.
LAG, APART = 2, 0.05
# Of more leavers nobody would look through the pairs.
MOST = 5_000


@struct()
class TakeOver:
    """The customers at positions `gone` and `came` of a cube, their last and first period and amount."""

    gone: int
    came: int
    last: int
    first: int
    before: float
    after: float


def take_overs(customers: tuple[str, ...], amounts: np.ndarray[Any, Any]) -> list[TakeOver]:
    """Pairs of customers (customers, periods) of which one may be the other: the same amount, or much the same name.

    Only pairs without a rival are given: one leaver and one starter of that amount in that time.

    >>> pairs = take_overs(("a", "b"), np.array([[5.0, 7.0, 0.0, 0.0], [0.0, 0.0, 7.0, 7.0]]))
    >>> [(pair.gone, pair.came, pair.before) for pair in pairs]
    [(0, 1, 7.0)]
    """
    active = amounts > 0
    count = amounts.shape[1]
    some = active.any(axis=1)
    first = np.where(some, active.argmax(axis=1), -1)
    last = np.where(some, count - 1 - active[:, ::-1].argmax(axis=1), -1)
    gone, came = np.flatnonzero(some & (last < count - 1)), np.flatnonzero(some & (first > 0))
    if not gone.size or not came.size or gone.size > MOST:
        return []
    opening = amounts[came, first[came]]
    found: list[TakeOver] = []
    for left in gone.tolist():
        before = float(amounts[left, last[left]])
        lag = first[came] - last[left]
        near = came[(lag >= 1) & (lag <= LAG) & (np.abs(opening - before) <= APART * before)]
        same = [c for c in near.tolist() if c != left and abs(amounts[c, first[c]] - before) < HALF_CENT]
        alike = [c for c in near.tolist() if c != left and _words(customers[left]) & _words(customers[c])]
        # Equal amounts say something only where nobody else ever paid as much: a list price is no evidence.
        rare = len(same) == 1 and np.count_nonzero((np.abs(amounts - before) < HALF_CENT).any(axis=1)) == 2
        chosen = alike if len(alike) == 1 else same if rare else []
        for starter in chosen:
            after = float(amounts[starter, first[starter]])
            found.append(TakeOver(left, starter, int(last[left]), int(first[starter]), before, after))
    taken = [pair.came for pair in found]
    return [pair for pair in found if taken.count(pair.came) == 1]


def _words(name: str) -> set[str]:
    """The words of a name that tell it from others."""
    return {word for word in re.findall(r"\w{4,}", folded(name)) if word not in vocabulary()["words"]["legal_forms"]}
