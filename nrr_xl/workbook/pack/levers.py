"""The Levers sheet: what NRR and the amount ahead become if churn falls, accounts are saved, expansion rises."""

from __future__ import annotations

import math
from collections.abc import Mapping

from xlsxwriter.utility import quote_sheetname

from nrr_xl.metrics import annualise
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.diligence import annual_factor
from nrr_xl.retention.levers import STARTS, TARGET, scenario
from nrr_xl.retention.outlook import YEARS
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.pack.annual import annual_name
from nrr_xl.workbook.sheets import segments
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.texts import texts

WORDS = texts()["levers"]
LABEL, VALUE, EFFECT, NOTE = 0, 1, 2, 3


def known(analysis: Analysis) -> bool:
    """Whether there is a rate to work on."""
    return analysis.bridge["opening"] > 0 and analysis.bridge["closing"] > 0


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its checks."""
    analysis, line = report.analysis, report.analysis.bridge
    page = report.open("levers")
    at_risk = analysis.lever_base.at_risk
    shares = {key: line[key] / line["opening"] for key in ("expansion", "contraction", "churn")}
    shares["risk"] = at_risk / line["closing"]
    found = scenario(analysis.lever_base, STARTS)
    row = HEAD_ROWS
    page.row(row, LABEL, [WORDS["today"]], "header_left")
    page.row(row, VALUE, [WORDS["amount"], WORDS["share"]], "header")
    base: dict[str, str] = {}
    for key in ("opening", "expansion", "contraction", "churn", "closing"):
        row += 1
        sign = -1 if key in ("contraction", "churn") else 1
        page.put(row, LABEL, texts()["lines"][key], "label")
        report.write(page, row, VALUE, _figure(report, key), sign * line[key], "customers", "link", "amount")
        base[key] = fx.cell(row, VALUE, "row col")
        if key in shares:
            formula = fx.rate(base["opening"], f"{'-' if sign < 0 else ''}{base[key]}/{base['opening']}")
            report.write(page, row, EFFECT, formula, shares[key], "customers", "rate", "rate")
            base[key] = fx.cell(row, EFFECT, "row col")
    row += 1
    page.put(row, LABEL, WORDS["at_risk"], "label")
    report.write(page, row, VALUE, f"SUM({customers.of('stake')})", at_risk, "customers", "link", "amount")
    formula = fx.rate(base["closing"], f"{fx.cell(row, VALUE)}/{base['closing']}")
    report.write(page, row, EFFECT, formula, shares["risk"], "customers", "rate", "rate")
    base["risk"] = fx.cell(row, EFFECT, "row col")
    row = _levers(report, page, row + 2, base, found)
    rates = _rates(report, page, row + 2, base, found)
    row = _ahead(report, page, row + 6, base, rates, found)
    _target(report, page, row + 2, base, rates, shares)
    page.columns(66, 16, 16, 16, 50)
    page.sheet.freeze_panes(HEAD_ROWS, 1)
    page.sheet.print_area(0, 0, row + 9, NOTE + 1)
    page.print_setup(report.footer, one_page=True)


def _figure(report: Report, line: str) -> str:
    return report.figures[report.window_label, line]


def _levers(report: Report, page: Page, row: int, base: dict[str, str], found: Mapping[str, float]) -> int:
    """The blue cells, and the points of NRR that each adds; returns the last lever's row."""
    page.put(row, LABEL, WORDS["levers"], "header_left")
    page.row(row, VALUE, [WORDS["input"], WORDS["points"]], "header")
    page.row(row, NOTE, [WORDS["how"], None], "header_note")
    for key, start in STARTS.items():
        row += 1
        page.put(row, LABEL, WORDS[key], "label")
        page.put(row, VALUE, start, "input", "rate")
        base[f"lever_{key}"] = fx.cell(row, VALUE, "row col")
        page.put(row, NOTE, WORDS[f"{key}_how"], "note_indent")
    first = row - len(STARTS) + 1
    of_segment = _segment(report, page, row + 1, base)
    churn, saved, contraction, expansion = (base[f"lever_{key}"] for key in STARTS)
    formulas = {
        "churn": f"{base['churn']}*{churn}",
        "saved": f"{saved}*MIN({base['risk']},{base['churn']}*(1-{churn}))",
        "contraction": f"{base['contraction']}*{contraction}",
        "expansion": f"{base['expansion']}*{expansion}{of_segment}",
    }
    for at, (key, formula) in enumerate(formulas.items(), first):
        value = 100 * found[key]
        report.write(page, at, EFFECT, f"100*({formula})", value, "customers", "formula", "plain_points")
        base[f"points_{key}"] = fx.cell(at, EFFECT, "row col")
    page.sheet.data_validation(
        first,
        VALUE,
        row,
        VALUE,
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -1,
            "maximum": 1,
            "error_title": WORDS["refused"],
            "error_message": WORDS["refusal"],
        },
    )
    return row + bool(of_segment)


