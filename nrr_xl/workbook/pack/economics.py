"""The Unit economics sheet: what a customer costs and is worth, from blue inputs and the window's figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nrr_xl.metrics import METRICS, annualise, ltv, ratio
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.diligence import annual_factor
from nrr_xl.retention.economics import FIGURES
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.pack.annual import annual_name
from nrr_xl.workbook.sheets.customers import CustomersPlace, segment_column
from nrr_xl.workbook.texts import texts

WORDS = texts()["economics"]
LABEL, VALUE, NOTE = range(3)
# The segments that end above this row are on a board's page.
PAGE_ROWS = 50
INPUTS = ("margin", "cost", "burn")


def known(analysis: Analysis) -> bool:
    """Whether anyone pays at both ends of the window."""
    return analysis.bridge["opening"] > 0 and analysis.bridge["closing"] > 0


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("economics")
    places = _inputs(report, page)
    row = _figures(report, page, customers, places, HEAD_ROWS + len(INPUTS) + 2)
    row = _results(report, page, places, row + 2)
    last = row
    for name in report.analysis.tables.segments:
        row = _segment(report, page, customers, places, row + 2, name)
        last = row if row < PAGE_ROWS or not report.brief else last
    page.columns(40, *[13] * 8)
    page.sheet.freeze_panes(HEAD_ROWS, 1)
    page.sheet.print_area(0, 0, last, 8)
    page.print_setup(report.footer)


def _inputs(report: Report, page: Page) -> dict[str, str]:
    page.put(HEAD_ROWS, LABEL, WORDS["inputs"], "header_left")
    page.put(HEAD_ROWS, VALUE, WORDS["given"], "header")
    page.put(HEAD_ROWS, NOTE, None, "header")
    places = {}
    given = report.analysis.settings
    inputs = {"margin": given.gross_margin, "cost": given.sales_cost, "burn": given.burn}
    for row, key in enumerate(INPUTS, HEAD_ROWS + 1):
        page.put(row, LABEL, WORDS[key], "label")
        page.put(row, VALUE, inputs[key], "setting", "rate" if key == "margin" else "amount")
        page.put(row, NOTE, WORDS[f"{key}_how"], "note_indent")
        places[key] = fx.cell(row, VALUE, "row col")
    return places


def _figures(report: Report, page: Page, customers: CustomersPlace, places: dict[str, str], row: int) -> int:
    """What the rows say: of the window's ends, its new customers, its churn."""
    analysis, factor = report.analysis, annual_factor(report.analysis.cube)
    line, counts = analysis.bridge, analysis.customers
    name = annual_name(analysis.cube)
    page.put(row, LABEL, WORDS["figures"], "header_left")
    page.row(row, VALUE, [WORDS["value"], None], "header")
    churned = annualise(max(1 - analysis.rates["churn_rate"], 0.0), analysis.months)
    movement = customers.column(customers.window["movement"])
    rate = _cell(report, "churn_rate")
    figures = {
        "opening": (f"{factor:g}*{_cell(report, 'opening')}", factor * line["opening"], "amount"),
        "closing": (f"{factor:g}*{_cell(report, 'closing')}", factor * line["closing"], "amount"),
        "closers": (_cell(report, "closers"), float(counts["closing"]), "count"),
        "newcomers": (f'COUNTIF({movement},"{texts()["movements"]["new"]}")', float(counts["new"]), "count"),
        "new": (f"{factor:g}*{_cell(report, 'new')}", factor * line["new"], "amount"),
        "churn": (f"IF(ISNUMBER({rate}),1-{fx.annualised(f'1-{rate}')},{fx.DASH})", 1 - churned, "rate"),
    }
    for key, (formula, value, kind) in figures.items():
        row += 1
        page.put(row, LABEL, WORDS[f"{key}_figure"].format(name=name), "label")
        report.write(page, row, VALUE, formula, value, "customers", "link" if kind != "rate" else "rate", kind)
        places[key] = fx.cell(row, VALUE, "row col")
    each = [
        ("each", f"{places['closing']}/{places['closers']}", ratio(factor * line["closing"], counts["closing"])),
        ("new_each", f"{places['new']}/{places['newcomers']}", ratio(factor * line["new"], counts["new"])),
    ]
    for key, formula, value in each:
        row += 1
        page.put(row, LABEL, WORDS[f"{key}_figure"].format(name=name), "label")
        base = places["closers" if key == "each" else "newcomers"]
        _maybe(report, page, row, VALUE, f"{base}>0", formula, value, "amount")
        places[key] = fx.cell(row, VALUE, "row col")
    return row


