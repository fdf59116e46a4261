"""The Reading guide sheet: what the rates mean, the questions that the figures raise, when to read which, and cases."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nrr_xl.metrics import annualise
from nrr_xl.retention import reading
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.bands import Band, bands, schemes
from nrr_xl.retention.figures import catalogue
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.pack import churn
from nrr_xl.workbook.sheets import segments
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.sheets.summary import AGO, Figures
from nrr_xl.workbook.texts import texts

WORDS = texts()["reading_guide"]
LABEL, VALUE, LIMIT, STATE, TEXT, SOURCE = range(6)
WIDTHS = (46, 11, 11, 14, 92, 40)
# To the right of the page the bands of each scheme: at most so many, with their limits, words and advice.
MOST_BANDS = 5
FLOORS = SOURCE + 2
LABELS, ADVICE = FLOORS + MOST_BANDS, FLOORS + 2 * MOST_BANDS
NO_YEAR = ADVICE + MOST_BANDS
# So many characters stand in a line of the label's, the text's and the source's column, so many points high.
LABELLED, LINE, SOURCED, HEIGHT = 50, 104, 52, 13
YEAR, AHEAD = 12, 5
# Empty lines for notes.
NOTES = 4


def known(analysis: Analysis) -> bool:
    """Whether there is a rate to read."""
    return analysis.bridge["opening"] > 0


def write(report: Report, customers: CustomersPlace, shown: Figures) -> None:
    """Fill the sheet and add its check."""
    page = report.open("reading")
    row = _bands(report, page, shown, HEAD_ROWS)
    row = _questions(report, page, customers, shown, row + 2)
    row = _when(report, page, shown, row + 2)
    for letter, source in reading.guide()["sources"].items():
        row += 1
        page.put(row, LABEL, WORDS["letter"].format(letter=letter, source=source), "note")
    read = row
    row = _valuation(report, page, shown, row + 2)
    row = _cases(report, page, customers, shown, row + 2)
    row = _outside(page, row + 2)
    page.columns(*WIDTHS)
    page.sheet.freeze_panes(HEAD_ROWS, 1)
    # What is published elsewhere is a page more, on the screen.
    page.sheet.print_area(0, 0, read if report.brief else row, SOURCE)
    if not report.live["customers"]:
        report.fixed.append(page.name)
    page.print_setup(report.footer)


def _heads(page: Page, row: int, section: str, heads: tuple[str, ...]) -> None:
    page.put(row, LABEL, WORDS[section], "header_left")
    for col, head in enumerate(heads, VALUE):
        left = col > STATE or (col == STATE and head != "points")
        page.put(row, col, WORDS[head] if head else None, "header_note" if left else "header")


def _tall(page: Page, row: int, text: int, source: int, label: int = 0) -> None:
    """A row as high as the longest of its texts needs, by their lengths."""
    lines = ((text, LINE), (source, SOURCED), (label, LABELLED))
    page.sheet.set_row(row, HEIGHT * max(1, *(math.ceil(length / line) for length, line in lines)) + 3)


def _bands(report: Report, page: Page, shown: Figures, row: int) -> int:
    """Each scheme's word for the rate and what it says of it; bands are of a year's rate."""
    _heads(page, row, "bands", ("value", "", "reads", "advice", "source"))
    year = report.analysis.months == YEAR
    for metric, scheme in (*(("nrr", name) for name in schemes("nrr")), *(("grr", name) for name in schemes("grr"))):
        row += 1
        found = [band for band in bands() if (band.metric, band.scheme) == (metric, scheme)]
        rate = report.analysis.rates[metric]
        held = next((band for band in found if band.holds(rate)), None)
        page.put(row, LABEL, WORDS["scheme"].format(rate=texts()["rates"][metric], scheme=scheme), "label_top")
        there = shown.cell(metric, sheet=shown.sheet)
        report.write(page, row, VALUE, there, rate, "customers", "link_top", "rate")
        page.put(row, LIMIT, None, "label")
        here = fx.cell(row, VALUE, "col")
        _limits(page, row, found)
        for col, first, text in ((STATE, LABELS, held and held.label), (TEXT, ADVICE, held and held.advice)):
            formula = fx.cell(row, first + len(found) - 1, "col")
            for at, band in reversed(list(enumerate(found[:-1]))):
                over = f"{here}{'>=' if band.inclusive else '>'}{fx.cell(row, FLOORS + at, 'col')}"
                formula = f"IF({over},{fx.cell(row, first + at, 'col')},{formula})"
            formula = f"IF(ISNUMBER({here}),IF({fx.MONTHS}={YEAR},{formula},{fx.cell(row, NO_YEAR, 'col')}),{fx.DASH})"
            said = (text if year else WORDS["not_a_year"]) if text else fx.UNDEFINED
            report.write(page, row, col, formula, said, "customers", "wrapped_indent", "general")
        page.put(row, SOURCE, found[0].source, "wrapped_note")
        _tall(page, row, max(len(band.advice) for band in found), len(found[0].source))
    return row


def _limits(page: Page, row: int, found: list[Band]) -> None:
    """The bands of a scheme in the workings: lower limits, words, advice; the lowest has no limit."""
    for at, band in enumerate(found):
        if math.isfinite(band.floor):
            page.put(row, FLOORS + at, band.floor, "input", "rate")
        page.put(row, LABELS + at, band.label, "note")
        page.put(row, ADVICE + at, band.advice, "note")
    page.put(row, NO_YEAR, WORDS["not_a_year"], "note")


def _questions(report: Report, page: Page, customers: CustomersPlace, shown: Figures, row: int) -> int:
    """Every question with its figure and its blue limit: asked while the figure is on the far side of the limit."""
    _heads(page, row, "questions", ("value", "limit", "asked", "question", "source"))
    formulas = _formulas(report, customers, shown)
    first = row + 1
    for row, record in enumerate(reading.asked(report.analysis), first):
        label = WORDS[record["asks"]].format(figure=record["figure"])
        page.put(row, LABEL, label, "wrapped")
        unit = catalogue()["parts"]["reading"].get(record["key"], "fraction")
        kind = "multiple" if unit == "multiple" else "rate"
        formula, factor = formulas[record["key"]], 1.0
        if unit.endswith("points on the sheet"):
            kind, factor = "plain_points", 100.0
            formula = f"IF(ISNUMBER({formula}),100*{formula},{fx.DASH})"
        report.write(page, row, VALUE, formula, factor * record["value"], "customers", "rate_top", kind)
        page.put(row, LIMIT, factor * record["limit"], "input_top", kind)
        value, limit = (fx.cell(row, col, "col") for col in (VALUE, LIMIT))
        beyond = f"{value}{'>' if record['asks'] == reading.ABOVE else '<'}{limit}"
        asked = f'IF(ISNUMBER({value}),IF({beyond},"{WORDS["yes"]}","{WORDS["no"]}"),{fx.DASH})'
        unknown = record["value"] != record["value"]
        state = fx.UNDEFINED if unknown else WORDS["yes" if record["asked"] else "no"]
        report.write(page, row, STATE, asked, state, "customers", "wrapped_indent", "general")
        page.put(row, TEXT, record["question"], "wrapped_indent")
        page.put(row, SOURCE, record["source"], "wrapped_note")
        _tall(page, row, len(record["question"]), len(record["source"]), len(label))
    page.sheet.conditional_format(
        *(first, STATE, row, STATE),
        {"type": "cell", "criteria": "==", "value": f'"{WORDS["yes"]}"', "format": report.book.condition("warn")},
    )
    return row


def _formulas(report: Report, customers: CustomersPlace, shown: Figures) -> Mapping[str, str]:
    """The figure of each question as a formula over the Summary, the Customers and the Segments."""

    def at(line: str, col: int | None = None) -> str:
        return shown.cell(line, sheet=shown.sheet) if col is None else shown.cell(line, col, shown.sheet)

    nrr, grr = at("nrr"), at("grr")
    closing, stake = customers.of("closing"), customers.of("stake")
    lost = f"({at('churn')}+{at('contraction')})"
    early = churn.of_band(report, customers, 0, "opening")
    best = segments.first_table(report)
    spread = fx.DASH
    if best is not None:
        spread = f"IF(COUNT({best[2]})>1,MAX({best[2]})-MIN({best[2]}),{fx.DASH})"
    without = fx.DASH
    if "nrr_without_top_1" in report.analysis.concentration:
        cell = fx.cell(HEAD_ROWS + 1, 2, "row col", report.sheets["movers"])
        without = f"IF(AND(ISNUMBER({cell}),ISNUMBER({nrr})),ABS({cell}-{nrr}),{fx.DASH})"
    new = f"{at('new')}/{at('expansion')}"
    return {
        "early_churn": f"IF(N({at('churn')})=0,{fx.DASH},{early}/-{at('churn')})",
        "masked_churn": f"IF(N({nrr})>=1,{grr},{fx.DASH})",
        "stagnation": fx.rate_of("expansion_rate", at),
        "one_customer": without,
        "one_segment": spread,
        "at_risk": f"IF(SUM({closing})=0,{fx.DASH},SUM({stake})/SUM({closing}))",
        "small_leave": f"IF(ISNUMBER({grr}),{grr}-{at('logo_retention')},{fx.DASH})",
        "downgrades": f"IF({lost}=0,{fx.DASH},{at('contraction')}/{lost})",
        "new_business": f"IF(AND(ISNUMBER({nrr}),N({nrr})<1,{at('expansion')}>0),{new},{fx.DASH})",
        "falling": f"IF(AND(ISNUMBER({nrr}),ISNUMBER({at('nrr', AGO)})),{at('nrr', AGO)}-{nrr},{fx.DASH})",
    }


def _when(report: Report, page: Page, shown: Figures, row: int) -> int:
    """When to look at which rate, with the rate beside it."""
    _heads(page, row, "when", ("value", "", "", "when_text", "source"))
    rates = {"nrr": "nrr", "grr": "grr", "logo": "logo_retention"}
    for key, entry in reading.guide()["when"].items():
        row += 1
        page.put(row, LABEL, entry["use"], "label_top")
        there = shown.cell(rates[key], sheet=shown.sheet)
        value = report.analysis.rates[rates[key]]
        report.write(page, row, VALUE, there, value, "customers", "link_top", "rate")
        page.put(row, TEXT, entry["text"], "wrapped_indent")
        page.put(row, SOURCE, entry["source"], "wrapped_note")
        _tall(page, row, len(entry["text"]), len(entry["source"]))
    return row


def _valuation(report: Report, page: Page, shown: Figures, row: int) -> int:
    """What high retention does to a valuation: what is said of it, and what the rate makes of today's customers."""
    _heads(page, row, "valuation", ("value", "", "", "valued", "source"))
    for entry in reading.guide()["valuation"].values():
        row += 1
        page.put(row, LABEL, WORDS["said"], "label_top")
        page.put(row, TEXT, entry["text"], "wrapped_indent")
        page.put(row, SOURCE, entry["source"], "wrapped_note")
        _tall(page, row, len(entry["text"]), len(entry["source"]))
    rate = shown.cell("nrr", sheet=shown.sheet)
    yearly = f"(MAX({rate},0)^({YEAR}/{fx.MONTHS}))"
    value = annualise(max(report.analysis.rates["nrr"], 0.0), report.analysis.months)
    for key, more in (("five_years", 0.0), ("five_years_more", 0.1)):
        row += 1
        page.put(row, LABEL, WORDS[key], "label_top")
        formula = f"IF(ISNUMBER({rate}),({yearly}+{more!r})^{AHEAD},{fx.DASH})"
        report.write(page, row, VALUE, formula, (value + more) ** AHEAD, "customers", "rate_top", "multiple")
        page.put(row, TEXT, WORDS[f"{key}_how"], "wrapped_indent")
        page.put(row, SOURCE, WORDS["arithmetic"], "wrapped_note")
    return row


