"""Distinct values, membership, median: as numpy gives them, but without loading its masked arrays first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def distinct(values: Array) -> Array:
    """The sorted distinct values of an array, flat; NaN counts once.

    What `np.unique` gives, asked for in the way that sorts: without counts numpy loads its masked arrays, which takes
    half as long as numpy itself.

    >>> distinct(np.array([[2, 1], [2, 5]])).tolist()
    [1, 2, 5]
    """
    return np.unique(values, return_counts=True)[0]


def distinct_codes(codes: Array, count: int) -> tuple[Array, Array]:
    """The distinct ones of codes below `count` in order, and each one's place among them, without sorting all.

    >>> [part.tolist() for part in distinct_codes(np.array([3, 1, 3]), 5)]
    [[1, 3], [1, 0, 1]]
    """
    place = np.zeros(count, np.int64)
    place[codes] = 1
    used = np.flatnonzero(place)
    place[used] = np.arange(used.size)
    return used, place[codes]


def among(values: Array, wanted: Array | Sequence[float]) -> Array:
    """Whether each value is one of those wanted, in the shape of the values; what `np.isin` gives for numbers.

    >>> among(np.array([[2, 1], [2, 5]]), [5, 2]).tolist()
    [[True, False], [True, True]]
    """
    known = distinct(np.asarray(wanted))
    if not known.size:
        return np.zeros(values.shape, bool)
    found: Array = known[np.searchsorted(known, values) % known.size] == values
    return found


def median(values: Array) -> float:
    """The middle of some numbers, none of them NaN; of an even count the mean of the two in the middle.

    >>> median(np.array([3.0, 1.0, 2.0])), median(np.array([4, 1, 2, 3]))
    (2.0, 2.5)
    """
    middle = values.size // 2
    places = [middle] if values.size % 2 else [middle - 1, middle]
    return float(np.partition(values, places)[places].mean())


def quantiles(values: Array, shares: Sequence[float]) -> list[float]:
    """The quantiles of some numbers, none of them NaN, linear between neighbours; `np.quantile` to the bit.

    >>> quantiles(np.array([4.0, 1.0, 2.0]), [0.5, 0.75])
    [2.0, 3.0]
    """
    ordered, found = np.sort(values), []
    for share in shares:
        place = share * (ordered.size - 1)
        below = int(place)
        low, high, part = float(ordered[below]), float(ordered[min(below + 1, ordered.size - 1)]), place - below
        # From the nearer end, so that the ends themselves are met.
        found.append(low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part))
    return found


def stable_order(key: Array) -> Array:
    """The positions of whole numbers in rising order, equal ones as they stand: a stable argsort.

    Number and position are sorted as one, which numpy does several times as fast as it sorts positions.

    >>> stable_order(np.array([2, 0, 2, 1])).tolist()
    [1, 3, 0, 2]
    """
    lowest, highest = (int(key.min()), int(key.max())) if key.size else (0, 0)
    if highest - lowest < 4 * key.size:
        # Numbers that lie close and differ, as those of customer and month do, have a place each.
        place = np.full(highest - lowest + 1, -1, np.int64)
        place[key - lowest] = np.arange(key.size)
        place = place[place >= 0]
        if place.size == key.size:
            return place
    if not key.size or lowest < 0 or highest >= (1 << 62) // key.size:
        return np.argsort(key, kind="stable")
    packed = key.astype(np.int64) * key.size + np.arange(key.size)
    packed.sort()
    packed %= key.size
    return packed


def all_apart(one: Array, other: Array) -> bool:
    """Whether all pairs of two whole numbers (rows,) surely differ; False where that takes more than a look.

    >>> all_apart(np.array([0, 0, 1]), np.array([5, 6, 5])), all_apart(np.array([0, 0]), np.array([5, 5]))
    (True, False)
    """
    if not one.size:
        return True
    low, first = int(one.min()), int(other.min())
    wide, high = int(one.max()) - low + 1, int(other.max()) - first + 1
    if wide * high > 8 * one.size + 1_000:
        return False
    seen = np.zeros(wide * high, bool)
    seen[(one.astype(np.int64) - low) * high + (other - first)] = True
    return int(np.count_nonzero(seen)) == one.size
