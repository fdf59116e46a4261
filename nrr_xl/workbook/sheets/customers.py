"""The Customers sheet: the cube as blue inputs, and what each customer did in the window, on which all else stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper
from nrr_xl.workbook.bulk import BlockSheet
from nrr_xl.workbook.cells import Page, StreamColumn
from nrr_xl.workbook.frame import COUNT, HEAD_ROWS, Report
from nrr_xl.workbook.sheets import customer_table, rest
from nrr_xl.workbook.sheets.customer_columns import (
    BETWEEN,
    COMPARED_SIGNS,
    END_ROW,
    FIRST_ROW,
    HEADER_ROW,
    LABEL_ROW,
    POSITION_ROW,
    RISK,
    TOTAL_ROW,
    TYPED,
    WINDOW,
    check_looked_up,
    looked_up,
    spelt,
    watch,
    window_columns,
)
from nrr_xl.workbook.sheets.customer_table import Bounds
from nrr_xl.workbook.sheets.history import History, segment_texts
from nrr_xl.workbook.texts import texts

FEW = 12
# Of more customers than are printed the largest stand first, up to so many; the others have one row in print.
PRINTED, MOST_ARRANGED = 200, 100_000
REST_ROW = HEAD_ROWS - 1
# A long list takes the height of its letters.
ROW_POINTS = 12.75
# The widths of names, of what stands between, and of amounts.
WIDTHS = (30, 13, 11)
SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384
# Every name is compared with every other one, which is too much for more customers than this.
COMPARED = 800
WORDS, HEADERS = texts()["customers"], texts()["customer_columns"]


@struct()
class CustomersPlace:
    """Where the Customers sheet has its rows and columns (from 0)."""

    sheet: str
    customers: int
    segments: tuple[str, ...]
    periods: int
    numbered: bool = False
    fed: bool = False
    # Each customer's row, counted from 0, where they do not stand in the rows' own order.
    ranks: np.ndarray | None = None
    # Whether some rows stand for many customers.
    summed: bool = False

    @property
    def folded(self) -> tuple[str, ...]:
        """The columns folded away: of accounts at risk, repeated names, the history of segments, texts as written."""
        if self.fed:
            # A template's names differ from one another, as they are looked up.
            return (*RISK, "number", "before")
        again = ("again",) if self.customers <= COMPARED else ()
        counted = ("counted",) if self.summed else ()
        return (*RISK, *again, *(("number",) if self.numbered else ()), *counted, "written")

    @property
    def last_row(self) -> int:
        return FIRST_ROW + self.customers - 1

    @property
    def window(self) -> dict[str, int]:
        """The columns about the window, by name."""
        return {name: 1 + len(self.segments) + i for i, name in enumerate((*WINDOW, *self.folded))}

    @property
    def first_period(self) -> int:
        return 1 + len(self.segments) + len(WINDOW) + len(self.folded)

    @property
    def last_period(self) -> int:
        return self.first_period + self.periods - 1

    def row(self, customer: int) -> int:
        """The row of a customer, which is counted from 0 as in the cube."""
        return FIRST_ROW + self.rank(customer)

    def rank(self, customer: int) -> int:
        """A customer's place on the sheet, both counted from 0."""
        return customer if self.ranks is None else int(self.ranks[customer])

    def arranged(self, values: Any) -> Any:
        """What is held by customer, in the order of the sheet; rows of many are in it already."""
        if self.ranks is None or self.summed:
            return values
        order = np.argsort(self.ranks)
        return values[order] if isinstance(values, np.ndarray) else [values[at] for at in order.tolist()]

    def column(self, col: int) -> str:
        """The range of a column's customers."""
        return fx.block(FIRST_ROW, col, self.last_row, col, self.sheet)

    def of(self, name: str) -> str:
        """The range of a column about the window."""
        return self.column(self.window[name])

    @property
    def names(self) -> str:
        return self.column(0)

    @property
    def amounts(self) -> str:
        return fx.block(FIRST_ROW, self.first_period, self.last_row, self.last_period, self.sheet)

    def across(self, row: int) -> str:
        """A row of the heads of the periods."""
        return fx.block(row, self.first_period, row, self.last_period, self.sheet)

    @property
    def totals(self) -> str:
        """Each period's total amount."""
        return self.across(TOTAL_ROW)

    def label(self, position: int) -> str:
        """The cell of a period's name, its position counted from 1."""
        return fx.cell(LABEL_ROW, self.first_period + position - 1, "row col", self.sheet)


