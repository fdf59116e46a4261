"""The template's Settings: its inputs, what follows from them, where the amounts went, and the checks of the rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from nrr_xl.periods import year_month
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.example import marks
from nrr_xl.workbook.template.layout import EARLIEST, LATEST, PERIODS, REVENUE, Layout
from nrr_xl.workbook.template.notices import HEADERS, notices_block
from nrr_xl.workbook.template.page import Page, serial
from nrr_xl.workbook.template.values import Values
from nrr_xl.workbook.texts import texts

WORDS = texts()["settings_sheet"]
REFUSALS = texts()["template_refusals"]


def settings_sheet(page: Page, layout: Layout, values: Values, active: str) -> None:
    """Inputs in blue, what follows from them, where the rows' amounts went, and the checks of the rows.

    `active` is the formula of how many customers have an amount at a position, {at}.
    """
    page.widths(A=2, B=44, C=18, D=16, E=70)
    page.title(WORDS["title"], WORDS["subtitle"])
    page.status("B3")
    page.sheet.freeze_panes(3, 0)
    page.sheet.set_h_pagebreaks([at.CHECKS_FIRST - 3])
    _inputs(page, values)
    _results(page, layout, values)
    _account(page, values)
    _checks(page, layout, values)
    notices_block(page, values, active)


def _block(page: Page, row: int, title: str, heads: tuple[str, ...]) -> None:
    page.section(WORDS[title], row, "B", "E")
    for letter, key in zip("BCDE", heads, strict=True):
        page.put(f"{letter}{row + 1}", WORDS[key] if key else "", HEADERS[letter])


def _inputs(page: Page, values: Values) -> None:
    row, notes = at.SETTING_ROWS, texts()["template_input_notes"]
    _block(page, 4, "inputs", ("setting", "value", "", "does"))
    given = {
        "Company": (values.company or None, "input_text"),
        "Currency": (values.currency or None, "input_text"),
        "Unit": (values.unit, "input_text"),
        "ClosingWanted": (values.closing_day, "input_month"),
        "WindowMonths": (values.window, "input_count"),
    }
    for name, text in texts()["template_inputs"].items():
        value, role = given[name]
        page.put(f"B{row[name]}", text, "label")
        page.put(f"C{row[name]}", value, role)
        page.put(f"D{row[name]}", None, "label")
        page.put(f"E{row[name]}", notes[name].format(longest=at.LONGEST_WINDOW), "note")
    rules: dict[str, dict[str, Any]] = {
        "Unit": {"validate": "list", "source": ["MRR", "ARR"]},
        "ClosingWanted": {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST},
        "WindowMonths": {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": at.LONGEST_WINDOW},
    }
    for name, rule in rules.items():
        told = REFUSALS[name].format(longest=at.LONGEST_WINDOW)
        page.refuse(f"C{row[name]}", rule, texts()["template_inputs"][name], told)


def _results(page: Page, layout: Layout, values: Values) -> None:
    row, notes = at.SETTING_ROWS, texts()["template_result_notes"]
    _block(page, 12, "results", ("result", "number", "month", "found"))
    used = "COUNTIF(RowStatus,1)"
    first = f"IF({used}=0,0,SMALL(RowMonths,COUNTIF(RowMonths,0)+1))"
    wanted = "IF(ISNUMBER(ClosingWanted),12*YEAR(ClosingWanted)+MONTH(ClosingWanted)-1,LastNumber)"
    begins = f"MAX(12*INT(FirstNumber/12),12*INT(ClosingNumber/12)-{PERIODS - 12})"
    lines = {
        "FirstNumber": (first, values.first_number),
        "LastNumber": ("MAX(RowMonths)", int(values.months.max())),
        "ClosingNumber": (wanted, values.closing_number),
        "OpeningNumber": ("ClosingNumber-WindowMonths", values.opening_number),
        "CubeNumber": (f"IF(RowsUsed=0,NA(),{begins})", values.cube_number),
        "RowsUsed": (used, len(values.rows)),
        "CustomersFound": ("MAX(RowCustomers)", values.customers),
    }
    room = {"rows": f"{layout.rows:,}", "customers": f"{layout.customers:,}", "years": PERIODS // 12}
    for name, text in texts()["template_results"].items():
        formula, value = lines[name]
        here, month = row[name], name.endswith("Number")
        page.put(f"B{here}", text, "label")
        page.formula(f"C{here}", f"={formula}", value, "text" if month else "count")
        page.put(f"E{here}", notes[name].format(**room), "note")
        if not month:
            page.put(f"D{here}", None, "label")
            continue
        year, number = year_month(value)
        shown = f'=IF(C{here}>0,DATE(INT(C{here}/12),MOD(C{here},12)+1,1),"")'
        page.formula(f"D{here}", shown, serial(dt.date(year, number, 1)), "month")


def _account(page: Page, values: Values) -> None:
    row, notes = at.SETTING_ROWS, texts()["template_amount_notes"]
    _block(page, 22, "account", ("amounts", "total", "", "what"))
    end = f"CubeNumber+{PERIODS - 1}"
    inside = f'RowMonths,">="&CubeNumber,RowMonths,"<="&{end}'
    total, early = float(values.amounts.sum()), float(values.amounts[values.months < values.cube_number].sum())
    late = float(values.amounts[values.months >= values.cube_number + PERIODS].sum())
    lines = {
        "AmountsGiven": (f"SUM({REVENUE}!$C:$C)", total),
        "AmountsInCube": (f'SUMIFS(RowTotals,RowTotals,">0",{inside})', total - early - late),
        "AmountsNegative": (f'SUMIFS(RowTotals,RowTotals,"<0",{inside})', 0.0),
        "AmountsEarlier": ('SUMIFS(RowAmounts,RowStatus,1,RowMonths,"<"&CubeNumber)', early),
        "AmountsLater": (f'SUMIFS(RowAmounts,RowStatus,1,RowMonths,">"&{end})', late),
        "AmountsOpen": ("AmountsGiven-SUM(AmountsInCube,AmountsNegative,AmountsEarlier,AmountsLater)", 0.0),
    }
    for name, text in texts()["template_amounts"].items():
        label, money = ("label_total", "money_total") if name == "AmountsOpen" else ("label", "money")
        formula, value = lines[name]
        page.put(f"B{row[name]}", text, label)
        page.formula(f"C{row[name]}", f"={formula}", value, money)
        page.put(f"D{row[name]}", None, label)
        page.put(f"E{row[name]}", notes[name], "note")


def _checks(page: Page, layout: Layout, values: Values) -> None:
    """What must hold before anything is shown: each line is 0, or says what to do."""
    first, row = at.CHECKS_FIRST, at.SETTING_ROWS
    _block(page, first - 2, "checks", ("check", "must", "failed", "otherwise"))
    column = f"{REVENUE}!$A:$A"
    beyond = f"INDEX({column},HeaderRow+ROWS(RowStatus)+1):INDEX({column},ROWS({column}))"
    bad = 'IF(COUNTIF(RowStatus,2)=0,"",HeaderRow+MATCH(2,RowStatus,0))'
    whole = f"WindowMonths>=1,WindowMonths<={at.LONGEST_WINDOW},WindowMonths=INT(WindowMonths)"
    dated = "OR(ISNUMBER(ClosingWanted),ISBLANK(ClosingWanted))"
    # The example alone may stand there; of any other rows none may be its own.
    alone = f"AND(ExampleRows={len(marks())},RowsUsed={values.example_rows})"
    formulas = {
        "rows": "IF(RowsUsed+COUNTIF(RowStatus,2)=0,1,0)",
        "unusable": "COUNTIF(RowStatus,2)",
        "many_rows": f"COUNTA({beyond})",
        "many_customers": f"MAX(0,CustomersFound-{layout.customers})",
        "window": f"IF(ISNUMBER(WindowMonths),IF(AND({whole}),0,1),1)",
        "closing": f"IF(AND({dated},ClosingNumber<=LastNumber,ClosingNumber>=FirstNumber),0,1)",
        "opening": "IF(ISNUMBER(OpeningNumber),MAX(0,FirstNumber-OpeningNumber),1)",
        "example": f"IF({alone},0,ExampleRows)",
        "accounted": "AmountsOpen",
    }
    facts: dict[str, fx.Said | str] = {
        "row": (bad, ""),
        "rows": str(layout.rows),
        "customers": str(layout.customers),
        "longest": str(at.LONGEST_WINDOW),
        "revenue": REVENUE,
    }
    last = first + len(formulas) - 1
    for place, (key, text) in enumerate(texts()["template_checks"].items(), first):
        message = fx.told(texts()["template_check_messages"][key], facts)[0]
        page.put(f"B{place}", text, "label")
        page.formula(f"C{place}", f"={formulas[key]}", 0, "money_cents")
        page.formula(f"D{place}", f"=IF(ISNUMBER(C{place}),IF(ROUND(ABS(C{place}),2)=0,0,1),1)", 0, "count")
        page.formula(f"E{place}", f'=IF(D{place}=0,"",{message})', "", "note")
    page.put(f"B{row['InputChecks']}", WORDS["failing"], "label_total")
    page.formula(f"C{row['InputChecks']}", f"=SUM(D{first}:D{last})", 0, "count_total")
    page.put(f"B{row['InputText']}", WORDS["told"], "label")
    shown = f'=IF(InputChecks=0,"",INDEX($E${first}:$E${last},MATCH(TRUE,INDEX($D${first}:$D${last}<>0,0),0)))'
    page.formula(f"C{row['InputText']}", shown, "", "label")
    page.mark(f"D{first}:D{last}")