def _segment(report: Report, page: Page, row: int, base: dict[str, str]) -> str:
    """The value of the first segment whose expansion rises, or all; what the rise is multiplied by, "" without one."""
    found = segments.first_lines(report)
    if found is None:
        return ""
    name, labels, expansion = found
    page.put(row, LABEL, WORDS["segment"].format(segment=name), "label")
    page.put(row, VALUE, WORDS["all"], "input", "general")
    chosen = fx.cell(row, VALUE, "row col")
    page.put(row, NOTE, WORDS["segment_how"].format(all=WORDS["all"]), "note_indent")
    page.sheet.data_validation(*(row, VALUE) * 2, {"validate": "list", "source": "=" + labels, "show_error": False})
    # A name that no value has is #N/A, which nobody takes for a rate.
    total = _figure(report, "expansion")
    share = f'IF({chosen}="{WORDS["all"]}",1,IF({total}=0,0,INDEX({expansion},MATCH({chosen},{labels},0))/{total}))'
    report.write(page, row, EFFECT, share, 1.0, "customers", "rate", "rate")
    base["segment_share"] = fx.cell(row, EFFECT, "row col")
    return f"*{base['segment_share']}"


def _rates(
    report: Report, page: Page, row: int, base: dict[str, str], found: Mapping[str, float]
) -> dict[str, tuple[str, str]]:
    """NRR and GRR today and with the levers; returns both cells of each."""
    names, rates = texts()["rates"], report.analysis.rates
    page.put(row, LABEL, WORDS["rates"], "header_left")
    page.row(row, VALUE, [WORDS["today"], WORDS["then"]], "header")
    points = "+".join(base[f"points_{key}"] for key in STARTS)
    then = {
        "nrr": f"+({points})/100",
        "grr": f"+({points}-{base['points_expansion']})/100",
    }
    cells: dict[str, tuple[str, str]] = {}
    for key, added in then.items():
        row += 1
        page.put(row, LABEL, names[key], "label")
        report.write(page, row, VALUE, _figure(report, key), rates[key], "customers", "link", "rate")
        here = fx.cell(row, VALUE, "row col")
        formula = f"IF(ISNUMBER({here}),{here}{added},{fx.DASH})"
        report.write(page, row, EFFECT, formula, found[key], "customers", "rate", "rate")
        cells[key] = here, fx.cell(row, EFFECT, "row col")
    # By the lines, as the Checks sheet refers to them: what is left of each once its lever has been pulled.
    sheet = quote_sheetname(page.name)
    there = {name: f"{sheet}!{address}" for name, address in base.items()}
    left = f"{there['churn']}*(1-{there['lever_churn']})"
    lost = f"{left}-{there['lever_saved']}*MIN({there['risk']},{left})"
    kept = f"1-({lost})-{there['contraction']}*(1-{there['lever_contraction']})"
    rise = "*".join(there[name] for name in ("lever_expansion", "segment_share") if name in there)
    grown = f"{there['expansion']}*(1+{rise})"
    for key, formula in (("nrr", f"{kept}+{grown}"), ("grr", kept)):
        name = WORDS["check"].format(rate=names[key])
        report.check(name, f"({sheet}!{cells[key][1]}-({formula}))*{there['opening']}")
    return cells