def place(report: Report) -> CustomersPlace:
    """Where the sheet will have its columns."""
    cube = report.listed.cube
    numbered = any(segment.codes.ndim == 2 for segment in cube.segments.values())
    size = (len(cube.customers), tuple(cube.segments), len(cube.periods))
    fed = report.feed is not None
    ranks = report.listing.rows if report.listing else None if fed else _largest_first(report.analysis)
    at = CustomersPlace(report.sheets["customers"], *size, numbered, fed, ranks, report.listing is not None)
    report.ranks = at.ranks
    report.totals, report.positions = at.totals, at.across(POSITION_ROW)
    return at


def _largest_first(analysis: Analysis) -> np.ndarray | None:
    """Each customer's place by its amount at the closing, where only the first of a long list are printed."""
    amounts = analysis.cube.amounts
    if not PRINTED < len(amounts) <= MOST_ARRANGED:
        return None
    order = np.argsort(-amounts[:, analysis.closing], kind="stable")
    ranks: np.ndarray = np.argsort(order)
    return ranks


def define_names(report: Report, at: CustomersPlace) -> None:
    """The names that formulas address the cube by."""
    report.book.name(fx.AMOUNTS, "=" + at.amounts, WORDS["amounts_name"])
    report.book.name(fx.FIRST, "=" + at.of("first"), WORDS["first_name"])
    report.book.name(fx.LABELS, "=" + at.across(LABEL_ROW), WORDS["labels_name"])
    report.book.name(fx.ENDS, "=" + at.across(END_ROW), WORDS["ends_name"])


def write(report: Report, at: CustomersPlace, history: History) -> None:
    """Fill the sheet."""
    analysis, cube = report.listed, report.listed.cube
    page = report.open("customers")
    sheet = page.sheet
    page.put(TOTAL_ROW, 0, WORDS["total"], "label_total")
    for col in range(1, at.first_period):
        page.put(TOTAL_ROW, col, None, "label_total")
    for name in ("opening", "closing", "change"):
        _total(report, page, at, at.window[name], _window_totals(report.analysis)[name])
    _periods(report, page, at)
    if report.feed:
        looked_up(report, report.feed, page, at)
    else:
        streams = [StreamColumn(at.arranged(cube.customers))]
        for name in at.segments:
            streams.append(history.column(report, name, at) or StreamColumn(at.arranged(segment_texts(analysis, name))))
        window = window_columns(report, at)
        streams += window
        watch(report, at, window)
        page.stream(FIRST_ROW, streams, at.first_period, at.arranged(cube.amounts))
        labels = [WORDS["customer"], *at.segments, *(HEADERS[name] for name in at.window), *cube.periods.labels]
        bounds = Bounds(HEADER_ROW, at.last_row, at.last_period, 1 + len(at.segments))
        customer_table.write(report, page, bounds, labels, streams)
        _refuse(sheet, at)
    first, middle, amount = WIDTHS
    sheet.set_default_row(ROW_POINTS)
    sheet.set_column(0, 0, first)
    sheet.set_column(1, at.first_period - 1, middle)
    sheet.set_column(at.first_period - len(at.folded), at.first_period - 1, middle, None, {"level": 1, "hidden": True})
    page.helper_columns(at.window["first"], at.window["first"], middle)
    sheet.set_column(at.first_period, at.last_period, amount, None, {"collapsed": False})
    sheet.freeze_panes(FIRST_ROW, 1)
    # A list of thousands, and many periods, are read on the screen; the total stands above them.
    last = min(at.last_row, FIRST_ROW + report.printed - 1)
    page.widen()
    # A few rows would leave a large page, or a high one, nearly empty.
    few = at.customers < FEW
    whole = paper.fits(sheet, page.marks, 0, at.last_period, (paper.A4,) if few else paper.WIDE)
    sheet.print_area(0, 0, last, at.last_period if whole else at.window["movement"])
    if last < at.last_row:
        _rest(report, page, at, last)
    page.helpers(END_ROW, LABEL_ROW)
    page.print_setup(report.footer, (HEADER_ROW, HEADER_ROW), papers=paper.WIDE if whole or few else paper.HIGH)
    _checks(report, at, history)


