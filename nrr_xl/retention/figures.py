"""Each number of the JSON object with what it means: one rule for every part, from `data/figures.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from nrr_xl.packaged import packaged_table
from nrr_xl.records import struct

# What a record says of the periods that its amounts are of, the later one first.
PERIODS = ("period", "month")
OPENINGS, CLOSINGS = ("opening", "openers"), ("closing", "closers")
_MONTH = re.compile(r"\d{4}-\d{2}")


@struct()
class Place:
    """Where a figure stands: the `path` of keys to it, what it `belongs` to, its period from `start` to `end`."""

    path: tuple[str, ...]
    sheet: str
    units: Mapping[str, str]
    start: str
    end: str
    belongs: tuple[str, ...] = ()

    @property
    def period(self) -> str:
        """The period as one text, a span's as "2023-12 to 2024-12"."""
        return f"{self.start} to {self.end}" if self.start and self.start != self.end else self.end


@cache
def catalogue() -> dict[str, Any]:
    """The parts with their sheets, and the columns with their labels and units."""
    return packaged_table("retention/data/figures.toml")


def sheets() -> dict[str, str]:
    """The sheet of the workbook that shows each part.

    >>> sheets()["methods"]
    'Methods'
    """
    return {name: part["sheet"] for name, part in catalogue()["parts"].items()}


def absent(found: Mapping[str, Any]) -> dict[str, str]:
    """Why each part of the JSON object that holds nothing holds nothing.

    >>> absent({"renewals": None, "risk": [], "rates": {"nrr": 1.0}})["renewals"]
    'the rows have no dates of contracts'
    """
    why = catalogue()["absent"]
    return {name: why.get(name, why["else"]) for name, part in found.items() if _nothing(part)}


def _nothing(value: Any) -> bool:
    """Whether there is no text and no number in it, however deep."""
    if isinstance(value, Mapping | list | tuple):
        return all(map(_nothing, value.values() if isinstance(value, Mapping) else value))
    return value is None or (isinstance(value, float) and value != value)


def figures(
    found: Mapping[str, Any], money: Mapping[str, str], span: tuple[str, str], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Every number of the parts one by one: key, label, value, unit, period, sheet (None where no sheet shows it).

    Parameters
    ----------
    found : mapping
        The JSON object, undefined as NaN still.
    money : mapping
        What `money` and `yearly` amounts are called, such as "EUR MRR".
    span : (opening, closing)
        Of the window, "YYYY-MM"; a record that names its own period has that.
    names : mapping
        What keys of the object are called, such as the methods'.

    A figure's key is the path to it in the object, positions in lists included.
    """
    called = {**catalogue()["titles"], **names}
    made = []
    for name, part in catalogue()["parts"].items():
        nowhere = set(catalogue()["nowhere"].get(name, ()))
        place = Place((name,), part["sheet"], {**part}, *span)
        for key, column, value, at in _walk(found.get(name), place):
            label, unit = _column(column, at)
            belongs = ", ".join(called.get(text, text) for text in at.belongs)
            told = f"{label} ({belongs})" if belongs else label
            made.append(
                {
                    "key": ".".join(key),
                    "label": told,
                    "value": value,
                    "unit": money.get(unit, unit),
                    "period": _period(column, at),
                    "sheet": None if nowhere.intersection(key) else at.sheet,
                }
            )
    return made


def _walk(value: Any, place: Place, column: str = "") -> Iterator[tuple[tuple[str, ...], str, Any, Place]]:
    """Every number in a part, with its path, its column and its place."""
    if _number(value):
        yield place.path, column, value, place
    elif isinstance(value, Mapping):
        inside = _record(value, place)
        for key, held in value.items():
            if key in catalogue()["places"]:
                continue
            at = replace(inside, path=(*place.path, str(key)))
            if _MONTH.fullmatch(str(key)):
                # Amounts by period, or a cohort's by age: the mapping itself says what they are.
                at = replace(at, start="", end=str(key)) if _number(held) else _named(at, f"cohort {key}")
                yield from _walk(held, at, column)
                continue
            if not _number(held) and key not in catalogue()["plain"]:
                at = _named(at, str(key))
            yield from _walk(held, at, str(key))
    elif isinstance(value, list | tuple | np.ndarray):
        form = catalogue()["lists"].get(column, catalogue()["lists"]["else"])
        for number, held in enumerate(value):
            at = replace(place, path=(*place.path, str(number)))
            yield from _walk(held, _named(at, form.format(number)) if _number(held) else at, column)


def _number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _named(place: Place, *more: str) -> Place:
    return replace(place, belongs=(*place.belongs, *more))


def _record(value: Mapping[str, Any], place: Place) -> Place:
    """The place of a record's numbers: what its texts and places say, and the period that it names."""
    known = catalogue()
    texts = [
        held
        for key, held in value.items()
        if isinstance(held, str) and held and key not in (*known["told"], *PERIODS, "from", place.units.get("apart"))
    ]
    dated = next((str(value[key]) for key in PERIODS if isinstance(value.get(key), str)), "")
    for key, form in known["places"].items():
        # The months of a span, or of the whole window, are its period.
        if form and _number(value.get(key)) and not (key == "months" and (dated or len(place.path) == 1)):
            texts.append(form.format(value[key]))
    place = _named(place, *texts)
    if unit := place.units.get(str(value.get("key"))):
        # A question of the reading guide has a unit of its own, as its limit has.
        place = replace(place, units={**place.units, "value": unit, "limit": unit})
    if not dated:
        return place
    return replace(place, start=str(value["from"]) if isinstance(value.get("from"), str) else "", end=dated)


def _column(column: str, place: Place) -> tuple[str, str]:
    """A column's label and unit; a part may count a column, or all inside a container, otherwise than the catalogue."""
    known = catalogue()["columns"][column]
    inside = next((place.units[key] for key in reversed(place.path[:-1]) if key in place.units), None)
    return known["label"], place.units.get(column) or inside or place.units.get(known["unit"]) or known["unit"]


def _period(column: str, place: Place) -> str:
    """The period of a figure: an amount at one end of a span is of that end."""
    ends = {**dict.fromkeys(OPENINGS, place.start), **dict.fromkeys(CLOSINGS, place.end)}
    return ends.get(column) or place.period
