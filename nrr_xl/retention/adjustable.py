"""What may be adjusted, found in the amounts: customers under two names, taken over by another, gone for short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube, fill_gaps

Array = np.ndarray[Any, Any]
# A take-over: so near in time and amount that the same money is likely to go on under another name. Only the same
# amount is taken for one unasked.
NEAR_PERIODS = 2
NEAR_SHARE, SAME_SHARE = 0.10, 0.01
# Pairs that are looked at together.
PAIRS = 1 << 14
# Gaps of so many months are what `grace` is asked about.
GAP_MONTHS = 2


def renames(cube: RevenueCube, before: Array, after: Array) -> list[tuple[str, int, int, str, bool]]:
    """Pairs of names that look alike: one is gone and the other has come, or both pay and one was not there before."""
    found = []
    why = "the names look alike"
    for pair in cube.suggested_map:
        rows = [cube.customers.index(name) for name in pair if name in cube.customers]
        for gone, came in (rows, rows[::-1]) if len(rows) == 2 else ():
            if before[gone] > 0 and before[came] == 0 and after[came] > 0:
                # Of two that both pay nobody can tell by the names alone whether they are one.
                left = after[gone] == 0
                found.append(("rename" if left else "duplicate", gone, came, why, bool(left)))
    return found


@struct(eq=False)
class TakeOvers:
    """Pairs of customers, gone and come, the likeliest first: `off` is how far apart their amounts are, as a share.

    `last` and `first` are every customer's last and first period.
    """

    gone: Array
    came: Array
    off: Array
    last: Array
    first: Array

    def told(self, cube: RevenueCube, taken: Array, same: bool) -> Iterator[tuple[str, int, int, str, bool]]:
        """Those of the same or of another amount, in lines; whoever is taken by then is passed over."""
        labels, last, first = cube.periods.labels, self.last, self.first
        parted = int(np.searchsorted(self.off, SAME_SHARE, side="right"))
        begin, end = (0, parted) if same else (parted, len(self.off))
        for start in range(begin, end, PAIRS):
            gone, came = self.gone[start : min(start + PAIRS, end)], self.came[start : min(start + PAIRS, end)]
            free = ~(taken[gone] | taken[came])
            for leaves, comes in zip(gone[free].tolist(), came[free].tolist(), strict=True):
                if not taken[leaves] and not taken[comes]:
                    until = f"{cube.amounts[leaves, last[leaves]]:,.2f} until {labels[last[leaves]]}"
                    since = f"{cube.amounts[comes, first[comes]]:,.2f} from {labels[first[comes]]}"
                    yield "take_over", leaves, comes, f"{until}, {since}", same


def take_overs(cube: RevenueCube, span: Window, before: Array, after: Array) -> TakeOvers:
    """Customers gone whose last amount meets the first amount of another one that came at about the same time.

    The nearest amounts meet first, then the nearest times, then by name.
    """
    active = cube.amounts[:, : span.closing + 1] > 0
    count = active.shape[1]
    last = np.where(active.any(axis=1), count - 1 - active[:, ::-1].argmax(axis=1), -1)
    first = np.where(active.any(axis=1), active.argmax(axis=1), count)
    gone = np.flatnonzero((before > 0) & (after == 0))
    came = np.flatnonzero((after > 0) & (first > span.opening))
    found = [(np.zeros(0, np.intp),) * 3]
    # By the period of coming, since only who is near in time can meet.
    for period in range(span.opening + 1, count):
        comes = came[first[came] == period]
        leaves = gone[np.abs(period - last[gone] - 1) <= NEAR_PERIODS]
        began, went = cube.amounts[comes, period], cube.amounts[leaves, last[leaves]]
        order = np.argsort(began, kind="stable")
        low = np.searchsorted(began[order], went * (1 - NEAR_SHARE), side="left")
        pairs = np.searchsorted(began[order], went * (1 + NEAR_SHARE), side="right") - low
        # The places low, low + 1, ... of each who left, one after the other.
        places = np.arange(pairs.sum()) + np.repeat(low - (np.cumsum(pairs) - pairs), pairs)
        met = comes[order[places]]
        found.append((np.repeat(leaves, pairs), met, np.abs(period - last[np.repeat(leaves, pairs)] - 1)))
    leaves, comes, apart = (np.concatenate(parts) for parts in zip(*found, strict=True))
    off = np.abs(cube.amounts[comes, first[comes]] / cube.amounts[leaves, last[leaves]] - 1)
    order = np.lexsort((comes, leaves, apart, off))
    return TakeOvers(leaves[order], comes[order], off[order], last, first)


def gaps(cube: RevenueCube, span: Window, before: Array, after: Array) -> list[tuple[int, float, float]]:
    """Customers with a short gap at the opening and their amounts once it is filled; after the closing is not seen."""
    count = span.closing + 1
    seen = replace(
        cube,
        amounts=cube.amounts[:, :count],
        periods=replace(cube.periods, count=count),
        segments={},
        fx=tuple(replace(part, local=part.local[:, :count], rates=part.rates[:count]) for part in cube.fx),
    )
    filled = fill_gaps(seen, GAP_MONTHS)
    opening, closing, _ = at_both_ends(filled, span.opening, span.closing)
    rows = np.flatnonzero((opening != before) | (closing != after)).tolist()
    return [(row, float(opening[row]), float(closing[row])) for row in rows]
