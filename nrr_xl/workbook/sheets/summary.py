"""The Summary: six tiles, three sentences, the waterfall, the trend and the window in numbers, on one page."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nrr_xl.retention.bridge import rates
from nrr_xl.retention.movements import movements
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE
from nrr_xl.workbook.charts import Charts
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets import tiles, waterfall
from nrr_xl.workbook.sheets.bridge import WHOLES, lines_of, rate_formulas, signed
from nrr_xl.workbook.sheets.customers import WINDOW, CustomersPlace
from nrr_xl.workbook.sheets.trend import COUNTS, RATES, TrendPlace, kind_of, lowest_rate
from nrr_xl.workbook.texts import texts

WORDS, NAMES = texts()["summary"], texts()["setting_names"]
AS_OF, MONTHS = (HEAD_ROWS, 1), (HEAD_ROWS, 4)
TILE_ROW = HEAD_ROWS + 2
SENTENCE_ROW = TILE_ROW + 5
CHART_ROW = SENTENCE_ROW + 4
TABLE_ROW = CHART_ROW + 16
LAST_COL = 11
WORK, NOW, AGO = 13, 14, 15
# The positions of the window, in the workings to the right of the page.
CLOSING_ROW, OPENING_ROW, STEP_ROW, AGO_ROW = range(HEAD_ROWS + 1, HEAD_ROWS + 5)
FIGURES_ROW = AGO_ROW + 1


@dataclass(frozen=True, slots=True)
class Figures:
    """Every line, count and rate of the window and of the one a year before, and the row where each stands."""

    values: dict[str, tuple[float, float | str]]
    sheet: str

    def row(self, line: str) -> int:
        return FIGURES_ROW + 1 + list(self.values).index(line)

    def cell(self, line: str, col: int = NOW, sheet: str = "") -> str:
        return fx.cell(self.row(line), col, "row col", sheet)

    def ago(self, line: str) -> str:
        """The cell of a line a year before."""
        return self.cell(line, AGO)

    @property
    def last_row(self) -> int:
        return FIGURES_ROW + len(self.values)


def figures(report: Report) -> Figures:
    """The figures as Python has them."""
    analysis = report.analysis
    year, back = 12 // analysis.cube.periods.step, analysis.closing - analysis.opening
    closings = [at for at in (analysis.closing, analysis.closing - year) if at >= back]
    flows = movements(analysis.cube, [at - back for at in closings], closings)
    found = {line: signed(flows, line) for line in (*lines_of(analysis), *COUNTS)}
    found |= {rate: values[:, 0] for rate, values in rates(flows).items() if rate in RATES}
    values = {line: (both[0], both[1] if len(closings) > 1 else NOT_APPLICABLE) for line, both in found.items()}
    return Figures(values, report.sheets["summary"])


def define_names(report: Report) -> None:
    """The names of the window's settings."""
    sheet = report.sheets["summary"]
    for name, row, col, comment in (
        (fx.AS_OF, *AS_OF, NAMES["as_of"]),
        (fx.MONTHS, *MONTHS, NAMES["months"]),
        (fx.CLOSING, CLOSING_ROW, NOW, NAMES["closing"]),
        (fx.OPENING, OPENING_ROW, NOW, NAMES["opening"]),
        (fx.PERIOD_MONTHS, STEP_ROW, NOW, NAMES["step"]),
    ):
        report.book.name(name, "=" + fx.cell(row, col, "row col", sheet), comment)


def write(report: Report, customers: CustomersPlace, trend: TrendPlace) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("summary")
    shown = figures(report)
    page.sheet.set_column(0, LAST_COL, 14)
    page.sheet.set_column(LAST_COL + 1, LAST_COL + 1, 3)
    page.sheet.set_column(WORK, WORK, 22)
    page.sheet.set_column(WORK + 1, WORK + 16, 11)
    _settings(report, page, customers)
    _workings(report, page, customers, trend, shown)
    tiles.write(report, page, shown, TILE_ROW, (shown.last_row + 14, WORK))
    for row, sentence in enumerate(report.sentences, SENTENCE_ROW):
        page.merge(row, 0, row, LAST_COL, "sentence")
        page.put(row, 0, WORDS["sentence"].format(sentence=sentence), "sentence")
        page.sheet.set_row(row, 17)
    charts = Charts(report.book)
    chart, description = waterfall.chart(report, charts, page, shown.last_row + 2, WORK, shown)
    charts.place(page, CHART_ROW, 0, chart, report.headlines["bridge"], description, width=612, height=318)
    _trend(report, charts, page, trend)
    _table(report, page, trend, shown)
    page.sheet.print_area(0, 0, TABLE_ROW + len(trend.lines), LAST_COL)
    page.print_setup(report.footer, pages_tall=1)
    page.sheet.activate()
    if report.book.theme.logo:
        page.image(0, LAST_COL - 1, report.book.theme.logo, report.book.theme.company or WORDS["logo"])
    _checks(report, trend, shown)


