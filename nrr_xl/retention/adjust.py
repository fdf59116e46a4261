"""Adjusted NRR: from the reported rate to the one after listed adjustments, each with its customers and its amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.metrics import ratio
from nrr_xl.records import struct
from nrr_xl.retention.adjustable import GAP_MONTHS, gaps, renames, take_overs
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.retention.sensitivity import undone
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.rows import Labels

Array = np.ndarray[Any, Any]
# No second customer.
ALONE = -1
KINDS = {
    "take_over": "Taken over by another customer",
    "rename": "Renamed",
    "duplicate": "Held twice under names that look alike",
    "gap": "Gap around the opening filled",
    "below": "Below the smallest customer that counts",
    "hand": "Corrected by hand",
    "spread": "Invoices spread over their months",
    "one_time": "One-time revenue left out",
    "currency": "Constant exchange rates",
    "map": "Customers joined by the map",
}
# Of what the reported rate has decided already so many customers stand in lines of their own, the rest in one.
MOST_DECIDED = 10


@struct()
class Cell:
    """The cells of the source, each with its sheet, that make up a customer's amount of a period, "YYYY-MM"."""

    customer: str
    period: str
    cells: tuple[str, ...]


@struct()
class Adjustment:
    """One change of the reported rate, by what a customer, or two taken as one, should have at the two ends.

    `customer` and `other` are whom it concerns (`other` "" where it is one customer's own); `before` and `after` are
    the amounts of the first at the opening and the closing, `other_before` and `other_after` those of the second;
    `opening` and `closing` what should stand instead. `why` says what was seen, `cells` where.
    """

    kind: str
    customer: str
    other: str
    before: float
    after: float
    other_before: float
    other_after: float
    opening: float
    closing: float
    why: str
    accepted: bool = True
    cells: tuple[Cell, ...] = ()

    @property
    def label(self) -> str:
        return KINDS[self.kind]

    @property
    def numerator(self) -> float:
        """What it adds to what the opening customers pay at the closing."""
        kept = (self.after if self.before > 0 else 0.0) + (self.other_after if self.other_before > 0 else 0.0)
        return (self.closing if self.opening > 0 else 0.0) - kept

    @property
    def denominator(self) -> float:
        """What it adds to the opening."""
        return self.opening - self.before - self.other_before


@struct()
class Included:
    """A decision that the reported rate has made: what it has added to the numerator and the denominator.

    `customer` is whom it concerns ("" for the `count` `others` together); `opening` and `closing` are what they would
    have without it, `cells` what stands there.
    """

    kind: str
    customer: str
    others: tuple[str, ...]
    count: int
    opening: float
    closing: float
    numerator: float
    denominator: float
    cells: tuple[Cell, ...] = ()

    @property
    def label(self) -> str:
        return KINDS[self.kind]


@struct()
class Adjusted:
    """The reported rate = `numerator` / `denominator`, and its adjustments in their order.

    `included` are choices that are in the reported rate already, each measured by itself.
    """

    numerator: float
    denominator: float
    adjustments: tuple[Adjustment, ...]
    included: tuple[Included, ...] = ()

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


def included(found: Adjusted, cube: RevenueCube, span: Window, grace: int = 0) -> Adjusted:
    """The same with what the reported rate has decided already, the customers whom it moves most one by one.

    Each decision is undone by itself; of a map, the customers it joined are taken together.
    """
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    place = {name: at for at, name in enumerate(cube.customers)}
    items = []
    for other in undone(cube, span, grace):
        theirs = Labels("", other.customers, np.arange(len(other.customers)))
        joined = cube.policy.mapped(theirs) if other.kind == "map" else theirs
        at = [place.setdefault(joined.values[code], len(place)) for code in joined.codes.tolist()]
        names, sizes = tuple(place), (len(place) - before.size)
        counted = [np.pad(end, (0, sizes)) for end in (np.where(before > 0, after, 0.0), before)]
        kept = np.where(other.opening > 0, other.closing, 0.0)
        without = [np.bincount(at, end, len(names)) for end in (kept, other.opening, other.closing)]
        changes = [mine - its for mine, its in zip(counted, without[:2], strict=True)]
        changes = [cube.units.amounts(cube.units.whole(change)) for change in changes]
        moved = np.flatnonzero((changes[0] != 0) | (changes[1] != 0))
        weight = np.abs(changes[0] - np.nan_to_num(found.reported) * changes[1])
        ranked = sorted(moved.tolist(), key=lambda row: (-weight[row], names[row]))
        lines = [([row], names[row]) for row in ranked[:MOST_DECIDED]]
        if rest := ranked[MOST_DECIDED:]:
            lines.append((rest, ""))
        for rows, name in lines:
            others = () if name else tuple(names[row] for row in rows)
            sums = [cube.units.total(each[rows]) for each in (without[1], without[2], *changes)]
            opening, closing, above, below = sums
            items.append(Included(other.kind, name, others, len(rows), opening, closing, above, below))
    return replace(found, included=tuple(items))


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
    units, names = cube.units, cube.customers
    found = Adjusted(units.total(after[before > 0]), units.total(before), ())
    rows = {name: row for row, name in enumerate(names)} if by_hand else {}
    for name, _, _ in by_hand:
        if name not in rows:
            raise InputError(f"There is no customer {name!r} to correct by hand.")
    # A customer stands in one line alone, or it would be changed twice: by hand before all that was only suggested.
    taken = np.zeros(len(names), bool)
    taken[[rows[name] for name, _, _ in by_hand]] = True

    def line(kind: str, row: int, other: int, ends: tuple[float, float], why: str, accepted: bool = True) -> Adjustment:
        taken[[row] if other == ALONE else [row, other]] = True
        mine = float(before[row]), float(after[row])
        theirs = (0.0, 0.0) if other == ALONE else (float(before[other]), float(after[other]))
        whom = names[row], "" if other == ALONE else names[other]
        return Adjustment(kind, *whom, *mine, *theirs, *ends, why, accepted)

    overs = take_overs(cube, span, before, after)
    # Equal amounts say more than alike names, and alike names more than near amounts.
    same, near = overs.told(cube, taken, True), overs.told(cube, taken, False)
    items = []
    for kind, gone, came, why, accepted in chain(same, renames(cube, before, after), near):
        if not taken[gone] and not taken[came]:
            ends = float(before[gone] + before[came]), float(after[gone] + after[came])
            items.append(line(kind, gone, came, ends, why, accepted))
    for row, opening, closing in gaps(cube, span, before, after):
        if not taken[row]:
            items.append(line("gap", row, ALONE, (opening, closing), f"a gap of at most {GAP_MONTHS} months"))
    if smallest > 0:
        for row in np.flatnonzero((before > 0) & (before < smallest)).tolist():
            if not taken[row]:
                why = f"opening amount below {smallest:g}"
                items.append(line("below", row, ALONE, (0.0, float(after[row])), why))
    for name, opening, closing in by_hand:
        items.append(line("hand", rows[name], ALONE, (opening, closing), "given"))
    return replace(found, adjustments=tuple(items))
