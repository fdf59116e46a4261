"""Results of the retention functions as the rows of cells that a worksheet function spills, headings first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nrr_xl.errors import Problem
from nrr_xl.functions.values import CellError, result
from nrr_xl.functions.words import excel_words
from nrr_xl.metrics import RATES
from nrr_xl.periods import FREQUENCIES, month_number, period_label
from nrr_xl.retention.lines import CORKSCREW, LINES
from nrr_xl.retention.methods import Result
from nrr_xl.revenue.cube.build import RevenueCube

if TYPE_CHECKING:
    from nrr_xl.retention.cohorts import Triangle

SHOWN = {key: RATES[key].label for key in ("nrr", "grr", "logo_retention")}
# Beyond what a cohort has reached a triangle is blank.
NOT_REACHED = ""


def rate_of(found: Result) -> float | str:
    """A method's rate for a cell: #N/A where the rows do not reach so far back, #DIV/0! where its base is 0."""
    return result(found.rate, "#N/A" if math.isnan(found.denominator) else "#DIV/0!")


def methods_table(found: dict[str, Result]) -> list[list[Any]]:
    """Method, numerator, denominator, rate."""
    lines = [
        [key, result(each.numerator, rate_of(each)), result(each.denominator, "#N/A"), rate_of(each)]
        for key, each in found.items()
    ]
    return [["Method", "Numerator", "Denominator", "Rate"], *lines]


def trend_table(found: dict[str, Any], cube: RevenueCube) -> list[list[Any]]:
    """Period and rates; #N/A where the window reaches no period."""
    if not len(found["period"]):
        raise CellError("#N/A")
    columns = [[result(rate) for rate in found[name].tolist()] for name in SHOWN]
    periods = _labels(found["period"], cube, cube.periods.step)
    return [["Period", *SHOWN.values()], *map(list, zip(periods, *columns, strict=True))]


def bridge_table(found: dict[str, Any], cube: RevenueCube, freq: str) -> list[list[Any]]:
    """Period and the lines of the bridge, losses positive; #N/A where there is one period only."""
    if not len(found["period"]):
        raise CellError("#N/A")
    periods = _labels(found["period"], cube, FREQUENCIES[freq])
    columns = [found[name].tolist() for name in CORKSCREW]
    return [["Period", *(LINES[name].label for name in CORKSCREW)], *map(list, zip(periods, *columns, strict=True))]


def cohort_table(found: Triangle, cube: RevenueCube, freq: str) -> list[list[Any]]:
    """Cohort, its total at age 0, and its share at each age."""
    names = _labels(found.cohorts, cube, FREQUENCIES[freq])
    if found.first_unknown:
        names[0] = f"before {cube.periods.labels[0]}"
    base = "Customers" if found.measure == "logos" else "Amount"
    lines = [
        [name, totals[0], *(NOT_REACHED if math.isnan(share) else share for share in shares)]
        for name, totals, shares in zip(names, found.totals.tolist(), found.shares.tolist(), strict=True)
    ]
    return [["Cohort", base, *map(float, range(found.shares.shape[1]))], *lines]


def segment_table(found: dict[str, Any], total: dict[str, Any]) -> list[list[Any]]:
    """Segment, the lines of its bridge and its rates; the total last."""
    columns = [[result(value) for value in found[name].tolist()] for name in (*CORKSCREW, *SHOWN)]
    head = ["Segment", *(LINES[name].label for name in CORKSCREW), *SHOWN.values()]
    lines = map(list, zip(found["value"].tolist(), *columns, strict=True))
    return [head, *lines, ["Total", *(result(total[name]) for name in (*CORKSCREW, *SHOWN))]]


def movers_table(found: dict[str, Any], count: int) -> list[list[Any]]:
    """Customer, movement, opening, closing, change: the largest changes of all lines together."""
    lines = [
        [customer, line, opening, closing, change]
        for line, table in found.items()
        for customer, opening, closing, change in zip(
            *(table[name].tolist() for name in ("customer", "opening", "closing", "change")), strict=True
        )
    ]
    lines.sort(key=lambda line: -abs(line[-1]))
    return [["Customer", "Movement", "Opening", "Closing", "Change"], *lines[:count]]


def problem_table(problems: tuple[Problem, ...]) -> list[list[Any]]:
    """Severity, problem, row of the range, value, message, what to do; a line that says so where there is none."""
    head = ["Severity", "Problem", "Row", "Value", "Message", "Action"]
    if not problems:
        return [head, ["ok", "", "", "", "Nothing to report", ""]]
    return [
        head,
        *(
            [each.severity, each.code, _row(each), _shown(each.value), *map(excel_words, (each.message, each.action))]
            for each in problems
        ),
    ]


def _row(problem: Problem) -> float | str:
    """The row of the range that a problem is in; blank where it is about more than a row."""
    match = re.fullmatch(r"[A-Z]+(\d+)", problem.cell)
    return float(match[1]) if match and int(match[1]) else ""


def _shown(value: object) -> float | str:
    if value is None:
        return ""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _labels(keys: Iterable[object], cube: RevenueCube, step: int) -> list[str]:
    """Periods "YYYY-MM" as a reader writes them, such as "Dec 2024" or "Q4 2024"; NRR_ASOF reads them too."""
    year_end = cube.periods.fiscal_year_end
    return [period_label(month_number(int(key[:4]), int(key[5:])), step, year_end) for key in map(str, keys)]
