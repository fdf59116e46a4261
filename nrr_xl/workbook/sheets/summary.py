"""The Summary: six tiles, three sentences, the waterfall, the trend and the window in numbers, on one page."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from nrr_xl.retention.movements import movements
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.charts import Charts, ChartText, Step
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.bridge import COUNT_WORDS, LINES, LOSSES, signed
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.sheets.trend import COUNTS, RATES, TrendPlace, trend_rates
from nrr_xl.workbook.texts import texts

SETTINGS_ROW = HEAD_ROWS
AS_OF, MONTHS = (SETTINGS_ROW, 1), (SETTINGS_ROW, 4)
TILE_ROW = SETTINGS_ROW + 2
SENTENCE_ROW = TILE_ROW + 5
CHART_ROW = SENTENCE_ROW + 4
TABLE_ROW = CHART_ROW + 16
LAST_COL = 11
WORK = 13
NOW, AGO = WORK + 1, WORK + 2
WORK_ROW = HEAD_ROWS
CHART_DATA_ROW = WORK_ROW + 26
NO_YEAR = "no year before"

# Each tile: the line or rate it shows, its kind, the kind of its change, and what it says below.
TILES = (
    ("nrr", "rate", "points"),
    ("grr", "rate", "points"),
    ("logo_retention", "rate", "points"),
    ("quick_ratio", "multiple", "multiple_change"),
    ("closing", "headline", "growth"),
    ("closers", "count", "count_change"),
)
FIGURES = (*LINES, *COUNTS, *RATES)
FIGURE_ROW = {line: WORK_ROW + 6 + i for i, line in enumerate(FIGURES)}


def define_names(report: Report) -> None:
    """The names of the window's settings."""
    sheet = report.sheets["summary"]
    for name, row, col, comment in (
        (fx.AS_OF, *AS_OF, "Closing period of the window: choose from the list"),
        (fx.MONTHS, *MONTHS, "Length of the window in months"),
        (fx.CLOSING, WORK_ROW + 1, NOW, "Position of the window's closing period on the Customers sheet"),
        (fx.OPENING, WORK_ROW + 2, NOW, "Position of the window's opening period"),
        (fx.PERIOD_MONTHS, WORK_ROW + 3, NOW, "Months in a period"),
    ):
        report.book.name(name, "=" + fx.cell(row, col, "row col", sheet), comment)


def write(report: Report, customers: CustomersPlace, trend: TrendPlace) -> None:
    """Fill the sheet and add its checks."""
    analysis = report.analysis
    labels = analysis.cube.periods.labels
    span = f"{labels[analysis.opening]} to {labels[analysis.closing]}"
    page = report.open(
        "summary",
        f"{report.unit} · {analysis.months} months, {span}",
    )
    figures = _figures(analysis)
    page.sheet.set_column(0, LAST_COL, 13.5)
    page.sheet.set_column(LAST_COL + 1, LAST_COL + 1, 3)
    page.sheet.set_column(WORK, WORK, 22)
    page.sheet.set_column(WORK + 1, WORK + 16, 11)
    _settings(report, page, customers)
    _workings(report, page, trend, figures)
    _tiles(report, page, figures)
    for offset, sentence in enumerate(report.sentences):
        page.merge(SENTENCE_ROW + offset, 0, SENTENCE_ROW + offset, LAST_COL, "sentence")
        page.put(SENTENCE_ROW + offset, 0, f"•  {sentence}", "sentence")
        page.sheet.set_row(SENTENCE_ROW + offset, 17)
    _waterfall(report, page, figures)
    _trend(report, page, trend)
    _table(report, page, figures)
    page.sheet.print_area(0, 0, TABLE_ROW + len(LINES), LAST_COL)
    page.print_setup(report.footer, pages_tall=1)
    page.sheet.activate()
    _checks(report, customers, figures)


def _figures(analysis) -> dict[str, tuple[float, float | str]]:
    """Each line, count and rate of the window, and of the one that closed a year before."""
    year = 12 // analysis.cube.periods.step
    back = analysis.closing - analysis.opening
    closings = [analysis.closing]
    if analysis.closing - year - back >= 0:
        closings.append(analysis.closing - year)
    flows = movements(analysis.cube, [at - back for at in closings], closings)
    values = {line: signed(flows, line) for line in (*LINES, *COUNTS)} | trend_rates(flows)
    return {name: (both[0], both[1] if len(closings) > 1 else "–") for name, both in values.items()}


