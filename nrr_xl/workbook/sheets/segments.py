"""The Segments sheet: the window's bridge and rates for each value of each segment, adding up to the total."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from nrr_xl.metrics import ratio
from nrr_xl.records import struct
from nrr_xl.retention.lines import LOSSES
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper, story
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.charts import ROW, Charts
from nrr_xl.workbook.feed import SEGMENTS
from nrr_xl.workbook.frame import COUNT, HEAD_ROWS, MONEY, Report
from nrr_xl.workbook.sheets import drivers
from nrr_xl.workbook.sheets.bridge import WHOLES, lines_of
from nrr_xl.workbook.sheets.customer_columns import WINDOW
from nrr_xl.workbook.sheets.customers import CustomersPlace, segment_column
from nrr_xl.workbook.sheets.summary import Figures
from nrr_xl.workbook.story import Story
from nrr_xl.workbook.texts import texts

WORDS = texts()["segments"]
COUNTS = ("openers", "churned", "closers")
RATES = ("nrr", "grr", "logo_retention", "expansion_rate")
# A chart's height but for its bars, and of the bars of a value, in pixels; its column beside another or a narrow table.
CHART_HEAD, CHART_VALUE = 74, 25
CHART_COL, CHART_WIDTH = 8, 680
# A chart of more values than this says less than the table.
CHARTED = 12
# So many rows are still readable on one page.
ONE_PAGE = 55


@struct()
class Columns:
    """Where a line stands in every segment's table."""

    lines: tuple[str, ...]

    def of(self, line: str) -> int:
        return 1 + (*self.lines, *COUNTS, *RATES).index(line)

    @property
    def all(self) -> dict[str, int]:
        return {line: self.of(line) for line in (*self.lines, *COUNTS, *RATES)}

    @property
    def rates(self) -> tuple[str, ...]:
        return RATES

    @property
    def last(self) -> int:
        return len(self.lines) + len(COUNTS) + len(RATES)

    @property
    def points(self) -> int:
        """What a value adds to NRR less 100 %, in points; two workings stand beside it."""
        return self.last + 1

    def kind(self, line: str) -> str:
        return "rate" if line in RATES else "count" if line in COUNTS else "amount"


def write(report: Report, customers: CustomersPlace, shown: Figures, told: Story) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("segments")
    columns = Columns(lines_of(report.analysis))
    top, drawn = HEAD_ROWS, []
    for name, frame in report.analysis.tables.segments.items():
        total = _table(report, page, customers, columns, top, name, frame)
        _checks(report, page, shown, columns, top, name)
        if len(frame) <= CHARTED:
            title = told.title("segments") if top == HEAD_ROWS else WORDS["chart"].format(segment=name)
            drawn.append((top, total, name, title))
        top = total + 2
    if not report.live["segments"]:
        report.fixed.append(page.name)
    if report.feed is None:
        narrow, below = drivers.write(report, page, columns, top)
    else:
        narrow, below = top, top
    page.sheet.set_column(0, 0, 34)
    page.sheet.set_column(1, len(columns.lines), 11.5)
    page.sheet.set_column(len(columns.lines) + 1, columns.last, 10)
    page.sheet.set_column(columns.points, columns.points, 12)
    page.widen()
    top = _charts(report, page, columns, drawn, narrow, below)
    last = top
    if report.feed is None and drivers.long_mix(report):
        top = drivers.write_long_mix(report, page, top)
        last = last if report.brief else top
    page.sheet.print_area(0, 0, last, columns.points)
    page.print_setup(report.footer, one_page=last <= ONE_PAGE)


def _charts(
    report: Report, page: Page, columns: Columns, drawn: Sequence[tuple[int, int, str, str]], top: int, below: int
) -> int:
    """The charts beside the narrow tables that stand from `top` to `below`, else two and two below; the row after."""
    charts, waiting = Charts(report.book), list(drawn)

    def draw(row: int, col: int) -> int:
        head, total, name, title = waiting.pop(0)
        height = CHART_HEAD + CHART_VALUE * (total - head - 1)
        _chart(page, charts, columns, (head, total), (row, col), name, title, height)
        return row + math.ceil(height / ROW) + 1

    row = top
    while waiting and row < below:
        row = draw(row, CHART_COL)
    row = max(row, below)
    while waiting:
        row = max(draw(row, col) for col in (0, CHART_COL)[: len(waiting)])
    return row


def contributions(frame: Any) -> np.ndarray:
    """What each value adds to NRR less 100 %, in points of the whole opening; NaN where that is 0."""
    moved = np.asarray(frame["expansion"]) - np.asarray(frame["contraction"]) - np.asarray(frame["churn"])
    found: np.ndarray = ratio(100 * moved, np.asarray(frame["opening"]).sum())
    return found


