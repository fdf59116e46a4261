"""The figures of rows that were never in one place: the parts added up, and everything that is told about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.metrics import RATES
from nrr_xl.periods import Periods
from nrr_xl.records import struct
from nrr_xl.retention.bridge import TREND_RATES, lines, rates
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS
from nrr_xl.retention.movements import Movements
from nrr_xl.revenue.clean.levels import RISING
from nrr_xl.revenue.cube.complete import last_complete
from nrr_xl.scale.part import Part
from nrr_xl.scale.shape import UNITS, Facts

Array = np.ndarray[Any, Any]
NOT_LOOKED_FOR = (
    "At this size nobody looked for rows that occur twice, for names that may be one customer, for renames and for"
    " amounts that look odd one by one. Totals by name, spellings of one name, snapshots, changes and sums since the"
    " start of a year are refused."
)


@struct(eq=False)
class ScaledAnalysis:
    """Retention of very many rows; every figure is that of `nrr_xl.analyse` on the same rows, to the bit.

    `bridge`, `rates` and `counts` are the window's; `bridges` is the bridge of every month up to the closing, `trend`
    the rates over the window's months for every period; `cohorts` the amounts by first period and period.
    `used_total` adds up all amounts read, of which `below_zero` was netted below 0 and counts as 0.
    """

    periods: Periods
    opening_period: str
    closing_period: str
    months: int
    customers: int
    rows: int
    cells: int
    used_total: float
    below_zero: float
    bridge: dict[str, float]
    rates: dict[str, float]
    counts: dict[str, int]
    bridges: dict[str, Array]
    trend: dict[str, Array]
    cohorts: Array
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        tables = {
            name: {key: np.asarray(each).tolist() for key, each in getattr(self, name).items()}
            for name in ("bridges", "trend")
        }
        plain = ("opening_period", "closing_period", "months", "customers", "rows", "cells", "used_total", "below_zero")
        held = {name: getattr(self, name) for name in (*plain, "bridge", "rates", "counts", "notes")}
        return {**held, **tables, "cohorts": self.cohorts.tolist()}


def finish(parts: Iterable[Part], facts: Facts, where: str, months: int, as_of: str | None) -> ScaledAnalysis:
    """Add the parts up, refuse what only all of them show, and compute every rate once.

    Raises
    ------
    InputError
        If customers are totals by name, or spelt in several ways; if amounts grow through every year.
    """
    whole = reduce(add, parts)
    _refuse(whole, where)
    axis = Periods(facts.months[0], facts.months[-1] - facts.months[0] + 1)
    closing = last_complete(whole.active) if as_of is None else axis.index(_month(as_of))
    if closing < months:
        raise InputError(f"A window of {months} months up to {axis.keys[closing]} opens before the first period.")
    window = _picked(whole.window, np.array([closing - months]))
    found = {name: values[0, 0].item() for name, values in lines(window.in_currency(UNITS)).items()}
    monthly = lines(_picked(whole.monthly, np.arange(closing)).in_currency(UNITS))
    trailing = rates(_picked(whole.window, np.arange(closing - months + 1)).in_currency(UNITS))
    keys = np.array(axis.keys)
    below = UNITS.amounts(whole.below)
    notes = [NOT_LOOKED_FOR]
    if below.any():
        notes.append(f"Net amounts below 0 count as 0: {float(below.sum()):,.2f} in all.")
    if closing < len(axis) - 1:
        notes.append(f"{keys[-1]} looks unfinished, so the window closes in {keys[closing]}.")
    return ScaledAnalysis(
        periods=axis,
        opening_period=str(keys[closing - months]),
        closing_period=str(keys[closing]),
        months=months,
        customers=int(whole.keys.size),
        rows=facts.rows,
        cells=facts.cells,
        used_total=float(UNITS.amounts(float(facts.total))),
        below_zero=float(below.sum()),
        bridge={name: found[name] for name in BRIDGE_LINES},
        rates={name: found[name] for name in RATES},
        counts={name: found[name] for name in COUNTS},
        bridges={
            "period": keys[1 : closing + 1],
            "from": keys[:closing],
            "months": np.ones(closing, int),
            **{name: values[:, 0] for name, values in monthly.items()},
        },
        trend={"period": keys[months : closing + 1], **{name: trailing[name][:, 0] for name in TREND_RATES}},
        cohorts=UNITS.amounts(whole.cohorts),
        notes=tuple(notes),
    )


def _refuse(whole: Part, where: str) -> None:
    if whole.totals:
        raise InputError(
            f"{where} has rows called {', '.join(map(repr, whole.totals))}. Leave the totals out, and retry."
        )
    numbers = np.sort(whole.keys)
    again = int(np.count_nonzero(numbers[1:] == numbers[:-1]))
    if again:
        raise InputError(
            f"{where} spells {again:,} customers in several ways (case or white space). Give each one spelling."
        )
    inside, up, down, turn, fallen = whole.growth.tolist()
    if inside >= 12 and turn >= 3 and up / inside >= RISING and down / inside <= 0.02 and fallen / turn >= 0.8:
        raise InputError(
            f"{where}: amounts only grow within each year, as sums since its start do. Take differences first."
        )


def _picked(flows: Movements, pairs: Array) -> Movements:
    """The movements of some pairs of periods."""
    names = [each.name for each in fields(Movements) if each.name != "units"]
    return Movements(**{name: getattr(flows, name)[pairs] for name in names}, units=flows.units)


def _month(as_of: str) -> int:
    from nrr_xl.periods import parse_as_of

    return parse_as_of(as_of)