def _settings(report: Report, page, customers: CustomersPlace) -> None:
    analysis, row = report.analysis, HEAD_ROWS
    labels = analysis.cube.periods.labels
    live = report.live["customers"]
    page.put(row, 0, WORDS["as_of"], "label_right")
    page.put(*AS_OF, labels[analysis.closing], "setting" if live else "text")
    page.put(row, 3, WORDS["months"], "label_right")
    page.put(*MONTHS, analysis.months, "setting" if live else "text", "position")
    page.put(row, 6, WORDS["opening_period"], "label_right")
    opens = f'IF(ISNUMBER({fx.OPENING}),INDEX({customers.labels},{fx.OPENING}),"{WORDS["too_early"]}")'
    report.write(page, row, 7, opens, labels[analysis.opening], "customers", "link", "general")
    if not live:
        return
    page.put(row, 9, WORDS["hint"], "note")
    page.sheet.data_validation(*AS_OF, *AS_OF, {"validate": "list", "source": "=" + customers.labels})
    page.sheet.data_validation(
        *MONTHS,
        *MONTHS,
        {
            "validate": "custom",
            "value": f"=AND({fx.MONTHS}>=1,MOD({fx.MONTHS},{fx.PERIOD_MONTHS})=0)",
            "error_title": WORDS["refused"],
            "error_message": WORDS["refusal"],
        },
    )


