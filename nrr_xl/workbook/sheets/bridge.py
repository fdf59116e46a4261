"""The Bridge sheet: opening to closing for every month, quarter and year, with rates and customer counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from nrr_xl.periods import FREQUENCIES, period_end, period_label
from nrr_xl.records import struct
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.bridge import rates
from nrr_xl.retention.lines import BRIDGE_LINES, CORKSCREW, LOSSES
from nrr_xl.retention.movements import Movements, movements
from nrr_xl.retention.windows import coarser
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import COUNT, HEAD_ROWS, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.texts import texts

WORDS = texts()["bridge"]
HEADER_ROW, OPENING_ROW, CLOSING_ROW = range(HEAD_ROWS, HEAD_ROWS + 3)
FIRST_LINE = CLOSING_ROW + 1
WHOLES = ("opening", "closing", "openers", "closers")
COUNTS = ("openers", "newcomers", "reactivated", "churned", "closers")
RATES = ("nrr", "grr", "logo_retention")
# More month columns than this start folded under their quarters.
UNFOLDED = 13


@struct()
class Span:
    """A column of the bridge: its label as written, positions (from 0) of its opening, closing and end, its months.

    The end may lie beyond the closing of the window; then the column runs up to that closing so far.
    """

    label: str
    opening: int
    closing: int
    months: int
    end: int


@struct()
class BridgePlace:
    """Where the Bridge sheet has its lines and columns."""

    sheet: str
    lines: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def rows(self) -> dict[str, int]:
        """The row of each line, count and rate."""
        rows = {line: FIRST_LINE + i for i, line in enumerate(self.lines)}
        title = rows["closing"] + 2
        rows |= {rate: title + i for i, rate in enumerate(RATES, 1)}
        return rows | {count: rows["closing"] + 7 + i for i, count in enumerate(COUNTS, 1)}

    def step(self, line: str, position: int, step: int) -> str:
        """The cell of a line of the single period that ends at a position (from 0)."""
        col = next(col for col, span in enumerate(self.spans, 1) if span.end == position and span.months == step)
        return fx.cell(self.rows[line], col, "row col", self.sheet)


def place(report: Report) -> BridgePlace:
    """Where the sheet will have its columns."""
    return BridgePlace(report.sheets["bridge"], lines_of(report.analysis), tuple(all_spans(report.analysis)))


def lines_of(analysis: Analysis) -> tuple[str, ...]:
    """The lines of a bridge; exchange effects only where there are any."""
    return BRIDGE_LINES if analysis.cube.fx else CORKSCREW


def signed(flows: Movements, line: str) -> np.ndarray:
    """A line's values as the sheets show them: losses negative."""
    values = getattr(flows, line)[:, 0]
    found: np.ndarray = -values if line in LOSSES else values
    return found


def spans(analysis: Analysis) -> list[Span]:
    """The columns up to the closing in the order of time: each period, then the quarter and the year that it ends."""
    return [span for span in all_spans(analysis) if span.opening < analysis.closing]


def all_spans(analysis: Analysis) -> list[Span]:
    """As `spans`, over all periods: those after the closing are of use to another window."""
    axis, found = analysis.cube.periods, []
    for freq in coarser(analysis.cube):
        step = FREQUENCIES[freq]
        size = step // axis.step
        ends = [at for at, end in enumerate(axis.ends) if period_end(end, step, axis.fiscal_year_end) == end]
        # The quarter or year that the last period lies in may still be running.
        if ends and ends[-1] < len(axis) - 1:
            ends.append(ends[-1] + size)
        for opened in ends[:-1]:
            end = opened + size
            label = period_label(axis.first + end * axis.step, step, axis.fiscal_year_end)
            closing = min(end, analysis.closing if opened < analysis.closing else len(axis) - 1)
            if closing < end:
                label = WORDS["so_far"].format(label=label, closing=axis.labels[closing])
            found.append(Span(label, opened, closing, step, end))
    return sorted(found, key=lambda span: (span.end, span.months))


