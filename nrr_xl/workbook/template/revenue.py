"""The template's Revenue sheet: the table to paste rows into, a customer's amount of a month in each row."""

from __future__ import annotations

from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.layout import EARLIEST, LATEST, Layout
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.template.values import Values
from nrr_xl.workbook.texts import texts

WORDS = texts()["revenue"]


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
    page.put("A1", WORDS["title"], "title")
    page.sheet.set_row(0, 28)
    shown = values.rows if example else ()
    page.put("A2", WORDS["example" if example else "empty"], "subtitle")
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
    page.put("F6", WORDS["holds"], "header")
    notes, names = texts()["revenue_notes"], texts()["revenue_columns"]
    for place, (key, name) in enumerate(names.items(), 7):
        note = notes[key]
        page.sheet.write_rich_string(f"F{place}", page.styles["body_bold"], f"{name}. ", page.styles["body"], note)
    page.put("F12", WORDS["order"], "note")
    page.put("F13", WORDS["room"].format(rows=f"{layout.rows:,}", customers=f"{layout.customers:,}"), "note")


def _validation(page: Page, first: int, last: int) -> None:
    names, refusals = texts()["revenue_columns"], texts()["revenue_refusals"]
    rules = {
        "customer": ("A", {"validate": "length", "criteria": "between", "minimum": 1, "maximum": 255}),
        "month": ("B", {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": LATEST}),
        "amount": ("C", {"validate": "decimal", "criteria": "between", "minimum": -1e12, "maximum": 1e12}),
    }
    for key, (letter, rule) in rules.items():
        page.refuse(f"{letter}{first}:{letter}{last}", rule, names[key], refusals[key])
