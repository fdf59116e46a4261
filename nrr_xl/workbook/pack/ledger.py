"""The Ledger sheet: the total of every period beside what a ledger says it is, every difference listed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.lookups import LedgerTotal, refuse_longer
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE
from nrr_xl.workbook.frame import HEAD_ROWS, MONEY, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.texts import texts

WORDS = texts()["ledger"]
PERIOD, POSITION, LEDGER, ROWS, DIFFERENCE, BELOW, NOTE = range(7)
FIRST = HEAD_ROWS + 1


def gap(cube: RevenueCube, totals: Sequence[LedgerTotal]) -> float:
    """The sum of how far the rows' total of each period is from the ledger's."""
    sums = dict(zip(cube.periods.ends, cube.amounts.sum(axis=0).tolist(), strict=True))
    return float(sum(abs(sums.get(total.month, 0.0) - total.amount) for total in totals))


def unsettled(cube: RevenueCube, totals: Sequence[LedgerTotal]) -> str:
    """The name of the check that fails where the rows do not tie out, else ""."""
    return "" if gap(cube, totals) <= MONEY else WORDS["check"]


def write(report: Report, customers: CustomersPlace, totals: Sequence[LedgerTotal]) -> None:
    """Fill the sheet and add its check; a period that only one side has is a difference and says so."""
    page = report.open("ledger")
    cube = report.analysis.cube
    axis = cube.periods
    sums, below = cube.amounts.sum(axis=0), cube.negatives
    refuse_longer(totals, axis)
    known = {end: position for position, end in enumerate(axis.ends)}
    said = {total.month: total for total in totals}
    heads = [WORDS[key] for key in ("period", "position", "ledger", "rows", "difference", "below", "note")]
    page.put(HEAD_ROWS, PERIOD, heads[0], "header_left")
    page.row(HEAD_ROWS, POSITION, heads[1:NOTE], "header")
    page.put(HEAD_ROWS, NOTE, heads[NOTE], "header_note")
    row = HEAD_ROWS
    for month in sorted(known | said):
        row += 1
        position, total = known.get(month), said.get(month)
        page.put(row, PERIOD, axis.label(month), "label")
        ledger = total.amount if total else 0.0
        rows = float(sums[position]) if position is not None else 0.0
        page.put(row, LEDGER, ledger if total else NOT_APPLICABLE, "input", "cents")
        if position is None:
            page.row(row, POSITION, [NOT_APPLICABLE], "working")
            page.put(row, ROWS, NOT_APPLICABLE, "formula", "cents")
        else:
            page.put(row, POSITION, position + 1, "working", "position")
            source = f"INDEX({customers.totals},{fx.cell(row, POSITION, 'col')})"
            report.write(page, row, ROWS, source, rows, "customers", "link", "cents")
            page.put(row, BELOW, float(below[position]) if below is not None else 0.0, "formula", "cents")
        if total:
            formula = f"N({fx.cell(row, ROWS)})-N({fx.cell(row, LEDGER)})"
            report.write(page, row, DIFFERENCE, formula, rows - ledger, "customers", "formula", "cents")
        else:
            page.put(row, DIFFERENCE, NOT_APPLICABLE, "formula", "cents")
        note = "no_rows" if position is None else "no_total" if total is None else _note(rows - ledger, below, position)
        page.put(row, NOTE, WORDS[note] if note else "", "note_indent")
    differences = fx.block(FIRST, DIFFERENCE, row, DIFFERENCE, page.name)
    report.check(WORDS["check"], _absolute(differences), gap(cube, totals))
    page.columns(16, 9, 16, 16, 14, 16, 50)
    page.sheet.conditional_format(
        FIRST,
        DIFFERENCE,
        row,
        DIFFERENCE,
        {
            "type": "cell",
            "criteria": "not between",
            "minimum": -MONEY,
            "maximum": MONEY,
            "format": report.book.condition("bad"),
        },
    )
    page.sheet.freeze_panes(FIRST, 1)
    page.sheet.print_area(0, 0, row, NOTE)
    page.print_setup(report.footer, (HEAD_ROWS, HEAD_ROWS))


def _absolute(area: str) -> str:
    """The sum of absolute numbers of a column that also holds dashes."""
    return f'SUMIF({area},">0")-SUMIF({area},"<0")'


def _note(difference: float, below: np.ndarray | None, position: int) -> str:
    if abs(difference) <= MONEY:
        return ""
    netted = below is not None and below[position] > 0
    return "below_zero" if netted else "differs"
