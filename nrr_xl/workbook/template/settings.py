"""The template's Settings: its inputs, what follows from them, where the amounts went, and the checks."""

from __future__ import annotations

import datetime as dt

from xlsxwriter.utility import xl_col_to_name

from nrr_xl.periods import year_month
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.example import EXAMPLE
from nrr_xl.workbook.template.layout import MONTHS, NO_ROWS, PASSED, REPORT, REVENUE, Layout
from nrr_xl.workbook.template.notices import HEADERS, notices_block
from nrr_xl.workbook.template.page import Page, serial
from nrr_xl.workbook.template.rows import EARLIEST, LATEST
from nrr_xl.workbook.template.values import Values


def settings_sheet(page: Page, layout: Layout, values: Values) -> None:
    """Inputs in blue, what follows from them, where the rows' amounts went, and the checks."""
    page.widths(A=2, B=44, C=18, D=16, E=70)
    page.title(
        "Settings and checks", "Change the blue cells only. The report shows numbers once every check of the rows is 0."
    )
    page.sheet.freeze_panes(3, 0)
    page.sheet.set_h_pagebreaks([at.CHECKS_FIRST - 3])
    _inputs(page)
    _results(page, layout, values)
    _account(page, values)
    _checks(page, layout)


def _inputs(page: Page) -> None:
    row = at.SETTING_ROWS
    page.section("Inputs", 4, "B", "E")
    for letter, text in zip("BCDE", ("Setting", "Value", "", "What it does"), strict=True):
        page.put(f"{letter}5", text, HEADERS[letter])
    lines = (
        ("Company", "Company", None if page.empty else EXAMPLE["Company"], "input_text", "Shown on the report."),
        (
            "Currency",
            "Currency of the amounts",
            None if page.empty else EXAMPLE["Currency"],
            "input_text",
            "One for all rows; convert before pasting.",
        ),
        ("Unit", "Amounts are", "MRR", "input_text", "MRR (monthly) or ARR (yearly) recurring revenue; a label only."),
        (
            "ClosingWanted",
            "Closing month",
            None,
            "input_month",
            "Any date in the month the report ends with; leave blank for the last month of the rows.",
        ),
        (
            "WindowMonths",
            "Window, months",
            at.WINDOW_MONTHS,
            "input_count",
            f"From the opening to the closing month: 1 to {at.LONGEST_WINDOW}; 12 is the usual one.",
        ),
    )
    for name, text, value, role, note in lines:
        page.put(f"B{row[name]}", text, "label")
        page.put(f"C{row[name]}", value, role)
        page.put(f"D{row[name]}", None, "label")
        page.put(f"E{row[name]}", note, "note")
    page.sheet.data_validation(
        f"C{row['Unit']}",
        {"validate": "list", "source": ["MRR", "ARR"], "error_title": "Unit", "error_message": "Choose MRR or ARR."},
    )
    page.sheet.data_validation(
        f"C{row['ClosingWanted']}",
        {
            "validate": "date",
            "criteria": "between",
            "minimum": EARLIEST,
            "maximum": LATEST,
            "error_title": "Closing month",
            "error_message": "Enter a date, for example 2024-12-31, or clear the cell.",
        },
    )
    page.sheet.data_validation(
        f"C{row['WindowMonths']}",
        {
            "validate": "integer",
            "criteria": "between",
            "minimum": 1,
            "maximum": at.LONGEST_WINDOW,
            "error_title": "Window",
            "error_message": f"Enter a whole number of months from 1 to {at.LONGEST_WINDOW}.",
        },
    )


def _results(page: Page, layout: Layout, values: Values) -> None:
    row = at.SETTING_ROWS
    page.section("What follows from them", 12, "B", "E")
    for letter, text in zip("BCDE", ("Result", "Number", "Month", "How it is found"), strict=True):
        page.put(f"{letter}13", text, HEADERS[letter])
    closing, window = values.closing_number, at.WINDOW_MONTHS
    lines = (
        (
            "FirstNumber",
            "First month of the rows",
            "=IF(COUNTIF(RowStatus,1)=0,0,SMALL(RowMonths,COUNTIF(RowMonths,0)+1))",
            int(values.months.min()),
            "A month's number is 12 x year + month - 1.",
        ),
        ("LastNumber", "Last month of the rows", "=MAX(RowMonths)", closing, ""),
        (
            "ClosingNumber",
            "Closing month",
            "=IF(ISNUMBER(ClosingWanted),12*YEAR(ClosingWanted)+MONTH(ClosingWanted)-1,LastNumber)",
            closing,
            "The wanted one, or the last of the rows.",
        ),
        ("OpeningNumber", "Opening month", "=ClosingNumber-WindowMonths", closing - window, "A window before it."),
        (
            "CubeNumber",
            "First month of the Cube",
            "=ClosingNumber-COLUMNS(CubeAmounts)+1",
            values.cube_number,
            f"The Cube holds {MONTHS} months; earlier rows only tell who was a customer before.",
        ),
    )
    for name, text, formula, value, note in lines:
        here = row[name]
        page.put(f"B{here}", text, "label")
        page.formula(f"C{here}", formula, value, "text")
        year, month = year_month(value)
        month_formula = f'=IF(C{here}>0,DATE(INT(C{here}/12),MOD(C{here},12)+1,1),"")'
        page.formula(f"D{here}", month_formula, serial(dt.date(year, month, 1)), "month")
        page.put(f"E{here}", note, "note")
    counts = (
        (
            "OpeningPosition",
            "Opening month's column in the Cube",
            "=IF(InputChecks=0,COLUMNS(CubeAmounts)-WindowMonths,NA())",
            values.opening + 1,
            "#N/A while a check of the rows fails: then the report shows no numbers at all.",
        ),
        ("RowsUsed", "Rows used", "=COUNTIF(RowStatus,1)", len(values.rows), f"Room for {layout.rows:,} rows."),
        (
            "CustomersFound",
            "Customers",
            "=MAX(RowCustomers)",
            values.customers,
            f"Room for {layout.customers:,}. Names that differ only in capitals or spaces are one customer.",
        ),
    )
    for name, text, formula, value, note in counts:
        page.put(f"B{row[name]}", text, "label")
        page.formula(f"C{row[name]}", formula, value, "count")
        page.put(f"D{row[name]}", None, "label")
        page.put(f"E{row[name]}", note, "note")


