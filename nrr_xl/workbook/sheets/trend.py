"""The Trend sheet: the bridge and the rates of every window that ends in a period, each over the window's months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrr_xl.retention.bridge import rates
from nrr_xl.retention.movements import movements
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE
from nrr_xl.workbook.charts import Charts
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.bridge import lines_of, rate_formulas, signed
from nrr_xl.workbook.texts import texts

WORDS = texts()["trend"]
CHART_ROWS, OUTLOOK_ROWS = 16, 7
# So many windows, the chart and the outlook are still readable on one page.
ONE_PAGE = 30
HEADER_ROW = HEAD_ROWS + CHART_ROWS
FIRST_ROW = HEADER_ROW + 1
PERIOD, CLOSING, OPENING, FIRST_LINE = range(4)
COUNTS = ("openers", "churned", "closers")
RATES = ("nrr", "grr", "logo_retention", "churn_rate", "quick_ratio")


@dataclass(frozen=True, slots=True)
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
    return TrendPlace(report.sheets["trend"], lines_of(analysis), analysis.closing + 1, back)


def kind_of(line: str) -> str:
    """What a line's cells hold."""
    if line in RATES:
        return "multiple" if line == "quick_ratio" else "rate"
    return "count" if line in COUNTS else "amount"


def write(report: Report, at: TrendPlace) -> None:
    """Fill the sheet and add its checks."""
    analysis, words = report.analysis, texts()
    page = report.open("trend")
    names = words["lines"] | words["counts"] | words["rates"]
    page.put(HEADER_ROW, PERIOD, WORDS["period"], "header_left")
    page.row(HEADER_ROW, CLOSING, [WORDS["closing_position"], WORDS["opening_position"]], "header")
    reach = np.arange(at.back, analysis.closing + 1)
    flows = movements(analysis.cube, reach - at.back, reach)
    values = {line: signed(flows, line) for line in (*at.lines, *COUNTS)}
    values |= {rate: found[:, 0] for rate, found in rates(flows).items() if rate in RATES}
    for line, col in at.columns.items():
        page.put(HEADER_ROW, col, names[line], "header")
    for position in range(at.periods):
        row, index = FIRST_ROW + position, position - at.back
        if index < 0:
            # Periods that do not reach back are folded away; a shorter window makes them of use.
            page.sheet.set_row(row, None, None, {"level": 1, "hidden": True})
        page.put(row, PERIOD, analysis.cube.periods.labels[position], "label")
        page.put(row, CLOSING, position + 1, "working", "position")
        _row(report, page, at, row, {line: values[line][index] if index >= 0 else NOT_APPLICABLE for line in values})
    _outlook(report, page, at.last_row + 2)
    _chart_data(report, page, at, values)
    _charts(report, page, at)
    page.grey_undefined(FIRST_ROW, at.columns["nrr"], at.last_row, at.last_column)
    page.sheet.set_column(0, OPENING, 11)
    page.sheet.set_column(FIRST_LINE, at.last_column, 12.5)
    page.sheet.set_column(at.last_column + 1, at.last_column + 1, 3)
    page.sheet.freeze_panes(0, 1)
    page.sheet.set_row(HEADER_ROW, 28)
    page.sheet.print_area(0, 0, at.last_row + OUTLOOK_ROWS, at.last_column)
    page.print_setup(
        report.footer, (HEADER_ROW, HEADER_ROW), pages_tall=1 if len(analysis.tables.trend) <= ONE_PAGE else 0
    )
    _checks(report, at)


def lowest_rate(report: Report) -> float:
    """The lowest rate that the charts draw."""
    trend = report.analysis.tables.trend
    return float(np.nanmin([1.0, *np.concatenate([trend[rate] for rate in RATES[:3]])]))


def _row(report: Report, page, at: TrendPlace, row: int, values: dict) -> None:
    closing, opening = fx.cell(row, CLOSING, "col"), fx.cell(row, OPENING, "col")
    back = f"{fx.MONTHS}/{fx.PERIOD_MONTHS}"
    start = row - FIRST_ROW - at.back + 1
    formula = f"IF({closing}>{back},{closing}-{back},{fx.DASH})"
    report.write(page, row, OPENING, formula, start if start > 0 else NOT_APPLICABLE, "trend", "working", "position")
    found = rate_formulas(lambda line: fx.cell(row, at.columns[line], "col"))
    for line, col in at.columns.items():
        one = found[line] if line in RATES else fx.flow(line, opening, closing)
        formula = f"IF(ISNUMBER({opening}),{one},{fx.DASH})"
        role = "rate" if line in RATES else "formula"
        report.write(page, row, col, formula, values[line], "trend", role, kind_of(line))


def _outlook(report: Report, page, top: int) -> None:
    """What the present customers would pay if the rates stayed; arithmetic, not a forecast."""
    page.put(top, 0, WORDS["outlook"], "section")
    heads = texts()["outlook_columns"]
    for col, head in enumerate(heads.values()):
        page.put(top + 1, col, head, "header_left" if col == 0 else "header")
    page.sheet.set_row(top + 1, 28)
    for row, record in enumerate(report.analysis.tables.outlook.records(), top + 2):
        page.put(row, 0, record["months"], "text", "position")
        for col, name in enumerate(list(heads)[1:], 1):
            page.put(row, col, record[name], "formula", "amount")


def _chart_data(report: Report, page, at: TrendPlace, values: dict) -> None:
    """What the charts draw: #N/A, unlike a dash, leaves a gap where a longer window no longer reaches back."""
    words = texts()["rates"]
    heads = [WORDS["drawn"], *(words[rate] for rate in RATES[:3]), texts()["charts"]["whole"]]
    page.row(HEADER_ROW, at.chart_column, heads, "header")
    for row in range(FIRST_ROW + at.back, at.last_row + 1):
        position = row - FIRST_ROW
        page.put(row, at.chart_column, report.analysis.cube.periods.labels[position], "note")
        for offset, rate in enumerate(RATES[:3], 1):
            source = fx.cell(row, at.columns[rate], "col")
            formula = f"IF(ISTEXT({source}),NA(),{source})"
            value = values[rate][position - at.back]
            report.write(page, row, at.chart_column + offset, formula, value, "trend", "working", "rate")
        page.put(row, at.chart_column + 4, 1.0, "working", "rate")


def _charts(report: Report, page, at: TrendPlace) -> None:
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
    )
    description = WORDS["described"].format(months=report.analysis.months)
    charts.place(page, HEAD_ROWS, 0, chart, report.headlines["trend"], description, width=1290, height=300)


def _checks(report: Report, at: TrendPlace) -> None:
    """Checks over amounts, not rates, so that an undefined rate fails none."""
    column = {line: at.column(line) for line in at.lines}
    report.check(
        WORDS["loss_check"],
        f'SUMIF({column["contraction"]},">0")+SUMIF({column["churn"]},">0")',
    )
    report.check(WORDS["gain_check"], f'SUMIF({column["expansion"]},"<0")')
    gained = "+".join(f"SUM({column[line]})" for line in at.lines[:-1])
    report.check(WORDS["foots_check"], f"{gained}-SUM({column['closing']})")
