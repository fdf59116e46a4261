"""Where a company stands against published figures: a dated, sourced and editable table of benchmarks."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nrr_xl.errors import InputError, Problem
from nrr_xl.metrics import ratio
from nrr_xl.packaged import packaged_text
from nrr_xl.records import struct
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.files.given import held_bytes, pandas_frame

COLUMNS = (
    "value",
    "unit",
    "type",
    "company size",
    "time period",
    "population",
    "industry",
    "geography",
    "sample size",
    "source",
)
METRICS = {"NRR": "nrr", "GRR": "grr", "LOGO": "logo_retention"}
UNITS = {"%": 0.01, "fraction": 1.0}
DELIMITERS = ",;\t"
# Outside these a rate of a year is one in another unit: 1.01 % or 10,100 %. Gross and customers' rates end at 100 %.
LEAST, MOST = 0.1, {"NRR": 5.0, "GRR": 1.0, "LOGO": 1.0}
LONG_ROW = ("The row has more cells than there are headers", "Enclose texts that hold a comma in quotation marks.")
_AMOUNT = r"(?P<{0}>[0-9.]+)(?P<{0}_unit>[km]?)"
SIZE = re.compile(
    r"(?P<measure>ARR|annual contracts) (?:below {}|above {}|{} to {})".format(
        *(_AMOUNT.format(name) for name in ("below", "above", "low", "high"))
    ),
    re.IGNORECASE,
)
MEASURES = {"arr": "arr", "annual contracts": "acv"}
MAGNITUDES = {"": 1.0, "k": 1e3, "m": 1e6}
QUANTILES = {"p25": 25.0, "median": 50.0, "p75": 75.0}


def packaged() -> list[dict[str, Any]]:
    """The benchmarks that come with the package, second-hand ones marked so in their source."""
    return parse(packaged_text("retention/data/benchmarks.csv"))


def own_or_packaged(own: Any) -> list[dict[str, Any]]:
    """The benchmarks of a CSV file, or those that were parsed already, or the package's."""
    if own is None:
        return packaged()
    if not isinstance(own, str | os.PathLike):
        return _given(own)
    path = Path(own)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as refused:
        raise InputError(f"{path}: the benchmarks cannot be read ({refused.strerror}).") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: the benchmarks are not UTF-8 text. Save them as CSV UTF-8.") from None
    return parse(text, path.name)


def _given(own: Any) -> list[dict[str, Any]]:
    """The benchmarks of an open file, bytes, a frame, or rows that were parsed already."""
    if held := held_bytes(own):
        return parse(held[0].decode("utf-8-sig", "replace"), "The benchmarks")
    if hasattr(own, "columns"):
        return parse(pandas_frame(own).to_csv(index=False), "The benchmarks")
    rows = list(own) if isinstance(own, Iterable) and not isinstance(own, Mapping) else []
    if not rows or not all(isinstance(row, Mapping) and set(COLUMNS) <= set(row) for row in rows):
        wanted = f"Give the path of a CSV file, or rows with {', '.join(COLUMNS)}."
        raise InputError(f"benchmarks is of the type {type(own).__name__}. {wanted}")
    return [dict(row) for row in rows]


