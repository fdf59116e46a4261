"""The Price and volume sheet: expansion less contraction, split by what rows with a quantity say."""

from __future__ import annotations

from nrr_xl.periods import parse_as_of
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.products import PRICE_LINES
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.texts import texts

WORDS = texts()["price_sheet"]


def known(analysis: Analysis) -> bool:
    """Whether any row carries a quantity."""
    return any(len(table) for table in analysis.tables.price_volume.values())


def write(report: Report) -> None:
    """Fill the sheet and add its check: the parts are the Customers sheet's expansion less its contraction."""
    page = report.open("price")
    analysis, words = report.analysis, texts()
    axis = analysis.cube.periods
    heads = [
        WORDS["period"],
        WORDS["from"],
        *(words["parts"][line] for line in PRICE_LINES),
        WORDS["sum"],
        WORDS["bridge"],
    ]
    row = HEAD_ROWS
    for name, table in analysis.tables.price_volume.items():
        page.put(row, 0, WORDS["window" if name == "window" else "periods"], "section")
        row += 1
        page.row(row, 0, heads[:2], "header_left")
        page.row(row, 2, heads[2:], "header")
        first = row + 1
        for record in table.records():
            row += 1
            opening, closing = (axis.index(parse_as_of(record[key])) for key in ("from", "period"))
            page.put(row, 0, axis.labels[closing], "label")
            page.put(row, 1, axis.labels[opening], "label")
            for col, line in enumerate(PRICE_LINES, 2):
                page.put(row, col, float(record[line]), "formula", "amount")
            total = 2 + len(PRICE_LINES)
            parts = float(sum(record[line] for line in PRICE_LINES))
            formula = f"SUM({fx.cell(row, 2)}:{fx.cell(row, total - 1)})"
            report.write(page, row, total, formula, parts, "customers", "formula", "amount")
            flows = [fx.flow(line, str(opening + 1), str(closing + 1)) for line in ("expansion", "contraction")]
            report.write(page, row, total + 1, "+".join(flows), parts, "customers", "formula", "amount")
        if report.live["customers"] and row >= first:
            left, right = (fx.block(first, col, row, col, page.name) for col in (total, total + 1))
            gap = f"SUMPRODUCT(ABS({left}-{right}))"
            label = WORDS["check"].format(what=WORDS["window" if name == "window" else "periods"].lower())
            report.check(label, f"IF({report.as_reported}=1,{gap},0)")
        row += 2
    page.columns(16, 16, *[15] * (len(PRICE_LINES) + 2))
    page.sheet.freeze_panes(HEAD_ROWS, 1)
    page.sheet.print_area(0, 0, row - 2, len(heads) - 1)
    page.print_setup(report.footer)
