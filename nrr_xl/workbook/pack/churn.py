"""The Churn sheet: who left after how long and why, accounts at risk by segment, and a score with its back-test."""

from __future__ import annotations

import numpy as np

from nrr_xl.metrics import ratio
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.churned import EARLY_MONTHS, TENURES, reason_segment
from nrr_xl.retention.score import SIGNALS
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import COUNT, HEAD_ROWS, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace, segment_column
from nrr_xl.workbook.texts import texts

WORDS = texts()["churn_sheet"]
LABEL, CUSTOMERS, AMOUNT, SHARE, NOTE = range(5)
# So many rows are still readable on one page.
ONE_PAGE = 62
# Values of a segment beyond this are no reading.
MOST_VALUES = 20


def known(analysis: Analysis) -> bool:
    """Whether anyone left, or shows a sign of leaving."""
    return bool(analysis.customers["churned"] or len(analysis.score["customer"]))


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("churn")
    row = HEAD_ROWS
    if report.analysis.customers["churned"]:
        row = _tenure(report, page, customers, row) + 2
        row = _reasons(report, page, customers, row)
    row = _at_risk(report, page, customers, row)
    row = _back_test(report, page, row)
    last = _scores(report, page, row)
    page.columns(46, 13, 15, 13, 13, 13, 13, 13)
    page.sheet.freeze_panes(HEAD_ROWS, 1)
    page.sheet.print_area(0, 0, last, 7)
    report.fixed.append(WORDS["part"] if report.live["customers"] else page.name)
    # A few lines over the page are better a little smaller.
    page.print_setup(report.footer, one_page=last <= ONE_PAGE)


def of_band(report: Report, customers: CustomersPlace, band: int, weight: str = "") -> str:
    """How many churned customers stand in a band of tenure, or their opening amounts (`weight` "opening").

    Bands are those of churned.TENURES, then the open one, then those of unknown age: there in the first period.
    """
    first, last, movement = (customers.of(name) for name in ("first", "last", "movement"))
    months = f"({last}-{first}+1)*{fx.PERIOD_MONTHS}"
    parts = [f'({movement}="{texts()["movements"]["churn"]}")']
    if band > len(TENURES):
        parts.append(f"({first}={fx.BEGIN})")
    else:
        parts.append(f"({first}>{fx.BEGIN})")
        if band:
            parts.append(f"({months}>{TENURES[band - 1]})")
        if band < len(TENURES):
            parts.append(f"({months}<={TENURES[band]})")
    if weight:
        parts.append(customers.of(weight))
    return f"SUMPRODUCT({'*'.join(parts)})"


def _heads(page: Page, row: int, title: str, heads: tuple[str, ...], notes: tuple[str, ...] = ()) -> None:
    page.put(row, LABEL, title, "header_left")
    page.row(row, CUSTOMERS, [WORDS[head] for head in heads], "header")
    page.row(row, CUSTOMERS + len(heads), [WORDS[head] for head in notes], "header_note")


def _line(
    report: Report, page: Page, row: int, label: str, formulas: tuple[str, str], values: tuple[float, float]
) -> None:
    """A line of a table: its customers and their amount."""
    page.put(row, LABEL, label, "label")
    report.write(page, row, CUSTOMERS, formulas[0], values[0], "customers", "formula", "count")
    report.write(page, row, AMOUNT, formulas[1], values[1], "customers")


def _tenure(report: Report, page: Page, customers: CustomersPlace, top: int) -> int:
    """The churned customers by how long they had stayed; early churn is the first line."""
    table = report.analysis.tenure_at_churn
    _heads(page, top, WORDS["tenure"], ("customers", "amount", "of_churn"))
    first, total = top + 1, top + 1 + len(table["band"])
    for band, row in enumerate(range(first, total)):
        formulas = of_band(report, customers, band), of_band(report, customers, band, "opening")
        values = float(table["customers"][band]), float(table["amount"][band])
        _line(report, page, row, str(table["band"][band]), formulas, values)
    _shares(report, page, first, total, table["amount"])
    _total(report, page, first, total, (table["customers"].sum(), table["amount"].sum()))
    page.put(first, NOTE, WORDS["early"].format(months=EARLY_MONTHS), "note_indent")
    _tie(report, page, total, "tenure")
    return total


def _tie(report: Report, page: Page, total: int, table: str) -> None:
    """The table adds up to the bridge's churn."""
    if not report.live["customers"]:
        return
    name = WORDS["check"].format(table=WORDS[table].lower())
    churn = report.figures[report.window_label, "churn"]
    report.check(name, f"{fx.cell(total, AMOUNT, 'row col', page.name)}+{churn}")
    churned = report.figures[report.window_label, "churned"]
    here = fx.cell(total, CUSTOMERS, "row col", page.name)
    report.check(WORDS["check_count"].format(table=WORDS[table].lower()), f"{here}+{churned}", 0.0, COUNT)


