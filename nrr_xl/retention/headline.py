"""The number that was asked for, by a method, a preset or a definition of one's own."""

from __future__ import annotations

from typing import TypedDict, cast

from nrr_xl.retention.definitions import Defined
from nrr_xl.retention.presets import method_of
from nrr_xl.retention.table import Table


class Headline(TypedDict):
    """By which method or definition, of which amounts, and in words why it is undefined or what it leaves out."""

    key: str
    label: str
    numerator: float
    denominator: float
    rate: float
    reason: str
    warning: str


def headline(method: str, methods: Table, own: Defined | None) -> Headline:
    """The row of `methods` that a method or preset names, or what a definition gives."""
    if own is None:
        key, _ = method_of(method)
        return cast(Headline, next(row for row in methods.records() if row["key"] == key))
    return Headline(
        key=own.name,
        label=own.label,
        numerator=own.numerator,
        denominator=own.denominator,
        rate=own.rate,
        reason=own.reason,
        warning=own.definition.note,
    )
