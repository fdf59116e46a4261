"""The Trend sheet: the bridge and the rates of every window that ends in a period, each over the window's months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrr_xl import metrics
from nrr_xl.retention.movements import Movements, movements
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.bridge import COUNT_WORDS, LINES, signed
from nrr_xl.workbook.texts import texts

HEADER_ROW, FIRST_ROW = HEAD_ROWS, HEAD_ROWS + 1
COUNTS = ("openers", "churned", "closers")
RATES = ("nrr", "grr", "logo_retention", "churn_rate", "quick_ratio")
PERIOD, CLOSING, OPENING = 0, 1, 2
COLUMN = {line: 3 + i for i, line in enumerate((*LINES, *COUNTS, *RATES))}
LAST = 3 + len(LINES) + len(COUNTS) + len(RATES) - 1
CHART = LAST + 2


@dataclass(frozen=True, slots=True)
class TrendPlace:
    """Where the Trend sheet has its rows; a period's row follows from its position."""

    sheet: str
    rows: int
    first_reaching: int

    @property
    def last_row(self) -> int:
        return FIRST_ROW + self.rows - 1

    def column(self, line: str) -> str:
        """The range of a line's or a rate's column."""
        return fx.block(FIRST_ROW, COLUMN[line], self.last_row, COLUMN[line], self.sheet)

    def chart_column(self, offset: int) -> str:
        """The range of a column of the chart's data."""
        return "=" + fx.block(self.first_reaching, CHART + offset, self.last_row, CHART + offset, self.sheet)


def trend_rates(flows: Movements) -> dict[str, np.ndarray]:
    """The rates of some windows, as Python computes them."""
    f = {name: getattr(flows, name)[:, 0] for name in (*LINES, "openers", "churned")}
    return {
        "nrr": metrics.nrr(f["opening"], f["expansion"], f["contraction"], f["churn"]),
        "grr": metrics.grr(f["opening"], f["contraction"], f["churn"]),
        "logo_retention": metrics.grr(f["openers"], 0.0, f["churned"]),
        "churn_rate": metrics.churn_rate(f["opening"], f["churn"]),
        "quick_ratio": metrics.quick_ratio(f["new"], f["expansion"], f["contraction"], f["churn"], f["reactivation"]),
    }


def rate_formulas(at) -> dict[str, str]:
    """The rates' formulas, given a function from a line to its cell."""
    o, gained = at("opening"), f"SUM({at('new')}:{at('expansion')})"
    return {
        "nrr": f"({o}+SUM({at('expansion')}:{at('churn')}))/{o}",
        "grr": f"({o}+SUM({at('contraction')}:{at('churn')}))/{o}",
        "logo_retention": f"({at('openers')}+{at('churned')})/{at('openers')}",
        "churn_rate": f"-{at('churn')}/{o}",
        "quick_ratio": f"-{gained}/SUM({at('contraction')}:{at('churn')})",
    }


def place(report: Report) -> TrendPlace:
    """Where the sheet will have its rows."""
    analysis = report.analysis
    back = analysis.closing - analysis.opening
    return TrendPlace(report.sheets["trend"], analysis.closing + 1, FIRST_ROW + back)


