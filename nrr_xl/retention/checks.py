"""The differences that must be 0 in any analysis, whatever the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.bridge import footing
from nrr_xl.retention.cohorts import Triangle
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS
from nrr_xl.retention.methods import DEFAULT, Result
from nrr_xl.retention.reconcile import Reconciliation
from nrr_xl.revenue.cube.units import HALF_CENT

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# What a difference may be and still pass: money ties to the cent, counts exactly, rates to what a double can hold.
TOLERANCE = {"money": HALF_CENT, "count": 0.0, "rate": 1e-9}


@struct()
class Check:
    """A difference that must be 0, to within the tolerance of its kind: "money", "count" or "rate"."""

    name: str
    difference: float
    kind: str = "money"

    @property
    def tolerance(self) -> float:
        return TOLERANCE[self.kind]

    @property
    def passed(self) -> bool:
        return abs(self.difference) <= self.tolerance


def largest(differences: ArrayLike) -> float:
    """The difference that is furthest from 0, and 0 of none; NaN (undefined) ones do not count."""
    values = np.ravel(np.asarray(differences, dtype=float))
    values = values[~np.isnan(values)]
    return float(values[np.abs(values).argmax()]) if values.size else 0.0


def bridge_checks(
    line: Mapping[str, Any], bridges: Mapping[str, Mapping[str, Any]], trend: Mapping[str, Any]
) -> list[Check]:
    """The bridges foot and corkscrew, and GRR (in shares) is never above NRR or 100 %."""
    found = [
        Check("The window's bridge foots", footing(line)),
        Check("The window's customers foot", float(footing(line, COUNTS)), "count"),
    ]
    for freq, table in bridges.items():
        found.append(Check(f"Every bridge by {freq} foots", largest(footing(table))))
        if freq != "ytd":
            found.append(Check(f"Each closing is the next opening, by {freq}", largest(_corkscrew(table))))
    above = np.maximum(np.asarray(trend["grr"]) - np.minimum(trend["nrr"], 1.0), 0.0)
    return [*found, Check("GRR is at most NRR and 100 %", largest(above), "rate")]


def addition_checks(line: Mapping[str, Any], segments: Mapping[str, Mapping[str, Any]]) -> list[Check]:
    """Every line of the bridge, added up over a segment's values, is the total's."""
    found = []
    for name, table in segments.items():
        for what, kind, parts in (("", "money", BRIDGE_LINES), (" in customers", "count", COUNTS)):
            off = largest([np.sum(table[part]) - line[part] for part in parts])
            found.append(Check(f"{name} adds up to the total{what}", off, kind))
    return found


def method_checks(results: Mapping[str, Result], reconciled: Mapping[str, Reconciliation]) -> list[Check]:
    """Every reconciliation adds up, and the opening customers' flows lead to the default."""
    default, flows = results[DEFAULT], results["closed_cohort_flows"]
    return [
        Check("Every reconciliation adds up", largest([found.difference for found in reconciled.values()])),
        Check("The opening customers' flows lead to their closing", largest([flows.numerator - default.numerator])),
    ]


def cohort_check(triangle: Triangle, closing: float) -> Check:
    """The cohorts' latest amounts are the closing amount."""
    latest = [row[~np.isnan(row)][-1] for row in triangle.totals]
    return Check("The cohorts add up to the closing amount", math.fsum([*latest, -closing]))


def mix_check(name: str, table: Mapping[str, Any], nrr: float, earlier: float) -> list[Check]:
    """Mix and rate effects add up to the change of NRR, where both windows have one."""
    if not len(table["value"]) or np.isnan(nrr - earlier):
        return []
    explained = float(np.sum(table["mix"]) + np.sum(table["rate"]))
    return [Check(f"Mix and rate by {name} add up to the change of NRR", explained - (nrr - earlier), "rate")]


def _corkscrew(table: Mapping[str, Any]) -> np.ndarray:
    found: np.ndarray = np.asarray(table["closing"])[:-1] - np.asarray(table["opening"])[1:]
    return found