def parse(text: str, name: str = "benchmarks.csv") -> list[dict[str, Any]]:
    """The benchmarks of a CSV text with COLUMNS, as dicts; `value` becomes a fraction.

    `type` is a metric (NRR, GRR or Logo) and a statistic ("p25", "median", "p75" or any words); `unit` is "%" or
    "fraction"; cells stand between commas, semicolons or tabs. Raises InputError with every row that cannot be used,
    by the file's `name`: a value that no rate has, a population's statistic that comes twice or out of order.

    >>> parse(",".join(COLUMNS) + "\\n101,%,NRR median,,2024,,SaaS,,,own survey")[0]["value"]
    1.01
    """
    mark = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    heads = [" ".join(head.lower().split()) for head in next(reader, [])]
    if missing := [column for column in COLUMNS if column not in heads]:
        read = f" Its first row reads {', '.join(map(repr, heads[:6]))}." if any(heads) else " It is empty."
        raise InputError(f"{name}: the benchmarks lack the column {missing[0]!r}.{read} Needed: {', '.join(COLUMNS)}.")
    if twice := [column for column in COLUMNS if heads.count(column) > 1]:
        raise InputError(f"{name}: the benchmarks have the column {twice[0]!r} twice. Keep one.")
    problems: list[Problem] = []
    found: list[dict[str, Any]] = []
    known: dict[tuple[Any, ...], dict[str, float]] = {}
    for number, cells in enumerate(reader, 2):
        if not any(cell.strip() for cell in cells):
            continue
        entry = dict.fromkeys(COLUMNS, "") | {
            head: cell.strip() for head, cell in zip(heads, cells, strict=False) if head in COLUMNS
        }
        wrong = ("source", *LONG_ROW) if len(cells) > len(heads) else _wrong(entry)
        if not wrong:
            made = {**entry, "value": _number(entry["value"]) * UNITS[entry["unit"]]}
            wrong = _second(made, known.setdefault(survey_of(made), {}))
            found.append(made)
        if wrong:
            column, message, action = wrong
            cell = f"{chr(ord('A') + heads.index(column))}{number}"
            problems.append(Problem("error", "benchmark", message, action, name, cell, entry[column]))
    if problems:
        raise InputError(f"{name}: the benchmarks have rows that cannot be used.", problems)
    if not found:
        raise InputError(f"{name}: the benchmarks have no rows. Write each figure into one.")
    return found


