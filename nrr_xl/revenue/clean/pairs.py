"""Distinct pairs of two columns of codes, fast for millions of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def distinct_pairs(one: Array, other: Array) -> tuple[Array, Array, Array]:
    """The distinct pairs of two arrays of codes >= 0 (rows,), and the first row of each, all (pairs,).

    >>> [part.tolist() for part in distinct_pairs(np.array([1, 0, 1]), np.array([2, 2, 2]))]
    [[0, 1], [2, 2], [1, 0]]
    """
    width = int(other.max()) + 1 if other.size else 1
    keys, first = np.unique(one.astype(np.int64) * width + other, return_index=True)
    return keys // width, keys % width, first
