"""Reading a rate: the published bands, which contradict one another, as data with their source."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nrr_xl.errors import InputError


@dataclass(frozen=True, slots=True)
class Band:
    """Rates from `floor` up to the next band; a rate of exactly the floor belongs to it where `inclusive`."""

    label: str
    floor: float
    inclusive: bool = True


@dataclass(frozen=True, slots=True)
class Scheme:
    """One publisher's bands of net revenue retention, best first."""

    source: str
    bands: tuple[Band, ...]


SCHEMES = {
    "general": Scheme(
        "General usage",
        (Band("top", 1.2), Band("good", 1.0, inclusive=False), Band("below par", -math.inf)),
    ),
    "kpi_depot": Scheme(
        "KPI Depot, net revenue retention",
        (Band("exceptional", 1.2, inclusive=False), Band("healthy", 1.0), Band("warning", -math.inf)),
    ),
    "salesforce": Scheme(
        'Salesforce, "What is net retention rate"',
        (Band("solid", 1.0), Band("needs work", 0.8), Band("trouble", -math.inf)),
    ),
}


def band(rate: float, scheme: str = "general") -> str:
    """The word that a scheme has for a rate.

    Parameters
    ----------
    rate : float
        Net revenue retention as a fraction.
    scheme : str
        A key of SCHEMES.

    Raises
    ------
    InputError
        If the scheme is unknown, or the rate is undefined.

    >>> band(1.1), band(1.2, "kpi_depot"), band(0.85, "salesforce")
    ('good', 'healthy', 'needs work')
    """
    if scheme not in SCHEMES:
        raise InputError(f"There is no scheme {scheme!r}. Choose one of: {', '.join(SCHEMES)}.")
    if math.isnan(rate):
        raise InputError("An undefined rate lies in no band.")
    return next(
        band.label for band in SCHEMES[scheme].bands if rate > band.floor or (band.inclusive and rate == band.floor)
    )
