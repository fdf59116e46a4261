"""The template's Revenue sheet: the table to paste rows into, a customer's amount of a month in each row."""

from __future__ import annotations

from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.layout import PASSED, Layout
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.template.rows import EARLIEST, LATEST
from nrr_xl.workbook.template.values import Values


def revenue_sheet(page: Page, layout: Layout, values: Values, example: bool) -> None:
    """The table to paste rows into, long layout: a customer's amount of a month in each row."""
    head = at.TABLE_HEADER
    last = head + layout.rows
    page.sheet.set_column("A:A", 34, page.styles["entry_text"])
    page.sheet.set_column("B:B", 14, page.styles["entry_month"])
    page.sheet.set_column("C:C", 16, page.styles["entry_money"])
    page.sheet.set_column("D:D", 24, page.styles["entry_text"])
    page.sheet.set_column("E:E", 3)
    page.sheet.set_column("F:F", 76)
    page.put("A1", "Revenue rows", "title")
    page.sheet.set_row(0, 28)
    shown = values.rows if example else ()
    told = "The rows are an example: replace all of them with yours." if example else "Paste yours into the table."
    page.put("A2", f"One row for each customer and month. {told}", "subtitle")
    page.formula("A4", "=StatusText", PASSED, "status")
    page.status("A4")
    page.sheet.add_table(
        head - 1,
        0,
        head - 1 + max(len(shown), 1),
        3,
        {
            "name": at.TABLE,
            "style": "Table Style Light 1",
            "columns": [{"header": text, "header_format": page.styles["header"]} for text in at.TABLE_COLUMNS],
        },
    )
    for place, (customer, month, amount, segment) in enumerate(shown):
        row = head + 1 + place
        page.put(f"A{row}", customer, "entry_text")
        page.put(f"B{row}", month, "entry_month")
        page.put(f"C{row}", amount, "entry_money")
        page.put(f"D{row}", segment, "entry_text")
    page.sheet.freeze_panes(head, 0)
    page.sheet.repeat_rows(head - 1)
    page.sheet.print_area(0, 0, head - 1 + max(len(shown), 1), 3)
    _validation(page, head + 1, last)
    notes = (
        ("Customer", "Any text or number that names the customer. Several rows of a customer and month are summed."),
        ("Month", "Any date within the month, as a date and not as text."),
        ("Amount", "Recurring revenue of that month. A credit is negative; a blank is 0. Leave one-time revenue out."),
        ("Segment", "Optional, for the report by segment: the customer's region, plan or size in that month."),
    )
    page.put("F6", "What each column holds", "header")
    for place, (name, text) in enumerate(notes):
        page.sheet.write_rich_string(f"F{7 + place}", page.styles["body_bold"], f"{name}. ", page.styles["body"], text)
    page.put("F12", "Delete rows freely, sort and filter as you like: the order does not matter.", "note")
    page.put("F13", f"Room for {layout.rows:,} rows and {layout.customers:,} customers.", "note")


def _validation(page: Page, first: int, last: int) -> None:
    rules = {
        f"A{first}:A{last}": {
            "validate": "length",
            "criteria": "between",
            "minimum": 1,
            "maximum": 255,
            "error_title": "Customer",
            "error_message": "Enter the customer's name, at most 255 characters.",
        },
        f"B{first}:B{last}": {
            "validate": "date",
            "criteria": "between",
            "minimum": EARLIEST,
            "maximum": LATEST,
            "error_title": "Month",
            "error_message": "Enter a date within the month, for example 2024-12-31.",
        },
        f"C{first}:C{last}": {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -1e12,
            "maximum": 1e12,
            "error_title": "Amount",
            "error_message": "Enter a number: the recurring revenue of the customer in that month.",
        },
    }
    for cells, rule in rules.items():
        page.sheet.data_validation(cells, rule)