def _cases(report: Report, page: Page, customers: CustomersPlace, shown: Figures, row: int) -> int:
    """The sources' own cases, and what this company's figures are or would be beside each."""
    _heads(page, row, "cases", ("published", "here", "points", "case", "source"))
    for key, entry in reading.guide()["cases"].items():
        row += 1
        page.put(row, LABEL, WORDS["would" if key in ("churn_cut", "saved") else "is"], "label_top")
        page.put(row, VALUE, entry["value"], "input_top", "rate")
        published, here = (fx.cell(row, col, "row col") for col in (VALUE, LIMIT))
        formula, value = _case(report, customers, shown, key, published, entry)
        report.write(page, row, LIMIT, formula, value, "customers", "rate_top", "rate")
        other = shown.cell("nrr", sheet=shown.sheet) if key in ("churn_cut", "saved") else published
        than = report.analysis.rates["nrr"] if key in ("churn_cut", "saved") else entry["value"]
        points = f"IF(AND(ISNUMBER({here}),ISNUMBER({other})),100*({here}-{other}),{fx.DASH})"
        report.write(page, row, STATE, points, 100 * (value - than), "customers", "rate_top", "plain_points")
        page.put(row, TEXT, entry["text"], "wrapped_indent")
        page.put(row, SOURCE, entry["source"], "wrapped_note")
    return row