def _cell(report: Report, line: str) -> str:
    return report.figures[report.window_label, line]


def _maybe(
    report: Report, page: Page, row: int, col: int, condition: str, formula: str, value: float, kind: str
) -> None:
    """A figure where its condition holds, else a dash."""
    shown: float | str = value if value == value else "–"
    report.write(page, row, col, f"IF({condition},{formula},{fx.DASH})", shown, "customers", "formula", kind)


def _results(report: Report, page: Page, places: dict[str, str], row: int) -> int:
    """Lifetime value now; what needs a cost says a dash until the cost is typed."""
    analysis, found = report.analysis, report.analysis.unit_economics
    margin, cost, burn = (places[key] for key in INPUTS)
    nan = float("nan")
    # Without an input, or with an input of 0, there is no figure.
    paid = {key: found[key] if analysis.settings.sales_cost else nan for key in FIGURES}
    burnt = found["burn_multiple"] if analysis.settings.burn else nan
    page.put(row, LABEL, WORDS["results"], "header_left")
    page.put(row, VALUE, WORDS["value"], "header")
    page.put(row, VALUE + 1, WORDS["how"], "header_note")
    top = row + 1
    places["cac"] = fx.cell(top + 1, VALUE, "row col")
    cac, value = fx.cell(top + 1, VALUE, "row col"), fx.cell(top, VALUE, "row col")
    won = f"AND(N({cost})>0,{places['newcomers']}>0)"
    ends = {"opening": places["opening"], "closing": places["closing"]}
    worth = found["ltv"]
    results = (
        ("ltv", "ltv", f"{places['churn']}>0", "amount", worth,
         {"amount_per_customer": places["each"], "gross_margin": margin, "churn_rate": places["churn"]}),
        ("cac", "cac", won, "amount", paid["cac"], {"cost": cost, "new_customers": places["newcomers"]}),
        ("payback", "cac_payback", f"AND({won},N({places['new_each']})*{margin}>0)", "one_decimal", paid["cac_payback"],
         {"cost_per_customer": cac, "monthly_amount": f"({places['new_each']}/12)", "gross_margin": margin}),
        ("ltv_cac", "ltv_to_cac", f"AND({won},ISNUMBER({value}))", "multiple", paid["ltv_to_cac"],
         {"lifetime_value": value, "cost_per_customer": cac}),
        ("magic", "magic_number", f"N({cost})>0", "multiple", paid["magic_number"], {"cost": cost, **ends}),
        ("burn_multiple", "burn_multiple", f"AND(N({burn})>0,{places['closing']}<>{places['opening']})", "multiple",
         burnt, {"burn": burn, **ends}),
    )  # fmt: skip
    for row, (key, metric, condition, kind, shown, cells) in enumerate(results, top):
        page.put(row, LABEL, WORDS[key], "label")
        _maybe(report, page, row, VALUE, condition, METRICS[metric].excel.format(**cells), shown, kind)
        page.put(row, NOTE, WORDS[f"{key}_formula"], "note_indent")
    return top + len(results) - 1


