"""The Top customers sheet: the twenty largest over time with tenure and share, and how concentration moved."""

from __future__ import annotations

from nrr_xl.retention.diligence import (
    TOPS,
    annual_factor,
    concentration_at,
    first_positions,
    listed_customers,
    shown_ends,
)
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.texts import texts

WORDS = texts()["top_customers"]
RANK, NAME, SINCE, TENURE, SHARE, RUNNING, FIRST = range(7)
HEADER, POSITIONS = HEAD_ROWS, HEAD_ROWS + 1


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its check."""
    analysis, cube = report.analysis, report.analysis.cube
    page = report.open("top_customers")
    ends, factor = shown_ends(analysis), annual_factor(cube)
    at_closing = cube.amounts[:, analysis.closing]
    top = listed_customers(analysis)
    first = first_positions(cube.amounts)
    labels, total = cube.periods.labels, float(at_closing.sum())
    heads = [WORDS[key] for key in ("rank", "customer", "since", "tenure", "share", "running")]
    page.put(HEADER, RANK, heads[RANK], "header")
    page.put(HEADER, NAME, heads[NAME], "header_note")
    page.row(HEADER, SINCE, heads[SINCE:], "header")
    page.sheet.set_row(HEADER, 30)
    page.helpers(POSITIONS, POSITIONS)
    page.put(POSITIONS, NAME, texts()["customers"]["position"], "note")
    for col, end in enumerate(ends, FIRST):
        page.put(HEADER, col, labels[end], "header")
        page.put(POSITIONS, col, end + 1, "working", "position")
    begin = POSITIONS + 1
    rest, all_row = begin + len(top), begin + len(top) + 1
    closing_col = FIRST + len(ends) - 1
    running = 0.0
    for row, at in enumerate(top.tolist(), begin):
        source = customers.row(at)
        page.put(row, RANK, row - begin + 1, "label", "position")
        page.put(row, NAME, cube.customers[at], "label_indent")
        born = fx.cell(source, customers.window["first"], "row col", customers.sheet)
        report.write(
            page, row, SINCE, f"INDEX({fx.LABELS},{born})", labels[first[at] - 1], "customers", "link", "general"
        )
        months = (analysis.closing + 1 - first[at]) * cube.periods.step
        formula = f"({fx.cell(POSITIONS, closing_col, 'row col')}-{born})*{cube.periods.step}"
        report.write(page, row, TENURE, formula, float(months), "customers", "formula", "count")
        amount = fx.cell(row, closing_col, "col")
        share = float(at_closing[at]) / total
        running += share
        whole = fx.cell(all_row, closing_col, "row col")
        report.write(page, row, SHARE, fx.rate(whole, f"{amount}/{whole}"), share, "customers", "rate", "rate")
        shares = f"SUM({fx.cell(begin, SHARE, 'row col')}:{fx.cell(row, SHARE)})"
        report.write(page, row, RUNNING, shares, running, "customers", "rate", "rate")
        for col, end in enumerate(ends, FIRST):
            link = fx.cell(source, customers.first_period + end, "row col", customers.sheet)
            report.write(page, row, col, f"{factor:g}*{link}", factor * float(cube.amounts[at, end]), "customers")
    paying = fx.period(fx.cell(POSITIONS, closing_col, "row col"))
    listed = fx.block(begin, closing_col, rest - 1, closing_col)
    others = f'FIXED(COUNTIF({paying},">0")-COUNTIF({listed},">0"),0)' if len(top) else "0"
    shown = fx.fixed(int((at_closing > 0).sum()) - len(top), 0)
    report.say(page, rest, NAME, fx.told(WORDS["rest"], {"count": (others, shown)}), "label_indent")
    page.put(all_row, NAME, WORDS["all"], "label_total")
    for col, end in enumerate(ends, FIRST):
        totals, mine = float(cube.amounts[:, end].sum()), float(cube.amounts[top, end].sum())
        over = f"INDEX({customers.totals},{fx.cell(POSITIONS, col, 'row')})"
        report.write(page, all_row, col, f"{factor:g}*{over}", factor * totals, "customers", "total", "amount")
        listed = f"SUM({fx.cell(begin, col)}:{fx.cell(rest - 1, col)})" if len(top) else "0"
        report.write(page, rest, col, f"{fx.cell(all_row, col)}-{listed}", factor * (totals - mine), "customers")
    if report.live["customers"] and len(top):
        ranks = ",".join(map(str, range(1, len(top) + 1)))
        largest = f"SUM(LARGE({fx.period(fx.cell(POSITIONS, closing_col, 'row col', page.name))},{{{ranks}}}))"
        listed = f"SUM({fx.block(begin, closing_col, rest - 1, closing_col, page.name)})"
        report.check(WORDS["check"], f"IF({report.as_reported}=1,{listed}-{factor:g}*{largest},0)")
    last = _concentration(report, page, ends, all_row + 2)
    page.bars(begin, SHARE, rest - 1, SHARE)
    page.columns(6, 34, 11, 9, 9, 11, *[12] * len(ends))
    page.sheet.freeze_panes(begin, NAME + 1)
    page.sheet.print_area(0, 0, last, closing_col)
    page.print_setup(report.footer, one_page=True)


def _concentration(report: Report, page: Page, ends: list[int], top: int) -> int:
    """What share of each period's total its own largest customers have, and the Herfindahl index."""
    cube, words = report.analysis.cube, texts()["movers"]
    page.row(top, RANK, [None, WORDS["trend"]], "header_left")
    for col in range(SINCE, FIRST + len(ends)):
        page.put(top, col, cube.periods.labels[ends[col - FIRST]] if col >= FIRST else None, "header")
    row = top
    for count in TOPS:
        row += 1
        page.put(row, NAME, words["top_1" if count == 1 else "top"].format(count=count), "label")
        for col, end in enumerate(ends, FIRST):
            value = concentration_at(cube.amounts[:, end])[f"top_{count}"]
            period = fx.period(fx.cell(POSITIONS, col, "row"))
            formula = fx.rate(f"SUM({period})", f"SUMPRODUCT(LARGE({period},{fx.ranks(count)}))/SUM({period})")
            report.write(page, row, col, formula, value, "customers", "rate", "rate")
    row += 1
    page.put(row, NAME, words["hhi"], "label")
    for col, end in enumerate(ends, FIRST):
        value = concentration_at(cube.amounts[:, end])["hhi"]
        period = fx.period(fx.cell(POSITIONS, col, "row"))
        formula = fx.rate(f"SUM({period})", f"SUMSQ({period})/SUM({period})^2")
        report.write(page, row, col, formula, value, "customers", "rate", "index")
    page.grey_undefined(top + 1, FIRST, row, FIRST + len(ends) - 1)
    return row
