"""Churn described: how long the lost customers had stayed, why they left, and whether the risk list foresaw it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from nrr_xl.metrics import ratio
from nrr_xl.retention.drivers import accounts_at_risk
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube, Segment

Array = np.ndarray[Any, Any]
# Months since the first amount; the last band is open.
TENURES = (6, 12, 24, 36)
EARLY_MONTHS = TENURES[0]
# What a column of reasons is called, and what a payment that failed is.
REASON_WORDS = ("reason", "cancellation", "cancelation", "churn type", "grund", "motif", "motivo")
INVOLUNTARY_WORDS = (
    "involuntary",
    "payment",
    "card",
    "declined",
    "insolv",
    "bankrupt",
    "non-pay",
    "dunning",
    "zahlung",
)
NOT_KNOWN = "(before the first period)"


def tenure_at_churn(cube: RevenueCube, span: Window) -> dict[str, Array]:
    """The window's churned customers by how long they had stayed.

    Tenure runs from a customer's first amount to its last one up to the closing, in months, both counted. Customers
    present in the first period of the rows are of unknown age and stand apart.

    Returns
    -------
    dict of arrays (bands,)
        `band` in words, `customers`, `amount` (their opening amount), `share` (of the churned amount).

    >>> from nrr_xl.periods import Periods
    >>> amounts = np.array([[5, 5, 5, 0.0], [0, 7, 7, 0], [0, 2, 2, 2]])
    >>> found = tenure_at_churn(RevenueCube(("a", "b", "c"), Periods(24288, 4), amounts), Window(2, 3, 1))
    >>> found["band"].tolist()[:2], found["amount"].tolist()[:2]
    (['up to 6 months', 'above 6 to 12 months'], [7.0, 0.0])
    """
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    gone = np.flatnonzero((before > 0) & (after == 0))
    active = cube.amounts[gone, : span.closing + 1] > 0
    first = active.argmax(axis=1)
    last = active.shape[1] - 1 - active[:, ::-1].argmax(axis=1)
    months = (last - first + 1) * cube.periods.step
    band = np.where(first == 0, len(TENURES) + 1, np.searchsorted(TENURES, months, side="left"))
    names = [f"up to {TENURES[0]} months"]
    names += [f"above {low} to {high} months" for low, high in pairwise(TENURES)]
    names += [f"above {TENURES[-1]} months", NOT_KNOWN]
    return _table(cube, "band", np.array(names, dtype=object), band, before[gone])


def reason_segment(cube: RevenueCube) -> Segment | None:
    """The column that says why customers left, by its name; None where there is none."""
    return next((found for name, found in cube.segments.items() if _says(name, REASON_WORDS)), None)


def reasons_for_churn(cube: RevenueCube, span: Window) -> dict[str, Array] | None:
    """The window's churned customers by reason, largest amount first; None where no column says so.

    Returns
    -------
    dict of arrays (reasons,)
        `reason` (the customer's last text up to the closing), `customers`, `amount`, `share`, `none_given` (the line
        of those without a reason), and `involuntary`: whether the reason speaks of a failed payment or insolvency.
    """
    segment = reason_segment(cube)
    if segment is None:
        return None
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    gone = np.flatnonzero((before > 0) & (after == 0))
    if segment.codes.ndim == 1:
        code = segment.codes[gone]
    else:
        known = segment.codes[gone, : span.closing + 1]
        last = known.shape[1] - 1 - (known[:, ::-1] >= 0).argmax(axis=1)
        code = known[np.arange(gone.size), last]
    names = np.array([*segment.values, "(none given)"], dtype=object)
    table = _table(cube, "reason", names, np.where(code < 0, len(segment.values), code), before[gone])
    order = np.flatnonzero(table["customers"] > 0)
    order = order[np.argsort(-table["amount"][order], kind="stable")]
    table = {name: values[order] for name, values in table.items()}
    table["none_given"] = order == len(segment.values)
    table["involuntary"] = np.array([_says(reason, INVOLUNTARY_WORDS) for reason in table["reason"]], bool)
    return table


def risk_by_segment(cube: RevenueCube, span: Window, segment: Segment, periods: int, drop: float) -> dict[str, Array]:
    """The accounts at risk by a segment's value: `value`, `customers`, `amount`, `share` (of the value's closing)."""
    at_risk = accounts_at_risk(cube, span, periods, drop)
    rows = np.flatnonzero(_among(cube, at_risk["customer"]))
    codes = np.maximum(segment.at(span.closing), 0)
    names = np.array(segment.values, dtype=object)
    closing = cube.amounts[:, span.closing]
    table = _table(cube, "value", names, codes[rows], closing[rows])
    table["share"] = ratio(table["amount"], _table(cube, "value", names, codes, closing)["amount"])
    return table


def risk_back_test(cube: RevenueCube, span: Window, periods: int, drop: float) -> dict[str, float]:
    """What the rule for accounts at risk would have said at the opening, and what became of them by the closing.

    Returns
    -------
    dict of float
        `at_risk`, `rest`: opening customers on and off the list as of the opening; `at_risk_churned`, `rest_churned`:
        the share of each that churned; `lift`, the first over the second; `at_risk_kept`, `rest_kept`: their NRR.
        NaN where there are none.

    >>> from nrr_xl.periods import Periods
    >>> amounts = np.array([[9, 8, 7, 6, 0], [5, 5, 5, 5, 5.0], [4, 4, 4, 4, 0], [3, 3, 3, 3, 3]])
    >>> found = risk_back_test(RevenueCube(tuple("abcd"), Periods(24288, 5), amounts), Window(3, 4, 1), 3, 0.5)
    >>> found["at_risk"], found["at_risk_churned"], found["rest_churned"]
    (1.0, 1.0, 0.3333333333333333)
    """
    earlier = Window(max(span.opening - span.back, 0), span.opening, span.months)
    listed = accounts_at_risk(cube, earlier, periods, drop)["customer"]
    on_list = _among(cube, listed)
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    opening, closing = cube.units.whole(before), cube.units.whole(after)
    found: dict[str, float] = {}
    for name, rows in (("at_risk", on_list & (before > 0)), ("rest", ~on_list & (before > 0))):
        found[name] = float(rows.sum())
        found[f"{name}_churned"] = float(ratio(float((rows & (after == 0)).sum()), float(rows.sum())))
        found[f"{name}_kept"] = float(ratio(float(closing[rows].sum()), float(opening[rows].sum())))
    found["lift"] = float(ratio(found["at_risk_churned"], found["rest_churned"]))
    return found


def _among(cube: RevenueCube, names: Array) -> Array:
    """Which customers have one of some names, bool (customers,); NumPy's own way looks at every pair of texts."""
    wanted = set(names.tolist())
    return np.fromiter((name in wanted for name in cube.customers), bool, len(cube.customers))


def _table(cube: RevenueCube, head: str, names: Array, place: Array, amounts: Array) -> dict[str, Array]:
    """Customers and amounts by their place among names, and each one's share of the amount."""
    whole = np.bincount(place, cube.units.whole(amounts).astype(float), names.size)
    return {
        head: names,
        "customers": np.bincount(place, minlength=names.size),
        "amount": whole / cube.units.scale,
        "share": ratio(whole, whole.sum()),
    }


def _says(text: str, words: tuple[str, ...]) -> bool:
    plain = text.casefold()
    return any(word in plain for word in words)