def _segment(
    report: Report, page: Page, customers: CustomersPlace, places: Mapping[str, str], row: int, name: str
) -> int:
    """Customers, amount per customer, churn and lifetime value of each value of a segment at the window's ends."""
    analysis, factor = report.analysis, annual_factor(report.analysis.cube)
    frame = analysis.tables.segments[name]
    page.put(row, LABEL, name, "header_left")
    heads = [texts()["counts"]["closers"], WORDS["each_short"], texts()["rates"]["churn_rate"], WORDS["ltv_short"]]
    heads += [WORDS["newcomers_short"], WORDS["ltv_cac_short"], WORDS["payback"], WORDS["magic"]]
    page.row(row, VALUE, heads, "header")
    text = customers.column(segment_column(customers, name))
    opening, closing = (customers.column(customers.window[key]) for key in ("opening", "closing"))
    first = row + 1
    for record in frame.records():
        row += 1
        page.put(row, LABEL, record["value"], "label")
        mine = f"EXACT({text},{fx.cell(row, LABEL, 'col')})"
        count, each, churn = (fx.cell(row, col, "col") for col in (1, 2, 3))
        closers = float(record["closers"])
        layer = "segments"
        report.write(page, row, 1, f"SUMPRODUCT({mine}*({closing}>0))", closers, layer, "formula", "count")
        amount = float(ratio(factor * record["closing"], closers))
        formula = f"IF({count}>0,{factor:g}*SUMPRODUCT({mine}*{closing})/{count},{fx.DASH})"
        report.write(page, row, 2, formula, amount if amount == amount else "–", layer, "formula", "amount")
        yearly = 1 - annualise(max(1 - record["churn_rate"], 0.0), analysis.months)
        held, gone = f"SUMPRODUCT({mine}*{opening})", f"SUMPRODUCT({mine}*({closing}=0)*{opening})"
        lost = METRICS["churn_rate"].excel.format(churn=gone, start=held)
        formula = f"IF({held}>0,1-{fx.annualised(f'1-{lost}')},{fx.DASH})"
        report.write(page, row, 3, formula, yearly if yearly == yearly else "–", layer, "rate", "rate")
        worth = float(ltv(amount, analysis.settings.gross_margin, yearly))
        parts = {"amount_per_customer": f"N({each})", "gross_margin": places["margin"], "churn_rate": churn}
        formula = f"IF(N({churn})>0,{METRICS['ltv'].excel.format(**parts)},{fx.DASH})"
        shown: float | str = worth if worth == worth and yearly > 0 else "–"
        if yearly > 0 and amount != amount:
            shown = 0.0
        report.write(page, row, 4, formula, shown, layer, "formula", "amount")
        _of_cost(report, page, customers, places, row, (mine, record, shown))
    if report.live["segments"] and row >= first:
        total = f"SUM({fx.block(first, 1, row, 1, page.name)})"
        report.check(WORDS["check"].format(segment=name), f"{total}-{_cell(report, 'closers')}")
    return row


def _of_cost(
    report: Report,
    page: Page,
    customers: CustomersPlace,
    places: Mapping[str, str],
    row: int,
    value: tuple[str, Mapping[str, Any], float | str],
) -> None:
    """What a value's new customers cost, at one cost for each of the company's: a dash until the cost is typed."""
    mine, record, worth = value
    analysis, factor = report.analysis, annual_factor(report.analysis.cube)
    won = f'({customers.of("movement")}="{texts()["movements"]["new"]}")'
    ltv_here, newcomers = (fx.cell(row, col, "col") for col in (4, 5))
    count, cac = float(record["newcomers"]), places["cac"]
    report.write(page, row, 5, f"SUMPRODUCT({mine}*{won})", count, "segments", "formula", "count")
    per_customer = analysis.unit_economics["cac"] if analysis.settings.sales_cost else float("nan")
    amount = f"({factor:g}*SUMPRODUCT({mine}*{won}*{customers.of('closing')})/{newcomers}/12)"
    grown = f"{factor:g}*(SUMPRODUCT({mine}*{customers.of('closing')})-SUMPRODUCT({mine}*{customers.of('opening')}))"
    margin, known = places["margin"], f"AND(ISNUMBER({cac}),{newcomers}>0"
    paid = count > 0 and per_customer == per_customer
    monthly = factor * record["new"] / count / 12 * analysis.settings.gross_margin if count else 0.0
    change = factor * (record["closing"] - record["opening"])
    shown = (
        (6, f"AND(ISNUMBER({cac}),ISNUMBER({ltv_here}))", f"{ltv_here}/{cac}", "multiple",
         worth / per_customer if not isinstance(worth, str) else float("nan")),
        (7, f"{known},{margin}>0)", f"{cac}/({amount}*{margin})", "one_decimal",
         per_customer / monthly if paid and monthly else float("nan")),
        (8, f"{known})", f"{grown}/({cac}*{newcomers})", "multiple",
         change / (per_customer * count) if paid else float("nan")),
    )  # fmt: skip
    for col, condition, formula, kind, figure in shown:
        report.write(page, row, col, f"IF({condition},{formula},{fx.DASH})", figure, "segments", "formula", kind)
