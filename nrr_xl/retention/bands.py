"""How a rate reads: the sources' conflicting bands, kept as data, of which the caller picks a scheme."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.packaged import packaged_text
from nrr_xl.records import struct


@struct()
class Band:
    """One band of a scheme: rates from `floor` up (above it where not `inclusive`) to the next band.

    `advice` is what the scheme's source, or usual practice, says of such a rate: what it means and what to do next.
    """

    metric: str
    scheme: str
    floor: float
    inclusive: bool
    label: str
    source: str
    advice: str = ""

    def holds(self, rate: float) -> bool:
        return rate >= self.floor if self.inclusive else rate > self.floor


@cache
def bands() -> tuple[Band, ...]:
    """Every band, the highest of a scheme first."""
    text = packaged_text("retention/data/bands.csv")
    return tuple(
        Band(
            row["metric"],
            row["scheme"],
            float(row["from"] or -math.inf),
            row["inclusive"] == "yes",
            row["label"],
            row["source"],
            row["advice"],
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
    """The band of a scheme that holds a rate (a fraction).

    None where the rate is undefined.

    >>> band(1.1).label, band(1.1, "salesforce").label, band(1.0).label
    ('good', 'solid', 'below par')
    """
    found = [item for item in bands() if item.metric == metric and item.scheme == scheme]
    if not found:
        raise InputError(f"The scheme of bands is {scheme!r}. Choose one of {', '.join(schemes(metric))}.")
    return next((item for item in found if item.holds(rate)), None)


def advice(rate: float, scheme: str = "general") -> str | None:
    """What a rate (a fraction) means and what to do next, as a scheme's source has it; None where it is undefined.

    >>> advice(0.7, "salesforce")
    'Retention first, expansion later: stop the losses before selling more.'
    """
    found = band(rate, scheme)
    return None if found is None else found.advice


def floor(metric: str = "grr", scheme: str = "quartiles") -> float:
    """The rate below which a scheme's lowest band begins."""
    return min(
        item.floor for item in bands() if (item.metric, item.scheme) == (metric, scheme) and item.floor > -math.inf
    )


def readings(rates: Mapping[str, float], scheme: str = "general") -> dict[str, list[Any]]:
    """How NRR and GRR read in every scheme, the chosen one first; undefined rates are left out.

    Returns a dict of lists: `metric`, `rate`, `scheme`, `label`, `source`, `advice`.

    >>> readings({"nrr": 1.1, "grr": 0.9}, "salesforce")["label"]
    ['solid', 'good', 'healthy', 'below median']
    """
    band(rates["nrr"], scheme)
    names = sorted(schemes("nrr"), key=lambda name: name != scheme)
    asked = [*(("nrr", name) for name in names), *(("grr", name) for name in schemes("grr"))]
    found = [(metric, rates[metric], band(rates[metric], name, metric)) for metric, name in asked]
    known = [(metric, rate, item) for metric, rate, item in found if item]
    return {
        "metric": [metric for metric, _, _ in known],
        "rate": [rate for _, rate, _ in known],
        "scheme": [item.scheme for _, _, item in known],
        "label": [item.label for _, _, item in known],
        "source": [item.source for _, _, item in known],
        "advice": [item.advice for _, _, item in known],
    }