def _settings(report: Report, page, customers: CustomersPlace) -> None:
    analysis = report.analysis
    labels = analysis.cube.periods.labels
    page.put(SETTINGS_ROW, 0, "As of", "label")
    page.put(*AS_OF, labels[analysis.closing], "setting")
    page.put(SETTINGS_ROW, 3, "Window, months", "note")
    page.put(*MONTHS, analysis.months, "setting", "position")
    page.put(SETTINGS_ROW, 6, "Opening period", "note")
    opens = f'IF({fx.OPENING}<1,"before the first period",INDEX({customers.labels},{fx.OPENING}))'
    if report.live["trend"]:
        page.formula(SETTINGS_ROW, 8, f"={opens}", labels[analysis.opening], "link", "general")
    else:
        page.put(SETTINGS_ROW, 8, labels[analysis.opening], "link")
    page.sheet.data_validation(*AS_OF, *AS_OF, {"validate": "list", "source": "=" + customers.labels})
    page.sheet.data_validation(
        *MONTHS,
        *MONTHS,
        {
            "validate": "custom",
            "value": f"=AND({fx.MONTHS}>=1,MOD({fx.MONTHS},{fx.PERIOD_MONTHS})=0)",
            "error_title": "Not a window",
            "error_message": "Give the window's length in months, a whole number of periods.",
        },
    )


def _workings(report: Report, page, trend: TrendPlace, figures: dict) -> None:
    """The positions of the window, and every figure of it beside that of a year ago, looked up on the Trend sheet."""
    analysis, words = report.analysis, texts()
    step = analysis.cube.periods.step
    ago = analysis.closing + 1 - 12 // step
    page.put(WORK_ROW, WORK, "Workings", "section")
    page.put(WORK_ROW, WORK + 1, None, "section")
    page.put(WORK_ROW, WORK + 2, None, "section")
    closing, months, ago_cell = (fx.cell(WORK_ROW + i, NOW, "row col") for i in (1, 3, 4))
    for row, label, formula, value in (
        (1, "Closing position", f"MATCH({fx.AS_OF},{report.period_labels},0)", analysis.closing + 1),
        (2, "Opening position", f"{closing}-{fx.MONTHS}/{months}", analysis.opening + 1),
        (4, "A year before", f"{closing}-12/{months}", ago),
    ):
        page.put(WORK_ROW + row, WORK, label, "note")
        report.write(page, WORK_ROW + row, NOW, formula, value, "trend", "working", "position")
    page.put(WORK_ROW + 3, WORK, "Months in a period", "note")
    page.put(WORK_ROW + 3, NOW, step, "working", "position")
    page.row(WORK_ROW + 5, WORK, ["", "Window", "A year before"], "header")
    names = words["lines"] | words["rates"]
    for line, row in FIGURE_ROW.items():
        page.put(row, WORK, words["counts"][COUNT_WORDS[line]] if line in COUNTS else names[line], "note")
        kind = "rate" if line in RATES and line != "quick_ratio" else "multiple" if line == "quick_ratio" else "amount"
        now, before = figures[line]
        column = trend.column(line)
        report.write(page, row, NOW, f"INDEX({column},{fx.CLOSING})", now, "trend", "working", kind)
        formula = f"IF({ago_cell}>0,INDEX({column},{ago_cell}),{fx.DASH})"
        report.write(page, row, AGO, formula, before, "trend", "working", kind)
    page.grey_undefined(FIGURE_ROW["nrr"], NOW, FIGURE_ROW["quick_ratio"], AGO)


