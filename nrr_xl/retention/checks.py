"""The differences that must be 0 in any analysis, whatever the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nrr_xl.retention.bridge import BRIDGE_LINES, footing

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


def _corkscrew(table: Mapping) -> np.ndarray:
    return np.asarray(table["closing"])[:-1] - np.asarray(table["opening"])[1:]
