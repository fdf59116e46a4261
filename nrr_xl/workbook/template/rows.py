"""The template's Rows, its workings: the Revenue sheet read row by row, and from it the customers and their segments.

Each row becomes one number, customer and month, so that the Customers sheet finds its amounts by MATCH: in LibreOffice
this takes a small part of the time that SUMIFS over the rows would take.
"""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name

from nrr_xl.revenue.cube.build import BLANK
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.feed import SEGMENTS
from nrr_xl.workbook.sheets.customer_columns import FIRST_ROW
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.example import marks
from nrr_xl.workbook.template.layout import CUSTOMER_COLUMNS, EARLIEST, KEY_FACTOR, LATEST, REVENUE, ROWS_FIRST, Layout
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.template.values import Values
from nrr_xl.workbook.texts import texts

WORDS = texts()["rows"]


def escaped(text: str) -> str:
    """The formula for a text that MATCH takes literally: ~, * and ? are wildcards to it."""
    return f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text},"~","~~"),"*","~*"),"?","~?")'


def rows_sheet(page: Page, layout: Layout, values: Values, customers: CustomersPlace) -> None:
    """One line for each row that the template can hold, and beside them one for each customer."""
    page.sheet.set_column("A:AA", 13)
    page.put("A1", WORDS["title"], "title")
    page.put("A2", WORDS["note"], "note")
    page.sheet.set_row(5, 30)
    page.sheet.freeze_panes(ROWS_FIRST - 1, 1)
    page.sheet.repeat_rows(5)
    page.sheet.print_area(0, 0, ROWS_FIRST + 40, 10)
    _heads(page, layout, values)
    _rows(page, layout, values)
    _customers(page, layout, values, customers)


def _heads(page: Page, layout: Layout, values: Values) -> None:
    """What is said once: limits, rows that repeat, rows of the example, and what totals are called."""
    last = layout.rows_last
    page.put("A3", WORDS["header_row"], "work")
    page.formula("C3", f"=ROW({REVENUE}!$A${at.TABLE_HEADER})", at.TABLE_HEADER, "work")
    page.put("E3", WORDS["factor"], "work")
    page.put("F3", KEY_FACTOR, "work")
    page.put("H3", WORDS["repeated"], "work")
    own = f"SUMPRODUCT((RowStatus=1)*(J{ROWS_FIRST}:J{last}=A{ROWS_FIRST}:A{last}))"
    page.formula("I3", f"=COUNTIF(RowStatus,1)-{own}", 0, "work")
    page.put("A4", WORDS["from"], "work")
    page.put("C4", EARLIEST, "work_date")
    page.put("E4", WORDS["to"], "work")
    page.put("F4", LATEST, "work_date")
    listed = marks()
    areas = (f"${letter}${ROWS_FIRST}:${letter}${ROWS_FIRST + len(listed) - 1}" for letter in at.EXAMPLE_COLUMNS)
    name, month, amount = areas
    page.put("H4", WORDS["example"], "work")
    found = f"=SUMPRODUCT(COUNTIFS(RowCustomerKeys,{name},RowMonths,{month},RowAmounts,{amount}))"
    page.formula("I4", found, values.example_found, "work_count")
    for letter, key in zip(at.EXAMPLE_COLUMNS, ("example_customer", "month", "amount"), strict=True):
        page.put(f"{letter}6", WORDS[key], "header")
    for place, row in enumerate(listed, ROWS_FIRST):
        for letter, value in zip(at.EXAMPLE_COLUMNS, row, strict=True):
            page.put(f"{letter}{place}", value, "work")
    page.put(f"{at.TOTALS_COLUMN}6", WORDS["totals"], "header")
    for place, text in enumerate(at.TOTAL_NAMES, ROWS_FIRST):
        page.put(f"{at.TOTALS_COLUMN}{place}", text, "work")


