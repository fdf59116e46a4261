"""Everybody's definition of retention as data: who counts, measured how, against when, averaged how, net or gross."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np

from nrr_xl.errors import InputError, did_you_mean
from nrr_xl.files import AnyPath, toml_table
from nrr_xl.metrics import annualise, ratio
from nrr_xl.packaged import packaged_table
from nrr_xl.records import struct
from nrr_xl.retention.movements import at_rates_of
from nrr_xl.revenue.cube.build import RevenueCube

Array = np.ndarray[Any, Any]
LIKE = "like:"
MEASURES = {"point": 0, "quarter": 3, "year": 12}
COHORTS = ("active", "first_period", "both_ends")
MINIMUMS = ("last_period", "year")
WEIGHTS = ("amount", "equal")


@struct()
class Average:
    """A mean of `count` rates whose closings lie `every` months apart, weighted by "amount" (opening) or "equal"."""

    count: int = 1
    every: int = 1
    weights: str = "amount"


@struct()
class Definition:
    """A definition of retention.

    lag : months between the two ends.
    measure : what is compared: the amount of one period ("point"), or the sum of a "quarter" or "year" that ends there.
    cohort : who counts: "active" in the base measure, present in its "first_period", or present at "both_ends".
    minimum, minimum_of : the least amount of a customer that counts, of the base's "last_period" or of its "year".
    population : texts of which a customer must have one in a segment column, at the base's last period; `column` names
        that column, else any will do. Empty: everybody.
    gross : whether no customer counts for more than before.
    average : of several such rates.
    annualise : whether the rate is raised to a year.
    company, filing, wording, confirmed, note : where it comes from, and how far it is confirmed.
    """

    lag: int = 12
    measure: str = "point"
    cohort: str = "active"
    minimum: float = 0.0
    minimum_of: str = "last_period"
    population: tuple[str, ...] = ()
    column: str = ""
    gross: bool = False
    average: Average = Average()
    annualise: bool = False
    company: str = ""
    filing: str = ""
    wording: str = ""
    confirmed: str = ""
    note: str = ""


@struct()
class Defined:
    """A definition's rate = numerator / denominator (of an equal-weighted or annualised one they are its sums).

    `customers` are those of the last base; where the rate is NaN, `reason` says why. `parts` are the rates that it is
    an average of, the last one first: numerator and denominator of each.
    """

    name: str
    definition: Definition
    numerator: float
    denominator: float
    rate: float
    customers: int
    reason: str = ""
    parts: tuple[tuple[float, float], ...] = ()

    @property
    def label(self) -> str:
        """Whose definition it is, and that it is a gross one where it is."""
        return (self.definition.company or self.name) + (", gross" if self.definition.gross else "")


@cache
def definitions() -> dict[str, Definition]:
    """The packaged definitions by name."""
    data = packaged_table("retention/data/definitions.toml")
    return {name: made(entry, name) for name, entry in data.items()}


def like(method: str) -> Definition:
    """The definition that "like:NAME" asks for.

    >>> like("like:zoom").population
    ('Enterprise',)
    """
    name = method.removeprefix(LIKE)
    if name not in definitions():
        hint = did_you_mean(name, tuple(definitions()))
        raise InputError(f"There is no definition {name!r}.{hint} Choose one of {', '.join(definitions())}.")
    return definitions()[name]


def from_file(path: AnyPath) -> Definition:
    """The definition of a TOML file with the fields of Definition."""
    data = toml_table(path, "definition")
    if not data:
        raise InputError(f"{path}: the definition says nothing. Give it one of {', '.join(_KINDS)}.")
    return made(data, str(path))


def file_name(path: AnyPath) -> str:
    """The name of a file without its folder, which is not the same for everybody.

    >>> file_name("C:\\\\books\\\\ours.toml"), file_name("../ours.toml")
    ('ours.toml', 'ours.toml')
    """
    return os.fspath(path).replace("\\", "/").rpartition("/")[2]


# What each field holds, in words for who got it wrong.
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(("lag",), ((int,), "a whole number")),
    **dict.fromkeys(("minimum",), ((int, float), "an amount of 0 or more")),
    **dict.fromkeys(("gross", "annualise"), ((bool,), "true or false")),
    **dict.fromkeys(("measure", "cohort", "minimum_of", "column"), ((str,), "a text")),
    **dict.fromkeys(("company", "filing", "wording", "confirmed", "note"), ((str,), "a text")),
    "population": ((str, list, tuple), "a list of texts"),
    "average": ((dict,), "a table of count, every and weights"),
}


def _refuse_kind(where: str, name: str, value: Any) -> None:
    kinds, words = _KINDS[name]
    texts = not isinstance(value, list) or (value and all(isinstance(each, str) and each.strip() for each in value))
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds) or not texts:
        raise InputError(f"{where}: {name} is {value!r}, but must be {words}.")


def made(entry: Mapping[str, Any], where: str) -> Definition:
    """A definition from its fields; InputError where one is unknown or of the wrong kind."""
    known = {field.name: field for field in fields(Definition)}
    for name in entry:
        if name not in known:
            meant = did_you_mean(name, tuple(known))
            raise InputError(f"{where}: a definition has no {name!r}.{meant} Its keys are {', '.join(known)}.")
        _refuse_kind(where, name, entry[name])
    given = dict(entry)
    if "average" in given:
        parts = {field.name for field in fields(Average)}
        if not isinstance(given["average"], dict) or not set(given["average"]) <= parts:
            raise InputError(f"{where}: average is a table of {', '.join(sorted(parts))}.")
        given["average"] = Average(**given["average"])
    if "population" in given:
        listed = given["population"]
        given["population"] = (listed,) if isinstance(listed, str) else tuple(listed)
    found = Definition(**given)
    for name, value, choices in (
        ("measure", found.measure, tuple(MEASURES)),
        ("cohort", found.cohort, COHORTS),
        ("minimum_of", found.minimum_of, MINIMUMS),
        ("weights", found.average.weights, WEIGHTS),
    ):
        if value not in choices:
            raise InputError(f"{where}: {name} is {value!r}; choose one of {', '.join(choices)}.")
    whole = {"lag": found.lag, "count": found.average.count, "every": found.average.every}
    for name, number in whole.items():
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise InputError(f"{where}: {name} is {number!r}, but must be a whole number of at least 1.")
    if not 0 <= found.minimum < float("inf"):
        raise InputError(f"{where}: minimum is {found.minimum!r}, but must be an amount of 0 or more.")
    for name, other in (("column", "population"), ("minimum_of", "minimum")):
        if name in given and not getattr(found, other):
            raise InputError(f"{where}: {name} does nothing without {other}. Give both, or neither.")
    if given.get("average") and found.average.count == 1:
        raise InputError(f"{where}: average needs a count of 2 or more.")
    return found


def defined(cube: RevenueCube, closing: int, definition: Definition, name: str = "") -> Defined:
    """A definition's rate as of a closing.

    Raises InputError if nobody can be told to be of its population.

    >>> from nrr_xl.periods import Periods
    >>> cube = RevenueCube(("a", "b", "c"), Periods(24288, 3), np.array([[100, 120, 150], [100, 80, 60], [4, 9, 9.0]]))
    >>> defined(cube, 2, Definition(lag=2, minimum=5.0)).rate, defined(cube, 2, Definition(lag=2, gross=True)).rate
    (1.05, 0.803921568627451)
    """
    nan = float("nan")
    step = cube.periods.step
    lag, width, every = definition.lag, MEASURES[definition.measure] or step, definition.average.every
    for what, months in (("lag", lag), ("measure", width), ("averaging", every)):
        if months % step and (what != "averaging" or definition.average.count > 1):
            return Defined(name, definition, nan, nan, nan, 0, f"its {what} needs rows of {months} months or finer")
    back, size, apart = lag // step, width // step, max(every // step, 1)
    reach = back + size - 1 + (definition.average.count - 1) * apart
    if closing < reach:
        reason = f"needs {(reach + 1) * step} months, the rows have {(closing + 1) * step}"
        return Defined(name, definition, nan, nan, nan, 0, reason)
    amounts = at_rates_of(cube, closing - back, closing)
    closings = range(closing - (definition.average.count - 1) * apart, closing + 1, apart)
    found = [_once(cube, amounts, at, back, size, definition) for at in closings]
    above, below = (np.array([each[place] for each in found]) for place in (0, 1))
    numerator, denominator = float(above.sum()), float(below.sum())
    rate = float(ratio(numerator, denominator))
    if definition.average.weights == "equal":
        rate = float(np.mean(ratio(above, below)))
    if definition.annualise:
        rate = float(annualise(max(rate, 0.0), lag))
    reason = "" if rate == rate else "no opening amount"
    above_in, below_in = (cube.units.amounts(each) for each in (above, below))
    parts = tuple(zip(above_in[::-1].tolist(), below_in[::-1].tolist(), strict=True))
    top, bottom = (float(cube.units.amounts(np.asarray(total))) for total in (numerator, denominator))
    return Defined(name, definition, top, bottom, rate, found[-1][2], reason, parts)


def _once(
    cube: RevenueCube, amounts: Array, at: int, back: int, size: int, definition: Definition
) -> tuple[float, float, int]:
    """Numerator, denominator and number of customers of one rate, in units."""
    last = at - back
    base = amounts[:, last - size + 1 : last + 1].sum(axis=1)
    now = amounts[:, at - size + 1 : at + 1].sum(axis=1)
    member = base > 0
    if definition.cohort == "first_period":
        member = amounts[:, last - size + 1] > 0
    elif definition.cohort == "both_ends":
        member &= now > 0
    if definition.minimum:
        year = 1.0 if cube.unit == "ARR" else 12 / cube.periods.step
        counted = base * (year / size) if definition.minimum_of == "year" else amounts[:, last]
        member &= counted >= definition.minimum * cube.units.scale
    if definition.population:
        member &= _population(cube, last, definition)
    if definition.gross:
        now = np.minimum(now, base)
    return float(now[member].sum()), float(base[member].sum()), int(member.sum())


def _population(cube: RevenueCube, at: int, definition: Definition) -> Array:
    """Which customers a segment column calls one of the population's texts, in a period."""
    wanted = {text.casefold() for text in definition.population}
    if definition.column and definition.column not in cube.segments:
        hint = did_you_mean(definition.column, tuple(cube.segments))
        raise InputError(f"The definition's column is {definition.column!r}, which is no segment column.{hint}")
    found, known = np.zeros(len(cube.customers), bool), set[str]()
    for name, segment in cube.segments.items():
        if definition.column and name != definition.column:
            continue
        codes = [code for code, value in enumerate(segment.values) if value.casefold() in wanted]
        known |= {segment.values[code].casefold() for code in codes}
        found |= np.isin(segment.at(at), codes)
    if missing := [text for text in definition.population if text.casefold() not in known]:
        whose = f"column {definition.column!r}" if definition.column else "segment column"
        held = {value for name, segment in cube.segments.items() for value in segment.values}
        raise InputError(
            f"The definition counts {', '.join(definition.population)} only, and no {whose} has the text"
            f" {missing[0]!r}.{did_you_mean(missing[0], held)} Write the definition as a TOML file with your own"
            " population and column."
        )
    return found
