"""The Vintages sheet: cohorts in currency, and in percent of their start net and gross of expansion, with curves."""

from __future__ import annotations

import numpy as np

from nrr_xl.metrics import ratio
from nrr_xl.periods import FREQUENCIES, period_label
from nrr_xl.retention.diligence import MOST_VINTAGES, Vintage, vintages
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.charts import Charts
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.texts import texts

WORDS = texts()["vintages"]
NAME, AFTER, TO, BASE, FIRST = range(5)
CHART_WIDTH = 900
CURVES = 6
CHART_ROWS = 13
COLORS = ("accent", "second", "rising", "falling", "muted", "ink")
DASHES = ("solid", "long_dash", "dash", "square_dot", "dash_dot", "long_dash_dot")


def _name(report: Report, vintage: Vintage) -> str:
    """The cohort's period, or that it was there before the first one."""
    axis = report.analysis.cube.periods
    if vintage.end is None:
        return WORDS["before"].format(period=axis.labels[0])
    return period_label(vintage.end, FREQUENCIES[vintage.freq], axis.fiscal_year_end)


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its check."""
    page = report.open("vintages")
    found, ends, freq = vintages(report.analysis)
    top = HEAD_ROWS + CHART_ROWS + 1
    unit = texts()["units"][freq]
    amounts = _table(report, page, found, ends, top, WORDS["amounts"].format(unit=report.unit, age=unit), "amounts")
    start = amounts + 2
    net = _table(report, page, found, ends, start, WORDS["net"].format(age=unit), "net", top)
    gross = _table(report, page, found, ends, net + 2, WORDS["gross"].format(age=unit), "gross", top)
    closing = "+".join(
        fx.cell(top + 2 + i, FIRST + len(v.amounts) - 1, "row col", page.name) for i, v in enumerate(found)
    )
    report.check(WORDS["check"], f"{closing or 0}-INDEX({customers.totals},{ends[-1]})")
    page.columns(20, 7, 7, 7, *[9.5] * len(ends))
    page.sheet.set_column(AFTER, BASE, 7, None, {"level": 1, "hidden": True})
    page.sheet.freeze_panes(HEAD_ROWS, 1)
    page.sheet.print_area(0, 0, gross, FIRST + len(ends) - 1)
    page.widen()
    _curves(report, page, found, ends, start)
    page.print_setup(report.footer, one_page=len(found) <= MOST_VINTAGES // 2)


def _table(
    report: Report, page: Page, found: list[Vintage], ends: list[int], top: int, title: str, what: str, amounts: int = 0
) -> int:
    """One triangle; the shares are of the first age in the table of amounts, which starts in row `amounts`."""
    page.put(top, 0, title, "section")
    page.put(top + 1, NAME, WORDS["vintage"], "header_left")
    page.row(top + 1, AFTER, [WORDS["after"], WORDS["to"], WORDS["base"]], "header")
    for age in range(len(ends)):
        page.put(top + 1, FIRST + age, age, "header", "position")
    for row, vintage in enumerate(found, top + 2):
        page.put(row, NAME, _name(report, vintage), "label")
        for col, position in ((AFTER, vintage.after), (TO, vintage.to), (BASE, vintage.base)):
            page.put(row, col, position, "working", "position")
        after, to, base = (fx.cell(row, col, "col") for col in (AFTER, TO, BASE))
        start = fx.cell(amounts + 2 + row - top - 2, FIRST, "col")
        number = ends.index(vintage.base)
        for age in range(len(vintage.amounts)):
            period = fx.period(str(ends[number + age]))
            mine = f"(FirstPeriod>{after})*(FirstPeriod<={to})"
            total = f'SUMIFS({period},FirstPeriod,">"&{after},FirstPeriod,"<="&{to})'
            began = fx.period(base)
            kept = f"SUMPRODUCT({mine}*(({period}<{began})*{period}+({period}>={began})*{began}))"
            formula, value, kind = {
                "amounts": (total, vintage.amounts[age], "amount"),
                "net": (
                    fx.rate(start, f"{fx.cell(amounts + row - top, FIRST + age)}/{start}"),
                    _share(vintage.amounts, vintage, age),
                    "share",
                ),
                "gross": (fx.rate(start, f"{kept}/{start}"), _share(vintage.kept, vintage, age), "share"),
            }[what]
            report.write(page, row, FIRST + age, formula, float(value), "cohorts", "formula", kind)
    last = top + 1 + len(found)
    if what != "amounts":
        page.heat(top + 2, FIRST + 1, last, FIRST + len(ends) - 1)
        page.grey_undefined(top + 2, FIRST, last, FIRST + len(ends) - 1)
    return last


def _share(amounts: np.ndarray, vintage: Vintage, age: int) -> float:
    return float(ratio(amounts[age], vintage.amounts[0]))


def _curves(report: Report, page: Page, found: list[Vintage], ends: list[int], top: int) -> None:
    """Each cohort's net share by age, for those that have lived longest."""
    charts = Charts(report.book)
    shown = [(i, v) for i, v in enumerate(found) if len(v.amounts) > 2][:CURVES]
    if not shown:
        return
    series = []
    for number, (place, vintage) in enumerate(shown):
        row = top + 2 + place
        values = "=" + fx.block(row, FIRST, row, FIRST + len(vintage.amounts) - 1, page.name)
        series.append((_name(report, vintage), values, COLORS[number], DASHES[number]))
    lowest = min(float(np.nanmin(ratio(v.amounts, v.amounts[0]), initial=1.0)) for _, v in shown)
    ages = "=" + fx.block(top + 1, FIRST, top + 1, FIRST + len(ends) - 1, page.name)
    chart = charts.rates(ages, series, lowest)
    width = min(CHART_WIDTH, paper.width(page.sheet, NAME, FIRST + len(ends) - 1))
    charts.place(page, HEAD_ROWS, 0, chart, WORDS["curves"], WORDS["described"], width=width, height=250)
