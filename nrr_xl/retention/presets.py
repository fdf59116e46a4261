"""Public companies' definitions of net retention as named settings of the methods."""

from __future__ import annotations

import csv
from functools import cache

from nrr_xl.errors import InputError
from nrr_xl.packaged import packaged_text
from nrr_xl.records import struct
from nrr_xl.retention.definitions import LIKE, like
from nrr_xl.retention.methods import DEFAULT, METHODS


@struct()
class Preset:
    """A company's definition: the method and what it annualises; `confirmed` (yes, partly, no) against `source`."""

    preset: str
    company: str
    method: str
    annualise_from: str
    confirmed: str
    definition: str
    source: str


@cache
def presets() -> dict[str, Preset]:
    """Every preset by name."""
    text = packaged_text("retention/data/presets.csv")
    return {row["preset"]: Preset(**row) for row in csv.DictReader(text.splitlines())}


def used_by(method: str) -> tuple[str, ...]:
    """The companies whose preset is the method.

    >>> used_by("point_to_point")
    ('Confluent', 'GitLab')
    """
    return tuple(preset.company for preset in presets().values() if preset.method == method)


def method_of(name: str, annualise_from: str = "closing") -> tuple[str, str]:
    """The method that a name means, itself or by a preset, and what `annualised` then annualises.

    A definition ("like:zoom") is none of the methods and is shown beside the default.

    >>> method_of("datadog"), method_of("point_to_point"), method_of("hubspot_2014")
    (('trailing_average', 'closing'), ('point_to_point', 'closing'), ('annualised', 'window'))
    """
    if name in METHODS:
        return name, annualise_from
    if name.startswith(LIKE):
        like(name)
        return DEFAULT, annualise_from
    if found := presets().get(name):
        return found.method, found.annualise_from
    raise InputError(f"method is {name!r}. Choose one of {', '.join((*METHODS, *presets()))}, or like:NAME.")
