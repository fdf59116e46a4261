"""The Trend sheet: the bridge and the rates of every window that ends in a period, each over the window's months."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nrr_xl.metrics import annualise
from nrr_xl.records import struct
from nrr_xl.retention.bridge import rates
from nrr_xl.retention.movements import movements
from nrr_xl.retention.outlook import YEARS
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper
from nrr_xl.workbook.cells import NOT_APPLICABLE, Page
from nrr_xl.workbook.charts import Charts
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.bridge import lines_of, signed
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.story import Story
from nrr_xl.workbook.texts import texts

WORDS = texts()["trend"]
CHART_ROWS, OUTLOOK_ROWS = 13, 6
# The height of a template's rows in pixels, which all of its periods fit on one page with.
DENSE, GAP = 17, 7
# So many windows, the chart and the outlook are still readable on one page.
ONE_PAGE = 30
HEADER_ROW = HEAD_ROWS + CHART_ROWS
FIRST_ROW = HEADER_ROW + 1
PERIOD, CLOSING, OPENING, FIRST_LINE = range(4)
COUNTS = ("openers", "churned", "closers")
RATES = ("nrr", "grr", "logo_retention", "churn_rate", "quick_ratio")


@struct()
class TrendPlace:
    """Where the Trend sheet has its lines and periods; a period's row follows from its position."""

    sheet: str
    lines: tuple[str, ...]
    periods: int
    back: int

    @property
    def columns(self) -> dict[str, int]:
        """The column of each line, count and rate."""
        return {line: FIRST_LINE + i for i, line in enumerate((*self.lines, *COUNTS, *RATES))}

    @property
    def last_row(self) -> int:
        return FIRST_ROW + self.periods - 1

    @property
    def last_column(self) -> int:
        return FIRST_LINE + len(self.columns) - 1

    @property
    def chart_column(self) -> int:
        """The first column of what the charts draw."""
        return self.last_column + 2

    def column(self, line: str) -> str:
        """The range of a line's column."""
        col = self.columns[line]
        return fx.block(FIRST_ROW, col, self.last_row, col, self.sheet)

    def drawn(self, offset: int) -> str:
        """The range of a column that the charts draw: only periods that reach back far enough."""
        col = self.chart_column + offset
        return "=" + fx.block(FIRST_ROW + self.back, col, self.last_row, col, self.sheet)


def place(report: Report) -> TrendPlace:
    """Where the sheet will have its rows."""
    analysis = report.analysis
    back = analysis.closing - analysis.opening
    return TrendPlace(report.sheets["trend"], lines_of(analysis), len(analysis.cube.periods), back)


def kind_of(line: str) -> str:
    """What a line's cells hold."""
    if line in RATES:
        return "multiple" if line == "quick_ratio" else "rate"
    return "count" if line in COUNTS else "amount"


