"""The Segment trend sheet: NRR and GRR of each value of each segment at each quarter's end."""

from __future__ import annotations

import numpy as np

from nrr_xl.metrics import REMAINS, ratio
from nrr_xl.retention.diligence import segment_ends
from nrr_xl.retention.movements import movements
from nrr_xl.revenue.cube.build import Segment
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace, segment_column
from nrr_xl.workbook.texts import texts

WORDS = texts()["segment_trend"]
PARTS = ("opening", "retained", "kept")
RATES = ("nrr", "grr")


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("segment_trend")
    ends = segment_ends(report.analysis)
    top = HEAD_ROWS
    for name in report.analysis.tables.segments:
        top = _table(report, page, customers, top, name, ends) + 2
    page.columns(30, *[9] * len(ends), 3, *[11] * (len(PARTS) * len(ends)))
    page.sheet.freeze_panes(HEAD_ROWS, 1)
    page.sheet.print_area(0, 0, top - 2, len(ends))
    page.print_setup(report.footer, papers=paper.HIGH)


def _table(report: Report, page: Page, customers: CustomersPlace, top: int, name: str, ends: list[int]) -> int:
    """NRR over GRR, and to the right of the page the amounts that they are made of; the last row."""
    analysis, cube = report.analysis, report.analysis.cube
    segment, back = cube.segments[name], analysis.closing - analysis.opening
    flows = movements(cube, [at - back for at in ends], ends, segment)
    kept = flows.opening - flows.contraction - flows.churn
    amounts = {"opening": flows.opening, "kept": kept, "retained": kept + flows.expansion}
    shown = np.flatnonzero(flows.opening.sum(axis=0) > 0)
    shown = shown[np.argsort(-flows.opening[-1, shown], kind="stable")]
    labels, count = cube.periods.labels, len(ends)
    work = {part: 2 + count + i * count for i, part in enumerate(PARTS)}
    total_row = top + 1 + len(shown)
    # How far below each rate's table stands.
    below = {rate: at * (len(shown) + 3) for at, rate in enumerate(RATES)}
    for rate, down in below.items():
        page.put(top + down, 0, WORDS["rate_by"].format(rate=texts()["rates"][rate], segment=name), "header_left")
        page.row(top + down, 1, [labels[at] for at in ends], "header")
    for part, start in work.items():
        page.put(top - 1, start, WORDS[part], "strong")
        page.row(top, start, [labels[at] for at in ends], "header")
    live = _live(report, segment)
    text = customers.column(segment_column(customers, name))
    for row, value in enumerate(shown.tolist(), top + 1):
        for down in below.values():
            page.put(row + down, 0, segment.values[value], "label")
        for part, start in work.items():
            for offset, at in enumerate(ends):
                number = float(amounts[part][offset, value])
                if live:
                    mine = f"EXACT({text},{fx.cell(row, 0, 'col')})"
                    formula = f"=SUMPRODUCT({mine}*{_part(part, at - back, at)})"
                    page.formula(row, start + offset, formula, number, "working", "amount")
                else:
                    page.put(row, start + offset, number, "working", "amount")
        _rates(report, page, row, below, work, {p: amounts[p][:, value] for p in PARTS}, "rate")
    for down in below.values():
        page.put(total_row + down, 0, texts()["segments"]["total"], "label_total")
    totals = {part: amounts[part].sum(axis=1) for part in PARTS}
    for part, start in work.items():
        for offset in range(count):
            col = start + offset
            formula = f"SUM({fx.cell(top + 1, col)}:{fx.cell(total_row - 1, col)})"
            report.write(page, total_row, col, formula, float(totals[part][offset]), "customers", "working", "amount")
    _rates(report, page, total_row, below, work, totals, "total")
    page.grey_undefined(top + 1, 1, total_row + below[RATES[-1]], count)
    for part in PARTS:
        # By the rows of all customers, which know nothing of segments; a row of many holds for the window alone.
        whole = "+".join(f"SUMPRODUCT(1*{_part(part, at - back, at)})" for at in ends)
        here = fx.block(total_row, work[part], total_row, work[part] + count - 1, page.name)
        if not cube.fx and not report.listing:
            report.check(
                WORDS["check"].format(segment=name, part=WORDS[part].lower()), _guard(report, live, here, whole)
            )
    return total_row + below[RATES[-1]]


def _guard(report: Report, live: bool, here: str, whole: str) -> str:
    difference = f"SUM({here})-({whole})"
    return difference if live else f"IF({report.as_reported}=1,{difference},0)"


def _live(report: Report, segment: Segment) -> bool:
    """A segment that changes over time stands on the Customers sheet as it was at the window's ends only."""
    return report.live["segments"] and segment.codes.ndim == 1


def _part(part: str, opening: int, closing: int) -> str:
    """What each customer adds to an amount between two positions."""
    o, c = fx.period(str(opening + 1)), fx.period(str(closing + 1))
    return {"opening": o, "retained": f"({o}>0)*{c}", "kept": f"(({c}<{o})*{c}+({c}>={o})*{o})"}[part]


def _rates(
    report: Report,
    page: Page,
    row: int,
    below: dict[str, int],
    work: dict[str, int],
    amounts: dict[str, np.ndarray],
    role: str,
) -> None:
    for rate in RATES:
        values = ratio(*(amounts[part] for part in REMAINS[rate]))
        for offset, value in enumerate(values):
            cells = {part: fx.cell(row, start + offset) for part, start in work.items()}
            formula = fx.share_left(rate, cells.__getitem__)
            report.write(page, row + below[rate], 1 + offset, formula, float(value), "customers", role, "rate")