def write(report: Report, customers: CustomersPlace, at: BridgePlace) -> None:
    """Fill the sheet and add its checks."""
    analysis, columns, rows = report.analysis, at.spans, at.rows
    page, words = report.open("bridge"), texts()
    reached = [col for col, span in enumerate(columns) if report.begin <= span.opening < analysis.closing]
    openings = [columns[col].opening for col in reached]
    closings = [columns[col].closing for col in reached]
    flows = movements(analysis.cube, openings, closings) if reached else None
    report.say(page, HEADER_ROW, 0, fx.told("{unit}", report.facts()), "header_left")
    page.put(OPENING_ROW, 0, WORDS["opening_position"], "note")
    page.put(CLOSING_ROW, 0, WORDS["closing_position"], "note")
    for col, span in enumerate(columns, 1):
        _head(report, page, customers, span, col)

    def across(line: str, found: Any, formula: Callable[[int], str], role: str, kind: str) -> None:
        """One line over all columns; what has no opening or no closing in the window's reach is a dash."""
        values = dict(zip(reached, found, strict=True)) if reached else {}
        for col, span in enumerate(columns):
            value = values.get(col, fx.UNDEFINED)
            if col in values and line not in RATES:
                report.figures[span.label, line] = fx.cell(rows[line], col + 1, "row col", page.name)
                report.link(page, rows[line], col + 1, span.label, line)
            report.write(page, rows[line], col + 1, formula(col + 1), value, "bridge", role, kind)

    for line in (*at.lines, *COUNTS):
        whole, counted = line in WHOLES, line in COUNTS
        page.put(rows[line], 0, (words["lines"] | words["counts"])[line], "label_total" if whole else "label_indent")
        role, kind = "total" if whole else "formula", "count" if counted else "amount"
        across(line, signed(flows, line) if flows else (), partial(_flow, line), role, kind)
    found = rates(flows) if flows else {}
    page.put(rows["closing"] + 2, 0, WORDS["rates"], "section")
    page.put(rows["closing"] + 7, 0, WORDS["customers"], "section")
    for rate in RATES:
        page.put(rows[rate], 0, words["rates"][rate], "label")

        def formula(col: int, rate: str = rate) -> str:
            return fx.rate_of(rate, lambda line: fx.cell(rows[line], col))

        across(rate, found[rate][:, 0] if reached else (), formula, "rate", "rate")
    if columns:
        _check_rows(report, page, customers, at)
    unused = f"NOT(ISNUMBER({fx.cell(OPENING_ROW, 1, 'row')}))"
    report.hide_unused(page, (HEADER_ROW, rows["closers"] + 6), (1, len(columns)), unused)
    _fold(page, columns, report.feed is not None)
    page.helpers(OPENING_ROW, CLOSING_ROW)
    if report.feed:
        # Its checks, in small letters, would leave too little room for all of its columns.
        page.sheet.print_area(0, 0, rows["closers"], len(columns))
    if not report.live["bridge"]:
        report.fixed.append(at.sheet)
    page.sheet.freeze_panes(HEADER_ROW + 1, 1)
    page.print_setup(report.footer, (HEADER_ROW, HEADER_ROW))


def _flow(line: str, col: int) -> str:
    opening, closing = fx.cell(OPENING_ROW, col, "row"), fx.cell(CLOSING_ROW, col, "row")
    return f"IF(ISNUMBER({opening}),{fx.flow(line, opening, closing)},{fx.DASH})"


def _head(report: Report, page: Page, customers: CustomersPlace, span: Span, col: int) -> None:
    """A column's name and its two positions, which are dashes where it lies outside the rows or after the closing."""
    analysis, axis = report.analysis, report.analysis.cube.periods
    first, last = span.opening + 1, span.end + 1
    shown = report.begin <= span.opening < analysis.closing
    opening, closing = fx.cell(OPENING_ROW, col, "row"), fx.cell(CLOSING_ROW, col, "row")
    reach = f"IF(AND({first}>={fx.BEGIN},{first}<{fx.CLOSING}),{first},{fx.DASH})"
    report.write(page, OPENING_ROW, col, reach, first if shown else fx.UNDEFINED, "bridge", "working", "position")
    close = f"IF(ISNUMBER({opening}),MIN({last},{fx.CLOSING}),{fx.DASH})"
    value = span.closing + 1 if shown else fx.UNDEFINED
    report.write(page, CLOSING_ROW, col, close, value, "bridge", "working", "position")
    end = axis.first + span.end * axis.step
    label = period_label(end, span.months, axis.fiscal_year_end)
    if span.months == axis.step:
        report.write(page, HEADER_ROW, col, customers.label(last), label, "bridge", "header", "general")
        return
    months = f"INDEX({fx.ENDS},{first})+{span.months}"
    named = fx.period_label(f"({months})", span.months, axis.fiscal_year_end), label
    so_far = fx.told(WORDS["so_far"], {"label": named, "closing": (fx.CLOSES, axis.labels[analysis.closing])})
    running = f"AND(ISNUMBER({opening}),{closing}<{last})"
    formula, value = fx.chosen(running, shown and span.end > analysis.closing, so_far, named)
    report.write(page, HEADER_ROW, col, report.unless_refused(formula), value, "bridge", "header", "general")


