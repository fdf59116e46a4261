"""The periods that the headers of a wide table name, with day and month in one order for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from typing import Any

from nrr_xl.records import struct
from nrr_xl.revenue.cells.dates import Doubtful, When, bare_quarters, number_date, parse_date, short_months
from nrr_xl.revenue.cells.months import FORECAST, folded
from nrr_xl.revenue.files.grid import DATE, NUMBER, TEXT, Grid, serial_date
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.runs import run_on

_QUARTER = re.compile(r"(?:19|20)\d\d[-/. ]?[1-4](?:\.0)?")
_MONTH = re.compile(r"(?:19|20)\d\d[-/. ]?(?:[5-9]|0\d|1[0-2])")
_GLUED = re.compile(r"^([A-Za-z]{3,})((?:19|20)\d\d\S*)$")
_SHORT = re.compile(r"\d{1,2}[-/.']{1,2}\d\d")


def header_period(grid: Grid, row: int, column: int, fiscal_year_end: int) -> When | Doubtful | None:
    """The period a header cell names, if it names one."""
    kind, value = grid.kinds[column, row], grid.values[column, row]
    if kind == DATE:
        day = serial_date(value)
        return parse_date(day.isoformat()) if not isinstance(day, float) else None
    if kind == NUMBER:
        return number_date(float(value), fiscal_year_end) if float(value).is_integer() else None
    return text_period(grid.strings[int(value)], fiscal_year_end) if kind == TEXT else None


def header_names(grid: Grid, row: int, height: int) -> dict[int, str]:
    """The header text of each column; a two-row header is read from top to bottom, its upper row carried right."""
    if row < 0:
        return {column: "" for column in range(grid.columns)}
    names = {column: " ".join(grid.text(row, column).split()) for column in range(grid.columns)}
    if height == 1:
        return names
    above, upper = "", {}
    for column in names:
        above = " ".join(grid.text(row - 1, column).split()) or above
        upper[column] = above
    return {
        column: f"{upper[column]} {name}".strip() if name else grid.text(row - 1, column)
        for column, name in names.items()
    }


@struct()
class HeaderPeriods:
    """The periods that headers name, by column.

    `doubtful` are the columns whose header could be read day first or month first; `day_first` is how they were read,
    None where nothing decided and they name no period. `bare` is the first column of those read as quarters though no
    word says so.
    """

    periods: Mapping[int, When] = field(default_factory=dict)
    doubtful: tuple[int, ...] = ()
    day_first: bool | None = None
    bare: int | None = None


def header_periods(
    grid: Grid, row: int, height: int, names: Mapping[int, str], day_first: bool | None, fiscal_year_end: int
) -> HeaderPeriods:
    """The columns whose header names a period, with day and month in one order for all of them."""
    if row < 0:
        return HeaderPeriods()
    found: dict[int, When | Doubtful] = {}
    for column, name in names.items():
        period = (
            header_period(grid, row, column, fiscal_year_end)
            if height == 1
            else _two_row_period(grid, row, column, name, fiscal_year_end)
        )
        if period is not None:
            found[column] = period
    bare = _bare_periods({column: name for column, name in names.items() if name}, found, fiscal_year_end)
    found |= bare
    if day_first is None:
        day_first = _header_order(list(found.values()))
    read = {column: _in_order(period, day_first) for column, period in found.items()}
    read |= run_on(names, {column: period for column, period in read.items() if period}, fiscal_year_end)
    orders = {column: period.order for column, period in found.items() if isinstance(period, Doubtful)}
    return HeaderPeriods(
        {column: When(period.end, period.step) for column, period in read.items() if period},
        tuple(column for column, order in orders.items() if order == "?" or (order != "none" and not read[column])),
        day_first,
        min((column for column, period in bare.items() if period.step == 3), default=None),
    )


def _bare_periods(names: Mapping[int, str], found: Mapping[int, Any], fiscal_year_end: int) -> dict[int, When]:
    """The periods of headers that name one only together: 20231 or 2023-1 as quarters, 1/23 as a month."""
    quarters = {column: name for column, name in names.items() if _QUARTER.fullmatch(name)}
    if len(quarters) >= 3 and not any(_MONTH.fullmatch(name) for name in names.values()):
        read = bare_quarters([name.removesuffix(".0") for name in quarters.values()], fiscal_year_end)
        ends = [when.end for when in read or ()]
        if read and sorted(ends) == list(range(min(ends), max(ends) + 1, 3)):
            return dict(zip(quarters, read, strict=True))
    months = {column: name for column, name in names.items() if column not in found and _SHORT.fullmatch(name)}
    return dict(zip(months, short_months(list(months.values())) or (), strict=False))


def _header_order(found: list[When | Doubtful]) -> bool | None:
    """Whether headers put the day first, by those that leave no doubt, else since no two columns hold one period."""
    orders = {period.order for period in found if isinstance(period, Doubtful)}
    if orders & {"day", "month"}:
        return "day" in orders if len(orders & {"day", "month"}) == 1 else None
    if "?" not in orders:
        return None
    apart = []
    for day_first in (True, False):
        read = [period for period in (_in_order(period, day_first) for period in found) if period]
        if len({(period.end, period.step) for period in read}) == len(read):
            apart.append(day_first)
    return apart[0] if len(apart) == 1 else None


def _in_order(period: When | Doubtful, day_first: bool | None) -> When | None:
    """A header's period with its order decided; None where it is not, or where there is no such day."""
    if isinstance(period, When):
        return period
    return period.read(bool(day_first)) if day_first is not None or period.order == "" else None


