"""Bridges and their rates: from the kernel's sums to one line per period, per window or per value of a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nrr_xl.metrics import RATES, annualise
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS, LINES
from nrr_xl.retention.movements import Movements, movements
from nrr_xl.retention.windows import Window, period_ends, periods_back, year_opening
from nrr_xl.revenue.cube.build import RevenueCube, Segment

TREND_RATES = ("nrr", "grr", "logo_retention", "churn_rate")
FREQS = ("month", "quarter", "year", "ytd")


def rates(flows: Movements) -> dict[str, np.ndarray]:
    """Every rate of RATES from the kernel's sums, in their shape; NaN where its base is 0.

    A rate is the quotient of two exact sums of whole units, rounded once.
    """
    whole = {name: flows.whole(name) for name in BRIDGE_LINES} | {name: getattr(flows, name) for name in COUNTS}
    return {key: rate.of(whole) for key, rate in RATES.items()}


def lines(flows: Movements) -> dict[str, np.ndarray]:
    """BRIDGE_LINES, COUNTS and RATES of some movements, in their shape; losses are positive."""
    named = {name: getattr(flows, name) for name in BRIDGE_LINES}
    counts = {name: getattr(flows, name).astype(int) for name in COUNTS}
    return {**named, **counts, **rates(flows)}


def footing(line: Mapping[str, Any], keys: Sequence[str] = BRIDGE_LINES) -> Any:
    """By how much a bridge's amounts, or its customers (COUNTS), fail to foot: 0, or zeros, in a sound one."""
    reached = line[keys[0]]
    for key in keys[1:-1]:
        reached = reached + LINES[key].sign * line[key]
    return reached - line[keys[-1]]


def window_bridge(cube: RevenueCube, span: Window) -> dict[str, float]:
    """The window's bridge, point to point, with its counts and rates.

    >>> from nrr_xl.periods import Periods
    >>> cube = RevenueCube(("a", "b", "c"), Periods(24288, 2), np.array([[100, 150], [100, 0], [0, 70.0]]))
    >>> line = window_bridge(cube, Window(0, 1, 1))
    >>> line["nrr"], line["grr"], line["logo_retention"], line["new"]
    (0.75, 0.5, 0.5, 70.0)
    """
    flows = movements(cube, [span.opening], [span.closing])
    return {name: values[0, 0].item() for name, values in lines(flows).items()}


def bridge(cube: RevenueCube, closing: int, freq: str | None = None) -> dict[str, np.ndarray]:
    """A corkscrew of bridges by month, quarter or year, or one from the year's opening to each of its periods ("ytd").

    Parameters
    ----------
    cube : RevenueCube
    closing : int
        Position of the last period; the quarter or year that it lies in may still be running.
    freq : str
        "month", "quarter" or "year", no finer than the cube (by default its own); or "ytd".

    Returns
    -------
    dict of arrays (bridges,)
        `period` ("YYYY-MM" of the closing), `from` (of the opening), `months` between them, then BRIDGE_LINES, COUNTS
        and RATES. Each bridge is point to point between its two ends. Empty where the rows hold no opening.
    """
    opening, closings = _ends(cube, closing, freq)
    return _table(cube, opening, closings)


def bridge_by_segment(
    cube: RevenueCube, segment: Segment, closing: int, freq: str | None = None
) -> dict[str, np.ndarray]:
    """As `bridge`, one line for every period and `value` of a segment (a customer's value is that at the opening).

    The values of a period add up to the total's bridge; a value does not corkscrew where customers change theirs.
    """
    opening, closings = _ends(cube, closing, freq)
    return _table(cube, opening, closings, segment)


def trend(cube: RevenueCube, months: int, closing: int) -> dict[str, np.ndarray]:
    """NRR, GRR, logo retention and churn rate over the last `months`, for every period that reaches so far back.

    Returns a dict of arrays (periods,): `period` ("YYYY-MM"), then TREND_RATES as fractions over the whole window.
    """
    back = periods_back(cube, months)
    reach = np.arange(back, closing + 1)
    keys = np.array(cube.periods.keys)
    if not reach.size:
        return {"period": keys[:0], **{name: np.zeros(0) for name in TREND_RATES}}
    found = rates(movements(cube, reach - back, reach))
    return {"period": keys[reach], **{name: found[name][:, 0] for name in TREND_RATES}}


def windows(cube: RevenueCube, months: int, closing: int) -> dict[str, np.ndarray]:
    """As `bridge`, the whole bridge of every window of so many months, for every period that reaches so far back."""
    back = periods_back(cube, months)
    reach = np.arange(back, closing + 1)
    return _table(cube, reach - back, reach)


def annualised_trend(cube: RevenueCube, months: int, closing: int) -> dict[str, np.ndarray]:
    """As `trend` over a shorter window, each rate stretched to a year by compounding (churn as 1 - (1 - c)^(12/n))."""
    found = trend(cube, months, closing)
    for name in ("nrr", "grr", "logo_retention"):
        found[name] = annualise(np.maximum(found[name], 0.0), months)
    found["churn_rate"] = 1 - annualise(np.maximum(1 - found["churn_rate"], 0.0), months)
    return found


def _ends(cube: RevenueCube, closing: int, freq: str | None) -> tuple[np.ndarray, np.ndarray]:
    if freq != "ytd":
        ends = period_ends(cube, closing, freq)
        return ends[:-1], ends[1:]
    opening = year_opening(cube, closing)
    if opening is None:
        return np.zeros(0, int), np.zeros(0, int)
    closings = np.arange(opening + 1, closing + 1)
    return np.full(closings.size, opening), closings


def _table(
    cube: RevenueCube, opening: np.ndarray, closing: np.ndarray, segment: Segment | None = None
) -> dict[str, np.ndarray]:
    keys, groups = np.array(cube.periods.keys), len(segment.values) if segment else 1
    pair = np.repeat(np.arange(len(closing)), groups)
    table = {
        "period": keys[closing][pair],
        "from": keys[opening][pair],
        "months": ((closing - opening) * cube.periods.step)[pair],
    }
    if segment:
        table["value"] = np.tile(np.array(segment.values, dtype=object), len(closing))
    found = lines(movements(cube, opening, closing, segment))
    return {**table, **{name: values.ravel() for name, values in found.items()}}
