"""Which definitions come nearest to a rate that somebody else reports for the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nrr_xl.records import struct
from nrr_xl.retention.presets import used_by

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis

SHOWN = 3


@struct()
class Near:
    """A definition and its NRR; `points` is the other rate less this one, in points of NRR (1.5 = 1.5 %)."""

    definition: str
    rate: float
    points: float
    used_by: tuple[str, ...] = ()


def nearest(analysis: Analysis, theirs: float) -> tuple[Near, ...]:
    """The definitions whose NRR comes nearest to `theirs` (a fraction), the nearest first.

    They are every method of the analysis, and the default method under each contested choice that the rows allow.

    >>> import numpy as np
    >>> from nrr_xl.periods import Periods
    >>> from nrr_xl.retention.analysis import analyse
    >>> from nrr_xl.revenue.cube.build import RevenueCube
    >>> cube = RevenueCube(("a", "b"), Periods(24288, 2), np.array([[100.0, 150.0], [100.0, 0.0]]))
    >>> [(near.rate, near.points) for near in nearest(analyse(cube, months=1), 1.5)][:1]
    [(1.5, 0.0)]
    """
    found = [
        (f"{row['label']} ({row['key']})", row["rate"], used_by(row["key"]))
        for row in analysis.tables.methods.records()
    ] + [
        (f"point to point, {row['case']}: {row['choice']}", row["nrr"], ())
        for row in analysis.tables.sensitivity.records()
        if row["case"] != "all"
    ]
    known = [
        Near(name, rate, round(100 * (theirs - rate), 4) + 0.0, used) for name, rate, used in found if rate == rate
    ]
    return tuple(sorted(known, key=lambda near: (abs(near.points), near.definition))[:SHOWN])