def write(report: Report, customers: CustomersPlace, at: TrendPlace, told: Story) -> None:
    """Fill the sheet and add its checks."""
    analysis, words = report.analysis, texts()
    page = report.open("trend")
    names = words["lines"] | words["counts"] | words["rates"]
    page.put(HEADER_ROW, PERIOD, WORDS["period"], "header_left")
    page.row(HEADER_ROW, CLOSING, [WORDS["closing_position"], WORDS["opening_position"]], "header")
    first = report.begin + at.back
    reach = np.arange(first, analysis.closing + 1)
    flows = movements(analysis.cube, reach - at.back, reach)
    values = {line: signed(flows, line) for line in (*at.lines, *COUNTS)}
    values |= {rate: found[:, 0] for rate, found in rates(flows).items() if rate in RATES}
    for line, col in at.columns.items():
        page.put(HEADER_ROW, col, names[line], "header")
    for position in range(at.periods):
        row, index = FIRST_ROW + position, position - first
        if position < at.back:
            # Periods that do not reach back are folded away; a shorter window makes them of use.
            page.sheet.set_row(row, None, None, {"level": 1, "hidden": True})
        elif report.feed:
            page.sheet.set_row_pixels(row, DENSE)
        label = analysis.cube.periods.labels[position]
        report.write(page, row, PERIOD, customers.label(position + 1), label, "trend", "label", "general")
        counted = f"ROWS({fx.cell(FIRST_ROW, PERIOD, 'row')}:{fx.cell(row, PERIOD)})"
        report.write(page, row, CLOSING, counted, position + 1, "trend", "working", "position")
        within = 0 <= index < len(reach)
        _row(report, page, at, row, {line: values[line][index] if within else NOT_APPLICABLE for line in values})
    unused = f"NOT(ISNUMBER({fx.cell(FIRST_ROW, OPENING, 'col')}))"
    report.hide_unused(page, (FIRST_ROW, at.last_row), (PERIOD, at.last_column), unused)
    _chart_data(report, page, at, values)
    below = at.last_row + 1
    for row in (HEAD_ROWS - 1, *range(below, below + OUTLOOK_ROWS)) if report.feed else ():
        page.sheet.set_row_pixels(row, GAP if row in (HEAD_ROWS - 1, below) else DENSE)
    _outlook(report, page, at, at.last_row + 2)
    page.sheet.set_column(PERIOD, PERIOD, 13)
    page.helper_columns(CLOSING, OPENING, 11)
    page.sheet.set_column(FIRST_LINE, FIRST_LINE + len(at.lines) - 1, 11.4)
    page.sheet.set_column(FIRST_LINE + len(at.lines), at.last_column, 10)
    page.sheet.set_column(at.last_column + 1, at.last_column + 1, 3)
    page.widen()
    _charts(report, page, at, told)
    page.sheet.freeze_panes(0, 1)
    page.sheet.set_row(HEADER_ROW, 28)
    page.sheet.print_area(0, 0, at.last_row + OUTLOOK_ROWS, at.last_column)
    one_page = report.feed is not None or len(analysis.tables.trend) <= ONE_PAGE
    page.print_setup(report.footer, (HEADER_ROW, HEADER_ROW), one_page=one_page)
    if not report.live["trend"]:
        report.fixed.append(at.sheet)
    _checks(report, customers, at)


def lowest_rate(report: Report) -> float:
    """The lowest rate that the charts draw; NaN in a template, which may be given any."""
    if report.feed:
        return math.nan
    trend = report.analysis.tables.trend
    return float(np.nanmin([1.0, *np.concatenate([trend[rate] for rate in RATES[:3]])]))


def _row(report: Report, page: Page, at: TrendPlace, row: int, values: dict[str, Any]) -> None:
    closing, opening = fx.cell(row, CLOSING, "col"), fx.cell(row, OPENING, "col")
    back = f"{fx.MONTHS}/{fx.PERIOD_MONTHS}"
    shown = values["closing"] is not NOT_APPLICABLE
    start = row - FIRST_ROW - at.back + 1 if shown else NOT_APPLICABLE
    formula = f"IF(AND({closing}-{back}>={fx.BEGIN},{closing}<={fx.CLOSING}),{closing}-{back},{fx.DASH})"
    report.write(page, row, OPENING, formula, start, "trend", "working", "position")
    found = {rate: fx.rate_of(rate, lambda line: fx.cell(row, at.columns[line], "col")) for rate in RATES}
    for line, col in at.columns.items():
        one = found[line] if line in RATES else f"IF(ISNUMBER({opening}),{fx.flow(line, opening, closing)},{fx.DASH})"
        role = "rate" if line in RATES else "formula"
        report.write(page, row, col, one, values[line], "trend", role, kind_of(line))


def _outlook(report: Report, page: Page, at: TrendPlace, top: int) -> None:
    """What the present customers would pay if the rates stayed; arithmetic, not a forecast."""
    page.put(top, 0, WORDS["outlook"], "section")
    heads = texts()["outlook_columns"]
    # The columns between are folded away.
    page.put(top + 1, PERIOD, heads["months"], "header_left")
    page.row(top + 1, FIRST_LINE, list(heads.values())[1:], "header")
    page.sheet.set_row(top + 1, 28)

    def now(line: str) -> str:
        return f"INDEX({at.column(line)},{fx.CLOSING})"

    def yearly(rate: str) -> str:
        return fx.annualised(f"N({rate})")

    # The last year's rates, each as a year's; fewer where the rows hold no more.
    drawn = fx.block(FIRST_ROW, at.chart_column + 5, at.last_row, at.chart_column + 5)
    year = f"INDEX({drawn},MAX({fx.CLOSING}-11,1)):INDEX({drawn},{fx.CLOSING})"
    spread = f"STDEV({year})"
    amount, net, gross = now("closing"), yearly(now("nrr")), yearly(now("grr"))
    known = f"ISNUMBER({now('nrr')})"
    formulas = {
        "grr_only": f"{amount}*({gross})^{{n}}",
        "low": f"{amount}*MAX({net}-{spread},0)^{{n}}",
        "central": f"{amount}*({net})^{{n}}",
        "high": f"{amount}*({net}+{spread})^{{n}}",
        "one_point": f"{amount}*(({net}+1%)^{{n}}-({net})^{{n}})",
    }
    for row, (record, years) in enumerate(zip(report.analysis.tables.outlook.records(), YEARS, strict=True), top + 2):
        page.put(row, 0, record["months"], "text", "position")
        for col, name in enumerate(list(heads)[1:], FIRST_LINE):
            # One rate alone does not vary.
            enough = f"AND({known},COUNT({year})>1)" if name in ("low", "high") else known
            formula = f"IF({enough},{formulas[name].format(n=years)},{fx.DASH})"
            report.write(page, row, col, formula, record[name], "trend", "formula", "amount")