def _rows(page: Page, layout: Layout, values: Values) -> None:
    for number, text in enumerate(texts()["row_columns"].values()):
        page.put(f"{xl_col_to_name(number)}6", text, "header")
    name, date, amount = (f"INDEX({REVENUE}!${letter}:${letter},HeaderRow+$A{{0}})" for letter in "ABC")
    usable = (
        f"LEN({_trimmed(name)})>0,LEN({name})<=255,ISNUMBER({date}),{date}>=EarliestDate,{date}<=LatestDate,"
        f"OR(ISNUMBER({amount}),ISBLANK({amount}))"
    )
    formulas = (
        f"=IF(COUNTBLANK(INDEX({REVENUE}!$A:$C,HeaderRow+$A{{0}},0))=COLUMNS({REVENUE}!$A:$C),0,"
        f"IFERROR(IF(AND({usable}),1,2),2))",
        f'=IF(B{{0}}=1,{_trimmed(name)},"")',
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
    codes, names = values.customer.codes, values.customer.values
    so_far = 0
    for place in range(layout.rows):
        row = ROWS_FIRST + place
        page.put(f"A{row}", place + 1, "work")
        held: tuple[int | float | str, ...] = unused
        if place < len(values.rows):
            code = int(codes[place])
            so_far = max(so_far, code + 1)
            amount_here, key = float(values.amounts[place]), int(values.keys[place])
            first = int(values.first_rows[code])
            held = (1, names[code], int(values.months[place]), amount_here, first, so_far, code + 1, key, place + 1)
            held = (*held, amount_here)
        for letter, formula, value, role in zip("BCDEFGHIJK", formulas, held, roles, strict=True):
            page.formula(f"{letter}{row}", formula.format(row, row - 1), value, role)


def _trimmed(text: str) -> str:
    """A text without spaces around it, or two in a row; those of a web page do not break, and TRIM leaves them."""
    return f'TRIM(SUBSTITUTE({text},"\u00a0"," "))'


def _customers(page: Page, layout: Layout, values: Values, customers: CustomersPlace) -> None:
    """Each customer's name, whether it was one before the periods, and its segment in the window."""
    for name, text in texts()["row_customers"].items():
        page.put(f"{CUSTOMER_COLUMNS[name]}6", text, "header")
    window, first = customers.window, ROWS_FIRST
    last = ROWS_FIRST + layout.customers - 1
    col = {name: f"${letter}{{0}}" for name, letter in CUSTOMER_COLUMNS.items()}
    area = {name: f"${letter}${first}:${letter}${last}" for name, letter in CUSTOMER_COLUMNS.items()}
    source = _trimmed(f"INDEX({REVENUE}!$D:$D,HeaderRow+{col['row']})")
    others, place = fx.quoted(texts()["template"]["others"]), col["place"]
    formulas = {
        "customer": f'=IF({place}>CustomersFound,"",INDEX(RowCustomerKeys,MATCH({place},RowCustomers,0)))',
        "before": f'=COUNTIFS(RowCustomers,{place},RowMonths,"<"&CubeNumber,RowTotals,">0")',
        "row": f"=IF({{2}}+{{3}}=0,0,MATCH({place}*KeyFactor+IF({{2}}>0,OpeningNumber,ClosingNumber),RowKeys,0))",
        "segment": f'=IF({col["row"]}=0,"",IF({source}="",{fx.quoted(BLANK)},{source}))',
        "first": f'=IF({col["segment"]}="",0,MATCH({escaped(col["segment"])},{area["segment"]},0))',
        "so_far": f"=N(${CUSTOMER_COLUMNS['so_far']}{{1}})+({col['first']}={place})",
        "segment_number": f"=IF({col['first']}=0,0,INDEX({area['so_far']},{col['first']}))",
        "shown": f'=IF({col["first"]}=0,"",IF({col["segment_number"]}>{SEGMENTS},{others},'
        f"INDEX({area['segment']},{col['first']})))",
    }
    numbers = {name: number for number, name in enumerate(values.segment_order, 1)}
    segments, so_far = values.segments, 0
    for index in range(layout.customers):
        row, text = ROWS_FIRST + index, segments[index]
        opening, closing = (
            fx.cell(FIRST_ROW + index, window[name], "col", customers.sheet) for name in ("opening", "closing")
        )
        number = numbers.get(text, 0)
        so_far = max(so_far, number)
        held = {
            "customer": values.customer.values[index] if index < values.customers else "",
            "before": 0,
            "row": values.segment_rows[index],
            "segment": text,
            "first": segments.index(text) + 1 if text else 0,
            "so_far": so_far,
            "segment_number": number,
            "shown": values.shown[index],
        }
        page.put(f"{CUSTOMER_COLUMNS['place']}{row}", index + 1, "work")
        for name, formula in formulas.items():
            role = "work" if isinstance(held[name], str) else "work_count"
            page.formula(
                f"{CUSTOMER_COLUMNS[name]}{row}", formula.format(row, row - 1, opening, closing), held[name], role
            )