def _points(report: Report, page: Page, columns: Columns, row: int, total: int, record: Any, frame: Any) -> None:
    """A value's contribution, in points of NRR."""
    whole = fx.cell(total, columns.of("opening"), "row col")
    moved = f"SUM({fx.cell(row, columns.of('expansion'))}:{fx.cell(row, columns.of('churn'))})"
    lost = record["expansion"] - record["contraction"] - record["churn"]
    value = float(ratio(100 * lost, np.asarray(frame["opening"]).sum()))
    report.write(
        page, row, columns.points, fx.rate(whole, f"100*{moved}/{whole}"), value, "segments", "rate", "plain_points"
    )


def _largest(report: Report, page: Page, columns: Columns, first: int, total: int, frame: Any) -> None:
    """The sum of all contributions, and which two are the largest, for the sentence that names them."""
    if not len(frame):
        return
    col, found = columns.points, contributions(frame)
    area = fx.block(first, col, total - 1, col)
    whole = fx.cell(total, columns.of("opening"), "row col")
    report.write(
        page, total, col, fx.rate(whole, f"SUM({area})"), float(found.sum()), "segments", "total", "plain_points"
    )
    if len(frame) < 2:
        return
    sizes = np.abs(found)
    known = not np.isnan(sizes).any()
    one = int(sizes.argmax()) if known else 0
    rest = np.where(np.arange(len(sizes)) == one, -1.0, sizes)
    two = int(rest.argmax()) if known else 0
    here = fx.cell(total, col + 1, "row col")
    # The largest is put below all others, and the next one looked for.
    others = f"(ABS({area})-1E+9*(ROW({area})-ROW({fx.cell(first, col, 'row col')})+1={here}))"
    for offset, (array, place) in enumerate(((f"ABS({area})", one), (others, two)), 1):
        match = f"MATCH(SUMPRODUCT(MAX({array})),INDEX({array},0),0)"
        value = place + 1.0 if known else fx.UNDEFINED
        report.write(page, total, col + offset, fx.rate(whole, match), value, "segments", "working", "position")


def first_causes(report: Report) -> story.Causes | None:
    """The first segment's contributions to NRR, for the Summary's sentence; None where there are fewer than two."""
    for name, frame in report.analysis.tables.segments.items():
        if len(frame) < 2 or not report.live["segments"] or report.feed is not None:
            return None
        columns, sheet = Columns(lines_of(report.analysis)), report.sheets["segments"]
        first, total = HEAD_ROWS + 1, HEAD_ROWS + 1 + len(frame)
        col = columns.points
        return story.Causes(
            name,
            fx.block(first, 0, total - 1, 0, sheet),
            fx.block(first, col, total - 1, col, sheet),
            tuple(fx.cell(total, col + offset, "row col", sheet) for offset in range(3)),
            tuple(map(str, frame["value"])),
            tuple(contributions(frame).tolist()),
        )
    return None


def first_table(report: Report) -> tuple[str, str, str] | None:
    """The first segment's name, and the ranges of its values and of their NRR, for the title that compares them."""
    for name, frame in report.analysis.tables.segments.items():
        first, last = HEAD_ROWS + 1, HEAD_ROWS + len(frame)
        sheet, nrr = report.sheets["segments"], Columns(lines_of(report.analysis)).of("nrr")
        return name, fx.block(first, 0, last, 0, sheet), fx.block(first, nrr, last, nrr, sheet)
    return None


def first_lines(report: Report, line: str = "expansion") -> tuple[str, str, str] | None:
    """The first segment's name, and the ranges of its values and of a line of their bridges."""
    found = first_table(report)
    if found is None or not len(report.analysis.tables.segments[found[0]]):
        return None
    last = HEAD_ROWS + len(report.analysis.tables.segments[found[0]])
    col = Columns(lines_of(report.analysis)).of(line)
    return found[0], found[1], fx.block(HEAD_ROWS + 1, col, last, col, report.sheets["segments"])


