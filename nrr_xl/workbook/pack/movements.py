"""The Movements sheet: every customer's movement in every column of the Bridge and in the window, to be filtered."""

from __future__ import annotations

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.lines import MOVEMENTS, classify
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper
from nrr_xl.workbook.cells import Page, safe_text
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.headers import unique_headers
from nrr_xl.workbook.sheets import bridge
from nrr_xl.workbook.sheets.customers import CustomersPlace, segment_column
from nrr_xl.workbook.sheets.history import segment_texts
from nrr_xl.workbook.texts import texts

WORDS, HEADS = texts()["movements_sheet"], texts()["movements_columns"]
NAME, PERIOD, LINE, OPENING, CLOSING, AMOUNT, FIRST_SEGMENT = range(7)
HEADER = HEAD_ROWS
FIRST = HEADER + 1
# So many rows are listed at most, and so many carry formulas.
MOST_ROWS, MOST_LIVE = 60_000, 20_000
# So many rows are printed; all are on the screen.


@struct(eq=False)
class Block:
    """The rows of one span: `customers` (positions) by line, then by the first segment, then the largest first."""

    label: str
    opening: int
    closing: int
    customers: np.ndarray
    line: np.ndarray
    before: np.ndarray
    after: np.ndarray
    first_segment: np.ndarray


class Drill:
    """Where the rows behind each figure stand: planned before any sheet is written, so that others can link to them."""

    def __init__(self, report: Report):
        self.report = report
        self.sheet = report.sheets["movements"]
        analysis = report.analysis
        self.segments = list(analysis.tables.segments)
        spans = bridge.spans(analysis)
        lengths = sorted({span.months for span in spans}, reverse=True)
        order = [(report.window_label, analysis.opening, analysis.closing)]
        order += [(s.label, s.opening, s.closing) for months in lengths for s in spans if s.months == months]
        texts_of = np.array(segment_texts(analysis, self.segments[0]), object) if self.segments else None
        self.blocks: list[Block] = []
        self.left_out: list[str] = []
        rows = 0
        for label, opening, closing in order:
            block = _block(analysis, label, opening, closing, texts_of)
            if rows + len(block.customers) > MOST_ROWS:
                self.left_out.append(label)
                continue
            rows += len(block.customers)
            self.blocks.append(block)
        self.tops = np.cumsum([FIRST, *(len(block.customers) for block in self.blocks)]).tolist()
        self.rows = rows
        self.live = report.live["customers"] and rows <= MOST_LIVE

    def target(self, label: str, line: str, value: str | None = None) -> str:
        """The rows of a span's line, or of a value of the first segment in it, as the place of a link; "" for none."""
        for top, block in zip(self.tops, self.blocks, strict=False):
            if block.label == label:
                mine = block.line == line
                if value is not None:
                    mine &= block.first_segment == value
                found = np.flatnonzero(mine)
                if found.size:
                    area = fx.block(top + found[0], NAME, top + found[-1], AMOUNT).replace("$", "")
                    return f"internal:'{self.sheet}'!{area}"
        return ""


def _block(analysis: Analysis, label: str, opening: int, closing: int, values: np.ndarray | None) -> Block:
    before, after, known = at_both_ends(analysis.cube, opening, closing)
    line = classify(before, after, known)
    rank = np.array([MOVEMENTS.index(name) if name in MOVEMENTS else len(MOVEMENTS) for name in distinct(line)])
    ranks = rank[np.searchsorted(distinct(line), line)]
    moved = np.flatnonzero(ranks < len(MOVEMENTS))
    held = values[moved] if values is not None else np.full(moved.size, "", object)
    order = np.lexsort((-np.abs(after - before)[moved], np.unique(held, return_inverse=True)[1], ranks[moved]))
    rows = moved[order]
    return Block(label, opening, closing, rows, line[rows], before[rows], after[rows], held[order])