def _outside(page: Page, row: int) -> int:
    """Blue lines for what no figure knows, such as a new competitor or a price list, each with its period."""
    _heads(page, row, "outside", ("", "", "", "outside_note", ""))
    for at in range(row + 1, row + 1 + NOTES):
        page.put(at, LABEL, "", "setting")
        page.put(at, TEXT, "", "setting")
    return row + NOTES


def _case(
    report: Report, customers: CustomersPlace, shown: Figures, key: str, share: str, entry: Mapping[str, Any]
) -> tuple[str, float]:
    """NRR as it is, or as it would be had churn been cut or the accounts at risk been saved."""
    rates, line = report.analysis.rates, report.analysis.bridge
    nrr = shown.cell("nrr", sheet=shown.sheet)
    if key not in ("churn_cut", "saved"):
        return nrr, rates["nrr"]
    churned = f"-{shown.cell('churn', sheet=shown.sheet)}/{shown.cell('opening', sheet=shown.sheet)}"
    if key == "churn_cut":
        return f"IF(ISNUMBER({nrr}),{nrr}+{share}*{churned},{fx.DASH})", rates["nrr"] + entry["value"] * rates[
            "churn_rate"
        ]
    risk = f"SUM({customers.of('stake')})/SUM({customers.of('closing')})"
    at_risk = report.analysis.lever_base.at_risk / line["closing"] if line["closing"] else float("nan")
    gained = entry["value"] * min(at_risk, rates["churn_rate"]) if at_risk == at_risk else float("nan")
    known_risk = f"AND(ISNUMBER({nrr}),SUM({customers.of('closing')})>0)"
    return f"IF({known_risk},{nrr}+{share}*MIN({risk},{churned}),{fx.DASH})", rates["nrr"] + gained