def _ahead(
    report: Report,
    page: Page,
    row: int,
    base: Mapping[str, str],
    rates: Mapping[str, tuple[str, str]],
    found: Mapping[str, float],
) -> int:
    """The present customers' amount in one, two and three years, and what one point more is worth."""
    analysis = report.analysis
    factor = annual_factor(analysis.cube)
    name = annual_name(analysis.cube)
    page.put(row, LABEL, WORDS["ahead"].format(name=name), "header_left")
    page.row(row, VALUE, [WORDS["today"], WORDS["then"]], "header")
    page.put(row, NOTE, WORDS["difference"], "header")
    power = f"(12/{fx.MONTHS})"
    closing = factor * analysis.bridge["closing"]
    yearly = [annualise(max(value, 0.0), analysis.months) for value in (analysis.rates["nrr"], found["nrr"])]
    for years in YEARS:
        row += 1
        page.put(row, LABEL, WORDS["in_months"].format(months=12 * years), "label")
        for col, rate, value in zip((VALUE, EFFECT), rates["nrr"], yearly, strict=True):
            formula = f"{factor:g}*{base['closing']}*MAX({rate},0)^({years}*{power})"
            report.write(page, row, col, formula, closing * value**years, "customers", "formula", "amount")
        gap = f"{fx.cell(row, EFFECT)}-{fx.cell(row, VALUE)}"
        gained = closing * (yearly[1] ** years - yearly[0] ** years)
        report.write(page, row, NOTE, gap, gained, "customers", "formula", "amount")
    row += 2
    page.put(row, LABEL, WORDS["point"], "header_left")
    page.row(row, VALUE, [WORDS["worth"], None], "header")
    for years in YEARS:
        row += 1
        page.put(row, LABEL, WORDS["in_months"].format(months=12 * years), "label")
        now = f"MAX({rates['nrr'][0]},0)^{power}"
        formula = f"{factor:g}*{base['closing']}*(({now}+0.01)^{years}-({now})^{years})"
        worth = closing * ((yearly[0] + 0.01) ** years - yearly[0] ** years)
        report.write(page, row, VALUE, formula, worth, "customers", "formula", "amount")
    return row


def _target(
    report: Report,
    page: Page,
    row: int,
    base: Mapping[str, str],
    rates: Mapping[str, tuple[str, str]],
    shares: Mapping[str, float],
) -> None:
    """The way to a target: what each lever alone would have to do."""
    page.put(row, LABEL, WORDS["way"], "header_left")
    page.row(row, VALUE, [WORDS["input"], None], "header")
    row += 1
    page.put(row, LABEL, WORDS["target"], "label")
    page.put(row, VALUE, TARGET, "input", "rate")
    target = fx.cell(row, VALUE, "row col")
    missing = TARGET - report.analysis.rates["nrr"]
    row += 1
    page.put(row, LABEL, WORDS["missing"], "label")
    gap = f"({target}-{rates['nrr'][0]})"
    report.write(page, row, VALUE, f"100*{gap}", 100 * missing, "customers", "formula", "plain_points")
    row += 1
    page.put(row, LABEL, WORDS["in_money"], "label")
    formula = f"{gap}*{base['opening']}"
    report.write(page, row, VALUE, formula, missing * report.analysis.bridge["opening"], "customers")
    # Losses can fall by all of them and no more; expansion has no such end.
    for key, most in (("churn", 1.0), ("contraction", 1.0), ("expansion", math.inf)):
        row += 1
        page.put(row, LABEL, WORDS[f"{key}_alone"], "label")
        share = shares[key]
        needed = missing / share if share else math.inf
        alone = f"{gap}/{base[key]}"
        reach = f'IF({gap}>{base[key]},"{WORDS["not_alone"]}",{alone})' if most == 1 else alone
        formula = f'IF({gap}<=0,"{WORDS["reached"]}",IF({base[key]}=0,{fx.DASH},{reach}))'
        value: float | str = WORDS["reached"] if missing <= 0 else needed
        if missing > 0:
            value = fx.UNDEFINED if not share else WORDS["not_alone"] if needed > most else needed
        report.write(page, row, VALUE, formula, value, "customers", "rate", "rate")
        page.put(row, NOTE, WORDS[f"{key}_limit"], "note_indent")