def _rest(report: Report, page: Page, at: CustomersPlace, last: int) -> None:
    """Above the total, in one row, the customers below those that are printed."""
    held = at.arranged(report.listed.cube.amounts)[report.printed :]
    listed = fx.block(FIRST_ROW, 0, last, 0)
    count = len(report.analysis.cube.customers) - report.printed
    others = fx.told(WORDS["rest"], {"count": (f"FIXED(ROWS({fx.AMOUNTS})-ROWS({listed}),0)", fx.fixed(count, 0))})
    report.say(page, REST_ROW, 0, others, "label")
    opening, closing = held[:, report.analysis.opening], held[:, report.analysis.closing]
    if report.listing:
        opening, closing = (end[report.printed :] for end in report.listing.ends)
    sums = {
        at.window[name]: float(found.sum())
        for name, found in (("opening", opening), ("closing", closing), ("change", closing - opening))
    }
    sums |= dict(enumerate(held.sum(axis=0).tolist(), at.first_period))
    for col, value in sums.items():
        printed = f"{fx.cell(FIRST_ROW, col, 'row')}:{fx.cell(last, col, 'row')}"
        formula = f"{fx.cell(TOTAL_ROW, col)}-SUM({printed})"
        report.write(page, REST_ROW, col, formula, value, report.totals_layer)
    for left, right in ((at.first_period, at.last_period), (at.window["opening"], at.window["change"])):
        everyone, below = (fx.block(row, left, row, right, at.sheet) for row in (TOTAL_ROW, REST_ROW))
        shown = f"SUM({fx.block(FIRST_ROW, left, last, right, at.sheet)})"
        report.check(WORDS["check_rest"], f"SUM({everyone})-{shown}-SUM({below})")


def _refuse(sheet: BlockSheet, at: CustomersPlace) -> None:
    """Refuse what is no amount as it is typed."""
    rule = {"validate": "decimal", "criteria": ">=", "value": 0}
    told = {"error_title": WORDS["refused"], "error_message": WORDS["refusal"]}
    sheet.data_validation(FIRST_ROW, at.first_period, at.last_row, at.last_period, rule | told)


def segment_column(at: CustomersPlace, name: str) -> int:
    """The column of a segment."""
    return 1 + at.segments.index(name)


def _window_totals(analysis: Analysis) -> dict[str, float]:
    opening, closing, _ = at_both_ends(analysis.cube, analysis.opening, analysis.closing)
    return {"opening": opening.sum(), "closing": closing.sum(), "change": (closing - opening).sum()}


def _periods(report: Report, page: Page, at: CustomersPlace) -> None:
    """Over each period's amounts their total, the period's last month as a number, its position, and its name."""
    axis, totals = report.analysis.cube.periods, report.analysis.cube.amounts.sum(axis=0)
    for row, name in ((END_ROW, "end"), (POSITION_ROW, "position"), (LABEL_ROW, "label")):
        page.put(row, 0, WORDS[name], "note")
    for offset, (end, label) in enumerate(zip(axis.ends, axis.labels, strict=True)):
        col = at.first_period + offset
        _total(report, page, at, col, totals[offset])
        before = fx.cell(END_ROW, col - 1)
        first = report.feed.first_end if report.feed else f"12*{end // 12}+{end % 12}"
        formula = f"{before}+{axis.step}" if offset else first
        report.write(page, END_ROW, col, formula, end, "customers", "working", "position")
        counted = f"COLUMNS({fx.cell(TOTAL_ROW, at.first_period, 'col')}:{fx.cell(TOTAL_ROW, col)})"
        report.write(page, POSITION_ROW, col, counted, offset + 1, "customers", "working", "position")
        named = fx.period_label(fx.cell(END_ROW, col), axis.step, axis.fiscal_year_end)
        report.write(page, LABEL_ROW, col, report.unless_refused(named), label, "customers", "working", "general")