def _workings(report: Report, page, customers: CustomersPlace, trend: TrendPlace, shown: Figures) -> None:
    """The positions of the window, and every figure of it beside that of a year ago, looked up on the Trend sheet."""
    analysis, words = report.analysis, texts()
    step = analysis.cube.periods.step
    page.put(HEAD_ROWS, WORK, WORDS["workings"], "section")
    closing, months, ago = (fx.cell(row, NOW, "row col") for row in (CLOSING_ROW, STEP_ROW, AGO_ROW))
    # A window that opens before the first period shows #N/A throughout, rather than some other window's figures.
    back = f"{closing}-{fx.MONTHS}/{months}"
    for row, label, formula, value in (
        (CLOSING_ROW, WORDS["closing_position"], f"MATCH({fx.AS_OF},{customers.labels},0)", analysis.closing + 1),
        (OPENING_ROW, WORDS["opening_position"], f"IF({back}<1,NA(),{back})", analysis.opening + 1),
        (AGO_ROW, WORDS["year_before"], f"{closing}-12/{months}", analysis.closing + 1 - 12 // step),
    ):
        page.put(row, WORK, label, "note")
        report.write(page, row, NOW, formula, value, "customers", "working", "position")
    page.put(STEP_ROW, WORK, WORDS["step"], "note")
    page.put(STEP_ROW, NOW, step, "working", "position")
    page.row(FIGURES_ROW, WORK, ["", WORDS["window"], WORDS["year_before"]], "header")
    names = words["lines"] | words["counts"] | words["rates"]
    formulas = _window_formulas(report, customers, shown)
    as_reported = f'AND({fx.AS_OF}="{analysis.cube.periods.labels[analysis.closing]}",{fx.MONTHS}={analysis.months})'
    for line, (now, before) in shown.values.items():
        row, column, kind = shown.row(line), trend.column(line), kind_of(line)
        page.put(row, WORK, names[line], "note")
        report.write(page, row, NOW, formulas[line], now, "customers", "working", kind)
        if report.live["trend"]:
            formula = f"IF({ago}>0,INDEX({column},{ago}),{fx.DASH})"
        else:
            # A Trend of values knows the reported window only.
            position = analysis.closing + 1 - 12 // step
            formula = f"IF({as_reported},INDEX({column},{position}),{fx.DASH})" if position > 0 else fx.DASH
        report.write(page, row, AGO, formula, before, "customers", "working", kind)
    page.grey_undefined(shown.row("nrr"), NOW, shown.last_row, AGO)


def _window_formulas(report: Report, customers: CustomersPlace, shown: Figures) -> dict[str, str]:
    """Each line, count and rate of the window, from what the Customers sheet says of every customer."""
    words = texts()["movements"]
    opening, closing, change, movement = (customers.column(customers.window[name]) for name in WINDOW[1:])
    found = {line: f'SUMIF({movement},"{words[line]}",{change})' for line in lines_of(report.analysis) if line in words}
    found |= {"opening": f"SUM({opening})", "closing": f"SUM({closing})", "fx": "0"}
    found |= {
        "openers": f'COUNTIF({opening},">0")',
        "churned": f'-COUNTIF({movement},"{words["churn"]}")',
        "closers": f'COUNTIF({closing},">0")',
    }
    return found | rate_formulas(shown.cell)


def _trend(report: Report, charts: Charts, page, trend: TrendPlace) -> None:
    names = texts()["rates"] | texts()["charts"]
    chart = charts.rates(
        trend.drawn(0),
        (
            (names["nrr"], trend.drawn(1), "accent", "solid"),
            (names["grr"], trend.drawn(2), "second", "solid"),
            (names["whole"], trend.drawn(4), "muted", "square_dot"),
        ),
        lowest_rate(report),
    )
    description = WORDS["described"].format(months=report.analysis.months)
    charts.place(page, CHART_ROW, 6, chart, report.headlines["trend"], description, width=612, height=318)


def _table(report: Report, page, trend: TrendPlace, shown: Figures) -> None:
    """The window's bridge beside that of a year before, each line with the run of its past windows."""
    words, sheet = texts()["lines"], page.sheet
    heads = {3: report.unit, 5: WORDS["share"], 7: WORDS["year_before"], 9: WORDS["share"], LAST_COL: WORDS["past"]}
    for col in range(LAST_COL + 1):
        page.put(TABLE_ROW, col, heads.get(col), "header")
    page.put(TABLE_ROW, 0, WORDS["the_window"], "header_left")
    for row, line in enumerate(trend.lines, TABLE_ROW + 1):
        whole = line in WHOLES
        page.put(row, 0, words[line], "label_total" if whole else "label_indent")
        for col in range(1, LAST_COL + 1):
            page.put(row, col, None, "label_total" if whole else "label")
        role = "total" if whole else "formula"
        for col, source, which in ((3, NOW, 0), (7, AGO, 1)):
            here, base = shown.cell(line, source), shown.cell("opening", source)
            value, start = shown.values[line][which], shown.values["opening"][which]
            report.write(page, row, col, here, value, "customers", role, "amount")
            share = value if isinstance(value, str) else value / start if start else math.nan
            formula = f"IF(ISNUMBER({here}),{here}/{base},{fx.DASH})"
            report.write(page, row, col + 2, formula, share, "customers", role, "rate")
        past = trend.columns[line]
        first = trend.last_row - (trend.periods - trend.back) + 1
        sheet.add_sparkline(
            row,
            LAST_COL,
            {
                "range": fx.block(first, past, trend.last_row, past, trend.sheet),
                "series_color": report.book.theme.colors["accent"],
            },
        )
    page.grey_undefined(TABLE_ROW + 1, 3, TABLE_ROW + len(trend.lines), 9)


def _checks(report: Report, trend: TrendPlace, shown: Figures) -> None:
    """The window by a second route, and against what Python computed for it."""
    words, sheet = texts(), shown.sheet
    names = words["lines"] | words["rates"]
    lines = lines_of(report.analysis)
    if report.live["trend"]:
        for line in lines:
            there = f"INDEX({trend.column(line)},{fx.CLOSING})"
            report.check(WORDS["ties"].format(line=names[line]), f"{shown.cell(line, sheet=sheet)}-{there}")
    if not report.live["customers"]:
        return
    base = shown.cell("opening", sheet=sheet)
    for line in (*lines, *RATES[:3]):
        here, value = shown.cell(line, sheet=sheet), float(shown.values[line][0])
        if np.isfinite(value):
            # A rate's difference counts in money, so that one tolerance serves all.
            weight = f"*{base}" if line in RATES else ""
            formula = f"IF(AND({report.as_reported}=1,ISNUMBER({here})),({here}-{value!r}){weight},0)"
            report.check(WORDS["recomputed"].format(line=names[line]), formula)