def _tiles(report: Report, page, figures: dict) -> None:
    words = texts()
    titles = words["rates"] | {"closing": f"Closing {report.unit}", "closers": "Customers"}
    notes = {
        "nrr": "of the opening, with expansion",
        "grr": "of the opening, before expansion",
        "logo_retention": "of the opening customers",
        "quick_ratio": "gained for each unit lost",
        "closing": "at the closing",
        "closers": "at the closing",
    }
    for row, height in zip(range(TILE_ROW, TILE_ROW + 4), (16, 30, 15, 16), strict=True):
        page.sheet.set_row(row, height)
    for number, (line, kind, change) in enumerate(TILES):
        col, row = 2 * number, FIGURE_ROW[line]
        now, before = figures[line]
        here, ago = fx.cell(row, NOW, "row col"), fx.cell(row, AGO, "row col")
        difference = f"{here}/{ago}-1" if change == "growth" else f"{here}-{ago}"
        for offset, (role, one) in enumerate(
            (("tile_label", "text"), ("tile_value", kind), ("tile_change", change), ("tile_note", "text"))
        ):
            page.merge(TILE_ROW + offset, col, TILE_ROW + offset, col + 1, role, one)
        page.put(TILE_ROW, col, titles[line], "tile_label")
        report.write(page, TILE_ROW + 1, col, here, now, "trend", "tile_value", kind)
        formula = f'IF(ISNUMBER({ago}),{difference},"{NO_YEAR}")'
        report.write(page, TILE_ROW + 2, col, formula, _change(now, before, change), "trend", "tile_change", change)
        page.put(TILE_ROW + 3, col, notes[line], "tile_note")
    page.grey_undefined(TILE_ROW + 1, 0, TILE_ROW + 2, LAST_COL)


def _change(now: float, before, change: str):
    if isinstance(before, str) or math.isnan(before):
        return NO_YEAR
    if change == "growth":
        return now / before - 1 if before else math.nan
    return now - before


def _waterfall(report: Report, page, figures: dict) -> None:
    """The chart's data: where each column floats, and the level that leads to the next."""
    words = texts()
    row0, first = CHART_DATA_ROW + 2, CHART_DATA_ROW + 2
    page.put(CHART_DATA_ROW, WORK, "Data of the waterfall", "section")
    heads = ["", "Amount", "Level", "Base", "Total", "Rise", "Fall", "Label"]
    page.row(CHART_DATA_ROW + 1, WORK, heads, "header")
    amount, level, base, total, rise, fall, label, lines = (WORK + i for i in range(1, 9))
    running, steps = 0.0, []
    scale = {"": 1, "k": 1_000, "m": 1_000_000}[report.book.theme.magnitude]
    digits = 0 if scale == 1 else 1
    for number, line in enumerate(LINES):
        row, loss = row0 + number, line in LOSSES
        value = float(figures[line][0])
        whole = line in ("opening", "closing")
        before = running
        running = value if whole else running + value
        here, now, prior = fx.cell(row, amount, "col"), fx.cell(row, level, "col"), fx.cell(row - 1, level, "col")
        page.put(row, WORK, words["lines"][line], "note")
        cells = (
            (amount, fx.cell(FIGURE_ROW[line], NOW, "row col"), value),
            (level, here if whole else f"{prior}+{here}", running),
            (base, "0" if whole else f"MIN({prior},{now})", 0.0 if whole else min(before, running)),
            (total, here if whole else "0", value if whole else 0.0),
            (rise, "0" if whole else f"MAX({here},0)", 0.0 if whole else max(value, 0.0)),
            (fall, "0" if whole else f"MAX(-{here},0)", 0.0 if whole else max(-value, 0.0)),
        )
        for col, formula, cached in cells:
            report.write(page, row, col, formula, cached, "trend", "working", "amount")
        shown = fx.cell(row, amount, "col") + (f"/{scale}" if scale > 1 else "")
        text = f'IF({here}<0,"("&FIXED(-{shown},{digits})&")",FIXED({shown},{digits}))'
        report.write(page, row, label, text, fixed(value / scale, digits), "trend", "working", "general")
        for at in (row, row + 1):
            if at < row0 + len(LINES):
                report.write(page, at, lines + number, now, running, "trend", "working", "amount")
        column = fx.block(first, lines + number, first + len(LINES) - 1, lines + number, report.sheets["summary"])
        steps.append(Step("=" + fx.cell(row, label, "row col", report.sheets["summary"]), "=" + column, loss))
    last = row0 + len(LINES) - 1

    def part(col):
        return "=" + fx.block(row0, col, last, col, report.sheets["summary"])

    charts = Charts(report.book)
    parts = {"base": part(base), "total": part(total), "rise": part(rise), "fall": part(fall)}
    chart = charts.waterfall(part(WORK), parts, steps)
    title = f"From opening to closing, {report.unit}"
    description = "Waterfall from the opening amount to the closing amount: " + ", ".join(
        f"{words['lines'][line].lower()} {fixed(float(figures[line][0]), 0)}" for line in LINES
    )
    charts.place(page, CHART_ROW, 0, chart, ChartText(title, description), width=590, height=320)