def _table(
    report: Report, page: Page, customers: CustomersPlace, columns: Columns, top: int, name: str, frame: Any
) -> int:
    words, layer = texts(), "segments"
    names = words["lines"] | words["counts"] | words["rates"]
    page.put(top, 0, name, "header_left")
    for line in (*columns.lines, *COUNTS, *RATES):
        page.put(top, columns.of(line), names[line], "header")
    if report.feed is None:
        page.put(top, columns.points, WORDS["points"], "header")
    page.sheet.set_row(top, 28)
    text = customers.column(segment_column(customers, name))
    first, total_row = top + 1, top + 1 + len(frame)
    tip_all = words["movements_sheet"]["tip_all"].replace("{segment}", name.replace("{", "{{").replace("}", "}}"))
    for row, record in enumerate(frame.records(), first):
        _value(report, page, first, row, record["value"])
        mine = f"EXACT({text},{fx.cell(row, 0, 'col')})"
        for line in (*columns.lines, *COUNTS):
            value = -record[line] if line in LOSSES else record[line]
            formula = f"SUMPRODUCT({mine}*{_of_customers(customers, line)})"
            kind = "count" if line in COUNTS else "amount"
            # Rows on Movements stand by the first segment: of a further one the link says what to filter.
            first_one = name == next(iter(report.analysis.tables.segments))
            alone, tip = (record["value"], "") if first_one else (None, tip_all.format(value=record["value"]))
            report.link(page, row, columns.of(line), report.window_label, line, alone, tip)
            report.write(page, row, columns.of(line), formula, value, layer, "formula", kind)
        _rates(report, page, columns, row, record, "rate")
        if report.feed is None:
            _points(report, page, columns, row, total_row, record, frame)
    report.hide_unused(page, (first, total_row - 1), (1, columns.last), f"LEN({fx.cell(first, 0, 'col')})=0")
    page.put(total_row, 0, WORDS["total"], "label_total")
    sums = {line: sum(-v if line in LOSSES else v for v in frame[line]) for line in (*columns.lines, *COUNTS)}
    for line, value in sums.items():
        col = columns.of(line)
        kind = "count" if line in COUNTS else "amount"
        formula = f"SUM({fx.cell(first, col)}:{fx.cell(total_row - 1, col)})" if len(frame) else "0"
        report.write(page, total_row, col, formula, value, layer, "total", kind)
    analysis = report.analysis
    _rates(report, page, columns, total_row, analysis.rates, "total")
    if report.feed is None:
        _largest(report, page, columns, first, total_row, frame)
    for rate in ("nrr", "grr"):
        col = columns.of(rate)
        page.bars(first, col, total_row - 1, col)
    return total_row


def _value(report: Report, page: Page, first: int, row: int, text: str) -> None:
    """A value's name: a template finds the first of its rows, and calls all others by one name."""
    if report.feed and row < first + SEGMENTS:
        number = f"ROWS({fx.cell(first, 0, 'row')}:{fx.cell(row, 0)})"
        report.write(page, row, 0, report.feed.value.format(number=number), text, "segments", "label", "general")
    else:
        page.put(row, 0, text, "label")


def _checks(report: Report, page: Page, shown: Figures, columns: Columns, top: int, name: str) -> None:
    """Every line added up over the values is the Summary's; and the customers' texts are those of the report."""
    if not report.live["segments"]:
        return
    names, frame = texts()["lines"] | texts()["counts"], report.analysis.tables.segments[name]
    total = top + 1 + len(frame)
    for line in (*columns.lines, *COUNTS):
        here = fx.cell(total, columns.of(line), "row col", page.name)
        there = shown.cell(line, sheet=shown.sheet)
        text = WORDS["adds_up"].format(segment=name, line=names[line])
        report.check(text, f"{here}-{there}", 0.0, COUNT if line in COUNTS else MONEY, f"{page.name} {name}")
    if len(frame):
        # A changed text keeps every total, so it is told by the weight of each value in its place.
        opening, closing = (
            fx.block(top + 1, columns.of(end), total - 1, columns.of(end), page.name) for end in ("opening", "closing")
        )
        formula = f"SUMPRODUCT((ROW({opening})-ROW({fx.cell(top, 0, 'row col', page.name)}))*({opening}+2*{closing}))"
        found = float(
            sum(n * (o + 2 * c) for n, o, c in zip(count(1), frame["opening"], frame["closing"], strict=False))
        )
        report.signatures.append(f"ABS({formula}-{found!r})<={max(1e-9, 1e-11 * found)!r}")


def _rates(report: Report, page: Page, columns: Columns, row: int, values: Any, role: str) -> None:
    for rate in RATES:
        formula = fx.rate_of(rate, lambda line: fx.cell(row, columns.of(line)))
        report.write(page, row, columns.of(rate), formula, values[rate], "segments", role, "rate")


def _of_customers(customers: CustomersPlace, line: str) -> str:
    """What each customer adds to a line, from the window's columns on the Customers sheet."""
    words = texts()["movements"]
    opening, closing, change, movement = (customers.column(customers.window[name]) for name in WINDOW[1:])
    if line in WHOLES:
        return {
            "opening": opening,
            "closing": closing,
            "openers": f"({opening}>0)",
            "closers": f"({closing}>0)",
        }[line]
    if line == "churned":
        return f'-1*({movement}="{words["churn"]}")'
    return f'({movement}="{words.get(line, line)}")*{change}'


def _chart(
    page: Page,
    charts: Charts,
    columns: Columns,
    table: tuple[int, int],
    at: tuple[int, int],
    name: str,
    title: str,
    height: int,
) -> None:
    def column(col: int) -> str:
        return "=" + fx.block(table[0] + 1, col, table[1] - 1, col, page.name)

    names = texts()["rates"]
    chart = charts.bars(
        column(0),
        ((names["nrr"], column(columns.of("nrr")), "accent"), (names["grr"], column(columns.of("grr")), "second")),
    )
    described = WORDS["described"].format(segment=name)
    width = min(CHART_WIDTH, paper.width(page.sheet, CHART_COL, columns.points))
    charts.place(page, *at, chart, title, described, width=width, height=height)
