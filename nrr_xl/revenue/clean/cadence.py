"""Invoices that pay for more than their month: each customer's cadence, and the months each one pays for."""

from __future__ import annotations

import numpy as np

from nrr_xl.revenue.cells.columns import Dates
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.cube.rows import Labels

CADENCES = (1, 2, 3, 4, 6, 12, 24, 36)
# From this share of customers on that are invoiced less than monthly, amounts are no monthly revenue.
MANY = 0.15


def spread_invoices(body: Body, customer: Labels, dates: Dates, amounts: np.ndarray, kept: np.ndarray):
    """Invoices over the months that they pay for, as (row, month, amount); None where amounts are left as they are.

    A customer's cadence is the commonest stretch between its invoices; one with a single invoice has the cadence of the
    customers whose invoices are nearest in size. Without the user's word, invoices are asked about.
    """
    wanted = body.reading.spread
    if wanted == "no":
        return None
    who, month = customer.codes[kept].astype(np.int64), dates.end[kept].astype(np.int64)
    cells, inverse = np.unique(np.stack([who, month]), axis=1, return_inverse=True)
    sums = np.bincount(inverse.ravel(), np.maximum(amounts[kept], 0.0))
    cadence, known = _cadences(cells[0], cells[1], sums)
    if not known.any():
        return None
    share = np.mean(cadence[known] > 1)
    if wanted is None:
        if share >= MANY and np.count_nonzero(cadence[known] > 1) >= 2:
            _ask(body, kept, amounts, cadence, known)
        return None
    cadence = _guessed(cadence, known, cells[0], sums)
    length = cadence[who]
    place = np.repeat(np.arange(kept.size), length)
    offset = np.arange(place.size) - np.repeat(np.cumsum(length) - length, length)
    months = month[place] + offset
    inside = months <= month.max()
    _say(body, kept, amounts, length)
    return kept[place][inside], months[inside], (amounts[kept] / length)[place][inside]


def _cadences(who: np.ndarray, month: np.ndarray, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each customer's months between invoices, and where it has two or more so that this is known, (customers,)."""
    paid = sums > 0
    who, month = who[paid], month[paid]
    count = int(who.max()) + 1 if who.size else 0
    order = np.lexsort((month, who))
    who, month = who[order], month[order]
    same = who[1:] == who[:-1]
    gaps, owner = (month[1:] - month[:-1])[same], who[1:][same]
    allowed = np.array(CADENCES)
    counts = np.zeros((count, allowed.size), np.int64)
    # A gap is counted for the longest cadence that it is not shorter than; a pause does not make one longer.
    place = np.searchsorted(allowed, gaps, side="right") - 1
    exact = allowed[place] == gaps
    np.add.at(counts, (owner[exact], place[exact]), 1)
    known = counts.any(axis=1)
    # The commonest; of equals the shortest.
    return np.where(known, allowed[counts.argmax(axis=1)], 1), known


def _guessed(cadence: np.ndarray, known: np.ndarray, who: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Cadences with the unknown ones taken from the customers whose invoices are nearest in size."""
    count = cadence.size
    total, times = np.bincount(who, sums, count), np.bincount(who[sums > 0], minlength=count)
    size = np.log(np.maximum(total / np.maximum(times, 1), 1e-9))
    sure = np.flatnonzero(known)
    ranked = sure[np.argsort(size[sure])]
    for at in np.flatnonzero(~known & (times > 0)).tolist():
        place = int(np.searchsorted(size[ranked], size[at]))
        near = ranked[max(place - 3, 0) : place + 3]
        near = near[np.argsort(np.abs(size[near] - size[at]))][:3]
        lengths, votes = np.unique(cadence[near], return_counts=True)
        cadence[at] = lengths[votes.argmax()]
    return cadence


def _ask(body: Body, kept: np.ndarray, amounts: np.ndarray, cadence: np.ndarray, known: np.ndarray) -> None:
    lengths, counts = np.unique(cadence[known], return_counts=True)
    told = ", ".join(
        f"{count} every {length} months" if length > 1 else f"{count} monthly"
        for length, count in zip(lengths.tolist(), counts.tolist(), strict=True)
    )
    column = body.table.roles["amount"]
    body.findings.say(
        "invoices",
        f"The amounts look like invoices that pay for more than a month (customers: {told})",
        body.grid.address(int(kept[0]) + body.table.first, column),
        amount=float(amounts[kept].sum()),
    )


def _say(body: Body, kept: np.ndarray, amounts: np.ndarray, length: np.ndarray) -> None:
    long = np.flatnonzero(length > 1)
    column = body.table.roles["amount"]
    for months in np.unique(length[long]).tolist():
        rows = kept[long[length[long] == months]]
        body.note("invoices-spread", rows, column, amounts[rows], message=f"Spread over {months} months")
