"""The Cohorts sheet: what the customers of each first period still pay, and how many are left, as they age."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nrr_xl.periods import FREQUENCIES, parse_as_of, period_end, period_label
from nrr_xl.retention.cohorts import MEASURES, Triangle, cohorts
from nrr_xl.retention.windows import period_ends, unit_of
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.charts import Charts
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.texts import texts

WORDS, CURVES = texts()["cohorts"], texts()["cohort_curves"]
SUMS = {
    "revenue": 'SUMIFS({c},FirstPeriod,">"&{after},FirstPeriod,"<="&{to})',
    "logos": 'COUNTIFS({c},">0",FirstPeriod,">"&{after},FirstPeriod,"<="&{to})',
}
NAME, AFTER, UP_TO, START, FIRST_AGE = range(5)
CHART_ROWS = 15


# Beyond so many months a triangle by month says less than one by quarter.
MONTHLY = 18
# Two triangles of so many cohorts are still readable on one page.
ONE_PAGE = 16


@dataclass(frozen=True, slots=True)
class Place:
    """A cohort table on its way: its numbers, the row it starts in, and the positions of its period ends (from 1)."""

    table: Triangle
    top: int
    ends: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.top + 2

    @property
    def last(self) -> int:
        return self.first + len(self.table.cohorts) - 1

    @property
    def average(self) -> int:
        return self.last + 1


def tables(analysis) -> list[Triangle]:
    """The triangles of revenue and logos; by quarter where nothing else was asked and there are many months."""
    cube, asked = analysis.cube, analysis.settings.cohort_freq
    freq = asked or unit_of(cube.periods.step)
    if not asked and freq == "month" and analysis.closing >= MONTHLY:
        freq = "quarter"
    return [cohorts(cube, analysis.closing, measure, freq, analysis.months) for measure in MEASURES]


def write(report: Report) -> None:
    """Fill the sheet."""
    analysis = report.analysis
    page = report.open("cohorts")
    top, done = HEAD_ROWS + CHART_ROWS + 1, []
    for table in tables(analysis):
        ends = period_ends(analysis.cube, analysis.closing, table.freq) + 1
        done.append(Place(table, top, tuple(ends.tolist())))
        _triangle(report, page, done[-1])
        top = done[-1].average + 3
    ages = done[0].table.shares.shape[1]
    lowest = min(float(np.nanmin(t.table.average)) for t in done)
    charts = Charts(report.book)
    colors = (("accent", "solid"), ("second", "long_dash"))
    drawn = [
        (CURVES[place.table.measure], _across(page, place.average, ages), *look)
        for place, look in zip(done, colors, strict=True)
    ]
    chart = charts.rates(_across(page, done[0].top + 1, ages), drawn, lowest)
    title = report.headlines["cohorts"]
    charts.place(page, HEAD_ROWS, 0, chart, title, WORDS["described"], width=900, height=290)
    page.sheet.set_column(NAME, NAME, 16)
    page.sheet.set_column(AFTER, START, 10)
    page.sheet.set_column(FIRST_AGE, FIRST_AGE + ages - 1, 6.5)
    page.sheet.freeze_panes(0, 1)
    page.print_setup(report.footer, pages_tall=1 if len(done[0].table.cohorts) <= ONE_PAGE else 0)


def _across(page, row: int, ages: int) -> str:
    return "=" + fx.block(row, FIRST_AGE, row, FIRST_AGE + ages - 1, page.name)


def _triangle(report: Report, page, triangle: Place) -> None:
    table, axis = triangle.table, report.analysis.cube.periods
    ages = table.shares.shape[1]
    unit = report.unit if table.measure == "revenue" else WORDS["customers"]
    title = WORDS[table.measure].format(unit=texts()["units"][table.freq])
    page.put(triangle.top, 0, title + _extremes(triangle), "section")
    page.put(triangle.top + 1, NAME, WORDS["cohort"], "header_left")
    heads = [WORDS["after"], WORDS["up_to"], WORDS["start"].format(unit=unit)]
    page.row(triangle.top + 1, AFTER, heads, "header")
    page.sheet.set_row(triangle.top + 1, 28)
    for age in range(ages):
        page.put(triangle.top + 1, FIRST_AGE + age, age, "header", "position")
    step = FREQUENCIES[table.freq]
    place = {axis.keys[end - 1]: index for index, end in enumerate(triangle.ends)}
    for row, (key, totals, shares) in enumerate(
        zip(table.cohorts, table.totals, table.shares, strict=True), triangle.first
    ):
        index = place[key]
        whole = period_end(parse_as_of(key), step, axis.fiscal_year_end)
        page.put(row, NAME, period_label(whole, step, axis.fiscal_year_end), "label")
        page.put(row, AFTER, triangle.ends[index - 1] if index else 0, "working", "position")
        page.put(row, UP_TO, triangle.ends[index], "working", "position")
        _cohort(report, page, triangle, row, index, totals[0], shares)
    _average(report, page, triangle)
    first, last_col = triangle.first, FIRST_AGE + ages - 1
    page.heat(first, FIRST_AGE + 1, triangle.last, last_col)
    page.grey_undefined(first, FIRST_AGE, triangle.average, last_col)


def _cohort(report: Report, page, triangle: Place, row: int, index: int, began: float, shares) -> None:
    """One cohort's start and its share of it at each age that it has reached."""
    after, to, start = (fx.cell(row, col, "col") for col in (AFTER, UP_TO, START))
    kind = "amount" if triangle.table.measure == "revenue" else "count"

    def total(position: str) -> str:
        return SUMS[triangle.table.measure].format(c=fx.period(position), after=after, to=to)

    report.write(page, row, START, total(to), began, "cohorts", "formula", kind)
    monthly = all(b - a == 1 for a, b in zip(triangle.ends, triangle.ends[1:], strict=False))
    for age in range(len(triangle.ends) - index):
        head = fx.cell(triangle.top + 1, FIRST_AGE + age, "row")
        step = triangle.ends[1] - triangle.ends[0] if len(triangle.ends) > 1 else 1
        position = f"{to}+{head}" if monthly else f"MIN({to}+{step}*{head},{triangle.ends[-1]})"
        value = shares[age]
        report.write(page, row, FIRST_AGE + age, f"{total(position)}/{start}", value, "cohorts", "formula", "share")


