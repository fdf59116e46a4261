"""The Bridge sheet: opening to closing for every period, with rates and customer counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrr_xl import metrics
from nrr_xl.retention.movements import Movements, movements
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.texts import texts

HEADER_ROW, OPENING_ROW, CLOSING_ROW = HEAD_ROWS, HEAD_ROWS + 1, HEAD_ROWS + 2
LINES = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "closing")
LOSSES = ("contraction", "churn", "churned")
COUNTS = ("openers", "newcomers", "reactivated", "churned", "closers")
COUNT_WORDS = {
    "openers": "opening",
    "newcomers": "new",
    "reactivated": "reactivated",
    "churned": "churned",
    "closers": "closing",
}
FIRST_LINE = CLOSING_ROW + 2


@dataclass(frozen=True, slots=True)
class Span:
    """A column of the bridge: its label and the positions, from 0, of its opening and closing."""

    label: str
    opening: int
    closing: int
    level: int = 0


def spans(analysis) -> list[Span]:
    """The columns: each period up to the window's closing."""
    labels = analysis.cube.periods.labels
    return [Span(labels[i], i - 1, i) for i in range(1, analysis.closing + 1)]


def signed(flows: Movements, line: str) -> np.ndarray:
    """A line's values as the sheet shows them: losses negative."""
    values = getattr(flows, line)[:, 0]
    return -values if line in LOSSES else values


def write(report: Report) -> None:
    """Fill the sheet and add its checks."""
    columns = spans(report.analysis)
    page = report.open("bridge", f"{report.unit}; losses in parentheses")
    words = texts()
    flows = movements(report.analysis.cube, [s.opening for s in columns], [s.closing for s in columns])
    page.put(HEADER_ROW, 0, report.unit, "header_left")
    page.row(HEADER_ROW, 1, [span.label for span in columns], "header")
    for row, title, positions in (
        (OPENING_ROW, "Position of the opening", [s.opening + 1 for s in columns]),
        (CLOSING_ROW, "Position of the closing", [s.closing + 1 for s in columns]),
    ):
        page.put(row, 0, title, "note")
        page.row(row, 1, positions, "working", "position")
    rows = {line: FIRST_LINE + i for i, line in enumerate(LINES)}
    for line, row in rows.items():
        total = line in ("opening", "closing")
        page.put(row, 0, words["lines"][line], "label_total" if total else "label_indent")
        role = "total" if total else "formula"
        _flow_row(report, page, row, line, signed(flows, line), role, "amount")
    footing_row = rows["closing"] + 1
    page.put(footing_row, 0, "Check: foots to the closing", "note")
    first, last = rows["opening"], rows["churn"]
    for col in range(1, len(columns) + 1):
        formula = (
            f"SUM({fx.cell(first, col, 'row')}:{fx.cell(last, col, 'row')})-{fx.cell(rows['closing'], col, 'row')}"
        )
        report.write(page, footing_row, col, formula, 0.0, "bridge", "working", "difference")
    rate_row = footing_row + 2
    page.put(rate_row, 0, "Rates, period on period", "section")
    count_row = rate_row + 5
    count_rows = {line: count_row + i for i, line in enumerate(COUNTS, 1)}
    for row, (rate, values, formula) in enumerate(rates(flows, rows | count_rows), rate_row + 1):
        page.put(row, 0, words["rates"][rate], "label")
        for col, value in enumerate(values, 1):
            report.write(page, row, col, formula(col), value, "bridge", "rate", "rate")
    page.put(count_row, 0, "Customers", "section")
    for line, row in count_rows.items():
        total = line in ("openers", "closers")
        page.put(row, 0, words["counts"][COUNT_WORDS[line]], "label_total" if total else "label_indent")
        _flow_row(report, page, row, line, signed(flows, line), "total" if total else "formula", "count")
    last_col = len(columns)
    page.grey_undefined(rate_row + 1, 1, rate_row + 3, last_col)
    sheet = page.sheet
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, last_col, 11)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    page.print_setup(report.footer, (HEADER_ROW, HEADER_ROW))
    _checks(report, rows, footing_row, count_row, last_col)


def _flow_row(report: Report, page, row: int, line: str, values, role: str, kind: str) -> None:
    for col, value in enumerate(values, 1):
        formula = fx.flow(line, fx.cell(OPENING_ROW, col, "row"), fx.cell(CLOSING_ROW, col, "row"))
        report.write(page, row, col, formula, value, "bridge", role, kind)


def rates(flows: Movements, rows: dict[str, int]):
    """NRR, GRR and logo retention: Python's values, and the formula for a column from its lines' rows."""

    def at(line: str, col: int) -> str:
        return fx.cell(rows[line], col)

    def nrr(col: int) -> str:
        return f"({at('opening', col)}+SUM({at('expansion', col)}:{at('churn', col)}))/{at('opening', col)}"

    def grr(col: int) -> str:
        return f"({at('opening', col)}+SUM({at('contraction', col)}:{at('churn', col)}))/{at('opening', col)}"

    def logos(col: int) -> str:
        return f"({at('openers', col)}+{at('churned', col)})/{at('openers', col)}"

    opening, expansion, contraction, churn, openers, churned = (
        getattr(flows, line)[:, 0] for line in ("opening", "expansion", "contraction", "churn", "openers", "churned")
    )
    return (
        ("nrr", metrics.nrr(opening, expansion, contraction, churn), nrr),
        ("grr", metrics.grr(opening, contraction, churn), grr),
        ("logo_retention", metrics.grr(openers, 0.0, churned), logos),
    )


def _checks(report: Report, rows: dict[str, int], footing_row: int, count_row: int, last_col: int) -> None:
    sheet = report.sheets["bridge"]

    def line(row, first=1, last=last_col):
        return fx.block(row, first, row, last, sheet)

    report.check("Every bridge foots to its closing", f"SUMPRODUCT(ABS({line(footing_row)}))")
    if last_col > 1:
        report.check(
            "Each closing is the next opening",
            f"SUMPRODUCT(ABS({line(rows['closing'], 1, last_col - 1)}-{line(rows['opening'], 2)}))",
        )
    flows = "+".join(line(count_row + i) for i in range(1, 5))
    report.check("Customers foot to the closing count", f"SUMPRODUCT(ABS({flows}-{line(count_row + 5)}))")