def _check_rows(report: Report, page: Page, customers: CustomersPlace, at: BridgePlace) -> None:
    """Every column's bridge foots, and its two ends are the totals of the Customers sheet."""
    rows, count = at.rows, len(at.spans)
    first = rows["closers"] + 3
    page.put(first - 1, 0, WORDS["checks"], "section")
    totals = customers.totals

    def tied(line: str, position: int) -> Callable[[int], str]:
        return lambda col: f"{fx.cell(rows[line], col)}-INDEX({totals},{fx.cell(position, col, 'row')})"

    def foots(start: str, last: str, end: str) -> Callable[[int], str]:
        return lambda col: f"SUM({fx.cell(rows[start], col)}:{fx.cell(rows[last], col)})-{fx.cell(rows[end], col)}"

    last_line = "fx" if "fx" in rows else "churn"
    for row, (key, formula, tolerance) in enumerate(
        (
            ("foots", foots("opening", last_line, "closing"), None),
            ("openings", tied("opening", OPENING_ROW), None),
            ("closings", tied("closing", CLOSING_ROW), None),
            ("counts", foots("openers", "churned", "closers"), COUNT),
        ),
        first,
    ):
        page.put(row, 0, texts()["bridge_rows"][key], "note")
        for col in range(1, count + 1):
            shown = f"IF(ISNUMBER({fx.cell(OPENING_ROW, col, 'row')}),{formula(col)},0)"
            report.write(page, row, col, shown, 0.0, "bridge", "working", "difference")
        across = fx.block(row, 1, row, count, report.sheets["bridge"])
        name, total = texts()["bridge_checks"][key], f"SUMPRODUCT(ABS({across}))"
        report.check(name, total) if tolerance is None else report.check(name, total, 0.0, tolerance)


def _fold(page: Page, columns: Sequence[Span], fed: bool) -> None:
    """Months in outline groups under their quarter, quarters under their year; the oldest folded so that a page fits.

    A template's columns are of use to any rows, so there only the months are folded.
    """
    lengths = sorted({span.months for span in columns}, reverse=True)
    levels = [lengths.index(span.months) for span in columns]
    waiting = [] if fed else [run for level in range(len(lengths) - 1, 0, -1) for run in _runs(levels, level)]
    # A template has no column to fold, and fits on a page so.
    page.sheet.set_column(0, 0, 25 if fed else 32)
    folded: set[int] = set()
    if len(lengths) > 1:
        finest = {at for at, level in enumerate(levels) if level == len(lengths) - 1}
        folded = finest if len(finest) > UNFOLDED else folded
    while True:
        for at, level in enumerate(levels):
            after = at - 1 in folded and at not in folded
            options = {"level": level, "hidden": at in folded, "collapsed": after}
            page.sheet.set_column(at + 1, at + 1, 11.5, None, options)
        page.widen()
        if not waiting or paper.fits(page.sheet, page.marks, 0, len(columns), paper.WIDE):
            return
        folded = folded | waiting.pop(0)


def _runs(levels: Sequence[int], level: int) -> list[set[int]]:
    """The runs of columns of a level or finer that stand before one that sums them up, in the order of time.

    >>> _runs([2, 2, 1, 2, 1, 0, 1], 1)
    [{0, 1, 2, 3, 4}]
    """
    runs: list[set[int]] = []
    run: set[int] = set()
    for at, own in enumerate(levels):
        if own >= level:
            run.add(at)
        elif run:
            runs.append(run)
            run = set()
    return runs
