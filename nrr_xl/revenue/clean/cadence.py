"""Invoices that pay for more than their month: each customer's cadence, and the months each one pays for."""

from __future__ import annotations

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.clean.flow import Array, Flow
from nrr_xl.revenue.clean.terms import terms
from nrr_xl.revenue.table.table import column_title

CADENCES = (1, 2, 3, 4, 6, 12, 24, 36)
# From this share of customers on that are invoiced less than monthly, amounts are no monthly revenue.
MANY = 0.15
# Of fewer months or amounts nobody can tell how often customers pay.
FEWEST = 6


def spread_invoices(body: Body, flow: Flow) -> tuple[Array, Array, Array, Array] | None:
    """Invoices over the months that they pay for, as `levels.Levels` has them; None where amounts stay as they are.

    A customer's cadence is the commonest stretch between its invoices; one with a single invoice has the cadence of the
    customers whose invoices are nearest in size; or a column says each invoice's term. Without the user's word,
    invoices are asked about.
    """
    wanted = body.reading.spread
    if wanted == "no":
        return None
    if wanted in ("term", "service"):
        return _spread(body, flow, _by_term(body, flow, wanted))
    apart = np.diff(distinct(flow.month))
    if wanted is None and apart.size and (not (apart % 3).any()):
        return None  # All customers have amounts in the same quarters or years only: these are the periods.
    first = int(flow.month.min())
    span = int(flow.month.max()) - first + 1
    cells, inverse = np.unique(flow.who * span + flow.month - first, return_inverse=True)
    sums = np.bincount(inverse, np.maximum(flow.amount, 0.0))
    cadence, known = _cadences(cells // span, cells % span, sums)
    if wanted is None and not (known.any() and np.mean(cadence[known] > 1) >= MANY):
        ask_rare(body, flow)
    if not known.any():
        return None
    if wanted is None:
        if np.mean(cadence[known] > 1) >= MANY and np.count_nonzero(cadence[known] > 1) >= 2:
            _ask(body, flow, cadence[known])
        return None
    return _spread(body, flow, _guessed(cadence, known, cells // span, sums)[flow.who])


def _by_term(body: Body, flow: Flow, wanted: str) -> Array:
    """The months that each amount's row says it pays for; a row that says none is an error."""
    if wanted == "service":
        raise InputError(
            "There are no dates at which the service of each invoice starts and ends. Name their columns with --start"
            " and --end and give --layout subscriptions, or give --spread cadence."
        )
    if "term" not in body.table.roles:
        raise InputError("There is no column of terms. Name it with --term, or give --spread cadence.")
    length = terms(body)[flow.row]
    unknown = ~(length >= 1)
    flow.note(body, "term-missing", unknown)
    return np.where(unknown, 1, np.round(length)).astype(np.int64)


def _spread(body: Body, flow: Flow, length: Array) -> tuple[Array, Array, Array, Array]:
    """The amounts over their lengths in months, up to the last month of all, and whole in their first month."""
    at = np.repeat(np.arange(length.size), length)
    later = np.arange(at.size) - np.repeat(np.cumsum(length) - length, length)
    months = flow.month[at] + later
    inside = months <= flow.month.max()
    for lasting in distinct(length[length > 1]).tolist():
        flow.note(body, "invoices-spread", length == lasting, message=f"Spread over {lasting} months")
    whole = np.where(later == 0, flow.amount[at], 0.0)
    return at[inside], months[inside], (flow.amount / length)[at][inside], whole[inside]


def ask_rare(body: Body, flow: Flow) -> None:
    """Ask about rows of which most stand alone: no amount of their customer in the month before or after.

    Bookings, orders and deals do so; what is paid month by month does not.
    """
    paid = flow.amount != 0
    who, month = flow.who[paid], flow.month[paid]
    months = distinct(month)
    if flow.step > 1 or body.reading.spread or months.size < FEWEST:
        return
    # Months in which nobody has an amount part no two: where all have theirs every third month, these are the periods.
    key = distinct(who * (months.size + 2) + np.searchsorted(months, month))
    beside = np.isin(key - 1, key) | np.isin(key + 1, key)
    if key.size < FEWEST or beside.mean() >= 0.5:
        return
    roles, how = body.table.roles, "Count each in its month with --spread no."
    if body.table.layout == "long" and "year" not in roles:
        title = column_title(body.table, roles["date"])
        how = f'Let each go on from its date with --start "{title}", or count each in its month with --spread no.'
    flow.note(body, "amounts-rare", slice(0, 1), action=how)


def _cadences(who: Array, month: Array, sums: Array) -> tuple[Array, Array]:
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
    known = np.asarray(counts.any(axis=1))
    # The commonest; of equals the shortest.
    return np.where(known, allowed[counts.argmax(axis=1)], 1), known


def _guessed(cadence: Array, known: Array, who: Array, sums: Array) -> Array:
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


def _ask(body: Body, flow: Flow, cadence: Array) -> None:
    lengths, counts = np.unique(cadence, return_counts=True)
    told = ", ".join(
        f"{count} every {length} months" if length > 1 else f"{count} monthly"
        for length, count in zip(lengths.tolist(), counts.tolist(), strict=True)
    )
    body.findings.say(
        "invoices",
        f"The amounts look like invoices that pay for more than a month (customers: {told})",
        body.grid.address(int(flow.row[0]) + body.table.first, int(flow.column[0])),
        amount=float(flow.amount.sum()),
    )
