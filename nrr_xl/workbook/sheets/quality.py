"""The Data quality sheet: what became of every amount of the source, and each problem with its cell."""

from __future__ import annotations

from pathlib import Path

from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import COUNT, HEAD_ROWS, MONEY, Report
from nrr_xl.workbook.texts import texts

WORDS, COLUMNS = texts()["quality"], texts()["quality_columns"]
# Excel holds at most 65,530 links on a sheet; the rest keep their address as text.
MOST_LINKS = 60_000
MOST_ROWS = 1_000_000


def write(report: Report) -> None:
    """Fill the sheet and add the check that no amount is lost."""
    account = report.analysis.cube.account
    page = report.open("quality")
    page.put(HEAD_ROWS, 0, WORDS["account"], "header_left")
    page.row(HEAD_ROWS, 1, [WORDS["cells"], WORDS["total"]], "header")
    rows = (
        (WORDS["source"], account.cells, account.source_total),
        (WORDS["used"], account.used_cells, account.used_total),
        (WORDS["left_out"], account.left_out_cells, account.left_out_total),
    )
    for row, (name, cells, total) in enumerate(rows, HEAD_ROWS + 1):
        page.put(row, 0, name, "label")
        page.put(row, 1, cells, "formula", "count")
        page.put(row, 2, total, "formula", "cents")
    counted = float(report.analysis.cube.amounts.sum())
    page.put(HEAD_ROWS + 4, 0, WORDS["adjusted"], "label")
    page.put(HEAD_ROWS + 4, 2, counted - account.used_total, "formula", "cents")
    sheet, first = report.sheets["quality"].replace("'", "''"), HEAD_ROWS + 2
    cells = account.cells - account.used_cells - account.left_out_cells
    for col, name, difference in (("B", "cells_kept", float(cells)), ("C", "amounts_kept", account.difference)):
        at = [f"'{sheet}'!${col}${first + i}" for i in range(3)]
        report.check(WORDS[name], f"{at[0]}-{at[1]}-{at[2]}", difference, COUNT if col == "B" else MONEY)
    # What was typed over on Customers since is told by the status line; here it is not the source's any more.
    read = f"'{sheet}'!$C${first + 1}+'{sheet}'!$C${first + 3}-SUM({fx.AMOUNTS})"
    report.check(WORDS["all_counted"], f"IF({report.as_reported}=1,{read},0)", 0.0, max(MONEY, 1e-12 * counted))
    _problems(report, page, HEAD_ROWS + 7)
    page.columns(12, 12, 15, 20, 32, 32, 11, 12)
    page.print_setup(report.footer)


def _problems(report: Report, page: Page, top: int) -> None:
    """The problems as an Excel Table, each cell linked to its place in the source file where that is a workbook."""
    problems, source = report.analysis.cube.problems[:MOST_ROWS], report.analysis.cube.source
    if not problems:
        page.put(top, 0, WORDS["none"], "label")
        return
    looks = {"amount": "header", "code": "header_note"}
    columns = [
        {"header": name, "header_format": report.book.format(looks.get(key, "header_left"))}
        for key, name in COLUMNS.items()
    ]
    page.sheet.add_table(
        top, 0, top + len(problems), len(COLUMNS) - 1, {"name": "DataQuality", "style": None, "columns": columns}
    )
    if hidden := len(report.analysis.cube.problems) - len(problems):
        page.put(top - 1, 0, WORDS["hidden"].format(count=hidden), "strong")
    linked = Path(source.path).suffix.lower() in (".xlsx", ".xlsm", ".xls", ".xlsb")
    for row, problem in enumerate(problems, top + 1):
        value = "" if problem.value is None else str(problem.value)
        for col, text in enumerate((problem.severity, problem.sheet)):
            page.put(row, col, text, "label_top")
        if linked and problem.cell and problem.sheet and row - top <= MOST_LINKS:
            page.source_link(row, 2, source.path, problem.sheet, problem.cell)
        else:
            page.put(row, 2, problem.cell, "label_top")
        for col, text in enumerate((value, problem.message, problem.action), 3):
            page.put(row, col, text, "wrapped")
        page.put(row, 6, problem.amount, "figure_top", "cents")
        page.put(row, 7, problem.code, "wrapped_note")
