"""The Methods sheet: every definition of NRR side by side, each reconciled to the default, and what choices change."""

from __future__ import annotations

from itertools import groupby

from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.texts import texts

DEFAULT = "point_to_point"
WORDS = texts()["methods"]
FRACTION = ("numerator", "denominator", "nrr")


def write(report: Report) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("methods")
    top = _methods(report, page, HEAD_ROWS)
    top = _sensitivity(report, page, top + 1)
    _reconciliations(report, page, top + 1)
    page.columns(56, 18, 18, 12, 70)
    page.print_setup(report.footer)


def _methods(report: Report, page, top: int) -> int:
    page.put(top, 0, WORDS["method"], "header_left")
    page.row(top, 1, [WORDS[part] for part in FRACTION], "header")
    page.put(top, 4, WORDS["note"], "header_note")
    row = top
    for row, record in enumerate(report.analysis.tables.methods.records(), top + 1):
        default = record["key"] == DEFAULT
        page.put(
            row,
            0,
            WORDS["default"].format(label=record["label"]) if default else record["label"],
            "strong" if default else "label",
        )
        page.put(row, 4, record["reason"] or record["warning"] or "", "note_indent")
        if record["reason"]:
            page.row(row, 1, [NOT_APPLICABLE] * len(FRACTION), "formula")
            continue
        page.put(row, 1, record["numerator"], "formula", "amount")
        page.put(row, 2, record["denominator"], "formula", "amount")
        rate = f"{fx.cell(row, 1)}/{fx.cell(row, 2)}"
        report.write(page, row, 3, rate, record["rate"], "methods", "total" if default else "rate", "rate")
    page.grey_undefined(top + 1, 3, row, 3)
    page.bars(top + 1, 3, row, 3)
    return row + 1


def _sensitivity(report: Report, page, top: int) -> int:
    table = report.analysis.tables.sensitivity
    if not len(table):
        return top
    page.put(top, 0, WORDS["choice"], "header_left")
    page.row(top, 1, [WORDS[head] for head in ("nrr", "grr", "points")], "header")
    page.put(top, 4, WORDS["note"], "header_note")
    row = top
    for row, record in enumerate(table.records(), top + 1):
        page.put(row, 0, WORDS["case"].format(case=record["case"], choice=record["choice"]), "label")
        for col, name in ((1, "nrr"), (2, "grr")):
            page.put(row, col, record[name], "rate", "rate")
        page.put(row, 3, record["change"], "rate", "plain_points")
        page.put(row, 4, record["note"] or "", "note_indent")
    page.grey_undefined(top + 1, 1, row, 3)
    return row + 1


def _reconciliations(report: Report, page, top: int) -> None:
    """From the default's fraction to each method's; the steps add up, and a check says so."""
    tables = report.analysis.tables
    labels = {record["key"]: record["label"] for record in tables.methods.records()}
    row = top
    for method, lines in groupby(tables.reconciliations.records(), key=lambda record: record["method"]):
        steps = [record for record in lines if record["kind"] != "undefined"]
        if not steps or method == DEFAULT:
            continue
        page.put(row, 0, WORDS["reconciled"].format(label=labels[method]), "header_left")
        page.row(row, 1, [WORDS[part] for part in FRACTION], "header")
        first = row + 1
        for row, record in enumerate(steps, first):
            ends = record["kind"] != "step"
            page.put(row, 0, record["line"], "label_total" if ends else "label_indent")
            for col, name in ((1, "numerator"), (2, "denominator")):
                if record["kind"] == "end":
                    formula = f"SUM({fx.cell(first, col)}:{fx.cell(row - 1, col)})"
                    report.write(page, row, col, formula, record[name], "methods", "total", "amount")
                else:
                    page.put(row, col, record[name], "total" if ends else "formula", "amount")
            if ends:
                rate = record["numerator"] / record["denominator"] if record["denominator"] else float("nan")
                formula = f"{fx.cell(row, 1)}/{fx.cell(row, 2)}"
                report.write(page, row, 3, formula, rate, "methods", "total", "rate")
                page.grey_undefined(row, 3, row, 3)
        row += 2
