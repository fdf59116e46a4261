"""The template's first sheet: what to do, what the words mean, and what is done in the contested cases."""

from __future__ import annotations

from collections.abc import Sequence

from nrr_xl._version import __version__
from nrr_xl.workbook.template.layout import CALCULATOR, MONTHS, PASSED, REPORT, REVENUE, SEGMENTS, SETTINGS, Layout
from nrr_xl.workbook.template.page import Page

WORDS = (
    ("Amount", "Recurring revenue of one customer in one month."),
    ("Opening, closing", "The total amount of the first and of the last month of a window."),
    ("New", "Closing amount of a customer that had none in any month up to and including the opening."),
    ("Reactivation", "Closing amount of a customer that had none at the opening, but did before it."),
    ("Expansion, contraction", "Growth and shrinkage of customers present at both ends."),
    ("Churn", "Opening amount of a customer with none at the closing."),
    (
        "NRR",
        "Net revenue retention: (opening + expansion - contraction - churn) / opening.",
    ),
    ("GRR", "Gross revenue retention: (opening - contraction - churn) / opening. Never above 100% or above NRR."),
    ("Logo retention", "Customers of the opening that are still customers / customers of the opening."),
    ("Quick ratio", "(new + reactivation + expansion) / (contraction + churn)."),
)
RULES = (
    ("A customer's several rows", "Summed within the customer and month before anything is compared."),
    (
        "A month below zero",
        "Credits are netted within customer and month; what stays below zero counts as 0; Settings shows how much.",
    ),
    (
        "Left and came back",
        "Inside the window: counts at its closing amount. Gone before the opening: reactivation, outside NRR.",
    ),
    (
        "A segment that changes",
        "The one at the opening; of new and returning customers the one at the closing. So segments add up.",
    ),
    ("Nothing at the opening", "The rate is undefined and shows #DIV/0!, never 0."),
    (
        "A row that cannot be used",
        "The report shows no numbers until it is mended; the line at the top of each sheet says which row it is.",
    ),
)


def readme_sheet(page: Page, layout: Layout) -> None:
    """One printed page."""
    page.widths(A=2, B=27, C=112)
    page.title("Net revenue retention template", "Plain formulas: no macros, no add-in, nothing to install.")
    page.formula("B3", "=StatusText", PASSED, "status")
    page.status("B3")
    steps = (
        (
            REVENUE,
            "Paste your rows into the table: customer, month, amount and, if you like, a segment. No others may stay.",
        ),
        (SETTINGS, "Enter company and currency. Leave the closing month blank for the last month of the rows."),
        (
            REPORT,
            "Read the rates, the bridges, the trend and the segments. Print it: it is set up for landscape pages.",
        ),
        (CALCULATOR, "Try single rates on numbers of your own, with their formulas and worked examples."),
    )
    row = _block(
        page, 5, "How to use it", [(f"{n}  {name}", text) for n, (name, text) in enumerate(steps, 1)], links=True
    )
    capacity = (
        (
            "Capacity",
            f"{layout.customers:,} customers, {MONTHS} months, {layout.rows:,} rows, {SEGMENTS} segments by name. "
            "Above it the report says so and shows no numbers. "
            f"A larger one: nrr-xl template OUT.xlsx --customers {2 * layout.customers}",
        ),
        (
            "Colours",
            "Blue: typed in. Black: formulas. Green: from another sheet. Losses in parentheses, zero as a dash.",
        ),
        (
            "Programs",
            "Excel 2010 or later, LibreOffice. In Excel 365 and 2024, =NRR(500000,100000,20000,30000) works too.",
        ),
    )
    row = _block(page, row + 1, "What it holds", capacity)
    row = _block(page, row + 1, "What the words mean", WORDS)
    row = _block(page, row + 1, "What is done when", RULES)
    page.put(f"B{row + 1}", f"nrr_xl {__version__}", "note")
    page.sheet.print_area(0, 0, row, 2)
    page.sheet.fit_to_pages(1, 1)


def _block(page: Page, start: int, heading: str, lines: Sequence[tuple[str, str]], links: bool = False) -> int:
    page.section(heading, start, "B", "C")
    for offset, (name, text) in enumerate(lines):
        row = start + 1 + offset
        if links:
            page.sheet.write_url(f"B{row}", f"internal:'{name[3:]}'!A1", page.styles["link_name"], name)
        else:
            page.put(f"B{row}", name, "body_bold")
        page.put(f"C{row}", text, "body")
        page.sheet.set_row(row - 1, 30 if len(text) > 125 else 16)
    return start + len(lines) + 1
