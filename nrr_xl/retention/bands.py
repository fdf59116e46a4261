"""How a rate reads: the sources' conflicting bands, kept as data, of which the caller picks a scheme."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nrr_xl.errors import InputError


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a scheme: rates from `floor` up (above it where not `inclusive`) to the next band."""

    metric: str
    scheme: str
    floor: float
    inclusive: bool
    label: str
    source: str

    def holds(self, rate: float) -> bool:
        return rate >= self.floor if self.inclusive else rate > self.floor


@cache
def bands() -> tuple[Band, ...]:
    """Every band, the highest of a scheme first."""
    text = files("nrr_xl.retention").joinpath("data/bands.csv").read_text(encoding="utf-8")
    return tuple(
        Band(
            row["metric"],
            row["scheme"],
            float(row["from"] or -math.inf),
            row["inclusive"] == "yes",
            row["label"],
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def schemes(metric: str = "nrr") -> tuple[str, ...]:
    """The names of a metric's schemes.

    >>> schemes()
    ('general', 'kpi_depot', 'salesforce')
    """
    return tuple(dict.fromkeys(band.scheme for band in bands() if band.metric == metric))


def band(rate: float, scheme: str = "general", metric: str = "nrr") -> Band | None:
    """The band of a scheme that holds a rate (a fraction); None where the rate is undefined.

    >>> band(1.1).label, band(1.1, "salesforce").label, band(1.0).label
    ('good', 'solid', 'below par')
    """
    found = [item for item in bands() if item.metric == metric and item.scheme == scheme]
    if not found:
        raise InputError(f"The scheme of bands is {scheme!r}. Choose one of {', '.join(schemes(metric))}.")
    return next((item for item in found if item.holds(rate)), None)


def floor(metric: str = "grr", scheme: str = "quartiles") -> float:
    """The rate below which a scheme's lowest band begins."""
    return min(
        item.floor for item in bands() if (item.metric, item.scheme) == (metric, scheme) and item.floor > -math.inf
    )


def readings(rates: dict[str, float]) -> dict[str, list]:
    """How NRR and GRR read in every scheme: `metric`, `rate`, `scheme`, `label`, `source`; none for undefined rates."""
    table: dict[str, list] = {"metric": [], "rate": [], "scheme": [], "label": [], "source": []}
    for metric in ("nrr", "grr"):
        for scheme in schemes(metric):
            if found := band(rates[metric], scheme, metric):
                row = (metric, rates[metric], scheme, found.label, found.source)
                for column, value in zip(table.values(), row, strict=True):
                    column.append(value)
    return table
