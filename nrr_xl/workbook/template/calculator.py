"""The template's Calculator: every rate of the catalogue on numbers typed in, its formula, and worked examples."""

from __future__ import annotations

import inspect

from nrr_xl.metrics import METRICS
from nrr_xl.workbook.template.layout import PASSED
from nrr_xl.workbook.template.page import Page

# Inputs of the flow rates: domain's first worked example, with something new beside it.
FLOWS = {
    "start": ("Start", "Opening amount", 500_000),
    "expansion": ("Expansion", "Growth of the opening customers", 100_000),
    "contraction": ("Contraction", "Their shrinkage", 20_000),
    "churn": ("Churn", "Amount of those who left", 30_000),
    "new": ("New", "Amount of new customers", 75_000),
    "reactivation": ("Reactivation", "Amount of returning customers", 5_000),
}
FLOW_RATES = ("nrr", "grr", "expansion_rate", "contraction_rate", "churn_rate", "quick_ratio")
OPENINGS = (100, 100, 250, 80, 40, 0, None, None)
CLOSINGS = (150, 0, 250, 60, 44, 70, None, None)
CUSTOMER_RATES = ("nrr_cohort", "grr_cohort", "logo_retention")
MONTHLY = (1.02, 0.99, 1.01, 1.0, 1.015, 0.985, 1.02, 1.0, 1.01, 0.995, 1.005, 1.01)
SINGLES: dict[str, dict[str, tuple[str, float, str]]] = {
    "annualise": {
        "rate": ("Rate of the window", 0.99, "input_rate"),
        "months": ("Months of the window", 1, "input_count"),
    },
    "annual_churn": {"monthly": ("Monthly churn", 0.02, "input_rate")},
    "ltv": {
        "amount_per_customer": ("Monthly amount per customer", 100, "input_money"),
        "gross_margin": ("Gross margin", 0.8, "input_rate"),
        "churn_rate": ("Monthly churn rate", 0.02, "input_rate"),
    },
    "cac": {
        "cost": ("Sales and marketing cost", 60_000, "input_money"),
        "new_customers": ("New customers", 12, "input_count"),
    },
    "cac_payback": {
        "cost_per_customer": ("Acquisition cost of a customer", 5000, "input_money"),
        "monthly_amount": ("A new customer's monthly amount", 500, "input_money"),
        "gross_margin": ("Gross margin", 0.8, "input_rate"),
    },
    "ltv_to_cac": {
        "lifetime_value": ("Lifetime value of a customer", 15_000, "input_money"),
        "cost_per_customer": ("Acquisition cost of a customer", 5000, "input_money"),
    },
    "magic_number": {
        "opening": ("ARR at the opening", 4_000_000, "input_money"),
        "closing": ("ARR at the closing", 4_600_000, "input_money"),
        "cost": ("Sales and marketing cost before", 500_000, "input_money"),
    },
    "burn_multiple": {
        "burn": ("Net cash burnt", 900_000, "input_money"),
        "opening": ("ARR at the opening", 4_000_000, "input_money"),
        "closing": ("ARR at the closing", 4_600_000, "input_money"),
    },
    "renewal_rate": {
        "renewed": ("Renewed amount", 200_000, "input_money"),
        "available": ("Available to renew", 250_000, "input_money"),
    },
}
# Case, start, expansion, contraction, churn, the published NRR and GRR (None where none is given), source.
WORKED = (
    ("Four flows of a year", 500_000, 100_000, 20_000, 30_000, 1.10, None, "Salesforce, What is net retention rate"),
    ("Four flows of a year", 1_000_000, 200_000, 50_000, 100_000, 1.05, None, "Derrick glossary"),
    ("The first case, contraction left out", 500_000, 100_000, 0, 30_000, 1.14, None, "KPI Depot's formula"),
    ("Expansion equals contraction", 100, 10, 10, 10, 0.90, 0.80, "ChartMogul help, net MRR churn"),
    ("Gains equal losses", 100_000, 15_000, 5_000, 10_000, 1.00, None, "MetricKit"),
    ("Start 10m, lose 1m, end at 12m", 10_000_000, 3_000_000, 0, 1_000_000, 1.20, 0.90, "gaingrowretain.com, 10728"),
    ("Customer a 100 to 150, b 100 to 0", 200, 50, 0, 100, 0.75, 0.50, "Public test suite"),
)
_NOT_NEGATIVE = {
    "validate": "decimal",
    "criteria": ">=",
    "value": 0,
    "error_title": "Amount",
    "error_message": "Enter a number of at least 0: losses are positive here.",
}


def calculator_sheet(page: Page) -> None:
    """Four blocks; each result is one short formula over blue cells."""
    page.widths(A=2, B=40, C_J=13, K=44)
    page.title(
        "Calculator",
        "Type over the blue cells. Losses are positive here, as in the worksheet functions.",
    )
    page.formula("B3", "=StatusText", PASSED, "status")
    page.status("B3")
    page.sheet.set_h_pagebreaks([26])
    _flows(page)
    _customers(page)
    _worked(page, _over_time(page) + 3)


def _results_header(page: Page, row: int) -> None:
    headers = {"F": "Rate", "H": "Result", "I": "Formula"}
    for letter in "FGHIJK":
        page.put(f"{letter}{row}", headers.get(letter), "header_right" if letter == "H" else "header")


def _result(page: Page, row: int, name: str, cells: dict[str, str], value: float) -> None:
    metric = METRICS[name]
    words = {argument: argument.replace("_", " ") for argument in inspect.signature(metric.function).parameters}
    page.put(f"F{row}", metric.label, "label")
    page.put(f"G{row}", None, "label")
    role = {"rate": "rate", "amount": "money", "months": "count"}.get(metric.kind, "multiple")
    page.formula(f"H{row}", "=" + metric.excel.format(**cells), value, role)
    for letter in "IJK":
        page.put(f"{letter}{row}", metric.excel.format(**words) if letter == "I" else None, "formula_text")


