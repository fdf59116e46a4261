"""The Bridge sheet: opening to closing for every month, quarter and year, with rates and customer counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nrr_xl.periods import FREQUENCIES, period_end, period_label
from nrr_xl.retention.bridge import rates
from nrr_xl.retention.movements import Movements, movements
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.texts import texts

WORDS = texts()["bridge"]
HEADER_ROW, OPENING_ROW, CLOSING_ROW = range(HEAD_ROWS, HEAD_ROWS + 3)
FIRST_LINE = CLOSING_ROW + 1
WHOLES = ("opening", "closing", "openers", "closers")
LOSSES = ("contraction", "churn", "churned")
COUNTS = ("openers", "newcomers", "reactivated", "churned", "closers")
RATES = ("nrr", "grr", "logo_retention")
# More month columns than this start folded under their quarters.
UNFOLDED = 13


@dataclass(frozen=True, slots=True)
class Span:
    """A column of the bridge: its label, the positions (from 0) of its opening and closing, its months."""

    label: str
    opening: int
    closing: int
    months: int


def lines_of(analysis) -> tuple[str, ...]:
    """The lines of a bridge; exchange effects only where there are any."""
    middle = ("new", "reactivation", "expansion", "contraction", "churn")
    return ("opening", *middle, *(("fx",) if analysis.cube.fx else ()), "closing")


def signed(flows: Movements, line: str) -> np.ndarray:
    """A line's values as the sheets show them: losses negative."""
    values = getattr(flows, line)[:, 0]
    return -values if line in LOSSES else values


def rate_formulas(at: Callable[[str], str]) -> dict[str, str]:
    """The formulas of the rates, given where a line's cell is; losses are negative there, so they are added."""
    o = at("opening")
    lost = f"SUM({at('contraction')}:{at('churn')})"
    return {
        "nrr": f"({o}+SUM({at('expansion')}:{at('churn')}))/{o}",
        "grr": f"({o}+{lost})/{o}",
        "logo_retention": f"({at('openers')}+{at('churned')})/{at('openers')}",
        "churn_rate": f"-{at('churn')}/{o}",
        "quick_ratio": f"-SUM({at('new')}:{at('expansion')})/{lost}",
    }


