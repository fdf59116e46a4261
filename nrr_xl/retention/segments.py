"""Segments: the window's bridge for each value of a text column or size band, and mix against rate."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nrr_xl.errors import InputError, did_you_mean
from nrr_xl.metrics import left_of, ratio
from nrr_xl.retention.bridge import lines
from nrr_xl.retention.movements import at_both_ends, movements
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cube.build import RevenueCube, Segment

MOST_VALUES = 50
SIZE_BAND = "Size band"


def chosen(cube: RevenueCube, names: Sequence[str] | None = None) -> dict[str, Segment]:
    """The cube's segments by name; without names every one of 2 to 50 values, which tell customers apart usefully."""
    if names is None:
        return {name: found for name, found in cube.segments.items() if 2 <= len(found.values) <= MOST_VALUES}
    unknown = [name for name in names if name not in cube.segments]
    if unknown:
        known = ", ".join(cube.segments) or "none"
        hint = did_you_mean(unknown[0], cube.segments)
        raise InputError(f"There is no segment column {unknown[0]!r}. The source has: {known}.{hint}")
    return {name: cube.segments[name] for name in names}


def segment_bridge(cube: RevenueCube, span: Window, segment: Segment) -> dict[str, np.ndarray]:
    """The window's bridge for each value of a segment, largest opening first; the values add up to the total.

    A customer belongs to its value at the opening, a new or returning one to its value at the closing.

    Returns
    -------
    dict of arrays (values,)
        `value`, BRIDGE_LINES, COUNTS and RATES; values with neither opening nor closing amount are left out.

    >>> from nrr_xl.periods import Periods
    >>> region = Segment("Region", ("EMEA", "APAC"), np.array([0, 1, 1]))
    >>> cube = RevenueCube(("a", "b", "c"), Periods(24288, 2), np.array([[100, 150], [100, 0], [0, 70.0]]))
    >>> found = segment_bridge(cube, Window(0, 1, 1), region)
    >>> found["value"].tolist(), found["nrr"].tolist(), found["new"].tolist()
    (['EMEA', 'APAC'], [1.5, 0.0], [0.0, 70.0])
    """
    table = _by_value(cube, span, segment)
    order = np.lexsort((-table["closing"], -table["opening"]))
    return {name: values[order] for name, values in table.items()}


def size_bridge(cube: RevenueCube, span: Window, edges: Sequence[float] | None = None) -> dict[str, np.ndarray]:
    """As `segment_bridge` for the bands of `size_bands`, the smallest customers first."""
    return _by_value(cube, span, size_bands(cube, span, edges))


def _by_value(cube: RevenueCube, span: Window, segment: Segment) -> dict[str, np.ndarray]:
    """A line for each value that has an amount at an end of the window, in the segment's order."""
    found = lines(movements(cube, [span.opening], [span.closing], segment))
    table = {"value": np.array(segment.values, dtype=object), **{name: values[0] for name, values in found.items()}}
    present = table["opening"] + table["closing"] > 0
    return {name: values[present] for name, values in table.items()}


def size_bands(cube: RevenueCube, span: Window, edges: Sequence[float] | None = None) -> Segment:
    """Customers by their amount at the opening (new and returning ones by that at the closing), as a segment.

    `edges` are the bands' upper limits, inclusive and rising; without them the quartiles of the opening amounts.
    """
    before, after, _ = at_both_ends(cube, span.opening, span.closing)
    if edges is None:
        present = before[before > 0]
        # Quartiles that are customers' own amounts, so that the bands do not depend on the currency's unit.
        quarters = np.maximum(np.ceil(np.array([0.25, 0.5, 0.75]) * present.size).astype(int) - 1, 0)
        limits = distinct(np.sort(present)[quarters]) if present.size else present
    else:
        limits = np.asarray(edges, dtype=float)
        if (limits <= 0).any() or (np.diff(limits) <= 0).any():
            raise InputError(f"The size bands' edges {list(edges)} must be above 0 and rise.")
    codes = np.searchsorted(limits, np.where(before > 0, before, after), side="left")
    return Segment(SIZE_BAND, _band_names(limits), codes)


def _band_names(limits: np.ndarray) -> tuple[str, ...]:
    texts = [f"{limit:,.0f}" if (limits % 1 == 0).all() else f"{limit:,.2f}" for limit in limits]
    if len(set(texts)) < len(texts):
        texts = [repr(limit.item()) for limit in limits]
    if not texts:
        return ("all",)
    return (f"up to {texts[0]}", *(f"above {low} to {high}" for low, high in pairwise(texts)), f"above {texts[-1]}")


def mix_and_rate(cube: RevenueCube, span: Window, segment: Segment, back: int | None = None) -> dict[str, np.ndarray]:
    """Why NRR moved against an earlier window: customers shifted between values (mix), or the values changed (rate).

    With each value's share of the opening amount w and its NRR r, in the earlier window (0, total R0) and now (1):
    mix = (w1 - w0) (r0 - R0) and rate = w1 (r1 - r0); over all values they add up to R1 - R0. A value that has no
    opening amount in a window has no NRR there: R0 stands in for a missing r0, and r0 for a missing r1.

    Parameters
    ----------
    cube, span, segment
        As for `segment_bridge`.
    back : int, optional
        How many periods earlier the other window lies; the window's own length by default.

    Returns
    -------
    dict of arrays (values,)
        `value`, `weight_before`, `weight`, `nrr_before`, `nrr`, `mix`, `rate`; empty where the rows do not reach.
    """
    names = ("weight_before", "weight", "nrr_before", "nrr", "mix", "rate")
    back = span.back if back is None else back
    if span.opening < back:
        return {"value": np.zeros(0, object), **{name: np.zeros(0) for name in names}}
    flows = movements(cube, [span.opening - back, span.opening], [span.closing - back, span.closing], segment)
    opening, expansion, contraction, churn = map(flows.whole, ("opening", "expansion", "contraction", "churn"))
    kept = left_of(opening, contraction, churn, expansion)
    weight = ratio(opening, opening.sum(axis=1, keepdims=True))
    rate = ratio(kept, opening)
    total = ratio(kept.sum(axis=1), opening.sum(axis=1))
    earlier = np.where(np.isnan(rate[0]), total[0], rate[0])
    now = np.where(np.isnan(rate[1]), earlier, rate[1])
    mix, effect = (weight[1] - weight[0]) * (earlier - total[0]), weight[1] * (now - earlier)
    present = opening.sum(axis=0) > 0
    columns = (weight[0], weight[1], rate[0], rate[1], mix, effect)
    value = np.array(segment.values, dtype=object)[present]
    return {"value": value, **{name: column[present] for name, column in zip(names, columns, strict=True)}}