def _shares(report: Report, page: Page, first: int, total: int, amounts: np.ndarray) -> None:
    whole = fx.cell(total, AMOUNT, "row col")
    for row, share in enumerate(ratio(amounts, amounts.sum()), first):
        formula = fx.rate(whole, f"{fx.cell(row, AMOUNT)}/{whole}")
        report.write(page, row, SHARE, formula, float(share), "customers", "rate", "rate")
    if total > first:
        page.bars(first, SHARE, total - 1, SHARE)


def _total(report: Report, page: Page, first: int, total: int, sums: tuple[float, float]) -> None:
    page.put(total, LABEL, WORDS["total"], "label_total")
    for col, value, kind in zip((CUSTOMERS, AMOUNT), sums, ("count", "amount"), strict=True):
        formula = f"SUM({fx.cell(first, col)}:{fx.cell(total - 1, col)})"
        report.write(page, total, col, formula, float(value), "customers", "total", kind)
    page.put(total, SHARE, None, "label_total")


def _reasons(report: Report, page: Page, customers: CustomersPlace, top: int) -> int:
    """Why they left, where a column says so; which reasons are involuntary is a blue cell."""
    analysis, table = report.analysis, report.analysis.churn_reasons
    segment = reason_segment(analysis.cube)
    if table is None or segment is None:
        return top
    live = segment.codes.ndim == 1
    _heads(page, top, segment.name, ("customers", "amount", "of_churn"), ("kind",))
    first, total = top + 1, top + 1 + len(table["reason"])
    text = customers.column(segment_column(customers, segment.name))
    gone = f'({customers.of("movement")}="{texts()["movements"]["churn"]}")'
    for at, row in enumerate(range(first, total)):
        reason, blank = str(table["reason"][at]), table["none_given"][at]
        values = float(table["customers"][at]), float(table["amount"][at])
        mine = f'({text}="")' if blank else f"EXACT({text},{fx.cell(row, LABEL, 'col')})"
        if live:
            counted = f"SUMPRODUCT({mine}*{gone})", f"SUMPRODUCT({mine}*{gone}*{customers.of('opening')})"
            _line(report, page, row, reason, counted, values)
        else:
            page.put(row, LABEL, reason, "label")
            page.put(row, CUSTOMERS, values[0], "formula", "count")
            page.put(row, AMOUNT, values[1], "formula", "amount")
        page.put(row, NOTE, WORDS["involuntary" if table["involuntary"][at] else "voluntary"], "input")
    _shares(report, page, first, total, table["amount"])
    _total(report, page, first, total, (table["customers"].sum(), table["amount"].sum()))
    page.sheet.data_validation(
        *(first, NOTE, total - 1, NOTE), {"validate": "list", "source": [WORDS["voluntary"], WORDS["involuntary"]]}
    )
    kinds = fx.block(first, NOTE, total - 1, NOTE)
    for row, (word, chosen) in enumerate(
        (("involuntary", table["involuntary"]), ("voluntary", ~table["involuntary"])), total + 1
    ):
        sums = table["customers"][chosen].sum(), table["amount"][chosen].sum()
        formulas = [
            f'SUMIF({kinds},"{WORDS[word]}",{fx.block(first, col, total - 1, col)})' for col in (CUSTOMERS, AMOUNT)
        ]
        _line(report, page, row, WORDS[word], (formulas[0], formulas[1]), (float(sums[0]), float(sums[1])))
    if live:
        # A customer with a reason that is none of the list's is missing from the total.
        _tie(report, page, total, "reasons")
    return total + 4


def _at_risk(report: Report, page: Page, customers: CustomersPlace, top: int) -> int:
    """The accounts at risk of each value of each segment, and their share of its closing amount."""
    analysis = report.analysis
    for name, table in analysis.risk_by_segment.items():
        if len(table["value"]) > MOST_VALUES or not table["customers"].sum():
            continue
        _heads(page, top, WORDS["at_risk"].format(segment=name), ("customers", "at_stake", "of_closing"))
        live = analysis.cube.segments[name].codes.ndim == 1
        text = customers.column(segment_column(customers, name))
        stake, closing = customers.of("stake"), customers.of("closing")
        first, total = top + 1, top + 1 + len(table["value"])
        for at, row in enumerate(range(first, total)):
            mine = f"EXACT({text},{fx.cell(row, LABEL, 'col')})"
            values = float(table["customers"][at]), float(table["amount"][at])
            whole = f"SUMPRODUCT({mine}*{closing})"
            share = f"IF({whole}=0,{fx.DASH},{fx.cell(row, AMOUNT, 'col')}/{whole})"
            if live:
                counted = f"SUMPRODUCT({mine}*({stake}>0))", f"SUMPRODUCT({mine}*{stake})"
                _line(report, page, row, str(table["value"][at]), counted, values)
                report.write(page, row, SHARE, share, float(table["share"][at]), "customers", "rate", "rate")
                continue
            page.put(row, LABEL, str(table["value"][at]), "label")
            page.put(row, CUSTOMERS, values[0], "formula", "count")
            page.put(row, AMOUNT, values[1], "formula", "amount")
            page.put(row, SHARE, float(table["share"][at]), "rate", "rate")
        _total(report, page, first, total, (table["customers"].sum(), table["amount"].sum()))
        if live and report.live["customers"] and not (analysis.cube.segments[name].codes < 0).any():
            here = fx.cell(total, AMOUNT, "row col", page.name)
            report.check(WORDS["check_risk"].format(segment=name), f"{here}-SUM({stake})")
        top = total + 2
    return top


