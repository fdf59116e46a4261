"""The Movers sheet: the customers that moved the result, how much hangs on a few of them, and who is at risk."""

from __future__ import annotations

import numpy as np

from nrr_xl.retention.movements import at_both_ends
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.texts import texts

WORDS = texts()["movers"]
TOPS = (1, 5, 10, 20)
WIDTH = 6


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet."""
    analysis, lines = report.analysis, texts()["lines"]
    page = report.open("movers")
    top = _concentration(report, page, customers, HEAD_ROWS)
    left = {0: top, WIDTH: HEAD_ROWS}
    lists = [
        (line, analysis.tables.movers[line]) for line in ("churn", "contraction", "expansion", "new", "reactivation")
    ]
    for line, frame in lists:
        if not len(frame):
            continue
        side = min(left, key=left.get)
        left[side] = _list(report, page, left[side], side, WORDS["largest"].format(line=lines[line].lower()), frame)
    if len(analysis.tables.risk):
        side = min(left, key=left.get)
        _risk(report, page, left[side], side)
    for side in (0, WIDTH):
        page.sheet.set_column(side, side, 34)
        page.sheet.set_column(side + 1, side + 4, 13.5)
        page.sheet.set_column(side + 5, side + 5, 3)
    page.print_setup(report.footer, pages_tall=1)


def _list(report: Report, page, top: int, left: int, title: str, frame) -> int:
    _heads(page, top, left, title, ("opening", "closing", "change", "share"))
    for row, record in enumerate(frame.records(), top + 1):
        page.put(row, left, record["customer"], "label")
        for col, (name, kind) in enumerate(
            (("opening", "amount"), ("closing", "amount"), ("change", "amount"), ("share", "rate")), left + 1
        ):
            page.put(row, col, record[name], "formula", kind)
    page.bars(top + 1, left + 4, top + len(frame), left + 4)
    return top + len(frame) + 2


def _risk(report: Report, page, top: int, left: int) -> None:
    _heads(page, top, left, WORDS["risk"], ("closing", "falls", "from_peak", "lost"))
    for row, record in enumerate(report.analysis.tables.risk.records(), top + 1):
        page.put(row, left, record["customer"], "label")
        for col, (name, kind) in enumerate(
            (("amount", "amount"), ("periods_declining", "count"), ("change", "amount"), ("drop", "rate")), left + 1
        ):
            page.put(row, col, record[name], "formula", kind)


def _heads(page, top: int, left: int, title: str, heads) -> None:
    page.put(top, left, title, "header_left")
    page.row(top, left + 1, [WORDS[head] for head in heads], "header")


def _concentration(report: Report, page, customers: CustomersPlace, top: int) -> int:
    """Shares of the largest customers, and NRR without the largest at the opening."""
    found, cube = report.analysis.concentration, report.analysis.cube
    opening, closing = (customers.column(customers.window[name]) for name in ("opening", "closing"))
    before, _, _ = at_both_ends(cube, report.analysis.opening, report.analysis.closing)
    ranked = np.sort(before)[::-1]
    _heads(page, top, left := 0, WORDS["concentration"], ("of_closing", "without"))
    row = top
    for count in TOPS:
        row += 1
        page.put(row, left, WORDS["top_1" if count == 1 else "top"].format(count=count), "label")
        # LARGE knows no rank beyond the last customer.
        ranks = ",".join(str(rank) for rank in range(1, min(count, len(cube.customers)) + 1))
        share = f"SUM(LARGE({closing},{{{ranks}}}))/SUM({closing})"
        report.write(page, row, 1, share, found[f"top_{count}"], "customers", "rate", "rate")
        without = found.get(f"nrr_without_top_{count}")
        if without is None:
            continue
        if count < len(ranked) and ranked[count - 1] > ranked[count]:
            limit = f'"<"&LARGE({opening},{count})'
            rest = f'SUMIFS({closing},{opening},{limit},{opening},">0")/SUMIFS({opening},{opening},{limit})'
            report.write(page, row, 2, rest, without, "customers", "rate", "rate")
        else:
            # Customers of equal amounts at the limit: only a list can say which of them is left out.
            page.put(row, 2, without, "rate", "rate")
    row += 1
    page.put(row, left, WORDS["hhi"], "label")
    report.write(page, row, 1, f"SUMSQ({closing})/SUM({closing})^2", found["hhi"], "customers", "rate", "index")
    page.grey_undefined(top + 1, 1, row, 2)
    return row + 2
