"""The Renewals sheet: what ended and was kept by quarter and month, and the calendar of the next twelve months."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nrr_xl.metrics import renewal_rate
from nrr_xl.periods import MONTH_NAMES
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.renewals import AHEAD, AMOUNTS, COUNTS, ESCALATOR, LATE, Renewals
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.texts import texts

WORDS = texts()["renewals_sheet"]
# The table of months and quarters; to the right of it the renewals one by one, on which it stands.
MONTH, FIRST, LAST = 0, 1, 2
FIGURES = 3
RATE = FIGURES + len(AMOUNTS) + len(COUNTS)
LOGO_RATE, LATE_SHARE = RATE + 1, RATE + 2
NAME = LATE_SHARE + 2
END = NAME + 1
LIST = END + 1
# So many months up to the closing are shown, and so many renewals listed.
SHOWN_MONTHS, MOST_LISTED = 24, 20_000
QUARTER = 3


def known(analysis: Analysis) -> bool:
    """Whether the rows carry contracts of which some ended or will."""
    found = analysis.renewals
    return found is not None and bool(found.events["end"].size)


def write(report: Report) -> None:
    """Fill the sheet and add its checks."""
    found = report.analysis.renewals
    assert found is not None
    page = report.open("renewals")
    listed = found.events["end"].size <= MOST_LISTED
    live = report.live["checks"] and listed
    top = HEAD_ROWS
    closed = report.analysis.cube.periods.ends[report.analysis.closing]
    opened = report.analysis.cube.periods.ends[report.analysis.opening]
    list_top = top
    row = _total(report, page, found, top, (opened, closed), live)
    row = _table(report, page, found, row + 2, WORDS["by_quarter"], _spans(closed, SHOWN_MONTHS, QUARTER), live)
    row = _calendar(report, page, found, row + 2, closed, live)
    for key in ("how_renewed", "how_escalator", "how_late"):
        row += 1
        page.put(row, MONTH, WORDS[key].format(late=LATE, share=f"{ESCALATOR:.0%}"), "note")
    board = row
    row = _table(report, page, found, row + 2, WORDS["by_month"], _spans(closed, SHOWN_MONTHS, 1), live)
    if listed:
        _events(report, page, found, list_top)
    page.columns(24, 9, 9, *[12] * (LATE_SHARE - FIGURES + 1), 3, 30, 11, *[12] * (len(AMOUNTS) + len(COUNTS)))
    page.sheet.set_column(FIRST, LAST, 9, None, {"level": 1, "hidden": True})
    page.sheet.freeze_panes(HEAD_ROWS + 1, 1)
    # The months are for a diligence; a board reads the quarters.
    page.sheet.print_area(0, 0, board if report.brief else row, LATE_SHARE)
    report.fixed.append(page.name)
    page.print_setup(report.footer)


def _spans(closed: int, months: int, each: int) -> list[tuple[int, int]]:
    """The first and the last month number of each span up to the closing, the latest last."""
    return [(end - each + 1, end) for end in range(closed - months + each, closed + 1, each)]


def _label(month: int) -> str:
    return f"{MONTH_NAMES[month % 12]} {month // 12}"


def _heads(page: Page, row: int, title: str) -> None:
    page.put(row, MONTH, title, "header_left")
    heads = ["from", "to", *AMOUNTS, *COUNTS, "rate", "logo_rate", "late_share"]
    page.row(row, FIRST, [WORDS[head] for head in heads], "header")
    page.sheet.set_row(row, 28)


def _total(report: Report, page: Page, found: Renewals, top: int, bounds: tuple[int, int], live: bool) -> int:
    """The window in one line, and what of the bridge's losses came at a renewal and what did not."""
    opened, closed = bounds
    _heads(page, top, WORDS["window"].format(written=report.written))
    row = top + 1
    page.put(row, MONTH, report.window_label, "strong")
    _span(report, page, found, row, (opened + 1, closed), live)
    lost = fx.cell(row, FIGURES + AMOUNTS.index("lost"), "row col")
    bridge = report.analysis.bridge
    churn, contraction = (report.figures[report.window_label, line] for line in ("churn", "contraction"))
    losses = bridge["churn"] + bridge["contraction"]
    row += 2
    page.put(row, MONTH, WORDS["lost_at_renewal"], "label")
    report.write(page, row, FIGURES, lost, found.total["lost"], "checks", "link", "amount")
    row += 1
    page.put(row, MONTH, WORDS["lost_elsewhere"], "label")
    formula = f"-({churn}+{contraction})-{fx.cell(row - 1, FIGURES)}"
    report.write(page, row, FIGURES, formula, losses - found.total["lost"], "customers", "formula", "amount")
    row += 1
    page.put(row, MONTH, WORDS["losses"], "label_total")
    page.row(row, FIRST, [None, None], "label_total")
    summed = f"{fx.cell(row - 2, FIGURES)}+{fx.cell(row - 1, FIGURES)}"
    report.write(page, row, FIGURES, summed, losses, "customers", "total", "amount")
    if report.live["checks"]:
        here = fx.cell(row, FIGURES, "row col", page.name)
        report.check(WORDS["check_losses"], f"{here}+{churn}+{contraction}")
        parts = {name: fx.cell(top + 1, FIGURES + AMOUNTS.index(name), "row col", page.name) for name in AMOUNTS}
        kept = f"{parts['on_time']}+{parts['late']}+{parts['lost']}"
        report.check(WORDS["check_parts"], f"{parts['available']}-({kept})")
    return row