def _back_test(report: Report, page: Page, top: int) -> int:
    """What the score would have said at the opening, and who of each score had left by the closing."""
    table = report.analysis.score_back_test
    heads = ("customers", "left", "churn_rate", "opening", "kept", "nrr")
    _heads(page, top, WORDS["back_test"].format(written=report.written), heads)
    if not table["customers"].sum():
        return top
    row = top
    for at, row in enumerate(range(top + 1, top + 1 + len(table["score"]))):
        page.put(row, LABEL, WORDS["one_signal" if at == 1 else "signals"].format(count=at), "label")
        for col, name in ((1, "customers"), (2, "churned"), (4, "opening"), (5, "kept")):
            page.put(row, col, float(table[name][at]), "formula", "count" if col < SHARE else "amount")
        formulas = _back_rates(row)
        for col, name in ((3, "rate"), (6, "nrr")):
            report.write(page, row, col, formulas[col], float(table[name][at]), "checks", "rate", "rate")
    total = row + 1
    page.put(total, LABEL, WORDS["total"], "label_total")
    for col, name in ((1, "customers"), (2, "churned"), (4, "opening"), (5, "kept")):
        formula = f"SUM({fx.cell(top + 1, col)}:{fx.cell(row, col)})"
        kind = "count" if col < SHARE else "amount"
        report.write(page, total, col, formula, float(table[name].sum()), "checks", "total", kind)
    sums = {name: float(table[name].sum()) for name in ("customers", "churned", "opening", "kept")}
    formulas = _back_rates(total)
    for col, (above, below) in ((3, ("churned", "customers")), (6, ("kept", "opening"))):
        report.write(page, total, col, formulas[col], float(ratio(sums[above], sums[below])), "checks", "total", "rate")
    if report.live["checks"]:
        opening = report.figures[report.window_label, "opening"]
        here = fx.cell(total, 4, "row col", page.name)
        report.check(WORDS["check_back"], f"IF({report.as_reported}=1,{here}-{opening},0)")
    page.put(total + 1, LABEL, WORDS["back_test_how"], "note")
    return total + 3


def _back_rates(row: int) -> dict[int, str]:
    """By column the share of a row's customers that left, and NRR of its amounts."""
    customers, left, opening, kept = (fx.cell(row, col) for col in (1, 2, 4, 5))
    left_of = {"opening": opening, "retained": kept}
    return {3: fx.rate(customers, f"{left}/{customers}"), 6: fx.share_left("nrr", left_of.__getitem__)}


def _scores(report: Report, page: Page, top: int) -> int:
    """The accounts with the most signals, as written."""
    table, settings = report.analysis.score, report.analysis.settings
    if not len(table["customer"]):
        return top
    names = [name for name in SIGNALS if name in table]
    page.put(top, LABEL, WORDS["score"].format(written=report.written), "header_left")
    page.row(
        top, CUSTOMERS, [WORDS["closing"], *(WORDS[f"signal_{name}"] for name in names), WORDS["points"]], "header"
    )
    row = top
    for at, row in enumerate(range(top + 1, top + 1 + len(table["customer"]))):
        page.put(row, LABEL, str(table["customer"][at]), "label")
        page.put(row, CUSTOMERS, float(table["amount"][at]), "formula", "amount")
        for col, name in enumerate(names, AMOUNT):
            page.put(row, col, float(table[name][at]), "formula", "count")
        last = AMOUNT + len(names)
        summed = f"SUM({fx.cell(row, AMOUNT)}:{fx.cell(row, last - 1)})"
        report.write(page, row, last, summed, float(table["score"][at]), "checks", "formula", "count")
    how = WORDS["score_how"].format(falls=settings.risk_periods, drop=f"{settings.risk_drop:.0%}")
    # Two lines, as one is wider than the page.
    page.column(row + 1, LABEL, (how, WORDS["score_more"]), "note")
    return row + 2