def write(report: Report, customers: CustomersPlace, drill: Drill) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("movements")
    cube = report.analysis.cube
    names = np.array(cube.customers, object)
    texts_of = {name: np.array(segment_texts(report.analysis, name), object) for name in drill.segments}
    places = list(enumerate(drill.segments))
    if drill.left_out:
        page.put(HEAD_ROWS - 1, 0, WORDS["left_out"].format(columns=", ".join(drill.left_out)), "strong")
    for top, block in zip(drill.tops, drill.blocks, strict=False):
        for row, (at, line, before, after) in enumerate(
            zip(
                block.customers.tolist(), block.line.tolist(), block.before.tolist(), block.after.tolist(), strict=True
            ),
            top,
        ):
            # Of a sorted sheet the row has another customer, and it says so.
            told = [(NAME, 0, names[at])]
            told += [(FIRST_SEGMENT + i, segment_column(customers, name), texts_of[name][at]) for i, name in places]
            for col, source, text in told:
                role = "label_indent" if col >= FIRST_SEGMENT else "label"
                if drill.live:
                    link = fx.cell(customers.row(at), source, "row col", customers.sheet)
                    page.formula(row, col, f'={link}&""', safe_text(text), role, "general")
                else:
                    page.put(row, col, text, role)
            page.put(row, PERIOD, block.label, "label")
            _figures(report, page, customers, drill, block, row, at, line, before, after)
    last = FIRST + max(drill.rows, 1) - 1
    heads = [HEADS[key] for key in ("customer", "period", "line", "opening", "closing", "amount")]
    left, right, after = (report.book.format(role) for role in ("header_left", "header", "header_note"))
    columns = [
        {"header": head, "header_format": after if col >= FIRST_SEGMENT else right if col >= OPENING else left}
        for col, head in enumerate(unique_headers([*heads, *drill.segments]))
    ]
    page.sheet.add_table(
        HEADER, 0, last, len(columns) - 1, {"name": "CustomerMovements", "style": None, "columns": columns}
    )
    page.columns(31, 25, 12, 12, 12, 12, *[16] * len(drill.segments))
    page.sheet.freeze_panes(FIRST, 1)
    width = len(columns)
    page.sheet.print_area(0, 0, min(last, FIRST + report.printed - 1), width - 1)
    page.print_setup(report.footer, (HEADER, HEADER), papers=paper.HIGH)
    _tie(report, page, drill, width + 1, last)


def _figures(
    report: Report,
    page: Page,
    customers: CustomersPlace,
    drill: Drill,
    block: Block,
    row: int,
    at: int,
    line: str,
    before: float,
    after: float,
) -> None:
    """A row's line and amounts: formulas over the customer's own cells, or values where there are too many."""
    words = texts()["movements"]
    if not drill.live:
        page.put(row, LINE, words[line], "label")
        page.row(row, OPENING, [before, after, after - before], "formula", "cents")
        return
    sheet_row = customers.row(at)
    o, c = (fx.cell(row, col, "col") for col in (OPENING, CLOSING))
    first = fx.cell(sheet_row, customers.window["first"], "row col", customers.sheet)
    arrived = f'IF({first}<={block.opening + 1},"{words["reactivation"]}","{words["new"]}")'
    arrived = f'IF({c}=0,"{words["absent"]}",{arrived})'
    stayed = f'IF({c}>{o},"{words["expansion"]}",IF({c}<{o},"{words["contraction"]}","{words["unchanged"]}"))'
    formula = f'=IF({o}=0,{arrived},IF({c}=0,"{words["churn"]}",{stayed}))'
    page.formula(row, LINE, formula, words[line], "label", "general")
    for col, position, value in ((OPENING, block.opening, before), (CLOSING, block.closing, after)):
        source = fx.cell(sheet_row, customers.first_period + position, "row col", customers.sheet)
        page.formula(row, col, f"={source}", value, "link", "cents")
    page.formula(row, AMOUNT, f"={c}-{o}", after - before, "formula", "cents")


def _tie(report: Report, page: Page, drill: Drill, left: int, last: int) -> None:
    """Each line of each span: its rows' sum less the figure of the Bridge (the window's: of the Summary)."""
    words = texts()
    page.put(HEADER, left, WORDS["tie"], "header_left")
    page.row(HEADER, left + 1, [words["lines"][line] for line in MOVEMENTS], "header")
    page.sheet.set_column(left, left, 26)
    period, name, amount = (fx.block(FIRST, col, last, col) for col in (PERIOD, LINE, AMOUNT))
    for row, block in enumerate(drill.blocks, FIRST):
        page.put(row, left, block.label, "note")
        label = fx.cell(row, left, "col")
        for col, line in enumerate(MOVEMENTS, left + 1):
            place = report.figures.get((block.label, line))
            if place is None:
                continue
            total = f'SUMIFS({amount},{period},{label},{name},"{words["movements"][line]}")'
            # The rows are those of the report: another window, or an amount typed over, is not theirs to match.
            formula = f"IF({report.as_reported}=1,{total}-{place},0)"
            report.write(page, row, col, formula, 0.0, "checks", "working", "difference")
    ties = fx.block(FIRST, left + 1, FIRST + max(len(drill.blocks), 1) - 1, left + len(MOVEMENTS), page.name)
    report.check(WORDS["ties"], f"SUMPRODUCT(ABS({ties}))")
