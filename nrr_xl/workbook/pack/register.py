"""The Register sheet: every customer that churned or contracted in the window, with dates, amounts and tenure."""

from __future__ import annotations

import numpy as np

from nrr_xl.retention.diligence import LOST_LINES, first_positions, last_paid, lost_customers
from nrr_xl.retention.lines import classify
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper
from nrr_xl.workbook.cells import NOT_APPLICABLE, Page, safe_text
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.headers import unique_headers
from nrr_xl.workbook.sheets.customers import CustomersPlace, segment_column
from nrr_xl.workbook.sheets.history import segment_texts
from nrr_xl.workbook.texts import texts

WORDS = texts()["register"]
COLUMNS = ("customer", "line", "since", "last", "tenure", "opening", "closing", "lost", "share")
NAME, LINE, SINCE, LAST, TENURE, OPENING, CLOSING, LOST, SHARE, SEGMENTS = range(10)
TOTAL, HEADER, FIRST = HEAD_ROWS, HEAD_ROWS + 1, HEAD_ROWS + 2
MOST_LIVE = 20_000


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its checks."""
    analysis, cube, words = report.analysis, report.analysis.cube, texts()
    page = report.open("register")
    before, after, known = at_both_ends(cube, analysis.opening, analysis.closing)
    lines, rows = classify(before, after, known), lost_customers(analysis)
    first, labels = first_positions(cube.amounts), cube.periods.labels
    live = report.live["customers"] and len(rows) <= MOST_LIVE
    segments = list(analysis.tables.segments)
    texts_of = {name: segment_texts(analysis, name) for name in segments}
    base = float(before.sum())
    end = FIRST + max(len(rows), 1) - 1
    for row, at in enumerate(rows.tolist(), FIRST):
        line = str(lines[at])
        told = [(NAME, 0, cube.customers[at])]
        told += [(SEGMENTS + i, segment_column(customers, name), texts_of[name][at]) for i, name in enumerate(segments)]
        for col, column, text in told:
            role = "label_indent" if col >= SEGMENTS else "label"
            if live:
                link = fx.cell(customers.row(at), column, "row col", customers.sheet)
                page.formula(row, col, f'={link}&""', safe_text(text), role, "general")
            else:
                page.put(row, col, text, role)
        page.put(row, LINE, words["movements"][line], "label")
        page.put(row, SINCE, labels[first[at] - 1], "label_right")
        paid = last_paid(cube.amounts[at], analysis.opening, analysis.closing)
        page.put(row, LAST, labels[paid] if line == "churn" else NOT_APPLICABLE, "label_right")
        page.put(row, TENURE, float((paid + 2 - first[at]) * cube.periods.step), "formula", "count")
        figures = (
            (OPENING, analysis.opening, float(before[at])),
            (CLOSING, analysis.closing, float(after[at])),
        )
        for col, position, value in figures:
            if live:
                source = fx.cell(customers.row(at), customers.first_period + position, "row col", customers.sheet)
                page.formula(row, col, f"={source}", value, "link", "cents")
            else:
                page.put(row, col, value, "formula", "cents")
        lost = float(after[at] - before[at])
        o, c, d = (fx.cell(row, col, "col") for col in (OPENING, CLOSING, LOST))
        report.write(page, row, LOST, f"{c}-{o}", lost, "customers", "formula", "cents")
        whole = f"SUM({fx.period(str(analysis.opening + 1))})"
        share = fx.rate(whole, f"{d}/{whole}")
        report.write(page, row, SHARE, share, lost / base, "customers", "rate", "rate")
    _totals(report, page, end, (before, after), rows, base)
    left, right, after = (report.book.format(role) for role in ("header_left", "header", "header_note"))
    heads = unique_headers([*(WORDS[key] for key in COLUMNS), *segments])
    columns = [
        {"header": head, "header_format": after if col >= SEGMENTS else right if col >= SINCE else left}
        for col, head in enumerate(heads)
    ]
    page.sheet.add_table(HEADER, 0, end, len(heads) - 1, {"name": "LossRegister", "style": None, "columns": columns})
    page.columns(30, 11, 10, 10, 8, 12, 12, 12, 8, *[13] * len(segments))
    page.sheet.freeze_panes(FIRST, 1)
    page.sheet.print_area(0, 0, min(end, FIRST + report.printed - 1), len(heads) - 1)
    page.print_setup(report.footer, (HEADER, HEADER), papers=paper.HIGH)


def _totals(
    report: Report, page: Page, end: int, ends: tuple[np.ndarray, np.ndarray], rows: np.ndarray, base: float
) -> None:
    before, after = ends
    page.put(TOTAL, NAME, WORDS["total"], "label_total")
    for col in range(LINE, SHARE + 1):
        page.put(TOTAL, col, None, "label_total")
    sums = {OPENING: before[rows].sum(), CLOSING: after[rows].sum(), LOST: (after - before)[rows].sum()}
    for col, value in sums.items():
        column = f"{fx.cell(FIRST, col, 'row')}:{fx.cell(end, col, 'row')}"
        report.write(page, TOTAL, col, f"SUM({column})", float(value), "customers", "total", "cents")
    share = float(sums[LOST]) / base if base else float("nan")
    whole = f"SUM({fx.period(str(report.analysis.opening + 1))})"
    formula = fx.rate(whole, f"{fx.cell(TOTAL, LOST)}/{whole}")
    report.write(page, TOTAL, SHARE, formula, share, "customers", "total", "rate")
    kinds = fx.block(FIRST, LINE, end, LINE, page.name)
    lost = fx.block(FIRST, LOST, end, LOST, page.name)
    for line in LOST_LINES:
        place = report.figures.get((report.window_label, line))
        if place is not None:
            total = f'SUMIF({kinds},"{texts()["movements"][line]}",{lost})'
            name = WORDS["check"].format(line=texts()["lines"][line].lower())
            report.check(name, f"IF({report.as_reported}=1,{total}-{place},0)")