def _chart_data(report: Report, page: Page, at: TrendPlace, values: dict[str, Any]) -> None:
    """What the charts draw: #N/A, unlike a dash, leaves a gap; and each NRR as a year's, for the outlook's spread."""
    words, analysis = texts()["rates"], report.analysis
    heads = [WORDS["drawn"], *(words[rate] for rate in RATES[:3]), texts()["charts"]["whole"], WORDS["yearly"]]
    page.row(HEADER_ROW, at.chart_column, heads, "header")
    for row in range(FIRST_ROW, at.last_row + 1):
        position, label = row - FIRST_ROW, fx.cell(row, PERIOD, "col")
        index = position - at.back - report.begin
        within = index >= 0 and position <= analysis.closing
        named = analysis.cube.periods.labels[position]
        report.write(page, row, at.chart_column, label, named, "trend", "note", "general")
        for offset, rate in enumerate(RATES[:3], 1):
            source = fx.cell(row, at.columns[rate], "col")
            formula = f"IF(ISNUMBER({source}),{source},NA())"
            value = float(values[rate][index]) if within else float("nan")
            shown = value if np.isfinite(value) else "#N/A"
            report.write(page, row, at.chart_column + offset, formula, shown, "trend", "working", "rate")
        page.put(row, at.chart_column + 4, 1.0, "working", "rate")
        source = fx.cell(row, at.columns["nrr"], "col")
        formula = f"IF(ISNUMBER({source}),{fx.annualised(source)},{fx.DASH})"
        one = annualise(max(float(values["nrr"][index]), 0.0), analysis.months) if within else float("nan")
        report.write(page, row, at.chart_column + 5, formula, one, "trend", "working", "rate")
    page.grey_undefined(FIRST_ROW, at.chart_column, at.last_row, at.chart_column + 3)


def _charts(report: Report, page: Page, at: TrendPlace, told: Story) -> None:
    charts = Charts(report.book)
    names = texts()["rates"] | texts()["charts"]
    chart = charts.rates(
        at.drawn(0),
        (
            (names["nrr"], at.drawn(1), "accent", "solid"),
            (names["grr"], at.drawn(2), "second", "solid"),
            (names["logo_retention"], at.drawn(3), "muted", "long_dash"),
            (names["whole"], at.drawn(4), "muted", "square_dot"),
        ),
        lowest_rate(report),
        at.periods - at.back,
    )
    width = paper.width(page.sheet, PERIOD, at.last_column)
    charts.place(page, HEAD_ROWS, 0, chart, told.title("trend"), WORDS["described"], width=width, height=250)


def _checks(report: Report, customers: CustomersPlace, at: TrendPlace) -> None:
    """Checks over amounts, not rates, so that an undefined rate fails none; and every closing by another route."""
    column = {line: at.column(line) for line in at.lines}
    report.check(
        WORDS["loss_check"],
        f'SUMIF({column["contraction"]},">0")+SUMIF({column["churn"]},">0")',
    )
    report.check(WORDS["gain_check"], f'SUMIF({column["expansion"]},"<0")')
    gained = "+".join(f"SUM({column[line]})" for line in at.lines[:-1])
    report.check(WORDS["foots_check"], f"{gained}-SUM({column['closing']})")
    first, last = f"{fx.BEGIN}+{fx.MONTHS}/{fx.PERIOD_MONTHS}", fx.CLOSING
    within = f"({report.positions}>={first})*({report.positions}<={last})"
    report.check(WORDS["totals_check"], f"SUM({column['closing']})-SUMPRODUCT({within}*{customers.totals})")
