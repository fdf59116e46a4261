"""The one rule of when a last period looks incomplete: far fewer customers have an amount than usually had one."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.cells.arrays import median

# The periods before it that say what is usual.
BEFORE = 6
SHARE = 0.8
# Of fewer customers, and by a single one, no month is told from an unfinished one.
FEWEST, MISSING = 3, 2
# With less than this share of at least so many customers a window does not close on a period unasked.
UNFIT_SHARE, UNFIT_FEWEST = 0.5, 6


def usual_customers(active: np.ndarray[Any, Any], at: int) -> float:
    """How many customers usually had an amount in the periods before a position; 0 where none had."""
    before = active[max(at - BEFORE, 0) : at]
    return median(before[before > 0]) if (before > 0).any() else 0.0


def looks_incomplete(active: np.ndarray[Any, Any], at: int) -> bool:
    """Whether a period looks incomplete, by the numbers of customers with an amount, (periods,).

    >>> looks_incomplete(np.array([40, 41, 40, 10]), 3), looks_incomplete(np.array([4, 4, 4, 3]), 3)
    (True, False)
    """
    usual, here = usual_customers(active, at), int(active[at])
    return usual >= FEWEST and here < SHARE * usual and usual - here >= MISSING


def last_complete(active: np.ndarray[Any, Any]) -> int:
    """The last position on which a window may close unasked: periods at the end with hardly any customer are passed.

    >>> last_complete(np.array([25, 25, 24, 3])), last_complete(np.array([4, 4, 0]))
    (2, 2)
    """
    at = len(active) - 1
    while at > 0:
        usual = usual_customers(active, at)
        if usual < UNFIT_FEWEST or active[at] >= UNFIT_SHARE * usual:
            return at
        at -= 1
    return len(active) - 1
