"""The Benchmarks sheet: the company beside published figures, each with its date and source."""

from __future__ import annotations

import math

from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.texts import texts

YEAR = 12
WORDS, FACTS = texts()["benchmarks"], texts()["benchmark_facts"]
METRICS = {"NRR": "nrr", "GRR": "grr", "LOGO": "logo_retention"}


def write(report: Report, shown) -> None:
    """Fill the sheet; the company's rates are those of the Summary where the window is a year."""
    analysis = report.analysis
    page = report.open("benchmarks")
    page.put(HEAD_ROWS, 0, WORDS["type"], "header_left")
    heads = ("published", "company", "difference", "percentile")
    page.row(HEAD_ROWS, 1, [WORDS[head] for head in heads], "header")
    page.row(HEAD_ROWS, 5, [WORDS["standing"], *FACTS.values()], "header_note")
    row = HEAD_ROWS
    for row, record in enumerate(analysis.tables.benchmarks.records(), HEAD_ROWS + 1):
        page.put(row, 0, record["type"], "label")
        page.put(row, 1, record["value"], "input", "rate")
        metric = METRICS[record["type"].split(" ")[0].upper()]
        if analysis.months == YEAR and report.live["customers"]:
            page.formula(row, 2, "=" + shown.cell(metric, sheet=shown.sheet), record["company"], "link", "rate")
        else:
            page.put(row, 2, record["company"], "formula", "rate")
        difference = f"{fx.cell(row, 2)}-{fx.cell(row, 1)}"
        report.write(page, row, 3, difference, record["difference"], "customers", "rate", "plain_rate_points")
        percentile = record["percentile"]
        page.put(row, 4, NOT_APPLICABLE if math.isnan(percentile) else percentile, "formula", "count")
        page.put(row, 5, record["standing"], "label_indent")
        for col, fact in enumerate(FACTS, 6):
            page.put(row, col, record[fact], "note_indent")
    page.grey_undefined(HEAD_ROWS + 1, 2, row, 3)
    page.columns(16, 11, 13, 12, 11, 28, 34, 14, 20, 11, 13, 14, 52)
    page.sheet.freeze_panes(HEAD_ROWS + 1, 1)
    page.print_setup(report.footer, (HEAD_ROWS, HEAD_ROWS))