def _average(report: Report, page, triangle: Place) -> None:
    """The average at each age, weighted by the start, over the cohorts that have reached it."""
    table, row = triangle.table, triangle.average
    page.put(row, NAME, WORDS["average"], "label_total")
    for col in (AFTER, UP_TO, START):
        page.put(row, col, None, "label_total")
    for age, value in enumerate(table.average):
        reached = int((~np.isnan(table.totals[:, age])).sum())
        if not reached:
            continue
        last = triangle.first + reached - 1
        starts = f"{fx.cell(triangle.first, START, 'col')}:{fx.cell(last, START, 'col')}"
        shares = f"{fx.cell(triangle.first, FIRST_AGE + age)}:{fx.cell(last, FIRST_AGE + age)}"
        formula = f"SUMPRODUCT({starts},{shares})/SUM({starts})"
        report.write(page, row, FIRST_AGE + age, formula, value, "cohorts", "total", "share")


def _extremes(triangle: Place) -> str:
    """Which cohort is best and worst, and when the average cohort is halved."""
    table = triangle.table
    found = []
    if table.best:
        found.append(WORDS["extremes"].format(age=table.compared_at, best=table.best, worst=table.worst))
    if not math.isnan(table.half_life):
        found.append(WORDS["half_life"].format(age=table.half_life, unit=texts()["units"][table.freq]))
    return f" ({'; '.join(found)})" if found else ""