def _two_row_period(grid: Grid, row: int, column: int, name: str, fiscal_year_end: int) -> Any:
    lower = grid.text(row, column)
    if not lower or name == lower:
        return None
    # A number under a period is an amount, not the day of it; only a year or a month's number completes one.
    number = int(lower) if re.fullmatch(r"\d{1,4}", lower) else -1
    if grid.kinds[column, row] == NUMBER and not (1990 <= number <= 2079 or 1 <= number <= 12):
        return None
    upper = name.removesuffix(lower).strip()
    if 1 <= number <= 12 and (match := re.fullmatch(r"(?:fy|fiscal year)[ -]?'?((?:19|20)?\d\d)", folded(upper))):
        # The number of a period within a fiscal year, which is called after the year in which it ends.
        year = int(match[1]) + (2000 if len(match[1]) == 2 else 0)
        return When(year * 12 + fiscal_year_end - 13 + number, 1)
    if 0 <= number <= 12 and not re.fullmatch(r"(?:19|20)\d\d", upper):
        return None
    if match := re.fullmatch(r"(?:(fy|cy)|year|jahr|ano|annee)?[ -]?'?((?:19|20)\d\d|\d\d)", folded(upper)):
        year = int(match[2]) + (2000 if len(match[2]) == 2 else 0)
        month = text_period(f"{lower} {year}", 12)
        if isinstance(month, When) and month.step == 1 and match[1] == "fy":
            # A fiscal year is called after the year in which it ends.
            return When(month.end - 12 * (month.end % 12 + 1 > fiscal_year_end), 1)
    return text_period(f"{lower} {upper}", fiscal_year_end) or text_period(f"{upper}-{lower}", fiscal_year_end)


@lru_cache(maxsize=8192)
def text_period(text: str, fiscal_year_end: int) -> When | Doubtful | None:
    """The period a header's text names, with or without the measure beside it ("MRR Jan-24", "Jan 2024 revenue")."""
    found = parse_date(text, fiscal_year_end)
    if found is None and any(c.isdigit() for c in text) and len(text) < 60:
        apart = _GLUED.sub(r"\1 \2", text)
        bare = " ".join(word for word in re.split(r"[\s_()/|:]+| - ", apart) if word and not _measure(word))
        found = parse_date(bare, fiscal_year_end) if bare and bare != text else None
    return found


def _measure(word: str) -> bool:
    """Whether a word beside a period only says what is measured."""
    return bool(said := meanings(word)) and set(said) <= _BESIDE


_BESIDE = frozenset(
    (
        *("mrr", "arr", "money", "recurring", "net", "gross", "total", "filler", "monthly", "bill", "standing"),
        *("cumulative", "rolling"),
    )
)


def is_cumulative(text: str) -> bool:
    """Whether a header of a period says that its amounts are sums, since the start of the year or of several months.

    >>> is_cumulative("Mar-24 YTD"), is_cumulative("LTM Mar-24"), is_cumulative("Mar-24")
    (True, True, False)
    """
    return bool({"cumulative", "rolling"} & {*meanings(text)})


def is_forecast(text: str) -> bool:
    """Whether a header of a period says that its amounts are planned: Jan-24E, Budget 2024-01, Jan-24 (forecast).

    >>> is_forecast("Jan-24E"), is_forecast("Feb-24A")
    (True, False)
    """
    return bool(FORECAST.search(folded(text).strip().replace("_", " ")))