def write(report: Report, at: TrendPlace) -> None:
    """Fill the sheet and add its checks."""
    analysis, words = report.analysis, texts()
    back = analysis.closing - analysis.opening
    page = report.open(
        "trend", f"{report.unit}; each row compares its period with the one {analysis.months} months before"
    )
    headers = [*(words["lines"][line] for line in LINES), *(words["counts"][COUNT_WORDS[line]] for line in COUNTS)]
    page.put(HEADER_ROW, PERIOD, "Period", "header_left")
    page.row(HEADER_ROW, CLOSING, ["Closing position", "Opening position", *headers], "header")
    page.row(HEADER_ROW, COLUMN["nrr"], [words["rates"][rate] for rate in RATES], "header")
    reach = np.arange(back, analysis.closing + 1)
    flows = movements(analysis.cube, reach - back, reach)
    values = {line: signed(flows, line) for line in (*LINES, *COUNTS)} | trend_rates(flows)
    for position in range(analysis.closing + 1):
        row, index = FIRST_ROW + position, position - back
        page.put(row, PERIOD, analysis.cube.periods.labels[position], "label")
        page.put(row, CLOSING, position + 1, "working", "position")
        _row(
            report,
            page,
            row,
            {name: column[index] if index >= 0 else NOT_APPLICABLE for name, column in values.items()},
        )
    _chart_data(report, page, at, {name: values[name] for name in ("nrr", "grr")})
    page.grey_undefined(FIRST_ROW, COLUMN["nrr"], at.last_row, LAST)
    page.sheet.set_column(0, LAST, 11)
    page.sheet.set_column(LAST + 1, LAST + 1, 3)
    page.sheet.freeze_panes(FIRST_ROW, 1)
    page.sheet.set_row(HEADER_ROW, 28)
    page.sheet.print_area(0, 0, at.last_row, LAST)
    page.print_setup(report.footer, (HEADER_ROW, HEADER_ROW))
    _checks(report, at)


def _row(report: Report, page, row: int, values: dict) -> None:
    closing, opening = fx.cell(row, CLOSING, "col"), fx.cell(row, OPENING, "col")
    reaches = f"{closing}>{fx.MONTHS}/{fx.PERIOD_MONTHS}"
    back = f"IF({reaches},{closing}-{fx.MONTHS}/{fx.PERIOD_MONTHS},{fx.DASH})"
    start = row - FIRST_ROW - (report.analysis.closing - report.analysis.opening) + 1
    report.write(page, row, OPENING, back, start if start > 0 else NOT_APPLICABLE, "trend", "working", "position")
    for line in (*LINES, *COUNTS):
        formula = f"IF(ISNUMBER({opening}),{fx.flow(line, opening, closing)},{fx.DASH})"
        kind = "amount" if line in LINES else "count"
        report.write(page, row, COLUMN[line], formula, values[line], "trend", "formula", kind)
    formulas = rate_formulas(lambda line: fx.cell(row, COLUMN[line], "col"))
    for rate in RATES:
        formula = f"IF(ISNUMBER({opening}),{formulas[rate]},{fx.DASH})"
        kind = "multiple" if rate == "quick_ratio" else "rate"
        report.write(page, row, COLUMN[rate], formula, values[rate], "trend", "rate", kind)


def _chart_data(report: Report, page, at: TrendPlace, values: dict) -> None:
    """What the chart draws: #N/A, unlike a dash, leaves a gap where a longer window no longer reaches back."""
    page.row(HEADER_ROW, CHART, ["Chart data", "NRR", "GRR", "100 %"], "header")
    back = at.first_reaching - FIRST_ROW
    for row in range(at.first_reaching, at.last_row + 1):
        page.put(row, CHART, report.analysis.cube.periods.labels[row - FIRST_ROW], "note")
        for offset, rate in enumerate(("nrr", "grr"), 1):
            source = fx.cell(row, COLUMN[rate], "col")
            formula = f"IF(ISTEXT({source}),NA(),{source})"
            value = values[rate][row - FIRST_ROW - back]
            report.write(page, row, CHART + offset, formula, value, "trend", "working", "rate")
        page.put(row, CHART + 3, 1.0, "working", "rate")


def _checks(report: Report, at: TrendPlace) -> None:
    """Checks over amounts, not rates, so that an undefined rate fails none."""
    column = {line: at.column(line) for line in LINES}
    report.check(
        "GRR is at most 100 %: no loss is a gain",
        f'SUMIF({column["contraction"]},">0")+SUMIF({column["churn"]},">0")',
    )
    report.check("GRR is at most NRR: no expansion is a loss", f'SUMIF({column["expansion"]},"<0")')
    gained = "+".join(f"SUM({column[line]})" for line in LINES[:-1])
    report.check("Every window's bridge foots to its closing", f"{gained}-SUM({column['closing']})")
