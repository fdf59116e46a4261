"""The Checks sheet: every difference that must be 0, and the master check that stands on each sheet."""

from __future__ import annotations

from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.frame import AS_REPORTED, CENT, HEAD_ROWS, MASTER, MASTER_TEXT, Report
from nrr_xl.workbook.texts import texts

WORDS = texts()["checks"]
TOLERANCE = (HEAD_ROWS + 1, 1)
HEADER_ROW = HEAD_ROWS + 4
FIRST_ROW = HEADER_ROW + 1


def write(report: Report) -> None:
    """Fill the sheet from the checks that the other sheets have added."""
    page = report.open("checks")
    for check in report.analysis.checks:
        report.check(WORDS["as_computed"].format(name=check.name), "", check.difference)
    last = FIRST_ROW + len(report.checks) - 1
    page.put(MASTER[0], 0, WORDS["failing"], "label_total")
    failing = f"SUM({fx.block(FIRST_ROW, 2, last, 2)})"
    failed = sum(abs(line.difference) > CENT for line in report.checks)
    report.write(page, *MASTER, failing, failed, "checks", "total", "count")
    state = f'IF({fx.cell(*MASTER, "row col")}=0,"{WORDS["passed"]}","{WORDS["failed"]}")'
    report.write(page, *MASTER_TEXT, state, WORDS["failed" if failed else "passed"], "checks", "text", "general")
    page.put(TOLERANCE[0], 0, WORDS["tolerance"], "label")
    page.put(*TOLERANCE, CENT, "input", "cents")
    analysis = report.analysis
    total, label = float(analysis.cube.amounts.sum()), analysis.cube.periods.labels[analysis.closing]
    page.put(AS_REPORTED[0], 0, WORDS["as_reported"], "label")
    window = f'{fx.AS_OF}="{label}",{fx.MONTHS}={analysis.months}'
    amounts = f"ABS(SUM({fx.AMOUNTS})-{total!r})<={fx.cell(*TOLERANCE, 'row col')}"
    report.write(page, *AS_REPORTED, f"IF(AND({window},{amounts}),1,0)", 1.0, "checks", "formula", "position")
    page.put(HEADER_ROW, 0, WORDS["check"], "header_left")
    page.row(HEADER_ROW, 1, [WORDS["difference"], WORDS["fails"]], "header")
    tolerance = fx.cell(*TOLERANCE, "row col")
    for row, line in enumerate(report.checks, FIRST_ROW):
        page.put(row, 0, line.name, "label")
        if line.formula:
            report.write(page, row, 1, line.formula, line.difference, "checks", "formula", "difference")
        else:
            page.put(row, 1, line.difference, "formula", "difference")
        difference = fx.cell(row, 1, "col")
        fails = f"IF(ISNUMBER({difference}),IF(ABS({difference})<={tolerance},0,1),1)"
        report.write(page, row, 2, fails, float(abs(line.difference) > CENT), "checks", "formula", "count")
    page.sheet.conditional_format(
        FIRST_ROW, 2, last, 2, {"type": "cell", "criteria": "!=", "value": 0, "format": report.book.condition("bad")}
    )
    page.columns(64, 16, 24)
    page.sheet.freeze_panes(FIRST_ROW, 0)
    page.print_setup(report.footer, pages_tall=1)
