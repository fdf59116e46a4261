"""The template's Rows, its first workings: the Revenue sheet read row by row.

Each row becomes one number, customer and month, so that the Cube finds its amounts by MATCH: in LibreOffice this takes
a small part of the time that SUMIFS over the rows would take.
"""

from __future__ import annotations

import datetime as dt

from xlsxwriter.utility import xl_col_to_name

from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.example import example_customers
from nrr_xl.workbook.template.layout import KEY_FACTOR, REVENUE, ROWS_FIRST, Layout
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.template.values import Values

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2099, 12, 31)


def escaped(text: str) -> str:
    """The formula for a text that MATCH takes literally: ~, * and ? are wildcards to it."""
    return f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text},"~","~~"),"*","~*"),"?","~?")'


def rows_sheet(page: Page, layout: Layout, values: Values) -> None:
    """One line for each row that the template can hold."""
    page.sheet.set_column("A:M", 13)
    page.put("A1", "Rows: what each row of the Revenue sheet says", "title")
    page.put("A2", "Workings. Nothing here is typed in; the Cube reads these columns.", "note")
    page.put("A3", "Header row of the table", "work")
    page.formula("C3", f"=ROW({REVENUE}!$A${at.TABLE_HEADER})", at.TABLE_HEADER, "work")
    page.put("E3", "Factor of the key", "work")
    page.put("F3", KEY_FACTOR, "work")
    page.put("H3", "Repeated keys", "work")
    rows = len(values.rows)
    page.formula(
        "I3",
        "=COUNTIF(RowStatus,1)-SUMPRODUCT((RowStatus=1)*"
        f"(J{ROWS_FIRST}:J{layout.rows_last}=A{ROWS_FIRST}:A{layout.rows_last}))",
        0,
        "work",
    )
    names = example_customers()
    page.put("H4", "Rows of the example", "work")
    page.formula(
        "I4",
        f"=SUMPRODUCT(COUNTIF(RowCustomerKeys,$M${ROWS_FIRST}:$M${ROWS_FIRST + len(names) - 1}))",
        rows,
        "work_count",
    )
    page.put("M6", "The example's customers", "header")
    for place, name in enumerate(names):
        page.put(f"M{ROWS_FIRST + place}", name, "work")
    page.put("N6", "Names of totals", "header")
    for place, name in enumerate(at.TOTAL_NAMES):
        page.put(f"N{ROWS_FIRST + place}", name, "work")
    page.put("A4", "Dates are taken from", "work")
    page.put("C4", EARLIEST, "work_date")
    page.put("E4", "to", "work")
    page.put("F4", LATEST, "work_date")
    headers = (
        "Row of the table",
        "Status: 1 used, 2 unusable",
        "Customer",
        "Month number",
        "Amount",
        "Customer's first row",
        "Customers so far",
        "Customer number",
        "Key: customer and month",
        "Key's first row",
        "Amount of the key",
    )
    for number, text in enumerate(headers):
        page.put(f"{xl_col_to_name(number)}6", text, "header")
    page.sheet.set_row(5, 30)
    page.sheet.freeze_panes(ROWS_FIRST - 1, 1)
    page.sheet.repeat_rows(5)
    page.sheet.print_area(0, 0, ROWS_FIRST + 40, 10)
    name, date, amount = (f"INDEX({REVENUE}!${letter}:${letter},HeaderRow+$A{{0}})" for letter in "ABC")
    usable = (
        f"LEN(TRIM({name}))>0,LEN({name})<=255,ISNUMBER({date}),{date}>=EarliestDate,{date}<=LatestDate,"
        f"OR(ISNUMBER({amount}),ISBLANK({amount}))"
    )
    formulas = (
        f"=IF(COUNTBLANK(INDEX({REVENUE}!$A:$C,HeaderRow+$A{{0}},0))=COLUMNS({REVENUE}!$A:$C),0,"
        f"IFERROR(IF(AND({usable}),1,2),2))",
        f'=IF(B{{0}}=1,TRIM({name}),"")',
        f"=IF(B{{0}}=1,12*YEAR({date})+MONTH({date})-1,0)",
        f"=IF(B{{0}}=1,{amount},0)",
        f"=IF(B{{0}}=1,MATCH({escaped('C{0}')},RowCustomerKeys,0),0)",
        "=N(G{1})+(F{0}=A{0})",
        f"=IF(B{{0}}=1,INDEX(G${ROWS_FIRST}:G${layout.rows_last},F{{0}}),0)",
        "=IF(B{0}=1,H{0}*KeyFactor+D{0},0)",
        "=IF(B{0}=1,MATCH(I{0},RowKeys,0),0)",
        "=IF(AND(B{0}=1,J{0}=A{0}),IF(Duplicates=0,E{0},ROUND(SUMIF(RowKeys,I{0},RowAmounts),6)),0)",
    )
    roles = ("work_count", "work", "work_count", "work_money", *["work_count"] * 5, "work_money")
    unused = (0, "", 0, 0, 0, values.customers, 0, 0, 0, 0)
    codes = values.customer.codes
    so_far = 0
    for place in range(layout.rows):
        row = ROWS_FIRST + place
        page.put(f"A{row}", place + 1, "work")
        if place < rows:
            code = int(codes[place])
            so_far = max(so_far, code + 1)
            amount_here, key = values.amounts[place], values.keys[place]
            cached = (
                1,
                values.rows[place][0],
                values.months[place],
                amount_here,
                values.first_rows[code],
                so_far,
                code + 1,
                key,
                place + 1,
                amount_here,
            )
        else:
            cached = unused
        for letter, formula, value, role in zip("BCDEFGHIJK", formulas, cached, roles, strict=True):
            page.formula(f"{letter}{row}", formula.format(row, row - 1), value, role)
