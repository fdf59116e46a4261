"""The Cohorts sheet: what the customers of each first period still pay, and how many are left, as they age."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nrr_xl.periods import FREQUENCIES
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.charts import Charts
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.cohort_places import AFTER, FIRST_AGE, NAME, START, UP_TO, Place
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.story import Story
from nrr_xl.workbook.texts import texts

WORDS, CURVES = texts()["cohorts"], texts()["cohort_curves"]
SUMS = {
    "revenue": 'SUMIFS({c},FirstPeriod,">"&{after},FirstPeriod,"<="&{last})',
    "logos": 'COUNTIFS({c},">0",FirstPeriod,">"&{after},FirstPeriod,"<="&{last})',
}
# Two triangles of so many cohorts are still readable on one page.
ONE_PAGE = 16
CHART_WIDTH = 690


def write(report: Report, customers: CustomersPlace, done: list[Place], told: Story) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("cohorts")
    for triangle in done:
        _triangle(report, page, customers, triangle)
    ages = len(done[0].ends)
    lowest = min(float(np.nanmin(place.averages, initial=1.0)) for place in done)
    lowest = math.nan if report.feed else lowest
    charts = Charts(report.book)
    colors = (("accent", "solid"), ("second", "long_dash"))
    drawn = [(CURVES[place.table.measure], "=" + place.points, *look) for place, look in zip(done, colors, strict=True)]
    chart = charts.rates("=" + done[0].across(done[0].top + 1), drawn, lowest)
    page.sheet.set_column(NAME, NAME, 16)
    page.helper_columns(AFTER, UP_TO, 10)
    page.sheet.set_column(START, START, 11)
    page.sheet.set_column(FIRST_AGE, FIRST_AGE + ages - 1, 5.5)
    page.sheet.set_column(done[0].first_total, done[0].latest, 11)
    page.sheet.print_area(0, 0, done[-1].average, FIRST_AGE + ages - 1)
    page.widen()
    width = min(CHART_WIDTH, paper.width(page.sheet, NAME, FIRST_AGE + ages - 1))
    charts.place(page, HEAD_ROWS, 0, chart, told.title("cohorts"), WORDS["described"], width=width, height=176)
    page.sheet.freeze_panes(0, 1)
    page.print_setup(report.footer, papers=paper.HIGH, one_page=len(done[0].ends) <= ONE_PAGE)
    if not report.live["cohorts"]:
        report.fixed.append(page.name)
    else:
        _checks(report, done)


def _triangle(report: Report, page: Page, customers: CustomersPlace, at: Place) -> None:
    table, analysis = at.table, report.analysis
    unit = {"unit": report.unit_told if table.measure == "revenue" else WORDS["customers"]}
    _title(report, page, at)
    page.put(at.top + 1, NAME, WORDS["cohort"], "header_left")
    page.row(at.top + 1, AFTER, [WORDS["after"], WORDS["up_to"]], "header")
    report.say(page, at.top + 1, START, fx.told(WORDS["start"], unit), "header")
    page.sheet.set_row(at.top + 1, 28)
    for age in range(len(at.ends)):
        page.put(at.top + 1, FIRST_AGE + age, age, "header", "position")
    axis, closing = analysis.cube.periods, analysis.closing + 1
    step = FREQUENCIES[table.freq]
    _first_period(report, page, at)
    for row, place in at.rows:
        end, begins = at.ends[place], at.ends[place - 1] if place else 0
        label = customers.label(end) if step == axis.step else None
        if label is None:
            months = f"(INDEX({fx.ENDS},1)+{(end - 1) * axis.step})"
            label = fx.period_label(months, step, axis.fiscal_year_end)
        index = row - at.first
        report.write(page, row, NAME, label, at.names[index], "cohorts", "label", "general")
        shown = bool(begins < closing and (~np.isnan(at.totals[index])).any())
        begun = f"MAX({begins},{fx.BEGIN})"
        after = f"IF(AND({begins}<{fx.CLOSING},{end}>={fx.BEGIN}),{begun},{fx.DASH})"
        value = max(begins, report.begin + 1) if begins < closing and end > report.begin else fx.UNDEFINED
        report.write(page, row, AFTER, after, value, "cohorts", "working", "position")
        here = fx.cell(row, AFTER, "col")
        # Nobody came in this period: there is no cohort.
        came = f'COUNTIFS({fx.FIRST},">"&{here},{fx.FIRST},"<="&MIN({end},{fx.CLOSING}))'
        to = f"IF(ISNUMBER({here}),IF({came}>0,{end},{fx.DASH}),{fx.DASH})"
        report.write(page, row, UP_TO, to, end if shown else fx.UNDEFINED, "cohorts", "working", "position")
        _cohort(report, page, at, row, place)
    for age in range(len(at.ends)):
        page.put(at.top + 1, at.first_total + age, age, "header", "position")
    report.say(page, at.top, at.first_total, fx.told(WORDS["totals"], unit), "section")
    page.put(at.top + 1, at.latest, WORDS["latest"], "header")
    _averages(report, page, at)
    page.heat(at.first, FIRST_AGE + 1, at.last, FIRST_AGE + len(at.ends) - 1)


def _first_period(report: Report, page: Page, at: Place) -> None:
    """Who was there in the first period, and may have come at any time before: a row that no average counts."""
    period = f"INDEX({fx.LABELS},{fx.BEGIN})", report.analysis.cube.periods.labels[report.begin]
    label = fx.told(WORDS["before"], {"period": period})
    report.write(page, at.first, NAME, *label, "cohorts", "label", "general")
    report.write(page, at.first, AFTER, f"{fx.BEGIN}-1", float(report.begin), "cohorts", "working", "position")
    # Its age 0 is the end of the quarter or year that the first period lies in.
    end = at.ends[0]
    own = f"{end}+{at.step}*MAX(0,ROUNDUP(({fx.BEGIN}-{end})/{at.step},0))"
    to = f"IF(COUNTIF({fx.FIRST},{fx.BEGIN})>0,{own},{fx.DASH})"
    there = bool((~np.isnan(at.totals[0])).any())
    reached = end + at.step * max(0, math.ceil((report.begin + 1 - end) / at.step))
    report.write(page, at.first, UP_TO, to, reached if there else fx.UNDEFINED, "cohorts", "working", "position")
    _cohort(report, page, at, at.first, 0, fx.BEGIN)


def _cohort(report: Report, page: Page, at: Place, row: int, place: int, last: str = "") -> None:
    """One cohort's amounts or customers at each age that it has reached, in the workings, and its shares.

    `last` is the last first period of its customers, where that is not the end of its quarter or year.
    """
    index = row - at.first
    after, to, start = (fx.cell(row, col, "col") for col in (AFTER, UP_TO, START))
    kind = "amount" if at.table.measure == "revenue" else "count"
    totals, first = at.totals[index], fx.cell(row, at.first_total, "col")
    report.write(page, row, START, first, totals[0], "cohorts", "formula", kind)
    for age in range(len(at.ends) - place):
        head = fx.cell(at.top + 1, FIRST_AGE + age, "row")
        position = f"{to}+{head}" if at.step == 1 else f"{to}+{at.step}*{head}"
        amounts = fx.period(f"MIN({position},{fx.CLOSING})")
        total = SUMS[at.table.measure].format(c=amounts, after=after, last=last or to)
        # An age is reached as soon as its quarter or year has begun; the last one runs up to the closing.
        reached = f"IF(ISNUMBER({to}),IF({position}-{at.step}<{fx.CLOSING},{total},{fx.DASH}),{fx.DASH})"
        report.write(page, row, at.first_total + age, reached, totals[age], "cohorts", "working", kind)
        here = fx.cell(row, at.first_total + age)
        share = f"IF(N({start})=0,{fx.DASH},IF(ISNUMBER({here}),{here}/{start},{fx.DASH}))"
        value = totals[age] / totals[0] if totals[0] else math.nan
        report.write(page, row, FIRST_AGE + age, share, value, "cohorts", "formula", "share")
    shares = fx.block(row, FIRST_AGE, row, FIRST_AGE + len(at.ends) - 1)
    across = fx.block(row, at.first_total, row, at.latest - 1)
    known = totals[~np.isnan(totals)]
    # What the shares say by now; of a cohort that has left nothing at its start there are none.
    shown = f"IF(N({start})=0,N(INDEX({across},MAX(1,COUNT({across})))),{start}*INDEX({shares},COUNT({shares})))"
    report.write(page, row, at.latest, shown, known[-1] if known.size else 0.0, "cohorts", "working", kind)


def _averages(report: Report, page: Page, at: Place) -> None:
    """The average at each age, weighted by the start, over the cohorts that have reached it; and how many have."""
    page.put(at.average, NAME, WORDS["average"], "label_total")
    page.put(at.reached, NAME, WORDS["reached"], "note")
    page.put(at.drawn, at.latest, WORDS["drawn"], "note")
    page.grey_undefined(at.drawn, at.first_total, at.drawn, at.latest - 1)
    for col in (AFTER, UP_TO, START):
        page.put(at.average, col, None, "label_total")
    counts = at.reached_by
    starts = fx.block(at.first + 1, START, at.last, START)
    for age, value in enumerate(at.averages):
        col, total = FIRST_AGE + age, at.first_total + age
        totals = f"{fx.cell(at.first + 1, total, 'row')}:{fx.cell(at.last, total, 'row')}"
        began = f"SUMPRODUCT(--ISNUMBER({totals}),{starts})"
        formula = f"IF({began}=0,{fx.DASH},SUM({totals})/{began})"
        report.write(page, at.average, col, formula, value, "cohorts", "total", "share")
        report.write(page, at.reached, col, f"COUNT({totals})", float(counts[age]), "cohorts", "working", "count")
        average = fx.cell(at.average, col)
        point = f"IF(ISNUMBER({average}),{average},NA())"
        shown = float(value) if np.isfinite(value) else "#N/A"
        report.write(page, at.drawn, total, point, shown, "cohorts", "working", "share")


def _title(report: Report, page: Page, at: Place) -> None:
    """What the table shows, which cohort is best and worst, and when the average cohort is halved."""
    words, months = texts(), report.analysis.months
    unit = words["units"][at.table.freq]
    title = WORDS[at.table.measure].format(unit=unit)
    age, averages = at.age(months), at.across(at.average)
    page.put(at.average, at.latest - 1, WORDS["compared"], "note")
    report.write(page, at.average, at.latest, at.age_formula, age.number, "cohorts", "working", "position")
    block = fx.block(at.first + 1, FIRST_AGE, at.last, FIRST_AGE + len(at.ends) - 1, at.sheet)
    names = fx.block(at.first + 1, NAME, at.last, NAME, at.sheet)
    column = f"INDEX({block},0,{age.cell}+1)"
    shares = at.shares[1:, int(max(age.number, 0))]
    known = bool((~np.isnan(shares)).any())

    def named(which: str, position: Callable[[np.ndarray], np.intp]) -> fx.Said:
        text = at.names[1 + int(position(shares))] if known else ""
        return f"INDEX({names},MATCH({which}({column}),{column},0))", text

    facts = {
        "age": fx.number(age.cell, age.number),
        "best": named("MAX", np.nanargmax),
        "worst": named("MIN", np.nanargmin),
    }
    extremes = fx.chosen(f"{age.cell}>0", age.number > 0, fx.told(WORDS["extremes"], facts), ('""', ""))
    below = f"MATCH(TRUE,INDEX({averages}<=0.5,0),0)"
    above, under = f"INDEX({averages},{below}-1)", f"INDEX({averages},{below})"
    crossed = f"{below}-2+({above}-0.5)/({above}-{under})"
    half = at.table.half_life
    fell = fx.told(
        WORDS["half_life"],
        {"age": (f"FIXED({crossed},1)", "" if math.isnan(half) else fx.fixed(half, 1)), "unit": unit},
    )
    halved = f'IFERROR({fell[0]},"")', "" if math.isnan(half) else fell[1]
    said = fx.told(f"{title}{{extremes}}{{halved}}", {"extremes": extremes, "halved": halved})
    report.say(page, at.top, 0, said, "section", layer="cohorts")


def _checks(report: Report, done: list[Place]) -> None:
    """The cohorts' latest amounts are the closing's, and so are their customers."""
    closing = fx.period(fx.CLOSING)
    totals = {"revenue": f"SUM({closing})", "logos": f'COUNTIF({closing},">0")'}
    for at in done:
        latest = fx.block(at.first, at.latest, at.last, at.latest, at.sheet)
        report.check(WORDS[f"{at.table.measure}_check"], f"SUM({latest})-{totals[at.table.measure]}")
