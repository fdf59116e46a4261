"""Adjusted NRR: from the reported rate to the one after listed adjustments, each with its customers and its amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.metrics import ratio
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube, fill_gaps

Array = np.ndarray[Any, Any]
# A take-over: so near in time and amount that the same money is likely to go on under another name. Only the same
# amount is taken for one unasked.
NEAR_PERIODS = 2
NEAR_SHARE, SAME_SHARE = 0.10, 0.01
# Gaps of so many months are what `grace` is asked about.
GAP_MONTHS = 2
KINDS = {
    "take_over": "Taken over by another customer",
    "rename": "Renamed",
    "gap": "Gap around the opening filled",
    "below": "Below the smallest customer that counts",
    "hand": "Corrected by hand",
}


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One change of the reported rate: `numerator` and `denominator` are what it adds to the retained and the opening.

    `customer` and `other` are whom it concerns (`other` "" where it is one customer's own); `why` says what was seen.
    """

    kind: str
    customer: str
    other: str
    numerator: float
    denominator: float
    why: str
    accepted: bool = True

    @property
    def label(self) -> str:
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The reported rate = `numerator` / `denominator`, and its adjustments in their order."""

    numerator: float
    denominator: float
    adjustments: tuple[Adjustment, ...]

    @property
    def reported(self) -> float:
        return float(ratio(self.numerator, self.denominator))

    @property
    def adjusted(self) -> float:
        """The rate with every accepted adjustment; NaN where nothing is left to measure."""
        kept = [item for item in self.adjustments if item.accepted]
        return float(
            ratio(
                self.numerator + sum(item.numerator for item in kept),
                self.denominator + sum(item.denominator for item in kept),
            )
        )

    def deciding(self, accepted: Iterable[bool]) -> Adjusted:
        """The same with other decisions."""
        decided = zip(self.adjustments, accepted, strict=True)
        return replace(self, adjustments=tuple(replace(item, accepted=bool(yes)) for item, yes in decided))


def adjusted(
    cube: RevenueCube,
    span: Window,
    smallest: float = 0.0,
    by_hand: Sequence[tuple[str, float, float]] = (),
) -> Adjusted:
    """The window's NRR, the adjustments that its rows suggest, and those asked for.

    Parameters
    ----------
    cube : RevenueCube
    span : Window
    smallest : float
        Opening customers of a smaller amount are left out, if above 0.
    by_hand : sequence of (customer, opening, closing)
        The amounts that a customer should have at the two ends.

    Returns
    -------
    Adjusted
        Take-overs and renames are suggested where an opening customer is gone at the closing and another one, which is
        not of the opening, begins within NEAR_PERIODS of its last period with an amount within NEAR_SHARE of its own
        (a rename: names that look alike, whatever the amount). A take-over whose amounts differ by more than
        SAME_SHARE stands rejected, everything else accepted; each can be decided otherwise.

    >>> from nrr_xl.periods import Periods
    >>> amounts = np.array([[100, 100, 0, 0], [50, 50, 50, 40.0], [0, 0, 102, 102]])
    >>> found = adjusted(RevenueCube(("Halden", "Other", "Norden"), Periods(24288, 4), amounts), Window(0, 3, 3))
    >>> round(found.reported, 4), [(item.customer, item.other) for item in found.adjustments], round(found.adjusted, 4)
    (0.2667, [('Halden', 'Norden')], 0.2667)
    >>> round(found.deciding([True]).adjusted, 4)
    0.9467
    """
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    units = cube.units
    found = Adjusted(units.total(after[before > 0]), units.total(before), ())
    taken: set[int] = set()
    overs = _take_overs(cube, span, before, after)
    # Equal amounts say more than alike names, and alike names more than near amounts.
    pairs = [*(pair for pair in overs if pair[-1]), *_renames(cube, before, after), *overs]
    items = []
    for kind, gone, came, why, accepted in pairs:
        if gone in taken or came in taken:
            continue
        taken |= {gone, came}
        names = cube.customers[gone], cube.customers[came]
        items.append(Adjustment(kind, *names, float(after[came]), 0.0, why, accepted))
    items += _gaps(cube, span, before, after)
    if smallest > 0:
        for row in np.flatnonzero((before > 0) & (before < smallest)).tolist():
            why = f"opening amount below {smallest:g}"
            items.append(Adjustment("below", cube.customers[row], "", -float(after[row]), -float(before[row]), why))
    for name, opening, closing in by_hand:
        if name not in cube.customers:
            raise InputError(f"There is no customer {name!r} to correct by hand.")
        row = cube.customers.index(name)
        was = float(after[row]) if before[row] > 0 else 0.0
        now = closing if opening > 0 else 0.0
        items.append(Adjustment("hand", name, "", now - was, opening - float(before[row]), "given"))
    return replace(found, adjustments=tuple(items))


def _renames(cube: RevenueCube, before: Array, after: Array) -> list[tuple[str, int, int, str, bool]]:
    """Pairs of names that look alike, of which one is gone and the other has come."""
    found = []
    for pair in cube.suggested_map:
        rows = [cube.customers.index(name) for name in pair if name in cube.customers]
        for gone, came in (rows, rows[::-1]) if len(rows) == 2 else ():
            if before[gone] > 0 and after[gone] == 0 and before[came] == 0 and after[came] > 0:
                found.append(("rename", gone, came, "the names look alike", True))
    return found


def _take_overs(cube: RevenueCube, span: Window, before: Array, after: Array) -> list[tuple[str, int, int, str, bool]]:
    """Customers gone whose last amount meets the first amount of another one that came at about the same time.

    The nearest amounts meet first, then the nearest times, then by name.
    """
    active = cube.amounts[:, : span.closing + 1] > 0
    count = active.shape[1]
    last = np.where(active.any(axis=1), count - 1 - active[:, ::-1].argmax(axis=1), -1)
    first = np.where(active.any(axis=1), active.argmax(axis=1), count)
    gone = np.flatnonzero((before > 0) & (after == 0))
    came = np.flatnonzero((after > 0) & (first > span.opening))
    if not gone.size or not came.size:
        return []
    went, began = cube.amounts[gone, last[gone]], cube.amounts[came, first[came]]
    order = np.argsort(began, kind="stable")
    low = np.searchsorted(began[order], went * (1 - NEAR_SHARE), side="left")
    high = np.searchsorted(began[order], went * (1 + NEAR_SHARE), side="right")
    candidates = []
    for row, (start, stop) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        near = order[start:stop]
        apart = first[came[near]] - last[gone[row]] - 1
        for other, periods in zip(near.tolist(), apart.tolist(), strict=True):
            if abs(periods) <= NEAR_PERIODS:
                off = abs(began[other] / went[row] - 1)
                candidates.append((off, abs(periods), int(gone[row]), int(came[other])))
    labels = cube.periods.labels
    return [
        (
            "take_over",
            leaves,
            comes,
            f"{cube.amounts[leaves, last[leaves]]:,.2f} until {labels[last[leaves]]},"
            f" {cube.amounts[comes, first[comes]]:,.2f} from {labels[first[comes]]}",
            off <= SAME_SHARE,
        )
        for off, _, leaves, comes in sorted(candidates)
    ]


def _gaps(cube: RevenueCube, span: Window, before: Array, after: Array) -> list[Adjustment]:
    """What filling short gaps at the opening changes, by customer; what comes after the closing is not seen."""
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
    found = []
    for row in np.flatnonzero((opening != before) | (closing != after)).tolist():
        was, now = (float(c[row]) if b[row] > 0 else 0.0 for b, c in ((before, after), (opening, closing)))
        change = now - was, float(opening[row] - before[row])
        found.append(Adjustment("gap", cube.customers[row], "", *change, f"a gap of at most {GAP_MONTHS} months"))
    return found