def _table(
    report: Report,
    page: Page,
    found: Renewals,
    top: int,
    title: str,
    spans: Sequence[tuple[int, int]],
    live: bool,
) -> int:
    _heads(page, top, title)
    row = top
    for row, span in enumerate(spans, top + 1):
        first, last = span
        page.put(row, MONTH, _label(last) if first == last else f"{_label(first)} – {_label(last)}", "label")
        _span(report, page, found, row, span, live)
    page.bars(top + 1, RATE, row, RATE)
    return row


def _span(report: Report, page: Page, found: Renewals, row: int, span: tuple[int, int], live: bool) -> None:
    """What ended from one month to another, summed over the renewals listed, and its rates."""
    first, last = span
    for col, number in ((FIRST, first), (LAST, last)):
        page.put(row, col, float(number), "working", "position")
    layer = "checks" if live else "none"
    ends = found.events["end"]
    inside = (ends >= first) & (ends <= last) & ~found.events["open"]
    size = ends.size
    top = HEAD_ROWS + 1
    end = fx.block(top, END, top + size - 1, END)
    low, high = fx.cell(row, FIRST, "col"), fx.cell(row, LAST, "col")
    sums = {}
    for place, name in enumerate((*AMOUNTS, *COUNTS)):
        column = fx.block(top, LIST + place, top + size - 1, LIST + place)
        sums[name] = float(found.events[name][inside].sum())
        kind = "amount" if name in AMOUNTS else "count"
        formula = f'SUMIFS({column},{end},">="&{low},{end},"<="&{high})'
        if layer == "none":
            page.put(row, FIGURES + place, sums[name], "formula", kind)
        else:
            report.write(page, row, FIGURES + place, formula, sums[name], layer, "formula", kind)
    at = {name: fx.cell(row, FIGURES + place, "col") for place, name in enumerate((*AMOUNTS, *COUNTS))}
    kept = sums["on_time"] + sums["late"]
    rates = (
        (
            RATE,
            at["available"],
            f"({at['on_time']}+{at['late']})/{at['available']}",
            renewal_rate(kept, sums["available"]),
        ),
        (
            LOGO_RATE,
            at["customers"],
            f"{at['renewed_customers']}/{at['customers']}",
            renewal_rate(sums["renewed_customers"], sums["customers"]),
        ),
        (
            LATE_SHARE,
            f"({at['on_time']}+{at['late']})",
            f"{at['late']}/({at['on_time']}+{at['late']})",
            renewal_rate(sums["late"], kept),
        ),
    )
    for col, base, formula, value in rates:
        report.write(page, row, col, fx.rate(base, formula), float(value), "checks", "rate", "rate")


def _calendar(report: Report, page: Page, found: Renewals, top: int, closed: int, live: bool) -> int:
    """What ends in the next twelve months, and the quarters' sums beside them."""
    page.put(top, MONTH, WORDS["ahead"], "header_left")
    page.row(top, FIRST, [WORDS["from"], WORDS["to"], WORDS["ends"], WORDS["contracts"], WORDS["of_quarter"]], "header")
    size, first = found.events["end"].size, HEAD_ROWS + 1
    end, amount, count = (
        fx.block(first, col, first + size - 1, col)
        for col in (END, LIST + AMOUNTS.index("available"), LIST + len(AMOUNTS) + COUNTS.index("contracts"))
    )
    row = top
    for number, row in enumerate(range(top + 1, top + 1 + AHEAD), closed + 1):
        page.put(row, MONTH, _label(number), "label")
        for col in (FIRST, LAST):
            page.put(row, col, float(number), "working", "position")
        here = fx.cell(row, FIRST, "col")
        at = number - closed - 1
        values = (
            (amount, found.calendar["amount"][at], "amount"),
            (count, found.calendar["contracts"][at], "count"),
        )
        for col, (source, value, kind) in enumerate(values, FIGURES):
            if live:
                report.write(page, row, col, f"SUMIFS({source},{end},{here})", float(value), "checks", "formula", kind)
            else:
                page.put(row, col, float(value), "formula", kind)
        if at % QUARTER == QUARTER - 1:
            summed = f"SUM({fx.cell(row - QUARTER + 1, FIGURES)}:{fx.cell(row, FIGURES)})"
            value = float(found.calendar["amount"][at - QUARTER + 1 : at + 1].sum())
            report.write(page, row, FIGURES + 2, summed, value, "checks", "formula", "amount")
    row += 1
    page.put(row, MONTH, WORDS["total"], "label_total")
    page.row(row, FIRST, [None, None], "label_total")
    for col, name, kind in ((FIGURES, "amount", "amount"), (FIGURES + 1, "contracts", "count")):
        summed = f"SUM({fx.cell(top + 1, col)}:{fx.cell(row - 1, col)})"
        report.write(page, row, col, summed, float(found.calendar[name].sum()), "checks", "total", kind)
    page.put(row, FIGURES + 2, None, "label_total")
    return row


def _events(report: Report, page: Page, found: Renewals, top: int) -> None:
    """Every renewal: whose, when it ended, what of it was kept; those still ahead have an amount and nothing kept."""
    heads = [WORDS["customer"], WORDS["end_month"], *(WORDS[name] for name in (*AMOUNTS, *COUNTS))]
    page.put(top, NAME, heads[0], "header_left")
    page.row(top, END, heads[1:], "header")
    events = found.events
    page.column(top + 1, NAME, [str(name) for name in events["customer"]], "label")
    page.column(top + 1, END, events["end"].astype(float).tolist(), "input", "position")
    for place, name in enumerate((*AMOUNTS, *COUNTS)):
        kind = "cents" if name in AMOUNTS else "count"
        page.column(top + 1, LIST + place, np.asarray(events[name], float).tolist(), "input", kind)