def _account(page: Page, values: Values) -> None:
    row = at.SETTING_ROWS
    page.section("Where the rows' amounts went", 23, "B", "E")
    for letter, text in zip("BCDE", ("Amounts", "Total", "", "What they are"), strict=True):
        page.put(f"{letter}24", text, HEADERS[letter])
    total = float(values.amounts.sum())
    lines = (
        ("AmountsGiven", "In the Revenue sheet", f"=SUM({REVENUE}!$C:$C)", total, "Every number of its Amount column."),
        ("AmountsInCube", "In the Cube", "=SUM(CubeAmounts)", total, "Counted by the report."),
        (
            "AmountsNegative",
            "Below zero",
            '=SUMIFS(RowTotals,RowTotals,"<0",RowMonths,">="&CubeNumber,RowMonths,"<="&ClosingNumber)',
            0,
            "A customer's month that nets below zero counts as zero for retention.",
        ),
        (
            "AmountsEarlier",
            "Before the Cube",
            '=SUMIFS(RowAmounts,RowStatus,1,RowMonths,"<"&CubeNumber)',
            0,
            "Too early to be shown; they tell a returning customer from a new one.",
        ),
        (
            "AmountsLater",
            "After the closing month",
            '=SUMIFS(RowAmounts,RowStatus,1,RowMonths,">"&ClosingNumber)',
            0,
            "Left out, because the closing month is earlier.",
        ),
    )
    for name, text, formula, value, note in lines:
        page.put(f"B{row[name]}", text, "label")
        page.formula(f"C{row[name]}", formula, value, "money")
        page.put(f"D{row[name]}", None, "label")
        page.put(f"E{row[name]}", note, "note")
    page.put(f"B{row['AmountsOpen']}", "Unaccounted for", "label_total")
    page.formula(
        f"C{row['AmountsOpen']}",
        "=AmountsGiven-SUM(AmountsInCube,AmountsNegative,AmountsEarlier,AmountsLater)",
        0,
        "money_total",
    )
    page.put(f"D{row['AmountsOpen']}", None, "label_total")
    page.put(f"E{row['AmountsOpen']}", "Must be 0.", "note")


