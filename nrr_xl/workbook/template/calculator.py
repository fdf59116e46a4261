"""The template's Calculator: every rate of the catalogue on numbers typed in, its formula, and worked examples."""

from __future__ import annotations

import inspect

from nrr_xl.metrics import METRICS
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.texts import texts

WORDS, LABELS = texts()["calculator"], texts()["calculator_inputs"]

# Inputs of the flow rates: domain's first worked example, with something new beside it.
FLOWS = {
    "start": 500_000,
    "expansion": 100_000,
    "contraction": 20_000,
    "churn": 30_000,
    "new": 75_000,
    "reactivation": 5_000,
}
FLOW_RATES = ("nrr", "grr", "expansion_rate", "contraction_rate", "churn_rate", "quick_ratio")
OPENINGS = (100, 100, 250, 80, 40, 0, None, None)
CLOSINGS = (150, 0, 250, 60, 44, 70, None, None)
CUSTOMER_RATES = ("nrr_cohort", "grr_cohort", "logo_retention")
MONTHLY = (1.02, 0.99, 1.01, 1.0, 1.015, 0.985, 1.02, 1.0, 1.01, 0.995, 1.005, 1.01)
SINGLES: dict[str, dict[str, tuple[float, str]]] = {
    "annualise": {
        "rate": (0.99, "input_rate"),
        "months": (1, "input_count"),
    },
    "annual_churn": {"monthly": (0.02, "input_rate")},
    "ltv": {
        "amount_per_customer": (100, "input_money"),
        "gross_margin": (0.8, "input_rate"),
        "churn_rate": (0.02, "input_rate"),
    },
    "cac": {
        "cost": (60_000, "input_money"),
        "new_customers": (12, "input_count"),
    },
    "cac_payback": {
        "cost_per_customer": (5000, "input_money"),
        "monthly_amount": (500, "input_money"),
        "gross_margin": (0.8, "input_rate"),
    },
    "ltv_to_cac": {
        "lifetime_value": (15_000, "input_money"),
        "cost_per_customer": (5000, "input_money"),
    },
    "magic_number": {
        "opening": (4_000_000, "input_money"),
        "closing": (4_600_000, "input_money"),
        "cost": (500_000, "input_money"),
    },
    "burn_multiple": {
        "burn": (900_000, "input_money"),
        "opening": (4_000_000, "input_money"),
        "closing": (4_600_000, "input_money"),
    },
    "renewal_rate": {
        "renewed": (200_000, "input_money"),
        "available": (250_000, "input_money"),
    },
}
# Start, expansion, contraction, churn, and the published NRR and GRR (None where none is given), by the case's key.
WORKED = {
    "flows": (500_000, 100_000, 20_000, 30_000, 1.10, None),
    "flows_too": (1_000_000, 200_000, 50_000, 100_000, 1.05, None),
    "without": (500_000, 100_000, 0, 30_000, 1.14, None),
    "equal": (100, 10, 10, 10, 0.90, 0.80),
    "balanced": (100_000, 15_000, 5_000, 10_000, 1.00, None),
    "grown": (10_000_000, 3_000_000, 0, 1_000_000, 1.20, 0.90),
    "two": (200, 50, 0, 100, 0.75, 0.50),
}
_NOT_NEGATIVE = {"validate": "decimal", "criteria": ">=", "value": 0}


def calculator_sheet(page: Page) -> None:
    """Four blocks; each result is one short formula over blue cells."""
    page.widths(A=2, B=40, C_J=13, K=44)
    page.title(WORDS["title"], WORDS["subtitle"])
    page.status("B3")
    page.sheet.set_h_pagebreaks([26])
    _flows(page)
    _customers(page)
    _worked(page, _over_time(page) + 3)