def _total(report: Report, page: Page, at: CustomersPlace, col: int, value: float) -> None:
    rows = f"{fx.cell(FIRST_ROW, col, 'row')}:{fx.cell(at.last_row, col, 'row')}"
    report.write(page, TOTAL_ROW, col, f"SUM({rows})", value, report.totals_layer, "total")


def _checks(report: Report, at: CustomersPlace, history: History) -> None:
    """The block of amounts is whole: numbers of 0 or more, named customers, nothing beside or below it."""
    if not report.live["checks"]:
        return
    sheet, names, cube = at.sheet, at.names, report.listed.cube
    corner = f"INDEX({fx.AMOUNTS},1,1)"
    everything = fx.block(HEAD_ROWS, 0, SHEET_ROWS - 1, SHEET_COLUMNS - 1, sheet)
    far = f"INDEX({everything},{SHEET_ROWS - HEAD_ROWS},{SHEET_COLUMNS})"
    below = f"INDEX({everything},ROW({corner})+ROWS({fx.AMOUNTS})-{HEAD_ROWS},1)"
    beside = f"INDEX({everything},1,COLUMN({corner})+COLUMNS({fx.AMOUNTS}))"
    header = fx.cell(HEADER_ROW, at.first_period - 1, "row col", sheet)
    gaps = f"ABS(ROW({corner})-ROW({header})-1)+ABS(COLUMN({corner})-COLUMN({header})-1)"
    if at.fed:
        check_looked_up(report, at)
        return
    lines = [
        ("numbers", f"COUNTA({fx.AMOUNTS})-COUNT({fx.AMOUNTS})"),
        ("negatives", f'COUNTIF({fx.AMOUNTS},"<0")'),
        ("below", f"COUNTA({below}:{far})"),
        ("beside", f"COUNTA({beside}:{far})"),
        ("shape", f"ABS(COLUMNS({fx.AMOUNTS})-{at.periods})+{gaps}"),
        ("headers", f"SUMPRODUCT(--({at.across(HEADER_ROW)}<>{fx.LABELS}))"),
        ("unnamed", f"SUMPRODUCT(--(LEN(TRIM({names}))=0))-{sum(not name.strip(' ') for name in cube.customers)}"),
    ]
    live = tuple(name for name in at.window if name not in TYPED)
    if "again" in live and report.live["customers"]:
        lines.append(("repeated", f"SUMPRODUCT(--({at.of('again')}>1))-{_repeated(cube.customers)}"))
    if at.numbered:
        # A number is what finds a customer's history: it stands in the texts as written, which move with their row.
        number = at.of("number")
        own = f'LEFT({at.of("written")},LEN({number})+1)={number}&"{BETWEEN}"'
        lines.append(("numbered", f"COUNT({number})-ROWS({fx.AMOUNTS})-SUMPRODUCT(--NOT({own}))"))
    if report.live["customers"]:
        block = fx.block(FIRST_ROW, at.window["first"], at.last_row, at.window[live[-1]], sheet)
        looked_up = [fx.is_formula(at.column(segment_column(at, name))) for name in history.changing]
        counted = "+".join((fx.is_formula(block), *looked_up))
        lines.append(("rows", f"{counted}-{len(live) + len(looked_up)}*ROWS({fx.AMOUNTS})"))
    for key, formula in lines:
        report.check(WORDS[f"check_{key}"], formula, 0.0, COUNT)
    if report.listing:
        rest.check(report, at)
    held = [
        *([at.of("number")] if at.numbered else []),
        names,
        *(at.column(segment_column(at, name)) for name in at.segments if name not in history.changing),
    ]
    texts_now = f'&"{BETWEEN}"&'.join(f"LEFT({text},{COMPARED_SIGNS})" for text in held)
    report.signatures.append(f"SUMPRODUCT(--EXACT({texts_now},{at.of('written')}))=ROWS({fx.AMOUNTS})")


def _repeated(names: Sequence[str]) -> int:
    """How many names there are more than once, as a spreadsheet compares them."""
    counted = Counter(spelt(name) for name in names)
    return sum(count for count in counted.values() if count > 1)