def spans(analysis) -> list[Span]:
    """The columns in the order of time: each period, then the quarter and the year that it ends."""
    axis, found = analysis.cube.periods, []
    where = {key: position for position, key in enumerate(axis.keys)}
    for freq, table in analysis.tables.bridges.items():
        if freq == "ytd":
            continue
        step = FREQUENCIES[freq]
        for opened, closed in zip(table["from"].tolist(), table["period"].tolist(), strict=True):
            end = axis.ends[where[closed]]
            whole = period_end(end, step, axis.fiscal_year_end)
            label = period_label(whole, step, axis.fiscal_year_end)
            if whole != end:
                label = WORDS["so_far"].format(label=label, closing=axis.labels[where[closed]])
            found.append(Span(label, where[opened], where[closed], step))
    return sorted(found, key=lambda span: (span.closing, span.months))


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its checks."""
    analysis, columns = report.analysis, spans(report.analysis)
    page = report.open("bridge")
    words, lines = texts(), lines_of(analysis)
    flows = movements(analysis.cube, [s.opening for s in columns], [s.closing for s in columns])
    page.put(HEADER_ROW, 0, report.unit, "header_left")
    for col, span in enumerate(columns, 1):
        page.put(HEADER_ROW, col, span.label, "header")
        page.put(OPENING_ROW, col, span.opening + 1, "working", "position")
        page.put(CLOSING_ROW, col, span.closing + 1, "working", "position")
    page.put(OPENING_ROW, 0, WORDS["opening_position"], "note")
    page.put(CLOSING_ROW, 0, WORDS["closing_position"], "note")
    rows = {line: FIRST_LINE + i for i, line in enumerate(lines)}
    count_title = rows["closing"] + 7
    rows |= {line: count_title + i for i, line in enumerate(COUNTS, 1)}
    for line, row in rows.items():
        whole, counted = line in WHOLES, line in COUNTS
        page.put(row, 0, (words["lines"] | words["counts"])[line], "label_total" if whole else "label_indent")
        for col, value in enumerate(signed(flows, line), 1):
            formula = fx.flow(line, fx.cell(OPENING_ROW, col, "row"), fx.cell(CLOSING_ROW, col, "row"))
            role = "total" if whole else "formula"
            label = columns[col - 1].label
            report.figures[label, line] = fx.cell(row, col, "row col", page.name)
            report.link(page, row, col, label, line)
            report.write(page, row, col, formula, value, "bridge", role, "count" if counted else "amount")
    rate_title = rows["closing"] + 2
    found = rates(flows)
    page.put(rate_title, 0, WORDS["rates"], "section")
    page.put(count_title, 0, WORDS["customers"], "section")
    for row, rate in enumerate(RATES, rate_title + 1):
        page.put(row, 0, words["rates"][rate], "label")
        for col, value in enumerate(found[rate][:, 0], 1):
            formula = rate_formulas(lambda line, col=col: fx.cell(rows[line], col))[rate]
            report.write(page, row, col, formula, value, "bridge", "rate", "rate")
    page.grey_undefined(rate_title + 1, 1, rate_title + len(RATES), len(columns))
    _check_rows(report, page, customers, rows, len(columns))
    _fold(page, columns)
    page.sheet.freeze_panes(HEADER_ROW + 1, 1)
    page.print_setup(report.footer, (HEADER_ROW, HEADER_ROW))


def _check_rows(report: Report, page, customers: CustomersPlace, rows: dict[str, int], count: int) -> None:
    """Every column's bridge foots, and its two ends are the totals of the Customers sheet."""
    first = rows["closers"] + 3
    page.put(first - 1, 0, WORDS["checks"], "section")
    totals = customers.totals

    def tied(line: str, position: int) -> Callable[[int], str]:
        return lambda col: f"{fx.cell(rows[line], col)}-INDEX({totals},{fx.cell(position, col, 'row')})"

    def foots(start: str, last: str, end: str) -> Callable[[int], str]:
        def formula(col: int) -> str:
            return f"SUM({fx.cell(rows[start], col)}:{fx.cell(rows[last], col)})-{fx.cell(rows[end], col)}"

        return formula

    last_line = "fx" if "fx" in rows else "churn"
    for row, (key, formula) in enumerate(
        (
            ("foots", foots("opening", last_line, "closing")),
            ("openings", tied("opening", OPENING_ROW)),
            ("closings", tied("closing", CLOSING_ROW)),
            ("counts", foots("openers", "churned", "closers")),
        ),
        first,
    ):
        page.put(row, 0, texts()["bridge_rows"][key], "note")
        for col in range(1, count + 1):
            report.write(page, row, col, formula(col), 0.0, "bridge", "working", "difference")
        across = fx.block(row, 1, row, count, report.sheets["bridge"])
        report.check(texts()["bridge_checks"][key], f"SUMPRODUCT(ABS({across}))")


def _fold(page, columns: Sequence[Span]) -> None:
    """Months in outline groups under their quarter, quarters under their year."""
    lengths = sorted({span.months for span in columns}, reverse=True)
    folded = sum(span.months == lengths[-1] for span in columns) > UNFOLDED and len(lengths) > 1
    page.sheet.set_column(0, 0, 32)
    for col, span in enumerate(columns, 1):
        finest = span.months == lengths[-1]
        after_finest = col > 1 and columns[col - 2].months == lengths[-1] and not finest
        options = {"level": lengths.index(span.months), "hidden": folded and finest}
        page.sheet.set_column(col, col, 11.5, None, {**options, "collapsed": folded and after_finest})
