"""The Certainty sheet: an interval of NRR and of each segment's, who moves it most, and how long customers stay."""

from __future__ import annotations

import math

from nrr_xl.metrics import annualise
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.outlook import YEARS
from nrr_xl.retention.uncertainty import FEWEST_CUSTOMERS, LEVEL, WIDTH, Interval
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import HEAD_ROWS, RATE, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace, segment_column
from nrr_xl.workbook.sheets.summary import Figures
from nrr_xl.workbook.texts import texts

WORDS = texts()["certainty_sheet"]
LABEL, COUNT, NRR, LOW, HIGH, DRAWN_LOW, DRAWN_HIGH, WHO, WITHOUT = range(9)
MOST_VALUES = 20


def known(analysis: Analysis) -> bool:
    """Whether there are customers enough for an interval, or a projection of how long they stay."""
    return analysis.has_intervals


def write(report: Report, customers: CustomersPlace, shown: Figures) -> None:
    """Fill the sheet and add its check."""
    analysis = report.analysis
    page = report.open("certainty")
    row = HEAD_ROWS
    heads = ("customers", "nrr", "low", "high", "drawn_low", "drawn_high")
    page.put(row, LABEL, WORDS["intervals"].format(level=f"{LEVEL:.0%}"), "header_left")
    page.row(row, COUNT, [WORDS[head] for head in heads], "header")
    page.row(row, WHO, [WORDS["who"]], "header_note")
    page.put(row, WITHOUT, WORDS["without"], "header")
    page.sheet.set_row(row, 42)
    row += 1
    _interval(report, page, customers, row, WORDS["all"], analysis.interval, "")
    if report.live["customers"]:
        here, there = fx.cell(row, NRR, "row col", page.name), shown.cell("nrr", sheet=shown.sheet)
        report.check(WORDS["check"], f"IF(AND(ISNUMBER({here}),ISNUMBER({there})),{here}-{there},0)", 0.0, RATE)
    for name, values in analysis.segment_intervals.items():
        if len(values) > MOST_VALUES:
            continue
        row += 1
        page.put(row, LABEL, name, "strong")
        text = customers.column(segment_column(customers, name))
        for value, found in values.items():
            row += 1
            mine = f"EXACT({text},{fx.cell(row, LABEL, 'col')})*"
            _interval(report, page, customers, row, value, found, mine)
    row += 1
    for key in ("words_interval", "words_drawn"):
        row += 1
        page.put(row, LABEL, WORDS[key].format(level=f"{100 * LEVEL:.0f}"), "note")
    row = _survival(report, page, customers, shown, row + 2)
    page.columns(44, 10, 9, 10, 10, 11, 11, 27, 11)
    page.sheet.freeze_panes(HEAD_ROWS + 1, 1)
    page.sheet.print_area(0, 0, row, WITHOUT)
    report.fixed.append(WORDS["part"] if report.live["customers"] else page.name)
    page.print_setup(report.footer)


def _interval(
    report: Report, page: Page, customers: CustomersPlace, row: int, label: str, found: Interval, mine: str
) -> None:
    """A rate, its interval by formula, which follows, and drawn, as written; the customer that moves it most."""
    opening, closing = customers.of("opening"), customers.of("closing")
    there = f"{mine}({opening}>0)"
    count, rate = (fx.cell(row, col, "col") for col in (COUNT, NRR))
    base = f"SUMPRODUCT({there}*{opening})"
    page.put(row, LABEL, label, "label")
    report.write(
        page, row, COUNT, f"SUMPRODUCT(--({there}>0))", float(found.customers), "customers", "formula", "count"
    )
    formula = f"IF({count}=0,{fx.DASH},SUMPRODUCT({there}*{closing})/{base})"
    report.write(page, row, NRR, formula, found.rate, "customers", "rate", "rate")
    spread = f"SQRT({count}/({count}-1)*SUMPRODUCT({there}*({closing}-{rate}*{opening})^2))/{base}"
    enough = f"IF(N({count})<{FEWEST_CUSTOMERS},{fx.DASH}"
    for col, sign, bound in zip((LOW, HIGH), "-+", found.by_formula, strict=True):
        formula = f"{enough},{rate}{sign}{WIDTH!r}*{spread})"
        report.write(page, row, col, formula, bound, "customers", "rate", "rate")
    page.put(row, DRAWN_LOW, found.low, "rate", "rate")
    page.put(row, DRAWN_HIGH, found.high, "rate", "rate")
    page.put(row, WHO, found.customer, "label_indent")
    if not found.customer:
        page.put(row, WITHOUT, float("nan"), "rate", "rate")
        return
    who = f"EXACT({customers.names},{fx.cell(row, WHO, 'col')})"
    less = f"{base}-SUMPRODUCT({there}*{who}*{opening})"
    kept = f"SUMPRODUCT({there}*{closing})-SUMPRODUCT({there}*{who}*{closing})"
    formula = f"IF({less}<=0,{fx.DASH},({kept})/({less}))"
    report.write(page, row, WITHOUT, formula, found.without, "customers", "rate", "rate")


def _survival(report: Report, page: Page, customers: CustomersPlace, shown: Figures, top: int) -> int:
    """The share of today's customers still there, by today's rate for ever and by the model that lets churn slow."""
    analysis, found = report.analysis, report.analysis.survival
    if found is None:
        return top - 2
    page.put(top, LABEL, WORDS["staying"], "header_left")
    page.row(top, COUNT, [WORDS["steady"], WORDS["slowing"]], "header")
    page.sheet.set_row(top, 28)
    logos = shown.cell("logo_retention", sheet=shown.sheet)
    yearly = annualise(analysis.rates["logo_retention"], analysis.months)
    first = top + 1
    shape = first + len(YEARS)
    alpha, beta = (fx.cell(shape + place, COUNT, "row col") for place in range(2))
    here, closing = customers.of("first"), customers.of("closing")
    age = f"ABS({fx.CLOSING}-{here})"
    row = top
    for row, (years, share) in enumerate(zip(YEARS, found.shares, strict=True), first):
        page.put(row, LABEL, WORDS["in_months"].format(months=12 * years), "label")
        steady = f"IF(ISNUMBER({logos}),{logos}^({12 * years}/{fx.MONTHS}),{fx.DASH})"
        report.write(page, row, COUNT, steady, yearly**years, "customers", "rate", "rate")
        ahead = f"{12 * years}/{fx.PERIOD_MONTHS}"
        late = f"GAMMALN({beta}+{age}+{ahead})-GAMMALN({beta}+{age})"
        early = f"GAMMALN({alpha}+{beta}+{age})-GAMMALN({alpha}+{beta}+{age}+{ahead})"
        total = f"SUMPRODUCT(--({closing}>0))"
        formula = f"IF({total}=0,{fx.DASH},SUMPRODUCT(({closing}>0)*EXP({late}+{early}))/{total})"
        report.write(page, row, NRR, formula, share, "customers", "rate", "rate")
    for row, (key, value) in enumerate((("alpha", found.alpha), ("beta", found.beta)), shape):
        page.put(row, LABEL, WORDS[key].format(written=report.written), "label")
        page.put(row, COUNT, value, "input", "index")
    row += 1
    page.put(row, LABEL, WORDS["back_test"].format(written=report.written), "label")
    page.put(row, COUNT, found.back_actual, "rate", "rate")
    page.put(row, NRR, found.back_predicted, "rate", "rate")
    undone = math.isnan(found.back_predicted)
    for note in (WORDS["slowing_how"], WORDS["back_none" if undone else "back_how"]):
        row += 1
        page.put(row, LABEL, note, "note")
    return row