def _number(text: str) -> float:
    """A number with a decimal point or comma; NaN where the text is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


def _wrong(entry: dict[str, Any]) -> tuple[str, str, str] | None:
    """The first column of a row that cannot be used, why, and what to do."""
    number = _number(entry["value"])
    if not math.isfinite(number):
        return "value", "The value is no number", "Write it as 101 (with unit %) or 1.01 (with unit fraction)."
    if entry["unit"] not in UNITS:
        return "unit", "The unit is unknown", f"Choose one of {', '.join(UNITS)}."
    metric = entry["type"].split(" ")[0].upper()
    if metric not in METRICS:
        return "type", "The type does not begin with a metric", f"Begin it with one of {', '.join(METRICS)}."
    rate, most = number * UNITS[entry["unit"]], MOST[metric]
    if not LEAST <= rate <= most:
        of = f"{metric} lies between {LEAST:.0%} and {most:.0%}"
        return "value", f"The value in {entry['unit']} is no such rate", f"{of}: look at the unit and the number."
    return None


def _second(entry: dict[str, Any], known: dict[str, float]) -> tuple[str, str, str] | None:
    """What is wrong with a statistic beside the others of its population, which it joins."""
    statistic, value = entry["type"].partition(" ")[2], entry["value"]
    if statistic in known:
        return "type", "The population has this statistic twice", "Keep one."
    known[statistic] = value
    held = [known[each] for each in QUANTILES if each in known]
    if statistic in QUANTILES and held != sorted(held):
        return "value", "The quartiles of this population are out of order", "Their order is p25, median, p75."
    return None


@struct()
class Size:
    """Which companies a benchmark speaks of: by `measure` ("arr" or "acv") from `low` up to, not including, `high`."""

    measure: str
    low: float
    high: float

    def fits(self, own: Mapping[str, float]) -> str:
        """Whether a company of such sizes is one of them: "yes" or "no", "" where its size is not known."""
        size = own.get(self.measure, math.nan)
        return "" if math.isnan(size) else "yes" if self.low <= size < self.high else "no"


def size_of(text: str) -> Size | None:
    """The size that a benchmark's "company size" says; None where it says none that can be compared.

    >>> size_of("ARR 15m to 30m"), size_of("annual contracts below 12k"), size_of("large")
    (Size(measure='arr', low=15000000.0, high=30000000.0), Size(measure='acv', low=0.0, high=12000.0), None)
    """
    found = SIZE.fullmatch(text.strip())
    if found is None:
        return None

    def amount(group: str) -> float:
        return float(found[group]) * MAGNITUDES[found[f"{group}_unit"].lower()]

    measure = MEASURES[found["measure"].lower()]
    if found["below"]:
        return Size(measure, 0.0, amount("below"))
    if found["above"]:
        return Size(measure, amount("above"), math.inf)
    return Size(measure, amount("low"), amount("high"))


def sizes(cube: RevenueCube, line: Mapping[str, Any]) -> dict[str, float]:
    """A company's annual amount at the closing of a window's bridge ("arr"), and that of a customer ("acv")."""
    annual = line["closing"] * (1 if cube.unit == "ARR" else 12 / cube.periods.step)
    return {"arr": annual, "acv": float(ratio(annual, line["closers"]))}


def standing(
    rates: dict[str, float], benchmarks: list[dict[str, Any]], own_sizes: Mapping[str, float] | None = None
) -> dict[str, list[Any]]:
    """Each benchmark beside the company's own rate.

    Parameters
    ----------
    rates : dict
        `nrr`, `grr` and `logo_retention` over a year, as fractions; NaN where undefined.
    benchmarks : list of dict
        From `parse` or `packaged`.
    own_sizes : mapping, optional
        The company's annual amount ("arr") and its annual amount per customer ("acv"), in the benchmarks' currency.

    Returns
    -------
    dict of lists (benchmarks,)
        COLUMNS (`value` a fraction), `company` (the own rate), `difference`, `percentile` (0 to 100, by straight line
        between the quartiles of the same survey; NaN outside them or without them) `standing`, in words, and
        `fits`: whether the company is of the size that the benchmark speaks of ("yes", "no", "" where it says none).

    >>> found = standing({"nrr": 1.05, "grr": 0.9, "logo_retention": 0.9}, packaged())
    >>> found["percentile"][0], found["standing"][0]
    (62.5, 'between median and p75')
    """
    surveys: dict[tuple[Any, ...], dict[str, float]] = {}
    for entry in benchmarks:
        surveys.setdefault(survey_of(entry), {})[entry["type"].partition(" ")[2]] = entry["value"]
    table: dict[str, list[Any]] = {column: [entry[column] for entry in benchmarks] for column in COLUMNS}
    own = [rates[METRICS[entry["type"].split(" ")[0].upper()]] for entry in benchmarks]
    places = [_place(rate, entry, surveys[survey_of(entry)]) for rate, entry in zip(own, benchmarks, strict=True)]
    return {
        **table,
        "company": own,
        "difference": [rate - entry["value"] for rate, entry in zip(own, benchmarks, strict=True)],
        "percentile": [percentile for percentile, _ in places],
        "standing": [words for _, words in places],
        "fits": [size.fits(own_sizes or {}) if (size := size_of(each["company size"])) else "" for each in benchmarks],
    }


def survey_of(entry: dict[str, Any]) -> tuple[Any, ...]:
    """What the quartiles of one population have in common."""
    metric = entry["type"].split(" ")[0].upper()
    return (metric, *(entry[column] for column in COLUMNS[3:8]), entry["source"])


def _place(rate: float, entry: dict[str, Any], survey: dict[str, float]) -> tuple[float, str]:
    if math.isnan(rate):
        return math.nan, "undefined"
    known = [(survey[name], percent, name) for name, percent in QUANTILES.items() if name in survey]
    values = [value for value, _, _ in known]
    if len(known) < 2 or sorted(set(values)) != values:
        words = "at" if rate == entry["value"] else "above" if rate > entry["value"] else "below"
        return math.nan, f"{words} {entry['type'].partition(' ')[2]}"
    if not values[0] <= rate <= values[-1]:
        return math.nan, f"above {known[-1][2]}" if rate > values[-1] else f"below {known[0][2]}"
    percentile = float(np.interp(rate, values, [percent for _, percent, _ in known]))
    low = min(int(np.searchsorted(values, rate, side="right")) - 1, len(known) - 2)
    return percentile, f"between {known[low][2]} and {known[low + 1][2]}"