def _checks(page: Page, layout: Layout) -> None:
    row = at.SETTING_ROWS
    first, last = at.CHECKS_FIRST, at.CHECKS_FIRST + at.CHECKS - 1
    page.section("Checks", 33, "B", "E")
    for letter, text in zip("BCDE", ("Check", "Must be 0", "Failed", "If it is not 0"), strict=True):
        page.put(f"{letter}34", text, HEADERS[letter])
    beyond = f"INDEX({REVENUE}!$A:$A,HeaderRow+ROWS(RowStatus)+1):INDEX({REVENUE}!$A:$A,ROWS({REVENUE}!$A:$A))"
    needs = '" of the Revenue sheet cannot be used: it needs a customer, a date and a number."'
    bad_row = f'"Row "&(HeaderRow+MATCH(2,RowStatus,0))&{needs}'
    wide = f"{at.CUBE}!${xl_col_to_name(at.FIRST_MONTH_COLUMN + 1)}${at.FOOTS}:${layout.last_month}${at.FOOTS}"
    sums = "+".join(f"SUM({layout.cube_range(name)})" for name in at.FLOWS)
    report = at.REPORT_ROWS
    checks = (
        ("There are rows", "=IF(RowsUsed=0,1,0)", f'"{NO_ROWS}"'),
        ("Rows that cannot be used", "=COUNTIF(RowStatus,2)", f'IF(COUNTIF(RowStatus,2)=0,"",{bad_row})'),
        (
            "Rows over the capacity",
            f"=COUNTA({beyond})",
            '"Too many rows: this template holds "&ROWS(RowStatus)&". Build a larger one (Read me, Capacity)."',
        ),
        (
            "Customers over the capacity",
            "=MAX(0,CustomersFound-ROWS(CubeAmounts))",
            '"Too many customers: this template holds "&ROWS(CubeAmounts)&". Build a larger one (Read me, Capacity)."',
        ),
        (
            "The window is a whole number of months",
            f"=IF(ISNUMBER(WindowMonths),IF(AND(WindowMonths>=1,WindowMonths<={at.LONGEST_WINDOW},"
            "WindowMonths=INT(WindowMonths)),0,1),1)",
            f'"Set the window on the Settings sheet to 1 to {at.LONGEST_WINDOW} months."',
        ),
        (
            "The closing month lies in the rows",
            "=IF(AND(OR(ISNUMBER(ClosingWanted),ISBLANK(ClosingWanted)),ClosingNumber<=LastNumber,ClosingNumber>=FirstNumber),0,1)",
            '"Set the closing month to one that the rows cover, or clear it."',
        ),
        (
            "The window opens within the rows",
            "=IF(ISNUMBER(OpeningNumber),MAX(0,FirstNumber-OpeningNumber),1)",
            '"The window opens before the first month of the rows: shorten it or add earlier rows."',
        ),
        (
            "No row of the example among others",
            "=IF(ExampleRows<RowsUsed,ExampleRows,0)",
            '"Rows of the example are still among yours: delete them from the Revenue sheet."',
        ),
        (
            "Every amount is accounted for",
            "=AmountsOpen",
            '"Some amounts of the Revenue sheet are not in the report: see Settings, Where the rows\' amounts went."',
        ),
        (
            "The window's bridge foots",
            f"=IF(InputChecks=0,{sums}-SUM({layout.cube_range('closing')}),0)",
            '"A formula of the Cube has been changed: start from a fresh template."',
        ),
        (
            "Each month's bridge foots",
            f"=SUMPRODUCT(ABS({wide}))",
            '"A formula of the Cube has been changed: start from a fresh template."',
        ),
        (
            "Segments add up to the total",
            f"=IF(InputChecks=0,SUM({REPORT}!$I${report['segments']}:$I${report['others']})-{REPORT}!$C${report['closing']},0)",
            '"A formula of the Report has been changed: start from a fresh template."',
        ),
        (
            "The report's closing is the Cube's",
            f"=IF(InputChecks=0,{REPORT}!$N${report['monthly'] + 6}-{REPORT}!$C${report['closing']},0)",
            '"A formula of the Report has been changed: start from a fresh template."',
        ),
        (
            "GRR is at most NRR and 100%",
            f"=IF(InputChecks=0,SUM({layout.cube_range('kept')})-MIN(SUM({layout.cube_range('opening')}),"
            f"SUM({layout.cube_range('opening')})+SUM({layout.cube_range('expansion')})"
            f"+SUM({layout.cube_range('contraction')})+SUM({layout.cube_range('churn')})),0)",
            '"A formula of the Cube has been changed: start from a fresh template."',
        ),
    )
    assert len(checks) == at.CHECKS
    for place, (text, formula, message) in enumerate(checks):
        here = first + place
        excess = f"=MAX(0,{formula[1:]})" if text.startswith("GRR") else formula
        page.put(f"B{here}", text, "label")
        page.formula(f"C{here}", excess, 0, "money_cents")
        page.formula(f"D{here}", f"=IF(ISNUMBER(C{here}),IF(ROUND(ABS(C{here}),2)=0,0,1),1)", 0, "count")
        page.formula(f"E{here}", f'=IF(D{here}=0,"",{message})', "", "note")
    inputs_last = first + at.INPUT_CHECKS - 1
    notes_last = at.NOTICES_FIRST + at.NOTICES - 1
    notes = f"$E${at.NOTICES_FIRST}:$E${notes_last}", f"$D${at.NOTICES_FIRST}:$D${notes_last}"
    told = f"INDEX({notes[0]},MATCH(1,{notes[1]},0))"
    totals = (
        ("InputChecks", "Failed checks of the inputs", f"=SUM(D{first}:D{inputs_last})", 0),
        ("MasterCheck", "Failed checks in all", f"=SUM(D{first}:D{last})", 0),
        (
            "StatusText",
            "What every sheet shows",
            f'=IF(MasterCheck=0,IF(NoticesFound=0,"{PASSED}",{told}),'
            f"INDEX($E${first}:$E${last},MATCH(1,$D${first}:$D${last},0)))",
            PASSED,
        ),
    )
    for name, text, formula, value in totals:
        page.put(f"B{row[name]}", text, "label_total")
        page.formula(f"C{row[name]}", formula, value, "count_total")
    page.sheet.conditional_format(
        f"D{first}:D{last}", {"type": "cell", "criteria": "!=", "value": 0, "format": page.styles["bad"]}
    )
    page.status(f"C{row['StatusText']}")
    notices_block(page, layout)
