"""The Snowball sheet: annualised revenue from opening to closing by quarter and year, with a year's rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from nrr_xl.metrics import RATES, annualise
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.bridge import rates
from nrr_xl.retention.diligence import annual_factor
from nrr_xl.retention.lines import LOSSES
from nrr_xl.retention.movements import movements
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE, Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.bridge import COUNTS, WHOLES, Span, lines_of, signed, spans
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.texts import texts

WORDS = texts()["snowball"]
SHOWN = ("nrr", "grr", "logo_retention")
LTM = ("ltm_nrr", "ltm_grr")
# So many columns can be read across a page.
MOST = 12


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its checks."""
    analysis = report.analysis
    page = report.open("snowball")
    found = spans(analysis)
    top = HEAD_ROWS
    for months, name in ((3, "quarter"), (12, "year")):
        mine = [span for span in found if span.months == months][-MOST:]
        if mine:
            top = _table(report, page, customers, top, WORDS[name], mine) + 2
    page.columns(32, *[11.5] * MOST)
    page.sheet.freeze_panes(HEAD_ROWS, 1)
    widest = max(min(sum(span.months == months for span in found), MOST) for months in (3, 12))
    page.sheet.print_area(0, 0, top - 2, widest)
    page.print_setup(report.footer, one_page=True)


def _table(report: Report, page: Page, customers: CustomersPlace, top: int, title: str, columns: Sequence[Span]) -> int:
    """One snowball; returns its last row."""
    analysis, words = report.analysis, texts()
    lines = lines_of(analysis)
    flows = movements(analysis.cube, [s.opening for s in columns], [s.closing for s in columns])
    factor, found = annual_factor(analysis.cube), rates(flows)
    back = 12 // analysis.cube.periods.step
    page.put(top, 0, title, "header_left")
    for col, span in enumerate(columns, 1):
        page.put(top, col, span.label, "header")
        page.put(top + 1, col, span.opening + 1, "working", "position")
        page.put(top + 2, col, span.closing + 1, "working", "position")
    page.put(top + 1, 0, texts()["bridge"]["opening_position"], "note")
    page.put(top + 2, 0, texts()["bridge"]["closing_position"], "note")
    page.helpers(top + 1, top + 2)
    rows = {line: top + 3 + i for i, line in enumerate(lines)}
    rows |= {line: rows["closing"] + 2 + i for i, line in enumerate(COUNTS)}
    for line, row in rows.items():
        counted, whole = line in COUNTS, line in WHOLES
        page.put(row, 0, (words["lines"] | words["counts"])[line], "label_total" if whole else "label_indent")
        for col, value in enumerate(signed(flows, line), 1):
            formula = fx.flow(line, fx.cell(top + 1, col, "row"), fx.cell(top + 2, col, "row"))
            formula, value = (formula, value) if counted else (f"{factor:g}*({formula})", factor * value)
            role = "total" if whole else "formula"
            report.write(page, row, col, formula, value, "bridge", role, "count" if counted else "amount")
    row = rows["closers"] + 1
    page.put(row, 0, WORDS["per_customer"], "label")
    closings = factor * flows.closing[:, 0]
    for col, value in enumerate(closings / np.where(flows.closers[:, 0] > 0, flows.closers[:, 0], np.nan), 1):
        closers = fx.cell(rows["closers"], col)
        formula = fx.rate(closers, f"{fx.cell(rows['closing'], col)}/{closers}")
        report.write(page, row, col, formula, value, "bridge", "formula", "amount")
    row += 1
    for rate in SHOWN:
        row += 1
        page.put(row, 0, WORDS["over_period"].format(rate=words["rates"][rate]), "label")
        for col, value in enumerate(found[rate][:, 0], 1):
            formula = fx.rate_of(rate, partial(_at, rows, col))
            report.write(page, row, col, formula, value, "bridge", "rate", "rate")
    if columns[0].months < 12:
        row = _annual_rates(report, page, analysis, columns, row, top, back)
    page.grey_undefined(rows["closers"] + 1, 1, row, len(columns))
    return _checks(report, page, customers, rows, columns, row, top, factor, title)


def _at(rows: dict[str, int], col: int, line: str) -> str:
    return fx.cell(rows[line], col)


def _annual_rates(
    report: Report, page: Page, analysis: Analysis, columns: Sequence[Span], row: int, top: int, back: int
) -> int:
    """The quarter's NRR stretched to a year, and NRR and GRR over the last twelve months beside it."""
    nrr = row - len(SHOWN) + 1
    names = texts()["rates"]
    row += 1
    page.put(row, 0, WORDS["annualised"].format(rate=names["nrr"]), "label")
    quarters = rates(movements(analysis.cube, [s.opening for s in columns], [s.closing for s in columns]))["nrr"][:, 0]
    for col, (span, value) in enumerate(zip(columns, quarters, strict=True), 1):
        one = fx.cell(nrr, col)
        formula = f"IF(ISNUMBER({one}),{fx.annualised(one, str(span.months))},{fx.DASH})"
        report.write(page, row, col, formula, annualise(value, span.months), "bridge", "rate", "rate")
    reached = [span.closing for span in columns if span.closing >= back]
    flows = movements(analysis.cube, [at - back for at in reached], reached) if reached else None
    found = rates(flows) if flows is not None else {}
    for rate in ("nrr", "grr"):
        row += 1
        page.put(row, 0, WORDS["ltm"].format(rate=names[rate]), "label")
        missing = len(columns) - len(reached)
        for col in range(1, len(columns) + 1):
            if col <= missing:
                page.put(row, col, NOT_APPLICABLE, "rate")
                continue
            closing = fx.cell(top + 2, col, "row")
            flow = partial(fx.flow, opening=f"{closing}-{back}", closing=closing)
            formula = fx.rate(flow("opening"), RATES[rate].formula(flow, LOSSES))
            report.write(page, row, col, formula, found[rate][col - 1 - missing, 0], "bridge", "rate", "rate")
    return row


def _checks(
    report: Report,
    page: Page,
    customers: CustomersPlace,
    rows: dict[str, int],
    columns: Sequence[Span],
    row: int,
    top: int,
    factor: float,
    title: str,
) -> int:
    """Each column foots, and its closing is the Customers sheet's total."""
    last_line = "fx" if "fx" in rows else "churn"

    def foots(col: int) -> str:
        first, last = fx.cell(rows["opening"], col), fx.cell(rows[last_line], col)
        return f"SUM({first}:{last})-{fx.cell(rows['closing'], col)}"

    def tied(col: int) -> str:
        return f"{fx.cell(rows['closing'], col)}-{factor:g}*INDEX({customers.totals},{fx.cell(top + 2, col, 'row')})"

    checks: tuple[tuple[str, Callable[[int], str]], ...] = (("foots", foots), ("tied", tied))
    for key, formula in checks:
        row += 1
        page.put(row, 0, WORDS[key], "note")
        for col in range(1, len(columns) + 1):
            report.write(page, row, col, formula(col), 0.0, "bridge", "working", "difference")
        page.helpers(row, row)
        across = fx.block(row, 1, row, len(columns), page.name)
        report.check(f"{WORDS['check'].format(title=title)}: {WORDS[key].lower()}", f"SUMPRODUCT(ABS({across}))")
    return row