def fixed(value: float, digits: int) -> str:
    """A number as FIXED writes it, a loss in parentheses; halves are rounded away from 0 as a spreadsheet does.

    >>> fixed(-1234.5, 0)
    '(1,235)'
    """
    rounded = Decimal(repr(abs(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{rounded:,}"
    return f"({text})" if value < 0 else text


def _trend(report: Report, page, trend: TrendPlace) -> None:
    charts = Charts(report.book)
    chart = charts.lines(
        trend.chart_column(0),
        (
            ("NRR", trend.chart_column(1), "accent", "solid"),
            ("GRR", trend.chart_column(2), "second", "solid"),
            ("100 %", trend.chart_column(3), "muted", "dash"),
        ),
        "0%",
    )
    title = f"NRR and GRR over {report.analysis.months} months"
    charts.place(page, CHART_ROW, 6, chart, ChartText(title, title + " for each period"), width=590, height=320)


def _table(report: Report, page, figures: dict) -> None:
    words = texts()["lines"]
    page.merge(TABLE_ROW, 0, TABLE_ROW, 1, "header_left")
    page.put(TABLE_ROW, 0, "The window in numbers", "header_left")
    for col, head in ((2, None), (3, report.unit), (4, None), (5, "% of opening"), (6, None), (7, "A year before")):
        page.put(TABLE_ROW, col, head, "header")
    for col in (8, 9, 10, 11):
        page.put(TABLE_ROW, col, "% of opening" if col == 9 else None, "header")
    opening = FIGURE_ROW["opening"]
    for row, line in enumerate(LINES, TABLE_ROW + 1):
        whole = line in ("opening", "closing")
        page.put(row, 0, words[line], "label_total" if whole else "label_indent")
        for col in range(1, LAST_COL + 1):
            page.put(row, col, None, "label_total" if whole else "label")
        for col, source, value in ((3, NOW, figures[line][0]), (7, AGO, figures[line][1])):
            here, base = fx.cell(FIGURE_ROW[line], source, "row col"), fx.cell(opening, source, "row col")
            start = figures["opening"][0 if source == NOW else 1]
            role = "total" if whole else "formula"
            report.write(page, row, col, here, value, "trend", role, "amount")
            share = value if isinstance(value, str) else value / start if start else math.nan
            formula = f"{here}/{base}" if source == NOW else f"IF(ISNUMBER({here}),{here}/{base},{fx.DASH})"
            report.write(page, row, col + 2, formula, share, "trend", role, "rate")
    page.grey_undefined(TABLE_ROW + 1, 3, TABLE_ROW + len(LINES), 9)


def _checks(report: Report, customers: CustomersPlace, figures: dict) -> None:
    """The window by a second route, and against what Python computed for it."""
    sheet = report.sheets["summary"]
    words = texts()["movements"]
    movement, change = customers.column(customers.window["Movement"]), customers.column(customers.window["Change"])
    opening = customers.column(customers.window["Opening"])
    if report.live["customers"]:
        for line in ("opening", "new", "reactivation", "expansion", "contraction", "churn"):
            here = fx.cell(FIGURE_ROW[line], NOW, "row col", sheet)
            by_customer = f"SUM({opening})" if line == "opening" else f'SUMIF({movement},"{words[line]}",{change})'
            report.check(f"Summary's {line} = the customers' own movements", f"{by_customer}-{here}")
    if report.live["trend"]:
        names = texts()["lines"] | texts()["rates"]
        base = fx.cell(FIGURE_ROW["opening"], NOW, "row col", sheet)
        for line in (*LINES, *RATES[:3]):
            here, value = fx.cell(FIGURE_ROW[line], NOW, "row col", sheet), float(figures[line][0])
            if np.isfinite(value):
                # A rate's difference counts in money, so that one tolerance serves all.
                weight = f"*{base}" if line in RATES else ""
                formula = f"IF(AND({report.as_reported}=1,ISNUMBER({here})),({here}-{value!r}){weight},0)"
                report.check(f"{names[line]} as formula = as Python computed it, for the reported inputs", formula)
