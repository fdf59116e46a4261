"""The differences that must be 0 in any analysis, whatever the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nrr_xl.retention.bridge import BRIDGE_LINES, footing
from nrr_xl.retention.cohorts import Triangle
from nrr_xl.retention.methods import DEFAULT, Result
from nrr_xl.retention.reconcile import Reconciliation

CENT = 0.01


@dataclass(frozen=True, slots=True)
class Check:
    """A difference that must be 0, to within a cent."""

    name: str
    difference: float

    @property
    def passed(self) -> bool:
        return abs(self.difference) <= CENT


def largest(differences) -> float:
    """The difference that is furthest from 0, and 0 of none; NaN (undefined) ones do not count."""
    values = np.ravel(np.asarray(differences, dtype=float))
    values = values[~np.isnan(values)]
    return float(values[np.abs(values).argmax()]) if values.size else 0.0


def bridge_checks(line: Mapping, bridges: Mapping[str, Mapping], trend: Mapping) -> list[Check]:
    """The bridges foot and corkscrew, and GRR (in shares) is never above NRR or 100 %."""
    found = [Check("The window's bridge foots", footing(line))]
    for freq, table in bridges.items():
        found.append(Check(f"Every bridge by {freq} foots", largest(footing(table))))
        if freq != "ytd":
            found.append(Check(f"Each closing is the next opening, by {freq}", largest(_corkscrew(table))))
    above = np.maximum(np.asarray(trend["grr"]) - np.minimum(trend["nrr"], 1.0), 0.0)
    return [*found, Check("GRR is at most NRR and 100 %", largest(above))]


def addition_checks(line: Mapping, segments: Mapping[str, Mapping]) -> list[Check]:
    """Every line of the bridge, added up over a segment's values, is the total's."""
    return [
        Check(
            f"{name} adds up to the total",
            largest([np.sum(table[part]) - line[part] for part in BRIDGE_LINES]),
        )
        for name, table in segments.items()
    ]


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
    return Check("The cohorts add up to the closing amount", float(np.sum(latest)) - closing)


def mix_check(name: str, table: Mapping, nrr: float, earlier: float) -> list[Check]:
    """Mix and rate effects add up to the change of NRR, where both windows have one."""
    if not len(table["value"]) or np.isnan(nrr - earlier):
        return []
    explained = float(np.sum(table["mix"]) + np.sum(table["rate"]))
    return [Check(f"Mix and rate by {name} add up to the change of NRR", explained - (nrr - earlier))]


def _corkscrew(table: Mapping) -> np.ndarray:
    return np.asarray(table["closing"])[:-1] - np.asarray(table["opening"])[1:]