def _results_header(page: Page, row: int) -> None:
    headers = {"F": WORDS["rate"], "H": WORDS["result"], "I": WORDS["formula"]}
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
    page.section(WORDS["flows"], first - 2, "B", "K")
    page.put(f"B{first - 1}", WORDS["flow"], "header")
    page.put(f"C{first - 1}", WORDS["amount"], "header_right")
    page.put(f"D{first - 1}", None, "header")
    _results_header(page, first - 1)
    cells, amounts = {}, {}
    for place, (name, amount) in enumerate(FLOWS.items()):
        row = first + place
        page.put(f"B{row}", texts()["calculator_flows"][name], "label")
        page.put(f"C{row}", amount, "input_money")
        cells[name], amounts[name] = f"$C${row}", amount
    _refuse(page, f"C{first}:C{first + len(FLOWS) - 1}")
    for place, name in enumerate(FLOW_RATES):
        function = METRICS[name].function
        chosen = {key: amounts[key] for key in inspect.signature(function).parameters}
        _result(page, first + place, name, cells, function(**chosen))
    start, gain, shrink, lost = (cells[name] for name in ("start", "expansion", "contraction", "churn"))
    flows = {"start": start, "expansion": gain, "contraction": shrink, "churn": lost}
    said: dict[str, fx.Said | str] = {
        key: (f"FIXED({cell},0)", fx.fixed(amounts[key], 0)) for key, cell in flows.items()
    }
    net = METRICS["nrr"].function(*(amounts[key] for key in flows))
    said["nrr"] = (f"FIXED(100*$H${first},1)", fx.fixed(100 * net, 1))
    sentence, shown = fx.told(WORDS["sentence"], said)
    page.formula(f"F{first + len(FLOW_RATES)}", f"={sentence}", shown, "body_line")


def _customers(page: Page) -> None:
    first = 17
    last = first + len(OPENINGS) - 1
    page.section(WORDS["customers"], first - 2, "B", "K")
    for letter, text in zip("BCD", (WORDS["customer"], WORDS["opening"], WORDS["closing"]), strict=True):
        page.put(f"{letter}{first - 1}", text, "header" if letter == "B" else "header_right")
    _results_header(page, first - 1)
    for place, (opening, closing) in enumerate(zip(OPENINGS, CLOSINGS, strict=True)):
        row = first + place
        page.put(f"B{row}", None if opening is None else WORDS["named"].format(letter=chr(97 + place)), "input_label")
        page.put(f"C{row}", opening, "input_money")
        page.put(f"D{row}", closing, "input_money")
    _refuse(page, f"C{first}:D{last}")
    cells = {"opening": f"$C${first}:$C${last}", "closing": f"$D${first}:$D${last}"}
    columns = [[value or 0 for value in column] for column in (OPENINGS, CLOSINGS)]
    for place, name in enumerate(CUSTOMER_RATES):
        _result(page, first + place, name, cells, METRICS[name].function(*columns))
    page.put(
        f"F{first + len(CUSTOMER_RATES)}",
        WORDS["new"],
        "note",
    )


def _over_time(page: Page) -> int:
    first = 29
    page.section(WORDS["over_time"], first - 2, "B", "K")
    page.put(f"B{first - 1}", WORDS["input"], "header")
    page.put(f"C{first - 1}", WORDS["value"], "header_right")
    page.put(f"D{first - 1}", None, "header")
    _results_header(page, first - 1)
    for place, rate in enumerate(MONTHLY):
        page.put(f"B{first + place}", WORDS["of_month"].format(month=place + 1), "label")
        page.put(f"C{first + place}", rate, "input_rate")
    compound = METRICS["compound"].function
    _result(page, first, "compound", {"rates": f"$C${first}:$C${first + len(MONTHLY) - 1}"}, compound(MONTHLY))
    row = first + len(MONTHLY)
    for place, (name, inputs) in enumerate(SINGLES.items(), 1):
        cells = {}
        for argument, (value, role) in inputs.items():
            page.put(f"B{row}", LABELS[argument], "label")
            page.put(f"C{row}", value, role)
            cells[argument] = f"$C${row}"
            row += 1
        value = METRICS[name].function(**{argument: each[0] for argument, each in inputs.items()})
        _result(page, first + place, name, cells, value)
    _refuse(page, f"C{first}:C{row - 1}")
    return row


def _worked(page: Page, first: int) -> None:
    page.section(WORDS["worked"], first - 2, "B", "K")
    headers = list(texts()["worked_columns"].values())
    for letter, text in zip("BCDEFGHIJK", headers, strict=True):
        page.put(f"{letter}{first - 1}", text, "header" if letter in "BK" else "header_right")
    cases, sources = texts()["worked_cases"], texts()["worked_sources"]
    for place, (key, (start, expansion, contraction, churn, net, gross)) in enumerate(WORKED.items()):
        case, source = cases[key], sources[key]
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


def _refuse(page: Page, area: str) -> None:
    page.refuse(area, _NOT_NEGATIVE, WORDS["amount"], WORDS["refusal"])