def _flows(page: Page) -> None:
    first = 7
    page.section("The four numbers, and two more", first - 2, "B", "K")
    page.put(f"B{first - 1}", "Flow", "header")
    page.put(f"C{first - 1}", "Amount", "header_right")
    page.put(f"D{first - 1}", None, "header")
    _results_header(page, first - 1)
    cells, amounts = {}, {}
    for place, (name, (label, note, amount)) in enumerate(FLOWS.items()):
        row = first + place
        page.put(f"B{row}", f"{label}: {note[0].lower()}{note[1:]}", "label")
        page.put(f"C{row}", amount, "input_money")
        cells[name], amounts[name] = f"$C${row}", amount
    page.sheet.data_validation(f"C{first}:C{first + len(FLOWS) - 1}", _NOT_NEGATIVE)
    for place, name in enumerate(FLOW_RATES):
        function = METRICS[name].function
        chosen = {key: amounts[key] for key in inspect.signature(function).parameters}
        _result(page, first + place, name, cells, function(**chosen))
    start, gain, shrink, lost = (cells[name] for name in ("start", "expansion", "contraction", "churn"))
    sentence = (
        f'="NRR = ("&FIXED({start},0)&" + "&FIXED({gain},0)&" - "&FIXED({shrink},0)&" - "&FIXED({lost},0)&") / "'
        f'&FIXED({start},0)&" = "&FIXED(100*$H${first},1)&" %"'
    )
    shown = "NRR = (500,000 + 100,000 - 20,000 - 30,000) / 500,000 = 110.0 %"
    page.formula(f"F{first + len(FLOW_RATES)}", sentence, shown, "body_line")


def _customers(page: Page) -> None:
    first = 17
    last = first + len(OPENINGS) - 1
    page.section("From two columns of customers", first - 2, "B", "K")
    for letter, text in zip("BCD", ("Customer", "Opening", "Closing"), strict=True):
        page.put(f"{letter}{first - 1}", text, "header" if letter == "B" else "header_right")
    _results_header(page, first - 1)
    for place, (opening, closing) in enumerate(zip(OPENINGS, CLOSINGS, strict=True)):
        row = first + place
        page.put(f"B{row}", None if opening is None else f"Customer {chr(97 + place)}", "input_label")
        page.put(f"C{row}", opening, "input_money")
        page.put(f"D{row}", closing, "input_money")
    page.sheet.data_validation(f"C{first}:D{last}", _NOT_NEGATIVE)
    cells = {"opening": f"$C${first}:$C${last}", "closing": f"$D${first}:$D${last}"}
    columns = [[value or 0 for value in column] for column in (OPENINGS, CLOSINGS)]
    for place, name in enumerate(CUSTOMER_RATES):
        _result(page, first + place, name, cells, METRICS[name].function(*columns))
    page.put(
        f"F{first + len(CUSTOMER_RATES)}",
        "A customer without an opening amount is new and counts in none of them.",
        "note",
    )


def _over_time(page: Page) -> int:
    first = 29
    page.section("Over time", first - 2, "B", "K")
    page.put(f"B{first - 1}", "Input", "header")
    page.put(f"C{first - 1}", "Value", "header_right")
    page.put(f"D{first - 1}", None, "header")
    _results_header(page, first - 1)
    for place, rate in enumerate(MONTHLY):
        page.put(f"B{first + place}", f"NRR of month {place + 1}", "label")
        page.put(f"C{first + place}", rate, "input_rate")
    compound = METRICS["compound"].function
    _result(page, first, "compound", {"rates": f"$C${first}:$C${first + len(MONTHLY) - 1}"}, compound(MONTHLY))
    row = first + len(MONTHLY)
    for place, (name, inputs) in enumerate(SINGLES.items(), 1):
        cells = {}
        for argument, (label, value, role) in inputs.items():
            page.put(f"B{row}", label, "label")
            page.put(f"C{row}", value, role)
            cells[argument] = f"$C${row}"
            row += 1
        value = METRICS[name].function(**{argument: each[1] for argument, each in inputs.items()})
        _result(page, first + place, name, cells, value)
    page.sheet.data_validation(f"C{first}:C{row - 1}", _NOT_NEGATIVE)
    return row


def _worked(page: Page, first: int) -> None:
    page.section("Worked examples with published results", first - 2, "B", "K")
    headers = ("Case", "Start", "Expansion", "Contraction", "Churn", "NRR", "Published", "GRR", "Published", "Source")
    for letter, text in zip("BCDEFGHIJK", headers, strict=True):
        page.put(f"{letter}{first - 1}", text, "header" if letter in "BK" else "header_right")
    for place, (case, start, expansion, contraction, churn, net, gross, source) in enumerate(WORKED):
        row = first + place
        cells = {name: f"{letter}{row}" for name, letter in zip(FLOWS, "CDEF", strict=False)}
        page.put(f"B{row}", case, "label")
        for letter, amount in zip("CDEF", (start, expansion, contraction, churn), strict=True):
            page.put(f"{letter}{row}", amount, "input_money")
        nrr, grr = METRICS["nrr"], METRICS["grr"]
        page.formula(
            f"G{row}", "=" + nrr.excel.format(**cells), nrr.function(start, expansion, contraction, churn), "rate"
        )
        page.put(f"H{row}", net, "published")
        page.formula(f"I{row}", "=" + grr.excel.format(**cells), grr.function(start, contraction, churn), "rate")
        page.put(f"J{row}", gross, "published")
        page.put(f"K{row}", source, "label")
